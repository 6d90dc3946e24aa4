"""Faults on demand. One fault is a JSON object, sent to POST /_sandbox/faults:

    {"func": "domain.renew", "kind": "cut", "when": "after", "times": 1}

func     a function, "domaininfo", the path of a file, or "*" (everything but the control URLs)
kind     a kind of COMMON below or of the dialect, or "commit_later"; `cut_after` is short for kind cut, when
         after
when     "before": nothing is carried out; "after": it is carried out first, the answer is spoilt. Must be
         said, but for commit_later
times    how many requests it hits (default 1), or "sticky": true until it is deleted
skip     how many matching requests it lets pass first (default 0)
chance   the probability with which it hits a matching request (default 1), seed makes two runs alike (default
         0)
match    parameters that a request must have to be hit, for example {"sok": "ok", "elid": "10501"}
seconds  of slow and commit_later (default 3)
mib      size of huge (default 64)
code, obj, val, msg    of error in dialect 4 (code 1 by default)
type, object, value, msg    of error in dialect 6
location, content_type    of redirect and wrong_content_type
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional

from bill2bill.sandbox.upstream.engine.wire import HTML, XML, Answer, Request, page, web_page

BEFORE, AFTER, COMMIT_LATER, SLOW = "before", "after", "commit_later", "slow"
ENTITIES = (
    '<!DOCTYPE doc [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c'
    ' "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
ERROR_KEYS = frozenset({"code", "obj", "val", "type", "object", "value"})


@dataclass
class Fault:
    """See the module's text. times None means sticky."""

    func: str
    kind: str
    when: str
    id: int = 0
    times: Optional[int] = 1
    skip: int = 0
    chance: float = 1.0
    seed: int = 0
    match: Dict[str, str] = field(default_factory=dict)
    seconds: float = 3.0
    mib: int = 64
    code: int = 1
    obj: str = ""
    val: str = ""
    type: str = ""
    object: str = ""
    value: str = ""
    msg: str = ""
    location: str = "/"
    content_type: str = HTML

    def hits(self, request: Request) -> bool:
        return self.func in ("*", request.name) and all(
            request.params.get(name) == value for name, value in self.match.items()
        )

    @property
    def label(self) -> str:
        return self.kind if self.kind == COMMIT_LATER else f"{self.kind}_{self.when}"


Spoiler = Callable[
    [Answer, Fault, Request, Any], Optional[Answer]
]  # (answer, fault, request, the BaseProvider) -> what is sent; None: nothing


def _doctype(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{ENTITIES}\n'
        "<doc><ok/><status>free</status><item.id>1</item.id><id>&c;</id></doc>\n"
    )
    return replace(answer, body=body.encode(), content_type=XML)


def _bad_encoding(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    """Bytes that are no UTF-8 as the text of one more element, before the end of the body."""
    body = answer.body.rstrip()
    if body.endswith(b"</doc>"):
        body = body[:-6] + b"<note>\xcf\xf0\xe8\xe2\xe5\xf2</note></doc>"
    else:
        body = body[:-1] + b',"note" : "\xcf\xf0\xe8\xe2\xe5\xf2"' + body[-1:]
    return replace(answer, body=body)


def _half(answer: Answer) -> bytes:
    return answer.body[: len(answer.body) // 2]


COMMON: Mapping[str, Spoiler] = {
    "cut": lambda answer, *_: None,  # the connection is closed without an answer
    "502": lambda answer, *_: web_page(page("502 Bad Gateway", "nginx"), 502),
    "html_200": lambda answer, *_: web_page(page("Maintenance", "Please try again later.")),
    "empty": lambda answer, *_: replace(answer, body=b""),
    "truncated": lambda answer, *_: replace(answer, body=_half(answer)),  # half the body, honestly announced
    "short_body": lambda answer, *_: replace(
        answer, body=_half(answer), announced=len(answer.body)
    ),  # half of what is announced
    SLOW: lambda answer, fault, *_: replace(
        answer, wait=fault.seconds if fault.when == AFTER else 0
    ),  # before: the site has waited
    "wrong_content_type": lambda answer, fault, *_: replace(answer, content_type=fault.content_type),
    "redirect": lambda answer, fault, *_: replace(web_page("", 302), headers=(("Location", fault.location),)),
    "huge": lambda answer, fault, *_: replace(
        answer, padding=fault.mib * 1048576
    ),  # valid, with blanks behind it
    "doctype": _doctype,
    "bad_encoding": _bad_encoding,
}


def parse(
    data: Mapping[str, Any],
    kinds: Collection[str],
    short: Mapping[str, Mapping[str, Any]],
    error_keys: Collection[str],
) -> Fault:
    """A fault from its JSON; raises ValueError that says what is wrong.

    kinds, short (a name for a kind with some of its keys) and error_keys (what kind `error` may say) are the
    dialect's.
    """
    known = dict(data)
    kind = str(known.pop("kind", ""))
    for moment in (BEFORE, AFTER):
        if kind.endswith(f"_{moment}"):
            kind = kind[: -len(moment) - 1]
            known.setdefault("when", moment)
    known = {**short.get(kind, {"kind": kind}), **known}
    if known["kind"] == COMMIT_LATER:
        known.setdefault("when", AFTER)
    if known.pop("sticky", False):
        known["times"] = None
    if known["kind"] not in (*kinds, COMMIT_LATER):
        raise ValueError(f"kind is one of {', '.join([*kinds, COMMIT_LATER, *short])}, not {known['kind']!r}")
    _check(known, {"id"} | (ERROR_KEYS - set(error_keys)))
    return Fault(**known)


def _check(known: Mapping[str, Any], impossible: Collection[str]) -> None:
    if known.get("when") not in (BEFORE, AFTER):
        raise ValueError(
            'say "when": "before" (nothing is carried out) or "after" (it is, then the answer is spoilt)'
        )
    if known.get("func") != str(known.get("func")):
        raise ValueError('say "func": a function, domaininfo, the path of a file, or "*"')
    if unknown := (set(known) - set(Fault.__dataclass_fields__)) | (set(impossible) & set(known)):
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    if not hasattr(known.get("match", {}), "items"):
        raise ValueError('match is an object, for example {"sok": "ok"}')
    for name, least in (
        ("times", 1),
        ("skip", 0),
        ("chance", 0),
        ("seed", 0),
        ("seconds", 0),
        ("mib", 0),
        ("code", 0),
    ):
        value = known.get(name, least)
        if value is not None and (
            not isinstance(value, (int, float)) or isinstance(value, bool) or value < least
        ):
            raise ValueError(f"{name} is a number, at least {least}")
    if not known.get("chance", 1) <= 1:
        raise ValueError("chance is a probability, at most 1")


class Faults:
    """The armed faults, in the order of arming; the first that hits is used up."""

    def __init__(self) -> None:
        self._armed: List[Fault] = []
        self._last = 0
        self._dice: Dict[int, random.Random] = {}

    def arm(self, fault: Fault) -> Fault:
        self._last += 1
        fault.id = self._last
        self._dice[fault.id] = random.Random(fault.seed)
        self._armed.append(fault)
        return fault

    def take(self, request: Request) -> Optional[Fault]:
        for fault in self._armed:
            if fault.hits(request) and self._dice[fault.id].random() < fault.chance:
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                self._armed = [row for row in self._armed if row.times is None or row.times > 0]
                return fault
        return None

    def clear(self, number: Optional[int] = None) -> int:
        """Disarm one fault, or all; returns how many there were."""
        kept = [row for row in self._armed if number is not None and row.id != number]
        gone = len(self._armed) - len(kept)
        self._armed = kept
        return gone

    def listed(self) -> List[Dict[str, Any]]:
        return [asdict(fault) for fault in self._armed]
