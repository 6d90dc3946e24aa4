"""Faults on demand. One fault is a JSON object, sent to POST /_sandbox/faults:

    {"func": "domain.renew", "kind": "cut", "when": "after", "times": 1}

func     a function, "domaininfo", the path of a file, or "*" (everything but the control URLs)
kind     a key of SPOILERS below, or "commit_later"; `cut_after` is short for kind cut, when after
when     "before": nothing is carried out; "after": it is carried out first, the answer is spoilt. Must be said, but for commit_later
times    how many requests it hits (default 1), or "sticky": true until it is deleted
skip     how many matching requests it lets pass first (default 0)
match    parameters that a request must have to be hit, for example {"sok": "ok", "elid": "10501"}
seconds  of slow and commit_later (default 3)
mib      size of huge (default 64)
code, obj, val, msg    of error (code 1 by default)
location, content_type    of redirect and wrong_content_type
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Callable, Dict, List, Mapping, Optional

from bill2bill.sandbox.upstream.documents import Document, error, page
from bill2bill.sandbox.upstream.errors import AUTH, INTERNAL, Refusal
from bill2bill.sandbox.upstream.play import version6
from bill2bill.sandbox.upstream.switches import Switches
from bill2bill.sandbox.upstream.wire import API, HTML, XML, Answer, Request, rendered, web_page

BEFORE, AFTER, COMMIT_LATER, SLOW = "before", "after", "commit_later", "slow"
ENTITIES = '<!DOCTYPE doc [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
IDS = ("item.id", "domaincontact.id", "id", "elid")


@dataclass
class Fault:
    """See the module's text. times None means sticky."""

    func: str
    kind: str
    when: str
    id: int = 0
    times: Optional[int] = 1
    skip: int = 0
    match: Dict[str, str] = field(default_factory=dict)
    seconds: float = 3.0
    mib: int = 64
    code: int = INTERNAL
    obj: str = ""
    val: str = ""
    msg: str = ""
    location: str = "/"
    content_type: str = HTML

    def hits(self, request: Request) -> bool:
        return self.func in ("*", request.name) and all(request.params.get(name) == value for name, value in self.match.items())

    @property
    def label(self) -> str:
        return self.kind if self.kind == COMMIT_LATER else f"{self.kind}_{self.when}"


Spoiler = Callable[[Answer, Fault, Request, Switches], Optional[Answer]]


def _document(answer: Answer, document: Document, request: Request, switches: Switches) -> Answer:
    return replace(rendered(document, request.params.get("out", ""), switches), outcome=answer.outcome)


def _error(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    return _document(answer, error(Refusal(fault.code, obj=fault.obj, val=fault.val, msg=fault.msg)), request, switches)


def _duplicates(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    return answer if answer.document is None else _document(answer, answer.document.doubled(), request, switches)


def _without_id(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    if answer.document is None:
        return answer
    kept = tuple(pair for pair in answer.document.fields if pair[0] not in IDS)
    return _document(answer, replace(answer.document, fields=kept), request, switches)


def _envelope(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    return version6(replace(request, path=API))


def _doctype(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{ENTITIES}\n<doc><ok/><status>free</status><item.id>1</item.id><id>&c;</id></doc>\n'
    return replace(answer, body=body.encode(), content_type=XML)


def _bad_encoding(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Answer:
    """Bytes that are no UTF-8 as the text of one more element, before the end of the body."""
    body = answer.body.rstrip()
    if body.endswith(b"</doc>"):
        body = body[:-6] + b"<note>\xcf\xf0\xe8\xe2\xe5\xf2</note></doc>"
    else:
        body = body[:-1] + b',"note" : "\xcf\xf0\xe8\xe2\xe5\xf2"' + body[-1:]
    return replace(answer, body=body)


def _half(answer: Answer) -> bytes:
    return answer.body[: len(answer.body) // 2]


SPOILERS: Mapping[str, Spoiler] = {
    "cut": lambda answer, fault, request, switches: None,  # the connection is closed without an answer
    "502": lambda answer, *_: web_page(page("502 Bad Gateway", "nginx"), 502),
    "html_200": lambda answer, *_: web_page(page("Maintenance", "Please try again later.")),
    "empty": lambda answer, *_: replace(answer, body=b""),
    "truncated": lambda answer, *_: replace(answer, body=_half(answer)),  # half the body, honestly announced
    "short_body": lambda answer, *_: replace(answer, body=_half(answer), announced=len(answer.body)),  # half of what is announced
    SLOW: lambda answer, fault, *_: replace(answer, wait=fault.seconds if fault.when == AFTER else 0),  # before: the site has waited
    "error": _error,
    "wrong_envelope": _envelope,
    "wrong_content_type": lambda answer, fault, *_: replace(answer, content_type=fault.content_type),
    "duplicate_elements": _duplicates,
    "without_id": _without_id,
    "redirect": lambda answer, fault, *_: replace(web_page("", 302), headers=(("Location", fault.location),)),
    "huge": lambda answer, fault, *_: replace(answer, padding=fault.mib * 1048576),  # valid, with blanks behind it
    "doctype": _doctype,
    "bad_encoding": _bad_encoding,
}
SHORT: Mapping[str, Dict[str, Any]] = {
    "wrong_password": {"kind": "error", "code": AUTH, "msg": "Auth failed"},
    "code_1": {"kind": "error", "code": INTERNAL},
}


def spoil(answer: Answer, fault: Fault, request: Request, switches: Switches) -> Optional[Answer]:
    """What is sent instead of the answer; None: nothing, the connection is closed."""
    return SPOILERS[fault.kind](answer, fault, request, switches)


def parse(data: Mapping[str, Any]) -> Fault:
    """A fault from its JSON; raises ValueError that says what is wrong."""
    known = dict(data)
    kind = str(known.pop("kind", ""))
    for moment in (BEFORE, AFTER):
        if kind.endswith(f"_{moment}"):
            kind = kind[: -len(moment) - 1]
            known.setdefault("when", moment)
    known = {**SHORT.get(kind, {"kind": kind}), **known}
    if known["kind"] == COMMIT_LATER:
        known.setdefault("when", AFTER)
    if known.pop("sticky", False):
        known["times"] = None
    _check(known)
    return Fault(**known)


def _check(known: Mapping[str, Any]) -> None:
    if known["kind"] not in (*SPOILERS, COMMIT_LATER):
        raise ValueError(f"kind is one of {', '.join([*SPOILERS, COMMIT_LATER, *SHORT])}, not {known['kind']!r}")
    if known.get("when") not in (BEFORE, AFTER):
        raise ValueError('say "when": "before" (nothing is carried out) or "after" (it is, then the answer is spoilt)')
    if known.get("func") != str(known.get("func")):
        raise ValueError('say "func": a function, domaininfo, the path of a file, or "*"')
    if unknown := set(known) - set(Fault.__dataclass_fields__) | ({"id"} & set(known)):
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    if not hasattr(known.get("match", {}), "items"):
        raise ValueError('match is an object, for example {"sok": "ok"}')
    for name, least in (("times", 1), ("skip", 0), ("seconds", 0), ("mib", 0), ("code", 0)):
        value = known.get(name, least)
        if value is not None and (not isinstance(value, (int, float)) or isinstance(value, bool) or value < least):
            raise ValueError(f"{name} is a number, at least {least}")


class Faults:
    """The armed faults, in the order of arming; the first that hits is used up."""

    def __init__(self) -> None:
        self._armed: List[Fault] = []
        self._last = 0

    def arm(self, fault: Fault) -> Fault:
        self._last += 1
        fault.id = self._last
        self._armed.append(fault)
        return fault

    def take(self, request: Request) -> Optional[Fault]:
        for fault in self._armed:
            if fault.hits(request):
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
