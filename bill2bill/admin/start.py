"""Starting a purchase's operation once more: automatic again (host-protocol 2.8), its command run at once."""

from __future__ import annotations

import logging
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, NamedTuple, Optional, Tuple

from bill2bill import messages
from bill2bill.admin.panel import panel_of
from bill2bill.config import options_of
from bill2bill.errors import Failure, Phrase, Raw
from bill2bill.host import place
from bill2bill.host.data import Data, Operation
from bill2bill.host.document import parse_bytes
from bill2bill.host.panel import Panel
from bill2bill.journal.journal import Journal, new_token
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.note import PARAM, Note, read
from bill2bill.journal.purchase import Evidence, Purchase, Stage
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event
from bill2bill.services import LINK
from bill2bill.services.modules import MODULES

LOG = logging.getLogger("bill2bill")
EXECUTABLES = frozenset(module.executable for module in MODULES.values())
MOST_SECONDS = 900  # for one command; a purchase may wait for its provider, the next tick waits for this one
# answers about an operation that may not be the purchase's own
ABOUT_ANOTHER = (Answer.SAME.value, Answer.NEW.value, Answer.OTHER_ITEM.value)
MAY_ASK = ("open", "prolong", "setparam", "suspend", "resume", "close", "update_ns")
PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


class Became(NamedTuple):
    """What became of an operation that was started.

    result  finished: it has left the panel; waiting: automatic, it is looked at again; manual: it waits for a
            person
    code    of the failure that it waits for, "" if there was none; why: the same in words
    """

    purchase: int
    item: int
    operation: int
    command: str
    result: str
    code: str
    why: str


def noting(root: Path, journal: Journal) -> Callable[[Purchase], None]:
    """How an answer puts the panel's note (journal/note.py) right where it is missing or an earlier one."""

    def note(row: Purchase) -> None:
        with _panel(root) as (data, panel):
            noted = read(data.item(row.item).params.get(PARAM, ""))
            if noted and not _is_older(journal, noted, row):
                return
            if not row.token:  # of an older release
                row = journal.record(row, Event.NAMED, token=new_token())
            counted = data.module(row.module).executable == MODULES["processing"].executable
            left = journal.months_left(row.item) if counted else 0
            panel.save_param(row.item, PARAM, str(Note(row.token, left=left)))

    return note


def _is_older(journal: Journal, noted: Note, row: Purchase) -> bool:
    """Is the note an earlier purchase's, or this one's before its end? False if the journal knows it not."""
    known = journal.called(row.item, noted.token)
    return known is not None and (known.id < row.id or (known.id == row.id and noted.attempt > 0))


def must_be_unknown(root: Path, row: Purchase) -> None:
    """Only what the panel knows nothing of can be another item's. Raises no_question for a link or a note."""
    asked = row.question and row.evidence is not Evidence.CLAIMED  # what is asked may be answered
    if row.stage is not Stage.REPORTED or asked:
        return
    with _panel(root) as (data, _):
        params = data.item(row.item).params
    if params.get(LINK) or params.get(PARAM):
        raise Failure("no_question", id=row.id, value=row.stage.value)


def resume(root: Path, journal: Journal, number: int, lang: str) -> Became:
    """Start the operation of this purchase now and say what became of it. lang: "ru" or "en".

    Raises do_nothing, answer_first, nothing_to_start, operation_gone, panel_…
    """
    with _panel(root) as (data, panel):
        operation = _made_automatic(data, panel, journal, number)
        executable = data.module_of(operation.item).executable
        if executable not in EXECUTABLES:
            about = Phrase("item", id=operation.item)
            raise Failure("panel_data", object=about, reason=Phrase("served_by", name=executable))
        repeated = _panel_repeats(_purchase(journal, number))
        code, why = _failure(b"" if repeated else _run_for(root, executable, operation, lang))
        left = data.operation(operation.id)
        became = Became(number, operation.item, operation.id, operation.command, "finished", "", "")
        if left is None or left.item != operation.item:
            return became
        return became._replace(result="manual" if left.manual else "waiting", code=code, why=why)


def go_on(root: Path, journal: Journal, number: int, lang: str) -> Optional[Became]:
    """resume after an answer, which stands whatever comes of it; None if none waits. Raises answer_kept."""
    try:
        return resume(root, journal, number, lang)
    except Failure as failure:
        _none_waits(number, failure)
        return None


def let_go_on(root: Path, journal: Journal, number: int) -> None:
    """As go_on, but the panel repeats the operation by itself."""
    try:
        with _panel(root) as (data, panel):
            _made_automatic(data, panel, journal, number)
    except Failure as failure:
        _none_waits(number, failure)


def _none_waits(number: int, failure: Failure) -> None:
    if failure.code != "nothing_to_start":
        reasons = {f"reason_{lang}": messages.text(failure, lang) for lang in ("en", "ru")}
        raise Failure("answer_kept", id=number, **reasons) from failure


def run_module(root: Path, executable: str, command: str, item: int, operation: int, *more: str) -> bytes:
    """A process of its own, like the panel's, that tells the panel its failures. Returns what it printed."""
    words = ["--command", command, "--item", str(item), "--runningoperation", str(operation), *more]
    done = subprocess.run(
        [str(root / "processing" / executable), *words],
        cwd=root, env={"PATH": PATH, "HOME": "/root", "LANG": "C"}, check=False, timeout=MOST_SECONDS,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout


@contextmanager
def _panel(root: Path) -> Iterator[Tuple[Data, Panel]]:
    if place.do_nothing(root):
        raise Failure("do_nothing")
    with panel_of(root, options_of(root).panel_wait) as opened:
        yield opened


def _made_automatic(data: Data, panel: Panel, journal: Journal, number: int) -> Operation:
    operation = _operation(data, journal, _purchase(journal, number))
    panel.set_automatic(operation.id)
    named = f"operation {operation.id} ({operation.command} of item {operation.item})"
    LOG.info("purchase %s: %s is automatic again", number, named)
    return operation


def _purchase(journal: Journal, number: int) -> Purchase:
    row = journal.purchase(number)
    if row is None:
        raise Failure("no_question", id=number, value="-")
    if row.question:
        raise Failure("answer_first", id=number)
    return row


def _operation(data: Data, journal: Journal, row: Purchase) -> Operation:
    """The panel's operation that this purchase is for, or that asked what a person has answered."""
    number = None if row.stage is Stage.REPORTED else row.operation
    found = data.operation(number) if number else None
    if found and (found.item, found.command) == (row.item, KINDS[row.kind].command):
        return found
    if number and _last_answer(journal, row) not in ABOUT_ANOTHER:
        raise Failure("operation_gone", id=row.id, value=number)
    return _the_one_that_asked(data, journal, row)


def _the_one_that_asked(data: Data, journal: Journal, row: Purchase) -> Operation:
    """Perhaps none that the purchase knows: the first that waits. A further one asks its own question."""
    may_ask = MAY_ASK if _last_answer(journal, row) else ()
    waiting = [data.operation(number) for command in may_ask for number in data.operations(row.item, command)]
    if not waiting or waiting[0] is None:
        raise Failure("nothing_to_start", id=row.id)
    return waiting[0]


def _last_answer(journal: Journal, row: Purchase) -> str:
    """ "" if nobody has decided about this purchase."""
    answers = [decision.answer for decision in journal.decisions(row.id)]
    return answers[-1] if answers else ""


def _panel_repeats(row: Purchase) -> bool:
    """Only the panel counts its tries: they tell if the panel knows of a purchase (journal.ownership)."""
    return row.stage is Stage.CONFIRMED and row.callback is not None


def _run_for(root: Path, executable: str, operation: Operation, lang: str) -> bytes:
    try:
        return run_module(root, executable, operation.command, operation.item, operation.id, "--lang", lang)
    except subprocess.TimeoutExpired as error:
        raise Failure("item_busy", detail=str(error)) from error
    except OSError as error:
        about = Phrase("module", name=executable)
        raise Failure("panel_data", object=about, reason=Raw(error.strerror or "-")) from error


def _failure(reply: bytes) -> Tuple[str, str]:
    """Code and words of the error document that a module printed; empty if it printed none."""
    if not reply:
        return "", ""
    error = parse_bytes(reply).find("error")
    return ("", "") if error is None else (error.get("type") or "", error.findtext("msg") or "")
