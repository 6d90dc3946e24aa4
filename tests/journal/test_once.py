"""The one function that spends: whatever happened before, nothing is bought twice and nothing that was bought
is lost.
"""

import pytest
from kit.journal_files import age, rebooted
from kit.purchases import intent, question_of, says, sent, telling

from bill2bill.admin import decide
from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.journal.caller import Caller
from bill2bill.journal.engine import Acceptance, Finding, Patience, Sight, spend_once
from bill2bill.journal.journal import Journal
from bill2bill.journal.ownership import owned
from bill2bill.journal.purchase import Evidence, Question, Stage, Terms
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event
from bill2bill.state import clock

CALM = Patience(settle=600, overdue=86400, tries=10)
NOW = Patience(settle=0, overdue=86400, tries=10)
SAME = "in_doubt_same_renewal"


class Shop:
    """A scripted upstream: `answers` to purchases one after the other, `shelf` is what a look sees, `charged`
    what was really bought.
    """

    def __init__(self, *answers, sight=Sight.ABSENT):
        self.answers, self.sight, self.charged, self.looks = list(answers), sight, 0, 0

    def look(self, row):
        self.looks += 1
        if isinstance(self.sight, Failure):
            raise self.sight
        return Finding(self.sight, 77)

    def terms(self, row):
        return Terms(565, 881, "199.00 RUB")

    def act(self, row):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.charged += 1
        return answer if isinstance(answer, Acceptance) else Acceptance(answer)


def lost():
    return NoAnswer("lost_answer", func="domain.order.4")


@pytest.fixture
def store(tmp_path):
    return Journal(tmp_path / "bill2bill", "machine", "root")


def caller(wanted, trycount=1, left=(), waits=False):
    return Caller(
        wanted.item, wanted.kind, wanted.operation, trycount,
        lambda operation: operation not in left, lambda: waits,
    )  # fmt: skip


def buy(store, shop, wanted=None, patience=CALM, left=(), trycount=1):
    wanted = wanted or intent()
    return spend_once(store, wanted, shop, patience, caller(wanted, trycount, left))


def renewal(**other):
    return intent("prolong", **other)


def report(store, row):
    return store.record(row, Event.CALLBACK_DONE)


def asks(store, shop, evidence, question="in_doubt_bought", **call):
    """Nothing is bought, and a person is asked, for this reason."""
    with pytest.raises(Failure) as caught:
        buy(store, shop, **call)
    assert question_of(caught.value) == f"{question}/{evidence.value}"


def test_a_purchase_is_on_disk_before_its_request_leaves(store, tmp_path):
    class Watching(Shop):
        def act(self, row):
            seen = Journal(tmp_path / "bill2bill", "machine", "root").unsettled(7, "open")
            assert seen.stage is Stage.SENT
            assert seen.sent is not None
            assert (seen.tariff, seen.period, seen.cost) == (565, 881, "199.00 RUB")
            return super().act(row)

    assert buy(store, Watching(10501)).stage is Stage.CONFIRMED


def test_a_confirmed_purchase_is_finished_by_the_repeat_and_not_bought_again(store):
    shop = Shop(10501)
    first = buy(store, shop)
    again = buy(store, shop, intent(), trycount=2)
    assert (again.id, again.stage, again.remote) == (first.id, Stage.CONFIRMED, 10501)
    assert shop.charged == 1


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_before_it_has_settled(store):
    shop = Shop(lost(), 10502)
    for trycount in (1, 2, 3):
        with pytest.raises(Failure, match="lost_answer"):
            buy(store, shop, intent(), trycount=trycount)
    assert shop.answers == [10502]


def test_a_lost_order_that_was_carried_out_is_found_and_not_bought_again(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    shop.sight = Sight.PRESENT
    row = buy(store, shop, intent(), NOW, trycount=2)
    assert (row.stage, row.remote, shop.answers) == (Stage.CONFIRMED, 77, [10502])


def test_a_look_that_shows_nothing_is_not_made_again_before_it_can_prove_absence(store):
    shop = Shop(lost())
    for trycount in (1, 2, 3):
        with pytest.raises(Failure, match="lost_answer"):
            buy(store, shop, intent(), trycount=trycount)
    assert shop.looks == 2, "before the request, and after its answer was lost"


@pytest.mark.parametrize("after", ["a process that was killed before its look", "a look that failed"])
def test_the_next_run_looks_at_once_after(store, after):
    row = sent(store, intent(), boot="b")
    if after == "a look that failed":
        with pytest.raises(Failure, match="lost_answer"):
            buy(store, Shop(sight=Failure("upstream_unreachable", url="", reason="")), intent(), trycount=2)
    found = buy(store, Shop(sight=Sight.PRESENT), intent(), trycount=3)
    assert (found.id, found.stage) == (row.id, Stage.CONFIRMED)


def test_a_doubt_that_only_could_not_be_looked_up_ends_when_a_look_proves_its_absence(store):
    blind = Shop(lost(), 10502, sight=Sight.ABSENT)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, blind)
    age(store, 86401)
    blind.sight = Failure("account_paused")
    asks(store, blind, Evidence.TIMEOUT, trycount=2)
    blind.sight = Sight.ABSENT
    rebooted(store)  # just now: nothing has certainly settled
    long_ago = CALM._replace(settle=10**9)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, blind, intent(), long_ago, trycount=3)
    assert buy(store, blind, intent(), NOW, trycount=4).stage is Stage.CONFIRMED
    assert blind.charged == 1


def test_a_doubt_that_only_could_not_be_looked_up_ends_though_its_operation_was_created_anew_meanwhile(store):
    blind = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, blind)
    age(store, 86401)
    blind.sight = Failure("account_paused")
    asks(store, blind, Evidence.TIMEOUT, trycount=2)
    asks(store, blind, Evidence.TIMEOUT, wanted=intent(operation=6), left=[5])
    blind.sight = Sight.ABSENT
    assert buy(store, blind, intent(operation=6), left=[5], trycount=2).stage is Stage.CONFIRMED
    assert (blind.charged, blind.answers) == (1, [])


def test_the_look_that_proves_absence_is_the_look_before_the_next_request(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    buy(store, shop, intent(), NOW, trycount=2)
    assert (shop.looks, shop.charged) == (3, 1)


def test_a_lost_order_is_sent_again_once_a_settled_look_proves_its_absence(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    age(store, 601)
    assert buy(store, shop, intent(), trycount=2).remote == 10502


def test_a_look_that_fails_proves_nothing(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop)
    shop.sight = Failure("upstream_unreachable", url="u", reason="r")
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, intent(), NOW, trycount=2)
    assert shop.answers == [10502]
    assert store.unsettled(7, "open").stage is Stage.SENT


def test_a_kernel_that_runs_for_long_does_not_age_what_was_just_sent_before_the_container_was_moved(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    rebooted(store)
    in_between = CALM._replace(settle=min(60.0, clock.now().seconds))
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, intent(), in_between, trycount=2)
    assert shop.answers == [10502], "nothing was sent again"


def test_what_cannot_be_proved_for_a_day_waits_for_a_person(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop)
    age(store, 86401)
    shop.sight = Failure("upstream_unreachable", url="u", reason="r")
    for _ in range(2):
        asks(store, shop, Evidence.TIMEOUT, trycount=2)
    assert shop.answers == [10502]
    shop.sight = Sight.PRESENT  # a doubt ends by itself only when the purchase shows up
    assert buy(store, shop, intent(), trycount=3).stage is Stage.CONFIRMED


def test_an_accepted_renewal_that_is_not_seen_yet_is_never_sent_again(store):
    shop = Shop(None, None, sight=Sight.ABSENT)
    for trycount in (1, 2, 3):
        with pytest.raises(Failure, match="pending"):
            buy(store, shop, intent("prolong"), NOW, trycount=trycount)
    assert shop.charged == 1


def test_work_under_way_at_the_upstream_keeps_us_from_buying(store):
    shop = Shop(10501, sight=Sight.UNDERWAY)
    with pytest.raises(Failure, match="upstream_busy"):
        buy(store, shop)
    assert shop.charged == 0


def test_what_is_there_already_is_not_bought(store):
    shop = Shop(10501, sight=Sight.PRESENT)
    assert buy(store, shop, intent("prolong")).stage is Stage.CONFIRMED
    assert shop.charged == 0


def test_a_request_that_did_not_leave_may_be_sent_by_the_next_run(store):
    shop = Shop(NotSent("upstream_unreachable", url="u", reason="r"), 10501)
    with pytest.raises(NotSent):
        buy(store, shop)
    row = store.unsettled(7, "open")
    assert (row.stage, row.sent) == (Stage.INTENDED, None)
    assert buy(store, shop, intent(), trycount=2).remote == 10501


def test_a_refusal_is_final_for_its_purchase_and_a_new_try_is_a_new_one(store):
    shop = Shop(Refused("upstream_refused", func="f", code="4", value="owner"), 10501)
    with pytest.raises(Refused):
        buy(store, shop)
    assert store.unsettled(7, "open") is None
    assert buy(store, shop, intent(), trycount=2).remote == 10501
    assert [row.stage for row in store.in_stages(*Stage)] == [Stage.REFUSED, Stage.CONFIRMED]


def test_a_crash_in_the_middle_of_the_request_leaves_it_sent(store):
    class Killed(BaseException):
        pass

    class Dying(Shop):
        def act(self, row):
            raise Killed

    with pytest.raises(Killed):
        buy(store, Dying())
    assert store.unsettled(7, "open").stage is Stage.SENT


def test_a_repeat_of_a_reported_operation_is_told_the_same_again(store):
    shop = Shop(10501)
    row = report(store, buy(store, shop))
    assert buy(store, shop, intent(), trycount=2).id == row.id
    assert shop.charged == 1


def test_a_reused_operation_number_with_its_first_try_is_a_new_purchase(store):
    shop = Shop(10501, 10502)
    report(store, buy(store, shop))
    assert buy(store, shop, intent(), trycount=1).remote == 10502


def test_a_recreated_operation_continues_an_unsettled_purchase(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure):
        buy(store, shop, intent(operation=5))
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, intent(operation=9), left=[5])
    assert store.unsettled(7, "open").operation == 9
    assert shop.answers == [10502]


def test_an_operation_recreated_before_the_panel_was_told_finishes_its_purchase(store):
    shop = Shop(10501, 10502)
    buy(store, shop, renewal(operation=5))
    assert buy(store, shop, renewal(operation=6), left=[5]).remote == 10501
    assert shop.charged == 1


def test_while_one_operation_is_on_the_panel_no_other_takes_its_purchase(store):
    shop = Shop(10501, 10502)
    buy(store, shop, renewal(operation=5))
    with pytest.raises(Failure, match="item_busy"):
        buy(store, shop, renewal(operation=6))
    assert shop.charged == 1


def test_the_repeat_of_an_operation_that_was_killed_while_telling_tells_again(store):
    row = telling(store, renewal())
    shop = Shop(10502)
    assert buy(store, shop, renewal(), trycount=2).id == row.id
    assert shop.charged == 0


@pytest.mark.parametrize(
    ("operation", "left"), [(6, [5]), (5, [])], ids=["another number", "the number came again"]
)
def test_whether_the_panel_was_told_before_the_kill_only_a_person_knows(store, operation, left):
    row = telling(store, renewal())
    shop = Shop(10502, sight=Sight.PRESENT)
    for trycount in (1, 2):
        wanted = renewal(operation=operation)
        asks(store, shop, Evidence.CALLBACK, SAME, wanted=wanted, left=left, trycount=trycount)
    assert (shop.charged, shop.looks) == (0, 0)
    says(store, row.id, Answer.SAME)
    assert buy(store, shop, renewal(operation=operation), left=left, trycount=3).id == row.id
    assert shop.charged == 0


def test_a_person_may_say_that_the_panel_was_told_and_then_the_next_renewal_is_bought(store):
    row = telling(store, renewal())
    shop = Shop(10502)
    asks(store, shop, Evidence.CALLBACK, SAME, wanted=renewal(operation=6), left=[5])
    says(store, row.id, Answer.NEW)
    assert buy(store, shop, renewal(operation=6), left=[5], trycount=2).id != row.id
    assert shop.charged == 1


def test_a_comparison_ends_what_was_told_when_no_operation_is_left(store):
    telling(store, renewal())
    nobody = renewal(operation=None)
    assert owned(store, caller(nobody, left=[5], waits=True)).stage is Stage.CONFIRMED
    assert owned(store, caller(nobody, left=[], waits=True)).stage is Stage.CONFIRMED
    assert owned(store, caller(nobody, left=[5], waits=False)) is None
    assert store.latest(7, "prolong").stage is Stage.REPORTED


def test_what_somebody_else_renewed_meanwhile_is_a_question_when_the_operation_changed(store):
    class Poor(Shop):
        def terms(self, row):
            raise Failure("low_balance", balance="0.00 RUB", value="199.00 RUB")

    with pytest.raises(Failure, match="low_balance"):
        buy(store, Poor(), renewal(operation=5))
    shop = Shop(10501, sight=Sight.PRESENT)
    for _ in range(2):
        asks(store, shop, Evidence.BEFOREHAND, wanted=renewal(operation=9), left=[5])
    assert shop.charged == 0
    says(store, store.unsettled(7, "prolong").id, Answer.NOT_BOUGHT)
    shop.sight = Sight.ABSENT
    assert buy(store, shop, renewal(operation=9), trycount=2).remote == 10501


def test_another_login_cannot_prove_anything_about_a_request(store):
    shop = Shop(lost(), 10502)
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop)
    with pytest.raises(Failure, match="other_account"):
        buy(store, shop, intent(account="another login"), NOW, trycount=2)
    assert shop.answers == [10502]


def test_a_confirmed_purchase_is_finished_though_the_term_of_the_item_was_changed(store):
    shop = Shop(10501)
    buy(store, shop)
    assert buy(store, shop, intent(months=24), trycount=2).remote == 10501


def test_absence_cannot_be_said_while_the_request_may_still_be_carried_out(store):
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, Shop(lost()))
    row = store.unsettled(7, "open")
    with pytest.raises(Failure, match="too_early"):
        says(store, row.id, Answer.NOT_BOUGHT)
    assert says(store, row.id, Answer.NOT_BOUGHT, settle=0).stage is Stage.REFUSED


def test_a_service_of_another_item_cannot_be_claimed(store):
    buy(store, Shop(10501))
    other = store.begin(intent(item=8))
    with pytest.raises(Failure, match="held_by_other"):
        says(store, other.id, Answer.BOUGHT, 10501)
    assert says(store, other.id, Answer.BOUGHT, 10502).remote == 10502


@pytest.mark.parametrize("answer", [Answer.SAME, Answer.NEW])
def test_what_may_not_have_been_bought_is_never_settled_by_an_answer_about_the_panel(store, answer):
    shop = Shop(lost())
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, shop, renewal())
    row = store.record(
        store.unsettled(7, "prolong"), Event.UNCLEAR, question=Question.BOUGHT, evidence=Evidence.TIMEOUT
    )
    with pytest.raises(Failure, match="no_question"):
        says(store, row.id, answer)


def test_a_wrong_answer_can_be_corrected_until_the_panel_is_told(store):
    row = store.begin(intent())
    says(store, row.id, Answer.BOUGHT, 10502)
    assert says(store, row.id, Answer.BOUGHT, 10501).remote == 10501


def test_without_a_running_operation_nothing_is_bought(store):
    shop = Shop(10501)
    with pytest.raises(Failure, match="not_an_operation"):
        buy(store, shop, intent(operation=None))
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, Shop(lost()))
    age(store, 601)
    with pytest.raises(Failure, match="not_an_operation"):
        buy(store, shop, intent(operation=None))
    assert shop.charged == 0


def test_a_copied_panel_spends_nothing_until_a_person_adopts_it(store, tmp_path):
    copy = Journal(tmp_path / "bill2bill", "another machine", "root")
    shop = Shop(10501)
    with pytest.raises(Failure, match="copied_panel"):
        buy(copy, shop)
    assert shop.charged == 0
    decide.adopt(copy, decide.adoption(copy, "another machine", "root"), "root", "moved")
    assert buy(copy, shop).remote == 10501


def test_an_order_that_was_changed_before_anything_was_sent_is_withdrawn(store):
    class Poor(Shop):
        def terms(self, row):
            raise Failure("low_balance", balance="0.00 RUB", value="199.00 RUB")

    with pytest.raises(Failure, match="low_balance"):
        buy(store, Poor())
    row = buy(store, Shop(10501), intent(months=24))
    assert (row.months, row.stage) == (24, Stage.CONFIRMED)


def test_an_order_that_was_changed_after_it_was_sent_stops(store):
    with pytest.raises(Failure, match="lost_answer"):
        buy(store, Shop(lost()))
    shop = Shop(10501)
    with pytest.raises(Failure, match="other_purchase"):
        buy(store, shop, intent(months=24))
    assert shop.charged == 0


def test_two_unsettled_purchases_of_one_item_cannot_exist(store):
    store.begin(intent())
    with pytest.raises(Failure, match="state_unusable"):
        store.begin(intent(operation=6))


def test_an_order_that_waits_for_payment_is_linked_and_never_sent_again(store):
    shop = Shop(Acceptance(unpaid=9050))
    for trycount in (1, 2, 3):
        with pytest.raises(Failure) as caught:
            buy(store, shop, intent("prolong"), NOW, trycount=trycount)
        assert (caught.value.code, caught.value.params["value"]) == ("unpaid_order", "9050")
    assert shop.charged == 1


class InTheCart(Shop):
    def look(self, row):
        return super().look(row)._replace(unpaid=9050 if self.sight is Sight.ABSENT and row.sent else None)


def test_a_lost_answer_whose_order_a_look_finds_unpaid_is_never_sent_again(store):
    shop = InTheCart(lost(), 77)
    wanted = intent("prolong")
    for _ in "twice":
        with pytest.raises(Failure) as caught:
            buy(store, shop, wanted, NOW)
        assert (caught.value.code, caught.value.params["value"]) == ("unpaid_order", "9050")
        row = store.unsettled(7, "prolong")
        assert (row.stage, row.unpaid, row.accepted) == (Stage.SENT, 9050, True)
    shop.sight = Sight.PRESENT
    assert buy(store, shop, wanted).stage is Stage.CONFIRMED
    assert shop.answers == [77]


def test_an_unpaid_order_that_a_look_finds_ends_a_question_of_looks_that_failed(store):
    shop = InTheCart(lost())
    shop.sight = Failure("upstream_answer", func="basket", reason="x")
    wanted = intent("prolong")
    row = sent(store, wanted)
    asks(store, shop, Evidence.TIMEOUT, wanted=wanted)
    shop.sight = Sight.ABSENT
    for _ in "twice":
        with pytest.raises(Failure, match="unpaid_order"):
            buy(store, shop, wanted)
    assert store.purchase(row.id).stage is Stage.SENT


def test_an_order_that_a_person_paid_is_seen_and_confirmed(store):
    shop = Shop(Acceptance(unpaid=9050))
    wanted = intent("prolong")
    with pytest.raises(Failure, match="unpaid_order"):
        buy(store, shop, wanted)
    shop.sight = Sight.PRESENT
    assert buy(store, shop, wanted).stage is Stage.CONFIRMED
    assert shop.charged == 1
