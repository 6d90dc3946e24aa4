"""A service of a provider belongs to one item, however the item came to it, and whatever login is used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from kit.purchases import not_noted

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


def test_of_two_items_that_claim_a_service_at_the_same_moment_one_gets_it(journal: Journal) -> None:
    """Both have read that nobody holds it, or that a closed item does."""

    def meanwhile(_: int) -> bool:
        bindings.claim(journal, "login", "vds", 100, 8, lambda item: item == 7)
        return True

    ordered(journal, 7, 100)
    with pytest.raises(Failure, match="held_by_other.*object=8"):
        bindings.claim(journal, "login", "vds", 100, 9, meanwhile)
    assert bindings.holder(journal, "login", "vds", 100) == (8, False)


def test_a_link_that_a_person_corrects_frees_the_service_for_the_item_that_it_is_of(journal: Journal) -> None:
    bindings.claim(journal, "login", "vds", 100, 7, NOBODY_CLOSED)
    bindings.claim(journal, "login", "vds", 101, 7, NOBODY_CLOSED)
    bindings.claim(journal, "login", "vds", 100, 8, NOBODY_CLOSED)
    assert bindings.holder(journal, "login", "vds", 101) == (7, False)


def test_what_an_order_has_given_frees_what_was_linked_before(journal: Journal) -> None:
    bindings.claim(journal, "login", "vds", 100, 7, NOBODY_CLOSED)
    ordered(journal, 7, 101)
    bindings.claim(journal, "login", "vds", 100, 8, NOBODY_CLOSED)


def test_whose_login_it_is_may_be_told_while_the_order_is_on_its_way(journal: Journal) -> None:
    journal.identify("old", "provider.example", "4")
    row = journal.begin(Intent(7, "open", "vds", 3, 5, "new", "vm7", 1))
    row = journal.record(row, Event.REQUEST_LEAVES, sent=1.0, account="new", attempts=1)
    journal.identify("new", "provider.example", "4")  # by another process
    journal.record(row, Event.ACCEPTED, Stage.CONFIRMED, accepted=True, remote=100)
    assert bindings.holder(journal, bindings.account_of(journal, "new"), "vds", 100) == (7, False)


def test_the_same_number_of_another_type_or_another_customer_is_another_service(journal: Journal) -> None:
    ordered(journal, 7, 100)
    bindings.claim(journal, "login", "domain", 100, 8, NOBODY_CLOSED)
    bindings.claim(journal, "of another customer", "vds", 100, 9, NOBODY_CLOSED)


def test_a_new_item_with_a_used_number_does_not_get_the_former_items_service(journal: Journal) -> None:
    order = ordered(journal, 7, 100)
    decide.resolve(journal, order.id, Said(Answer.OTHER_ITEM), "keeper", "deleted", 600, not_noted)
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


def test_logins_of_one_customer_stay_together_when_his_number_changes(journal: Journal) -> None:
    """Version 4 tells the lowest of his accounts, and may hide it later."""
    journal.identify("a", "provider.example", "4")
    journal.identify("b", "provider.example", "4")
    order = ordered(journal, 7, 100, "b")
    for login in "ba":
        journal.identify(login, "provider.example", "5")
        assert journal.purchase(order.id).account == bindings.account_of(journal, "b")
        assert bindings.account_of(journal, "a") == bindings.account_of(journal, "b")


def test_a_login_that_moves_to_another_customer_leaves_there_what_was_bought(journal: Journal) -> None:
    """What was sent for one customer is never looked for at another one."""
    for login, customer in [("a", "4"), ("b", "4"), ("c", "5")]:
        journal.identify(login, "provider.example", customer)
    order = ordered(journal, 7, 100, "b")
    journal.identify("a", "provider.example", "5")
    assert bindings.account_of(journal, "a") == bindings.account_of(journal, "c")
    assert journal.purchase(order.id).account == bindings.account_of(journal, "b")
    assert bindings.holder(journal, bindings.account_of(journal, "b"), "vds", 100) == (7, False)


def test_two_logins_of_one_customer_that_are_told_at_the_same_moment_are_one_account(tmp_path: Path) -> None:
    folder = tmp_path / "bill2bill"
    Journal(folder, "machine", "root")
    with ThreadPoolExecutor(2) as both:
        for customer in range(30):
            names = [f"{login}{customer}" for login in "ab"]
            start = Barrier(2)

            def at_once(login: str, start: Barrier = start, customer: int = customer) -> None:
                journal = Journal(folder, "machine", "root")
                start.wait()
                journal.identify(login, "provider.example", str(customer))

            list(both.map(at_once, names))
            journal = Journal(folder, "machine", "root")
            assert len({bindings.account_of(journal, login) for login in names}) == 1


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
    decide.resolve(journal, orders[1].id, Said(Answer.OTHER_ITEM), "keeper", "a mistake", 600, not_noted)
    decide.resolve(journal, orders[0].id, Said(Answer.SAME), "keeper", "his", 600, not_noted)
    assert journal.opening(7).question is None


def test_a_lost_order_of_a_former_item_of_this_number_is_a_rival(journal: Journal) -> None:
    """Its service, without a mark, may look like that of the new item."""
    former = journal.begin(Intent(7, "open", "vds", 3, 5, "login", "vm", 1))
    journal.record(former, Event.REQUEST_LEAVES, sent=1.0, account="login", attempts=1)
    journal.detach(7)
    row = journal.begin(Intent(7, "open", "vds", 3, 6, "login", "vm", 1))
    row = journal.record(row, Event.REQUEST_LEAVES, sent=1.0, account="login", attempts=1)
    assert [rival.id for rival in journal.rivals(row)] == [former.id]


def test_an_order_whose_connection_is_gone_gets_no_service_that_another_item_has(journal: Journal) -> None:
    bindings.claim(journal, "login", "vds", 100, 7, NOBODY_CLOSED)
    row = journal.begin(Intent(8, "open", "", 3, 5, "login", "vm", 1))
    row = journal.record(row, Event.REQUEST_LEAVES, sent=1.0, account="login", attempts=1)
    with pytest.raises(Failure, match="held_by_other.*object=7"):
        decide.resolve(journal, row.id, Said(Answer.BOUGHT, 100), "keeper", "seen there", 600, not_noted)


def test_a_login_whose_customer_number_changes_keeps_what_it_bought(journal: Journal) -> None:
    """Version 4 tells no customer: the lowest account stands for it, and may be closed one day."""
    journal.identify("old", "provider.example", "35")
    journal.identify("new", "provider.example", "35")
    order = ordered(journal, 7, 100, bindings.account_of(journal, "new"))
    journal.identify("new", "provider.example", "36")
    assert bindings.account_of(journal, "new") == journal.purchase(order.id).account


def test_an_item_that_really_has_another_service_says_so(journal: Journal) -> None:
    orders = [ordered(journal, 7, 100, "old"), ordered(journal, 8, 100, "new")]
    journal.identify("old", "provider.example", "4")
    journal.identify("new", "provider.example", "4")
    decide.resolve(journal, orders[1].id, Said(Answer.BOUGHT, 101), "keeper", "mistyped", 600, not_noted)
    account = bindings.account_of(journal, "new")
    assert bindings.holder(journal, account, "vds", 101) == (8, False)
    assert journal.opening(8).question is None
