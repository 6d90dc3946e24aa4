"""What the panel asked: the command line of one call, parsed and checked (host-protocol 2.1, 2.2)."""

from __future__ import annotations

import re
from functools import reduce
from types import MappingProxyType
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from bill2bill.errors import Failure, Phrase

MOST_BYTES = 256 * 1024  # of all options together; the kernel allows 128 KiB for one
MOST_WORDS = 200
GREATEST_ID = 2**31

# These always take the next word as their value, whatever it looks like (host-protocol 2.1: "value is the
# next token"): what a customer typed, `--item` say, must never become an option. An option that is not named
# here has a value only if the next word is no option.
WITH_VALUE = frozenset((
    "command", "subcommand", "id", "item", "lang", "module", "itemtype", "intname", "param", "value",
    "runningoperation", "level", "addon", "tld", "searchstring", "userid", "password", "domain", "emails",
    "profileid",
))  # fmt: skip
NUMERIC = ("item", "module", "runningoperation", "level")

# command -> its mandatory options (host-protocol 2.2; sync_item, transfer, whois, get_contact_type: 2.3).
# tune_service_profile is not listed: an edited contact comes without a zone (2.6).
NEEDS: Mapping[str, Tuple[str, ...]] = {
    **dict.fromkeys(
        ("open", "transfer", "reopen", "prolong", "suspend", "resume", "close", "setparam"), ("item",)
    ),
    **dict.fromkeys(("update_ns", "sync_item", "cancel_prolong", "gen_key"), ("item",)),
    "check_param": ("item", "param"),
    **dict.fromkeys(("sync_pricelist", "sync_server", "sync_iplist", "get_server_config"), ("module",)),
    "import": ("module", "itemtype"),
    "import_pricelist": ("module", "subcommand"),
    "approver": ("module", "domain", "intname"),
    "whois": ("param",),
    "get_contact_type": ("tld",),
}


class Call(NamedTuple):
    """One call. Absent texts are "", absent numbers None; numbers are 1..2**31.

    operation  id of the running operation that this call carries out (`--runningoperation`)
    options    every option as it came, also those that have a field here and those that nobody knows
    """

    command: str
    item: Optional[int]
    module: Optional[int]
    operation: Optional[int]
    param: str
    value: str
    tld: str
    lang: str
    options: Mapping[str, str]


def parse(argv: Sequence[str]) -> Call:
    """A call from the words behind the program's name: `--option value` or `--option=value`, in any order.

    Raises Failure("bad_call") with everything that is wrong at once.
    """
    _refuse_unreadable(argv)
    options, wrong = _options(argv)
    command = options.get("command", "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", command):
        wrong.append(Phrase("option_missing" if not command else "option_not_word", name="command"))
    needed = NEEDS.get(command, ())
    wrong += [Phrase("option_missing", name=name) for name in needed if not options.get(name)]
    numbers = {name: _number(text) for name, text in options.items() if name in NUMERIC}
    unread = [name for name, number in numbers.items() if number is None]
    wrong += [Phrase("option_not_number", name=name) for name in unread if options[name]]
    wrong += [Phrase("option_empty", name=name) for name in unread if not (options[name] or name in needed)]
    if wrong:
        reason = reduce(lambda first, rest: Phrase("and", first=first, rest=rest), wrong)
        raise Failure("bad_call", reason=reason)
    return Call(
        command=command,
        item=numbers.get("item"),
        module=numbers.get("module"),
        operation=numbers.get("runningoperation"),
        param=options.get("param", ""),
        value=options.get("value", ""),
        tld=options.get("tld", ""),
        lang=options.get("lang", ""),
        options=MappingProxyType(options),
    )


def _refuse_unreadable(argv: Sequence[str]) -> None:
    if len(argv) > MOST_WORDS or sum(len(word) for word in argv) > MOST_BYTES:
        raise Failure("bad_call", reason=Phrase("command_line_long"))
    for word in argv:
        # A lone surrogate is how Python hands over a byte that is not UTF-8.
        if "\0" in word or re.search("[\ud800-\udfff]", word):
            raise Failure("bad_call", reason=Phrase("command_line_not_utf8"))


def _options(argv: Sequence[str]) -> Tuple[Dict[str, str], List[Phrase]]:
    """(option -> value, what is wrong). Words of no option are passed over: newer panels may send more."""
    options: Dict[str, str] = {}
    wrong: List[Phrase] = []
    words = list(reversed(argv))
    while words:
        word = words.pop()
        if not word.startswith("--") or word == "--":
            continue
        name, equals, value = word[2:].partition("=")
        if not equals and words and (name in WITH_VALUE or not words[-1].startswith("--")):
            value = words.pop()
        if name in options and name in WITH_VALUE and options[name] != value:
            wrong.append(Phrase("option_twice", name=name))
        options[name] = value
    return options, wrong


def _number(text: str) -> Optional[int]:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return None
    return int(text) if 1 <= int(text) <= GREATEST_ID else None
