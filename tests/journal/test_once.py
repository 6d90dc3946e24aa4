"""The one function that spends: whatever happened before, nothing is bought twice and nothing that was bought is lost."""

from datetime import date

import pytest

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.journal.once import Finding, Patience, Sight, spend_once
from bill2bill.journal.states import Intent, State, Terms
from bill2bill.journal.store import Store

CALM = Patience(settle=600, overdue=86400)
NOW = Patience(settle=0, overdue=86400)


class Shop:
    """A scripted upstream: `answers` to purchases one after the other, `shelf` is what a look sees, `charged` what was really bought."""

    def __init__(self, *answers, sight=Sight.ABSENT):
        self.answers, self.sight, self.charged, self.looks = list(answers), sight, 0, 0

    def look(self, row):
        self.looks += 1
        if isinstance(self.sight, Failure):
            raise self.sight
        return Finding(self.sight, 77)

    def terms(self, row):
        return Terms(565, 881, "199.00 RUB")

    def act(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.charged += 1
        return answer


def lost():
    return NoAnswer("lost_answer", func="domain.order.4")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "bill2bill", "machine", "root")


def intent(operation=5, trycount=1, kind="open", **other):
    return Intent(**{"item": 7, "kind": kind, "module": 3, "operation": operation, "trycount": trycount, "name": "example.ru", "months": 12, **other})


def buy(store, shop, wanted=None, patience=CALM, left=()):
    return spend_once(store, wanted or intent(), shop, patience, lambda operation: operation in left)


def report(store, row):
    return store.move(row, State.REPORTED)


def test_a_purchase_is_on_disk_before_its_request_leaves(store, tmp_path):
    class Watching(Shop):
        def act(self):
            seen = Store(tmp_path / "bill2bill", "machine", "root").unsettled(7, "open")
            assert seen.state is State.SENT
            assert seen.sent is not None
            assert (seen.tariff, seen.period, seen.cost) == (565, 881, "199.00 RUB")
            return super().act()

    assert buy(store, Watching(10501)).state is State.CONFIRMED


def test_a_confirmed_purchase_is_finished_by_the_repeat_and_not_bought_again(store):
    shop = Shop(10501)
    first = buy(store, shop)
    again = buy(store, shop, intent(trycount=2))
    assert (again.id, again.state, again.remote) == (first.id, State.CONFIRMED, 10501)
    assert shop.charged == 1


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_before_it_has_settled(store):
    shop = Shop(lost(), 10502)
    for trycount in (1, 2, 3):
        with pytest.raises(Failure, match="lost_answer"):
            buy(store, shop, intent(trycount=trycount))
    assert shop.answers == [10502]


def test_a_lost_order_that_was_carried_out_is_found_and_not_bought_again(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    shop.sight = Sight.PRESENT
    row = buy(store, shop, intent(trycount=2))
    assert (row.state, row.remote, shop.answers) == (State.CONFIRMED, 77, [10502])


def test_a_lost_order_is_sent_again_once_a_settled_look_proves_its_absence(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    with store.write() as db:
        db.execute("UPDATE purchase SET sent = sent - 601")
    assert buy(store, shop, intent(trycount=2)).remote == 10502


def test_a_look_that_fails_proves_nothing(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop)
    shop.sight = Failure("upstream_unreachable", url="u", reason="r")
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, intent(trycount=2), NOW)
    assert shop.answers == [10502]
    assert store.unsettled(7, "open").state is State.SENT


def test_what_cannot_be_proved_for_a_day_waits_for_a_person(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop)
    with store.write() as db:
        db.execute("UPDATE purchase SET sent = sent - 86401")
    shop.sight = Failure("upstream_unreachable", url="u", reason="r")
    for _ in range(2):
        with pytest.raises(Failure, match="in_doubt_open"):
            buy(store, shop, intent(trycount=2))
    assert shop.answers == [10502]
    shop.sight = Sight.PRESENT  # a doubt ends by itself only when the purchase shows up
    assert buy(store, shop, intent(trycount=3)).state is State.CONFIRMED


def test_an_accepted_renewal_that_is_not_seen_yet_is_never_sent_again(store):
    shop = Shop(None, None, sight=Sight.ABSENT)
    for trycount in (1, 2, 3):
        with pytest.raises(Failure, match="pending"):
            buy(store, shop, intent(kind="prolong", trycount=trycount), NOW)
    assert shop.charged == 1


def test_work_under_way_at_the_upstream_keeps_us_from_buying(store):
    shop = Shop(10501, sight=Sight.UNDERWAY)
    with pytest.raises(Failure, match="upstream_busy"):
        buy(store, shop)
    assert shop.charged == 0


def test_what_is_there_already_is_not_bought(store):
    shop = Shop(10501, sight=Sight.PRESENT)
    assert buy(store, shop, intent(kind="prolong", before=date(2027, 1, 1))).state is State.CONFIRMED
    assert shop.charged == 0


def test_a_request_that_did_not_leave_may_be_sent_by_the_next_run(store):
    shop = Shop(NotSent("upstream_unreachable", url="u", reason="r"), 10501)
    with pytest.raises(NotSent):
        buy(store, shop)
    row = store.unsettled(7, "open")
    assert (row.state, row.sent) == (State.INTENDED, None)
    assert buy(store, shop, intent(trycount=2)).remote == 10501


def test_a_refusal_is_final_for_its_purchase_and_a_new_try_is_a_new_one(store):
    shop = Shop(Refused("upstream_refused", func="f", code="4", value="owner"), 10501)
    with pytest.raises(Refused):
        buy(store, shop)
    assert store.unsettled(7, "open") is None
    assert buy(store, shop, intent(trycount=2)).remote == 10501
    assert [row.state for row in store.purchases(*State)] == [State.REFUSED, State.CONFIRMED]


def test_a_crash_in_the_middle_of_the_request_leaves_it_sent(store):
    class Killed(BaseException):
        pass

    class Dying(Shop):
        def act(self):
            raise Killed

    with pytest.raises(Killed):
        buy(store, Dying())
    assert store.unsettled(7, "open").state is State.SENT


def test_a_repeat_of_a_reported_operation_is_told_the_same_again(store):
    shop = Shop(10501)
    row = report(store, buy(store, shop))
    assert buy(store, shop, intent(trycount=2)).id == row.id
    assert shop.charged == 1


def test_a_reused_operation_number_with_its_first_try_is_a_new_purchase(store):
    shop = Shop(10501, 10502)
    report(store, buy(store, shop))
    assert buy(store, shop, intent(trycount=1)).remote == 10502


def test_a_recreated_operation_continues_an_unsettled_purchase(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop, intent(operation=5))
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, intent(operation=9))
    assert store.unsettled(7, "open").operation == 9
    assert shop.answers == [10502]


def test_a_confirmed_purchase_whose_operation_left_the_panel_counts_as_reported(store):
    shop = Shop(10501, 10502)
    buy(store, shop, intent(operation=5))
    assert buy(store, shop, intent(operation=6), left=[5]).remote == 10502
    assert [row.state for row in store.purchases(*State)] == [State.REPORTED, State.CONFIRMED]


def test_a_confirmed_purchase_whose_operation_is_still_there_is_not_bought_for_another_operation(store):
    shop = Shop(10501, 10502)
    buy(store, shop, intent(operation=5))
    assert buy(store, shop, intent(operation=6)).remote == 10501
    assert shop.charged == 1


def test_without_a_running_operation_nothing_is_bought(store):
    shop = Shop(10501)
    with pytest.raises(Failure, match="not_an_operation"):
        buy(store, shop, intent(operation=None))
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, Shop(lost()))
    with store.write() as db:
        db.execute("UPDATE purchase SET sent = sent - 601")
    with pytest.raises(Failure, match="not_an_operation"):
        buy(store, shop, intent(operation=None))
    assert shop.charged == 0


def test_a_copied_panel_spends_nothing_until_a_person_adopts_it(store, tmp_path):
    copy = Store(tmp_path / "bill2bill", "another machine", "root")
    shop = Shop(10501)
    with pytest.raises(Failure, match="copied_panel"):
        buy(copy, shop)
    assert shop.charged == 0
    copy.adopt()
    assert buy(copy, shop).remote == 10501


def test_an_order_that_was_changed_before_anything_was_sent_is_withdrawn(store):
    class Poor(Shop):
        def terms(self, row):
            raise Failure("low_balance", balance="0.00 RUB", value="199.00 RUB")

    with pytest.raises(Failure, match="low_balance"):
        buy(store, Poor())
    row = buy(store, Shop(10501), intent(months=24))
    assert (row.months, row.state) == (24, State.CONFIRMED)


def test_an_order_that_was_changed_after_it_was_sent_stops(store):
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, Shop(lost()))
    shop = Shop(10501)
    with pytest.raises(Failure, match="other_purchase"):
        buy(store, shop, intent(months=24))
    assert shop.charged == 0


def test_two_unsettled_purchases_of_one_item_cannot_exist(store):
    store.insert(intent())
    with pytest.raises(Failure, match="state_unusable"):
        store.insert(intent(operation=6))
