"""The journal and the panel's note must tell the same of an item's last purchase: each may be lost, restored
from a backup, or another item's.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, List, Optional

import pytest

from bill2bill.admin import decide
from bill2bill.errors import Failure, NoAnswer, NotSent
from bill2bill.journal import note as notes
from bill2bill.journal.caller import Caller
from bill2bill.journal.note import Note
from bill2bill.journal.engine import Finding, Patience, Acceptance, Sight, spend_once
from bill2bill.journal.purchase import Intent, Purchase, Stage, Terms
from bill2bill.journal.journal import Journal

BEFORE = date(2027, 3, 14)
CALM = Patience(settle=600, overdue=86400, tries=10)


class Desk:
    """One item of a panel with its note, a journal, and a provider that carries out and, when told so, loses
    its answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.note, self.charged, self.renewed, self.silent = folder, "", 0, False, False
        self.store = Journal(folder / "1", "machine", "root")

    def journal_lost(self) -> None:
        self.store = Journal(self.folder / "lost", "machine", "root")

    def backup(self) -> Journal:
        """The journal as it is now, in a file of its own."""
        other = Journal(self.folder / "backup", "machine", "root")
        self.store.db.backup(other.db)
        return other

    # -- the provider (Deal) ---------------------------------------------------------------------------------

    def look(self, row: Purchase) -> Finding:
        return Finding(Sight.PRESENT if self.renewed else Sight.ABSENT, 77)

    def terms(self, row: Purchase) -> Terms:
        return Terms(565, 12, "199.00 RUB", 77)

    def act(self, row: Purchase) -> Acceptance:
        self.charged += 1
        if self.silent:
            raise NoAnswer("lost_answer", func="domain.renew")
        self.renewed = True
        return Acceptance()

    # -- the panel -------------------------------------------------------------------------------------------

    def noting(self, row: Purchase, attempt: int, terms: Terms) -> None:
        self.note = str(Note(row.token, attempt, row.before, row.months, terms.period))

    def noted_done(self, row: Purchase) -> None:
        self.note = str(Note(row.token))

    def ask(self, kind: str = "prolong", operation: int = 5, trycount: int = 1) -> Purchase:
        asker = Caller(
            7,
            kind,
            operation,
            trycount,
            lambda _: False,
            lambda: True,
            note=self.note,
            name="example.ru",
            module=3,
        )
        intent = Intent(
            7, kind, 3, operation, trycount, "login", "example.ru", 12, BEFORE if kind == "prolong" else None
        )
        return spend_once(self.store, intent, self, CALM, asker, self.noting)

    def told(self, row: Purchase, left: int = 0) -> None:
        """The panel is told, as World.tell and World.reported do it."""
        self.note = str(Note(row.token, left=left))
        noted = row.noted if row.noted is not None else 0
        self.store.move(row, Stage.REPORTED, "the panel was told", operation=None, noted=noted)
        self.renewed = False  # what comes next is another term

    def settled(self) -> None:
        with self.store.write() as db:
            db.execute("UPDATE purchase SET sent = sent - 601, uptime = uptime - 601")

    def refusal(self, **call: Any) -> Failure:
        with pytest.raises(Failure) as caught:
            self.ask(**call)
        return caught.value

    def states(self) -> List[str]:
        return [row.state.value for row in self.store.purchases(*Stage)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def lost_in_flight(desk: Desk) -> None:
    desk.silent = True
    assert desk.refusal().code == "lost_answer"
    desk.silent = False
    desk.journal_lost()


def test_a_renewal_that_was_under_way_when_the_journal_was_lost_is_never_sent_again_by_itself(
    desk: Desk,
) -> None:
    lost_in_flight(desk)
    desk.settled()
    for operation in (5, 5, 6):
        asked = desk.refusal(operation=operation, trycount=2)
        assert (asked.code, desk.charged) == ("in_doubt_same_renewal", 1)
    assert asked.params["before"] == BEFORE.isoformat()


@pytest.mark.parametrize(("answer", "charged"), [(decide.is_same, 1), (decide.was_told, 2)])
def test_a_person_says_what_became_of_a_renewal_that_the_journal_lost(
    desk: Desk, answer: Any, charged: int
) -> None:
    lost_in_flight(desk)
    number = int(desk.refusal().params["id"])
    answer(desk.store, number, "charged once")
    desk.told(desk.ask())
    assert (desk.charged, desk.store.purchases(Stage.DOUBT, Stage.SENT, Stage.CONFIRMED)) == (charged, [])


def test_a_lost_renewal_that_does_not_exist_is_sent_when_its_request_cannot_be_carried_out_any_more(
    desk: Desk,
) -> None:
    lost_in_flight(desk)
    number = int(desk.refusal().params["id"])
    with pytest.raises(Failure, match="too_early"):
        decide.is_absent(desk.store, number, "", 600)
    desk.settled()
    decide.is_absent(desk.store, number, "no charge", 600)
    desk.told(desk.ask())
    assert desk.charged == 2


def test_what_was_told_before_the_journal_was_lost_keeps_nobody_from_the_next_renewal(desk: Desk) -> None:
    desk.told(desk.ask(), left=24)
    desk.journal_lost()
    desk.told(desk.ask(operation=6))
    assert desk.charged == 2


def test_months_that_were_bought_ahead_outlive_the_journal(desk: Desk) -> None:
    desk.told(desk.ask(), left=24)
    desk.journal_lost()
    desk.ask(operation=6)
    assert desk.store.months_left(7) == 24 + 12 - 12, (
        "what was left, and the renewal that was bought just now and sold"
    )


def test_a_journal_from_before_the_request_does_not_send_it_again_while_it_may_be_carried_out(
    desk: Desk,
) -> None:
    row = desk.store.insert(Intent(7, "prolong", 3, 5, 1, "login", "example.ru", 12, BEFORE))
    backup = desk.backup()
    desk.silent = True
    assert desk.refusal().code == "lost_answer"
    desk.store, desk.silent = backup, False
    assert (desk.refusal(trycount=2).code, desk.charged) == ("lost_answer", 1)
    desk.renewed = True
    desk.settled()
    assert desk.ask(trycount=3).state is Stage.CONFIRMED
    assert (desk.charged, desk.store.steps(row.id)[1][2]) == (
        1,
        "the panel's note says that a request may have left",
    )


def test_a_kill_between_the_note_and_the_request_waits_as_long_as_for_a_lost_answer(desk: Desk) -> None:
    row = desk.store.insert(Intent(7, "prolong", 3, 5, 1, "login", "example.ru", 12, BEFORE))
    desk.noting(row, 1, desk.terms(row))
    assert (desk.refusal(trycount=2).code, desk.charged) == ("lost_answer", 0)
    desk.settled()
    desk.told(desk.ask(trycount=3))
    assert desk.charged == 1


def test_a_request_that_never_left_is_noted_anew_and_sent_without_waiting(desk: Desk) -> None:
    refuse, desk.act = (
        desk.act,
        lambda row: (_ for _ in ()).throw(NotSent("upstream_unreachable", url="", reason="")),
    )  # type: ignore[method-assign]
    assert desk.refusal().code == "upstream_unreachable"
    desk.act = refuse  # type: ignore[method-assign]
    desk.ask(trycount=2)
    assert (desk.charged, "try=2;" in desk.note) == (1, True)


def backup_of_a_renewal_under_way(desk: Desk) -> Journal:
    """The journal as it was before its renewal was seen and told."""
    desk.silent = True
    desk.refusal()
    backup = desk.backup()
    desk.silent, desk.renewed = False, True
    desk.settled()
    desk.told(desk.ask(trycount=2))
    return backup


def test_a_journal_in_which_the_renewal_is_still_under_way_learns_from_the_panel_that_it_is_over(
    desk: Desk,
) -> None:
    desk.store = backup_of_a_renewal_under_way(desk)
    desk.told(desk.ask(operation=6))
    assert (desk.charged, desk.states()) == (2, ["reported", "reported"])


def test_a_journal_from_before_a_later_purchase_asks_about_that_one(desk: Desk) -> None:
    backup = backup_of_a_renewal_under_way(desk)
    desk.silent = True
    assert desk.refusal(operation=6).code == "lost_answer"
    desk.store = backup
    assert (desk.refusal(operation=6, trycount=2).code, desk.charged, desk.states()) == (
        "in_doubt_same_renewal",
        2,
        ["reported", "in doubt"],
    )


def test_a_panel_that_knows_less_than_the_journal_gets_nothing_bought_until_a_person_has_said_which(
    desk: Desk,
) -> None:
    first = desk.note
    desk.told(desk.ask())
    desk.note = first
    asked = desk.refusal(operation=5, trycount=1)
    assert (asked.code, desk.refusal(operation=9).code, desk.charged) == (
        "in_doubt_same_renewal",
        "in_doubt_same_renewal",
        1,
    )
    decide.is_same(desk.store, int(asked.params["id"]), "the client paid once")
    desk.told(desk.ask(operation=9))
    assert desk.charged == 1
    desk.told(desk.ask(operation=10))
    assert desk.charged == 2, "the panel has its note again"


def test_a_further_renewal_of_a_restored_panel_is_bought_and_asked_about_once(desk: Desk) -> None:
    desk.told(desk.ask())
    first = desk.note
    desk.told(desk.ask(operation=6))
    desk.note = first
    asked = desk.refusal(operation=7)
    decide.was_told(desk.store, int(asked.params["id"]), "the client paid again", noting=desk.noted_done)
    desk.told(desk.ask(operation=7))
    desk.told(desk.ask(operation=8))
    assert desk.charged == 4


@pytest.mark.parametrize(
    "answers",
    [(decide.is_same, decide.is_same), (decide.was_told, decide.is_same), (decide.was_told, decide.was_told)],
)
def test_each_renewal_that_a_restored_panel_forgot_is_asked_about_the_oldest_first(
    desk: Desk, answers: Any
) -> None:
    desk.told(desk.ask())
    backup = desk.note
    forgotten = []
    for operation in (6, 7):
        forgotten.append(desk.ask(operation=operation))
        desk.told(forgotten[-1])
    desk.note = backup
    asked_about = []
    for answer in answers:
        number = int(desk.refusal(operation=9).params["id"])
        asked_about.append(number)
        answer(desk.store, number, "looked at the charges", noting=desk.noted_done)
        if answer is decide.is_same:
            desk.told(desk.ask(operation=9))
    assert asked_about == [row.id for row in forgotten]
    assert desk.charged == 3, "nothing was bought while questions were open"
    desk.told(desk.ask(operation=10))
    assert (desk.charged, desk.store.purchases(Stage.DOUBT)) == (4, [])


def test_a_renewal_of_which_nothing_was_sent_gives_way_to_the_question_about_an_earlier_one(
    desk: Desk,
) -> None:
    backup = desk.note
    desk.told(desk.ask())
    desk.store.insert(Intent(7, "prolong", 3, 6, 1, "login", "example.ru", 12, BEFORE))
    desk.note = backup
    assert (desk.refusal(operation=6, trycount=2).code, desk.states()) == (
        "in_doubt_same_renewal",
        ["in doubt", "refused"],
    )


def test_a_renewal_that_is_under_way_is_finished_before_an_earlier_one_is_asked_about(desk: Desk) -> None:
    backup = desk.note
    desk.told(desk.ask())
    desk.silent = True
    desk.refusal(operation=6)
    desk.note, desk.renewed = backup, True
    desk.settled()
    desk.told(desk.ask(operation=6, trycount=2))
    desk.renewed = True
    assert (desk.refusal(operation=7).code, desk.charged) == ("in_doubt_same_renewal", 2)


def opened(desk: Desk) -> Purchase:
    row = desk.ask("open")
    desk.store.move(row, Stage.CONFIRMED, "accepted", remote=77)
    row = desk.store.purchase(row.id) or row
    desk.told(row)
    return row


def test_an_order_that_was_under_way_when_the_journal_was_lost_is_looked_up_and_never_sent_again_by_itself(
    desk: Desk,
) -> None:
    desk.silent = True
    assert desk.refusal(kind="open").code == "lost_answer"
    desk.journal_lost()
    desk.settled()
    assert (desk.refusal(kind="open", trycount=2).code, desk.charged) == ("in_doubt_bought", 1)
    desk.renewed = True
    assert desk.ask("open", trycount=3).state is Stage.CONFIRMED
    assert desk.charged == 1


@pytest.mark.parametrize("kind", ["open", "prolong"])
def test_an_item_that_knows_nothing_of_what_the_journal_bought_for_it_may_be_another_one(
    desk: Desk, kind: str
) -> None:
    desk.renewed = True
    row = opened(desk)
    desk.note = ""
    asked = desk.refusal(kind=kind, operation=9)
    assert (asked.code, asked.params["id"], desk.charged) == ("in_doubt_same_item", str(row.id), 0)
    decide.is_foreign(desk.store, row.id, "number 7 belongs to another client")
    assert desk.store.bought(7) is None
    desk.ask(kind, operation=9)
    assert (desk.charged, desk.store.bought(-7)) == (1, desk.store.purchase(row.id))


def test_the_same_item_of_a_restored_panel_keeps_what_was_bought_for_it(desk: Desk) -> None:
    desk.renewed = True
    row = opened(desk)
    desk.note = ""
    assert desk.refusal(kind="open", operation=9).code == "in_doubt_same_item"
    decide.is_same(desk.store, row.id, "restored", noting=desk.noted_done)
    bought = desk.store.bought(7)
    assert bought is not None
    assert (bought.remote, desk.note) == (77, str(Note(row.token)))


@pytest.mark.parametrize(
    "text", ["", "id=0123456789abcdef;done;left=0", "id=0123456789abcdef;done;left=-3",
             "id=0123456789abcdef;try=2;before=2027-03-14;months=12;period=881",
             "id=0123456789abcdef;try=1;before=;months=1;period="],
)  # fmt: skip
def test_a_note_reads_back_as_it_was_written(text: str) -> None:
    found: Optional[Note] = notes.read(text)
    assert str(found or "") == text


@pytest.mark.parametrize(
    "text", ["id=1;done;left=0", "id=0123456789abcdef", "id=0123456789abcdef;try=0;before=;months=1;period=",
             "id=0123456789abcdef;try=1;before=2027-02-30;months=1;period=",
             " id=0123456789abcdef;done;left=0", "id=0123456789abcdef;done;left=0\n",
             "id=0123456789abcdef;done;left=" + "9" * 4000],
)  # fmt: skip
def test_a_text_that_is_not_ours_is_no_note(text: str) -> None:
    with pytest.raises(Failure, match="panel_data"):
        notes.read(text)
