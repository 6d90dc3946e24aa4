"""A service of a provider belongs to one item, however the item came to it, and whatever login is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from bill2bill.admin import decide
from bill2bill.admin.decide import Said
from bill2bill.errors import Failure
from bill2bill.journal import bindings
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event

NOBODY_CLOSED = lambda item: False  # noqa: E731


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "bill2bill", "machine", "root")


def ordered(journal: Journal, item: int, remote: int, account: str = "login") -> Purchase:
    row = journal.begin(Intent(item, "open", "vds", 3, 5, account, f"vm{item}", 1))
    row = journal.record(row, Event.REQUEST_LEAVES, sent=1.0, account=account, attempts=1)
    row = journal.record(row, Event.ACCEPTED, Stage.CONFIRMED, accepted=True, remote=remote)
    return journal.record(row, Event.CALLBACK_DONE, operation=None)


def test_two_items_never_hold_one_service_by_two_orders(journal: Journal) -> None:
    ordered(journal, 7, 100)
    with pytest.raises(Failure, match="held_by_other.*object=7"):
        ordered(journal, 8, 100)
    assert journal.unsettled(8, "open").stage is Stage.SENT, "what the provider said stays to be looked up"


def test_the_table_itself_refuses_a_second_holder(journal: Journal) -> None:
    ordered(journal, 7, 100)
    with pytest.raises(Failure, match="UNIQUE constraint failed: binding"), journal.write() as db:
        db.execute("INSERT INTO binding SELECT account, itemtype, remote, 8, 0, 'linked' FROM binding")


def test_a_service_that_was_ordered_for_one_item_cannot_be_linked_to_another(journal: Journal) -> None:
    ordered(journal, 7, 100)
    with pytest.raises(Failure, match="held_by_other"):
        bindings.claim(journal, "login", "vds", 100, 8, NOBODY_CLOSED)


def test_a_service_that_a_person_linked_cannot_be_linked_to_another_item(journal: Journal) -> None:
    bindings.claim(journal, "login", "vds", 100, 7, NOBODY_CLOSED)
    bindings.claim(journal, "login", "vds", 100, 7, NOBODY_CLOSED)
    with pytest.raises(Failure, match="held_by_other"):
        bindings.claim(journal, "login", "vds", 100, 8, NOBODY_CLOSED)
    with pytest.raises(Failure, match="held_by_other"):
        ordered(journal, 9, 100)


def test_a_closed_item_gives_its_service_up(journal: Journal) -> None:
    ordered(journal, 7, 100)
    bindings.claim(journal, "login", "vds", 100, 8, lambda item: item == 7)
    assert bindings.holder(journal, "login", "vds", 100) == (8, False)


def test_the_same_number_of_another_type_or_another_customer_is_another_service(journal: Journal) -> None:
    ordered(journal, 7, 100)
    bindings.claim(journal, "login", "domain", 100, 8, NOBODY_CLOSED)
    bindings.claim(journal, "of another customer", "vds", 100, 9, NOBODY_CLOSED)


def test_a_new_item_with_a_used_number_does_not_get_the_former_items_service(journal: Journal) -> None:
    order = ordered(journal, 7, 100)
    decide.resolve(journal, order.id, Said(Answer.OTHER_ITEM), "keeper", "deleted", 600)
    assert journal.opening(7) is None
    assert journal.held_by_other(7, "vds", 100, "login", 3)


def test_a_new_user_name_of_the_same_customer_keeps_purchases_and_bindings(journal: Journal) -> None:
    journal.identify("old", "provider.example", "4")
    order = ordered(journal, 7, 100, "old")
    journal.identify("new", "provider.example", "4")
    account = bindings.account_of(journal, "new")
    assert account == journal.purchase(order.id).account
    assert bindings.holder(journal, account, "vds", 100) == (7, False)


def test_what_was_bought_before_the_provider_told_the_customer_moves_to_him(journal: Journal) -> None:
    journal.identify("old", "provider.example", "4")
    order = ordered(journal, 7, 100, "new")
    journal.identify("new", "provider.example", "4")
    assert journal.purchase(order.id).account == bindings.account_of(journal, "old")
    assert bindings.holder(journal, bindings.account_of(journal, "new"), "vds", 100) == (7, False)


def test_another_customer_or_another_provider_is_another_account(journal: Journal) -> None:
    journal.identify("a", "provider.example", "4")
    journal.identify("b", "provider.example", "5")
    journal.identify("c", "other.example", "4")
    assert len({bindings.account_of(journal, login) for login in "abc"}) == 3


def test_a_provider_that_tells_no_customer_number_joins_no_logins(journal: Journal) -> None:
    journal.identify("a", "provider.example", "")
    journal.identify("b", "provider.example", "")
    assert bindings.account_of(journal, "a") != bindings.account_of(journal, "b")


def test_two_items_that_prove_to_hold_one_service_are_both_asked_about(journal: Journal) -> None:
    orders = [ordered(journal, 7, 100, "old"), ordered(journal, 8, 100, "new")]
    journal.identify("old", "provider.example", "4")
    journal.identify("new", "provider.example", "4")
    for order in orders:
        asked = journal.purchase(order.id)
        assert (asked.question, asked.evidence) == (Question.SAME_ITEM, Evidence.CLAIMED)
    decide.resolve(journal, orders[1].id, Said(Answer.OTHER_ITEM), "keeper", "a mistake", 600)
    decide.resolve(journal, orders[0].id, Said(Answer.SAME), "keeper", "his", 600)
    assert journal.opening(7).question is None


def test_a_login_whose_customer_number_changes_keeps_what_it_bought(journal: Journal) -> None:
    """Version 4 tells no customer: the lowest account stands for it, and may be closed one day."""
    journal.identify("old", "provider.example", "35")
    journal.identify("new", "provider.example", "35")
    order = ordered(journal, 7, 100, bindings.account_of(journal, "new"))
    journal.identify("new", "provider.example", "36")
    assert bindings.account_of(journal, "new") == journal.purchase(order.id).account
