"""The journal and the panel's note must tell the same of an item's last purchase: each may be lost, restored
from a backup, or another item's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional

import pytest
from kit.journal_files import age
from kit.purchases import BEFORE, intent, not_noted, question_of, reported, says, sent

from bill2bill.admin import decide
from bill2bill.admin.decide import Said
from bill2bill.errors import Failure, NoAnswer, NotSent
from bill2bill.journal import note as notes
from bill2bill.journal.caller import Caller
from bill2bill.journal.engine import Acceptance, Finding, Patience, Sight, spend_once
from bill2bill.journal.journal import Journal
from bill2bill.journal.note import Note
from bill2bill.journal.purchase import Evidence, Purchase, Question, Stage, Terms
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event, Withdrawal

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
        return Terms(565, None, "199.00 RUB", 77, bought=12)

    def act(self, row: Purchase) -> Acceptance:
        self.charged += 1
        if self.silent:
            raise NoAnswer("lost_answer", func="domain.renew")
        self.renewed = True
        return Acceptance()

    # -- the panel -------------------------------------------------------------------------------------------

    def noting(self, row: Purchase, attempt: int, terms: Terms) -> None:
        self.note = str(Note(row.token, attempt, row.before, row.months, terms.term))

    def noted_done(self, row: Purchase) -> None:
        self.note = str(Note(row.token))

    def ask(self, kind: str = "prolong", operation: int = 5, trycount: int = 1) -> Purchase:
        caller = Caller(
            7, kind, operation, trycount, lambda _: False, lambda: True, note=self.note, name="example.ru",
            itemtype="domain", module=3, counts_months=True,
        )  # fmt: skip
        wanted = intent(kind, operation=operation)
        return spend_once(self.store, wanted, self, CALM, caller, self.noting)

    def told(self, row: Purchase, left: int = 0) -> None:
        """The panel is told, as commands.purchases tells it."""
        self.note = str(Note(row.token, left=left))
        noted = row.noted if row.noted is not None else 0
        self.store.record(row, Event.CALLBACK_DONE, operation=None, noted=noted)
        self.renewed = False  # what comes next is another term

    def settled(self) -> None:
        age(self.store, 601)

    def refusal(self, **call: Any) -> Failure:
        with pytest.raises(Failure) as caught:
            self.ask(**call)
        return caught.value

    def question(self, **call: Any) -> str:
        """What a person is asked, with its evidence."""
        return question_of(self.refusal(**call))

    def states(self) -> List[str]:
        return [
            row.question.value if row.question else row.stage.value for row in self.store.in_stages(*Stage)
        ]


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
        assert (question_of(asked), desk.charged) == ("in_doubt_same_renewal/lost", 1)
    assert asked.params["before"] == BEFORE.isoformat()


@pytest.mark.parametrize(("answer", "charged"), [(Answer.SAME, 1), (Answer.NEW, 2)])
def test_a_person_says_what_became_of_a_renewal_that_the_journal_lost(
    desk: Desk, answer: Answer, charged: int
) -> None:
    lost_in_flight(desk)
    number = int(desk.refusal().params["id"])
    says(desk.store, number, answer)
    desk.told(desk.ask())
    assert (desk.charged, desk.store.all_unsettled()) == (charged, [])


def test_a_lost_renewal_that_does_not_exist_is_sent_when_its_request_cannot_be_carried_out_any_more(
    desk: Desk,
) -> None:
    lost_in_flight(desk)
    number = int(desk.refusal().params["id"])
    with pytest.raises(Failure, match="too_early"):
        says(desk.store, number, Answer.NOT_BOUGHT)
    desk.settled()
    says(desk.store, number, Answer.NOT_BOUGHT)
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
    row = desk.store.begin(intent("prolong", operation=5))
    backup = desk.backup()
    desk.silent = True
    assert desk.refusal().code == "lost_answer"
    desk.store, desk.silent = backup, False
    assert (desk.refusal(trycount=2).code, desk.charged) == ("lost_answer", 1)
    desk.renewed = True
    desk.settled()
    assert desk.ask(trycount=3).stage is Stage.CONFIRMED
    assert (desk.charged, desk.store.history(row.id)[1].event) == (1, Event.NOTE_SAYS_SENT)


def test_a_kill_between_the_note_and_the_request_waits_as_long_as_for_a_lost_answer(desk: Desk) -> None:
    row = desk.store.begin(intent("prolong", operation=5))
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
    assert (desk.question(operation=6, trycount=2), desk.charged, desk.states()) == (
        "in_doubt_same_renewal/lost",
        2,
        ["reported", "same_renewal"],
    )


def test_a_panel_that_knows_less_than_the_journal_gets_nothing_bought_until_a_person_has_said_which(
    desk: Desk,
) -> None:
    first = desk.note
    desk.told(desk.ask())
    desk.note = first
    asked = desk.refusal(operation=5, trycount=1)
    assert (question_of(asked), desk.charged) == ("in_doubt_same_renewal/restored", 1)
    assert (desk.question(operation=9), desk.charged) == ("in_doubt_same_renewal/restored", 1)
    says(desk.store, int(asked.params["id"]), Answer.SAME)
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
    says(desk.store, int(asked.params["id"]), Answer.NEW, noting=desk.noted_done)
    desk.told(desk.ask(operation=7))
    desk.told(desk.ask(operation=8))
    assert desk.charged == 4


@pytest.mark.parametrize(
    "answers",
    [(Answer.SAME, Answer.SAME), (Answer.NEW, Answer.SAME), (Answer.NEW, Answer.NEW)],
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
        says(desk.store, number, answer, noting=desk.noted_done)
        if answer is Answer.SAME:
            desk.told(desk.ask(operation=9))
    assert asked_about == [row.id for row in forgotten]
    assert desk.charged == 3, "nothing was bought while questions were open"
    desk.told(desk.ask(operation=10))
    assert (desk.charged, desk.store.all_unsettled()) == (4, [])


def test_a_renewal_of_which_nothing_was_sent_gives_way_to_the_question_about_an_earlier_one(
    desk: Desk,
) -> None:
    backup = desk.note
    desk.told(desk.ask())
    desk.store.begin(intent("prolong", operation=6))
    desk.note = backup
    assert (desk.question(operation=6, trycount=2), desk.states()) == (
        "in_doubt_same_renewal/restored",
        ["same_renewal", "refused"],
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
    assert (desk.question(operation=7), desk.charged) == ("in_doubt_same_renewal/restored", 2)


def opened(desk: Desk) -> Purchase:
    row = desk.ask("open")
    desk.told(row)
    return row


def test_an_order_that_was_under_way_when_the_journal_was_lost_is_looked_up_and_never_sent_again_by_itself(
    desk: Desk,
) -> None:
    desk.silent = True
    assert desk.refusal(kind="open").code == "lost_answer"
    desk.journal_lost()
    desk.settled()
    assert (desk.question(kind="open", trycount=2), desk.charged) == ("in_doubt_bought/lost", 1)
    desk.renewed = True
    assert desk.ask("open", trycount=3).stage is Stage.CONFIRMED
    assert desk.charged == 1


@pytest.mark.parametrize("kind", ["open", "prolong"])
def test_an_item_that_knows_nothing_of_what_the_journal_bought_for_it_may_be_another_one(
    desk: Desk, kind: str
) -> None:
    desk.renewed = True
    row = opened(desk)
    desk.note = ""
    asked = desk.refusal(kind=kind, operation=9)
    assert (question_of(asked), asked.params["id"], desk.charged) == (
        "in_doubt_same_item/restored",
        str(row.id),
        0,
    )
    says(desk.store, row.id, Answer.OTHER_ITEM)
    assert desk.store.opening(7) is None
    desk.ask(kind, operation=9)
    former = desk.store.purchase(row.id)
    assert former is not None
    assert (desk.charged, former.detached, former.stage, former.remote) == (
        1,
        True,
        Stage.REPORTED,
        row.remote,
    )


def test_the_same_item_of_a_restored_panel_keeps_what_was_bought_for_it(desk: Desk) -> None:
    desk.renewed = True
    row = opened(desk)
    desk.note = ""
    assert desk.question(kind="open", operation=9) == "in_doubt_same_item/restored"
    says(desk.store, row.id, Answer.SAME, noting=desk.noted_done)
    bought = desk.store.opening(7)
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


def test_a_forgotten_renewal_is_answered_in_its_turn_and_not_while_another_one_is_on_its_way(tmp_path: Path):
    journal = Journal(tmp_path / "b", "machine", "root")
    first, second = (reported(journal, intent("prolong", operation=number)) for number in (5, 6))
    for row in (first, second):
        journal.record(row, Event.PANEL_FORGOT, question=Question.SAME_RENEWAL, evidence=Evidence.RESTORED)
    with pytest.raises(Failure, match="no_question"):
        decide.resolve(journal, second.id, Said(Answer.SAME), "keeper", "later", 600, not_noted)
    other = sent(journal, intent("prolong", operation=7))
    with pytest.raises(Failure, match="no_question"):
        decide.resolve(journal, first.id, Said(Answer.SAME), "keeper", "busy", 600, not_noted)
    journal.record(other, Event.NOT_SENT, sent=None, code="upstream_unreachable")
    other = journal.unsettled(7, "prolong")
    assert other is not None
    journal.record(other, Event.WITHDRAWN, why=Withdrawal.QUESTION)
    done = decide.resolve(journal, first.id, Said(Answer.SAME), "keeper", "now", 600, not_noted)
    assert done.stage is Stage.CONFIRMED


def test_the_panels_note_does_not_tell_whose_a_service_is_that_two_items_claim(desk: Desk) -> None:
    order = desk.store.purchase(opened(desk).id)
    desk.store.record(order, Event.CLAIMED_TWICE, question=Question.SAME_ITEM, evidence=Evidence.CLAIMED)
    for _ in range(2):
        assert desk.question(operation=9) == "in_doubt_same_item/claimed"
    assert desk.charged == 1, "the order, and no renewal of it"


def test_months_that_a_purchase_under_way_adds_when_it_is_over_are_not_counted_twice(desk: Desk) -> None:
    """Else they would pay for renewals that nobody has bought."""
    sent(desk.store, intent("prolong", months=1), bought=12)
    desk.note = str(Note("ab" * 8, left=3))
    desk.ask()  # buys what it sells
    assert desk.store.months_left(7) == 3


def test_whoever_meets_several_questions_of_an_item_names_the_one_that_takes_an_answer(desk: Desk) -> None:
    """A closing asks without the panel's note."""
    desk.told(desk.ask())
    backup = desk.note
    for operation in (6, 7):
        desk.told(desk.ask(operation=operation))
    desk.note = backup
    assert desk.question(operation=9) == "in_doubt_same_renewal/restored"
    asked = desk.store.unsettled(7, "prolong")
    assert desk.store.is_next(asked)
    says(desk.store, asked.id, Answer.NEW)
