"""Starting the operation of a purchase once more: automatic in the panel again (host-protocol 2.8), its
command run at once as the panel would.
"""

from __future__ import annotations

import logging
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from bill2bill import messages
from bill2bill.config import options_of
from bill2bill.errors import Failure, Phrase, Raw
from bill2bill.host import place
from bill2bill.host.data import Data, Operation
from bill2bill.host.document import parse_bytes
from bill2bill.host.mgrctl import Mgrctl
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
NAME = "bill2bill"
EXECUTABLES = frozenset(module.executable for module in MODULES.values())
MOST_SECONDS = 900  # for one command; a purchase may wait for its provider, the next tick waits for this one
ABOUT_ANOTHER = (
    Answer.SAME.value,
    Answer.NEW.value,
    Answer.OTHER_ITEM.value,
)  # answers about an operation that may not be the purchase's own
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
    """How an answer puts the panel's note right (journal/note.py), where the panel has none or that of an
    earlier purchase.
    """

    def note(row: Purchase) -> None:
        with _panel(root) as (data, panel):
            noted = read(data.item(row.item).params.get(PARAM, ""))
            if noted and not _is_older(journal, noted, row):
                return
            if not row.token:  # of an older release
                row = journal.record(row, Event.NAMED, token=new_token())
            counted = data.module(row.module).executable == MODULES["processing"].executable
            panel.save_param(
                row.item, PARAM, str(Note(row.token, left=journal.months_left(row.item) if counted else 0))
            )

    return note


def _is_older(journal: Journal, noted: Note, row: Purchase) -> bool:
    """Does the panel's note name a purchase before this one, or this one before its end? Of what the journal
    does not know nobody can say that.
    """
    known = journal.called(row.item, noted.token)
    return known is not None and (known.id < row.id or (known.id == row.id and noted.attempt > 0))


def must_be_unknown(root: Path, row: Purchase) -> None:
    """Only what the panel knows nothing of can be another item's. Raises no_question for an item with a link
    or a note.
    """
    asked = row.question and row.evidence is not Evidence.CLAIMED  # what is asked may be answered
    if row.stage is not Stage.REPORTED or asked:
        return
    with _panel(root) as (data, _):
        params = data.item(row.item).params
    if params.get(LINK) or params.get(PARAM):
        raise Failure("no_question", id=row.id, value=row.stage.value)


def make_automatic(root: Path, journal: Journal, number: int) -> Operation:
    """Let the panel repeat the operation of this purchase. Raises do_nothing, answer_first, nothing_to_start,
    operation_gone, panel_…
    """
    with _panel(root) as (data, panel):
        return _made_automatic(root, data, panel, journal, number)


def resume(root: Path, journal: Journal, number: int, lang: str) -> Became:
    """Start the operation of this purchase now and say what became of it. Raises as make_automatic does.
    lang: "ru" or "en".
    """
    with _panel(root) as (data, panel):
        operation = _made_automatic(root, data, panel, journal, number)
        executable = data.module_of(operation.item).executable
        if executable not in EXECUTABLES:
            raise Failure(
                "panel_data",
                object=Phrase("item", id=operation.item),
                reason=Phrase("served_by", name=executable),
            )
        reply = (
            b"" if _panel_repeats(_purchase(journal, number)) else _run_for(root, executable, operation, lang)
        )
        code, why = _failure(reply)
        left = data.operation(operation.id)
        if left is None or left.item != operation.item:
            return Became(number, operation.item, operation.id, operation.command, "finished", "", "")
        return Became(
            number,
            operation.item,
            operation.id,
            operation.command,
            "manual" if left.manual else "waiting",
            code,
            why,
        )


def go_on(root: Path, journal: Journal, number: int, lang: str) -> Optional[Became]:
    """resume after an answer, which stands whatever becomes of the operation; None if none waits. Raises
    answer_kept.
    """
    try:
        return resume(root, journal, number, lang)
    except Failure as failure:
        _none_waits(number, failure)
        return None


def let_go_on(root: Path, journal: Journal, number: int) -> None:
    """make_automatic after an answer, as go_on."""
    try:
        make_automatic(root, journal, number)
    except Failure as failure:
        _none_waits(number, failure)


def _none_waits(number: int, failure: Failure) -> None:
    if failure.code != "nothing_to_start":
        raise Failure(
            "answer_kept",
            id=number,
            reason_en=messages.text(failure, "en"),
            reason_ru=messages.text(failure, "ru"),
        ) from failure


def run_module(root: Path, executable: str, words: List[str]) -> bytes:
    """A process of its own, like the panel's: the module reports failures to the panel itself. Returns what
    it printed.
    """
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
    mgrctl = Mgrctl(root, NAME, options_of(root).panel_wait)
    data = Data(root, mgrctl)
    try:
        yield data, Panel(mgrctl)
    finally:
        data.close()


def _made_automatic(root: Path, data: Data, panel: Panel, journal: Journal, number: int) -> Operation:
    operation = _operation(data, journal, _purchase(journal, number))
    panel.set_automatic(operation.id)
    LOG.info(
        "purchase %s: operation %s (%s of item %s) is automatic again",
        number,
        operation.id,
        operation.command,
        operation.item,
    )
    return operation


def _purchase(journal: Journal, number: int) -> Purchase:
    row = journal.purchase(number)
    if row is None:
        raise Failure("no_question", id=number, value="-")
    if row.question:
        raise Failure("answer_first", id=number)
    return row


def _operation(data: Data, journal: Journal, row: Purchase) -> Operation:
    """The operation on the panel that this purchase is for, or that asked the question which a person has
    answered.
    """
    number = None if row.stage is Stage.REPORTED else row.operation
    found = data.operation(number) if number else None
    if found and (found.item, found.command) == (row.item, KINDS[row.kind].command):
        return found
    if number and _last_answer(journal, row) not in ABOUT_ANOTHER:
        raise Failure("operation_gone", id=row.id, value=number)
    return _the_one_that_asked(data, journal, row)


def _the_one_that_asked(data: Data, journal: Journal, row: Purchase) -> Operation:
    """An answer may be about an operation that the purchase does not know: the first one that waits. A
    further one asks its own question.
    """
    answered = bool(_last_answer(journal, row))
    waiting = (
        [data.operation(number) for command in MAY_ASK for number in data.operations(row.item, command)]
        if answered
        else []
    )
    if not waiting or waiting[0] is None:
        raise Failure("nothing_to_start", id=row.id)
    return waiting[0]


def _last_answer(journal: Journal, row: Purchase) -> str:
    """ "" if nobody has decided about this purchase."""
    answers = [decision.answer for decision in journal.decisions(row.id)]
    return answers[-1] if answers else ""


def _panel_repeats(row: Purchase) -> bool:
    """Only the panel counts its tries, and by them it is told whether the panel knows of a purchase already
    (journal.begun).
    """
    return row.stage is Stage.CONFIRMED and row.callback is not None


def _run_for(root: Path, executable: str, operation: Operation, lang: str) -> bytes:
    words = [
        "--command",
        operation.command,
        "--item",
        str(operation.item),
        "--runningoperation",
        str(operation.id),
        "--lang",
        lang,
    ]
    try:
        return run_module(root, executable, words)
    except subprocess.TimeoutExpired as error:
        raise Failure("item_busy", detail=str(error)) from error
    except OSError as error:
        raise Failure(
            "panel_data", object=Phrase("module", name=executable), reason=Raw(error.strerror or "-")
        ) from error


def _failure(reply: bytes) -> Tuple[str, str]:
    """Code and words of the error document that a module printed; empty if it printed none."""
    if not reply:
        return "", ""
    error = parse_bytes(reply).find("error")
    return ("", "") if error is None else (error.get("type") or "", error.findtext("msg") or "")
