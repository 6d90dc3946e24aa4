"""The state machine of a purchase: complete, told in both languages, and the only way from stage to stage."""

from __future__ import annotations

import re
import string
import tempfile
from pathlib import Path
from typing import Any, Dict, Optional, Set

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.purchases import RAISED, asks, at, intent, sent

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.journal.journal import COLUMNS, Journal
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.purchase import OPEN, Evidence, Purchase, Question, Stage
from bill2bill.journal.questions import ANSWERS, MORE, Answer, answers_to, asked_about
from bill2bill.journal.transitions import Event
from bill2bill.messages import history
from bill2bill.messages.questions import PHRASES, explained


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "bill2bill", "machine", "root")


def placeholders(text: str) -> Set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# -- the table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", Event)
def test_every_event_has_its_row_in_the_table_and_writes_columns_that_exist(event: Event) -> None:
    rule = event.rule
    assert rule.sources
    assert set(rule.sets) <= set(COLUMNS) - {"id", "item", "kind", "stage", "question", "created", "changed"}
    assert set(rule.told.values()) <= {int, str}
    assert bool(rule.asks) <= ("evidence" in {*rule.sets, *rule.told}), "a question is asked on evidence"


def test_a_stage_can_be_left_only_while_the_purchase_is_open_and_reached_from_the_first_one() -> None:
    rules = [event.rule for event in Event]
    reached, more = {Stage.INTENDED}, True
    while more:
        found = {to for rule in rules if reached & {*rule.sources} for to in rule.targets}
        more, reached = not found <= reached, reached | found
    assert reached == set(Stage)
    for event, rule in zip(Event, rules):
        if Stage.REFUSED in rule.sources and event not in (Event.SUPERSEDED, Event.LEGACY):
            assert rule.targets == (), f"{event.value}: what was refused is never bought"
        if Stage.REPORTED in rule.sources:
            assert Stage.INTENDED not in rule.targets, f"{event.value}: what is over is never sent again"
            assert Stage.SENT not in rule.targets


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.INTENDED])
def test_a_request_leaves_only_what_was_just_written_down(journal: Journal, stage: Stage) -> None:
    row = at(journal, stage, intent())
    with pytest.raises(ValueError, match="request_leaves"):
        journal.record(row, Event.REQUEST_LEAVES, attempts=2)


# -- the words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", Event)
def test_every_event_is_told_in_both_languages_out_of_arguments_that_it_has(event: Event) -> None:
    told = history.EVENTS[event.value]
    assert placeholders(told.en) == placeholders(told.ru)
    assert placeholders(told.en) <= {*event.rule.told, *event.rule.sets}
    assert re.search("[а-я]", told.ru)
    assert not re.search("[а-я]", told.en)


def test_nothing_is_told_that_does_not_exist() -> None:
    assert set(history.EVENTS) == {event.value for event in Event}
    assert set(history.STAGES) == {stage.value for stage in Stage}


@pytest.mark.parametrize("evidence", Evidence)
def test_every_evidence_says_why_it_is_asked(evidence: Evidence) -> None:
    assert f"because_{evidence.value}" in PHRASES
    assert evidence in {raised for _, raised in RAISED}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_purchase_is_asked_about_in_its_own_words(kind: str) -> None:
    assert f"asked_{kind}" in PHRASES


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("question", "evidence"), RAISED)
def test_every_question_names_a_command_for_each_of_its_answers(
    question: Question, evidence: Evidence, lang: str
) -> None:
    row = asks(question, evidence)
    failure = asked_about(row)
    assert failure.code == f"in_doubt_{question.value}"
    text = messages.text(explained(failure, Path("/usr/local/mgr5"), lambda _: []), lang)
    assert not re.search(r"__\w+__", text)
    offered = set(re.findall(r"journal resolve 1 --([a-z-]+)", text))
    assert offered == {answer.value for answer in (*ANSWERS[question], *MORE.get((question, evidence), ()))}
    assert {Answer(word) for word in offered} == set(answers_to(row))


# -- what the journal takes ----------------------------------------------------------------------------------

VALUES: Dict[str, st.SearchStrategy[Any]] = {
    "question": st.sampled_from([None, *Question]), "evidence": st.sampled_from([None, *Evidence]),
    "operation": st.sampled_from([None, 5, 6]), "remote": st.sampled_from([None, 77]),
    "sent": st.sampled_from([None, 1.0]), "code": st.sampled_from(["lost_answer", 7]),
    "seconds": st.integers(0, 9), "absences": st.integers(0, 3), "accepted": st.booleans(),
    "callback": st.sampled_from([None, 1]), "strange": st.just(1), "stage": st.sampled_from(Stage),
}  # fmt: skip


@st.composite
def steps(draw: st.DrawFn) -> Any:
    """Mostly one that the table has; now and then one that it does not."""
    event = draw(st.sampled_from(Event))
    rule = event.rule
    known = [
        name for name in VALUES if name in {*rule.sets, *rule.told, *(["question"] if rule.asks else [])}
    ]
    names = set(draw(st.lists(st.sampled_from(known)))) if known else set()
    if draw(st.integers(0, 9)) == 0:
        names.add(draw(st.sampled_from(list(VALUES))))
    to = draw(st.sampled_from([None, *rule.targets, Stage.SENT]))
    return event, to, {name: draw(VALUES[name]) for name in sorted(names)}


def everything(journal: Journal) -> Any:
    return journal.in_stages(*Stage), [journal.history(row.id) for row in journal.in_stages(*Stage)]


@settings(max_examples=60, deadline=None)
@given(todo=st.lists(steps(), max_size=40), kind=st.sampled_from(list(KINDS)))
def test_whatever_happens_in_whatever_order_leads_along_the_table_or_writes_nothing(
    todo: Any, kind: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "bill2bill", "machine", "root")
        row = journal.begin(intent(kind))
        for event, to, values in todo:
            before, was = everything(journal), row
            try:
                row = journal.record(row, event, to, **values)
            except ValueError:
                assert everything(journal) == before
                continue
            must_be_along_the_table(was, event, to, values, row)
            assert journal.purchase(row.id) == row, "what is returned is what stands in the file"
            assert journal.history(row.id)[-1][1:3] == (event, row.stage)
            assert (row.question is None) == (row.evidence is None)
        journal.db.close()


def must_be_along_the_table(
    was: Purchase, event: Event, to: Optional[Stage], values: Dict[str, Any], now: Purchase
) -> None:
    rule = event.rule
    assert was.stage in rule.sources
    assert now.stage in (rule.targets or (was.stage,))
    assert to in (None, now.stage)
    changed = {name for name in COLUMNS if getattr(was, name) != getattr(now, name)}
    assert changed <= {*rule.sets, *rule.told, "stage", "question", "evidence", "changed"}
    assert set(values) <= {*rule.sets, *rule.told, "question"}
    if now.question not in (None, was.question):
        assert now.question in rule.asks
    if was.question and now.question == was.question and "question" not in values:
        assert rule.keeps


@pytest.mark.parametrize(
    ("event", "to", "values"),
    [
        (Event.SEEN, None, {"evidence": Evidence.TIMEOUT}),
        (Event.SEEN, Stage.REPORTED, {}),
        (Event.ACCEPTED, None, {}),
        (Event.NO_ANSWER, None, {"code": 5}),
        (Event.UNCLEAR, None, {"question": Question.SAME_ITEM, "evidence": Evidence.TIMEOUT}),
        (Event.UNCLEAR, None, {"question": Question.BOUGHT}),
        (Event.SETTLED, None, {}),
    ],
    ids=["a column of another event", "a stage of another event", "one stage of two",
         "an argument of another type",
         "a question of another event", "a question without evidence", "an event of another stage"],
)  # fmt: skip
def test_what_the_table_does_not_have_is_refused_and_nothing_is_written(
    journal: Journal, event: Event, to: Optional[Stage], values: Dict[str, Any]
) -> None:
    row = sent(journal, intent())
    before = everything(journal)
    with pytest.raises(ValueError, match=event.value):
        journal.record(row, event, to, **values)
    assert everything(journal) == before


@pytest.mark.parametrize("changed", ["its stage", "its question"])
def test_a_row_that_was_changed_meanwhile_is_not_written_over(
    journal: Journal, tmp_path: Path, changed: str
) -> None:
    row = sent(journal, intent())
    other = Journal(tmp_path / "bill2bill", "machine", "root")
    if changed == "its stage":
        other.record(row, Event.SEEN, remote=77)
    else:
        other.record(row, Event.UNCLEAR, question=Question.BOUGHT, evidence=Evidence.TIMEOUT)
    before = everything(journal)
    with pytest.raises(Failure, match="item_busy"):
        journal.record(row, Event.ABSENCE_PROVED, sent=None, absences=1)
    assert everything(journal) == before


@pytest.mark.parametrize("stage", OPEN)
def test_two_purchases_of_one_kind_are_never_on_their_way_for_one_item(
    journal: Journal, stage: Stage
) -> None:
    at(journal, stage, intent())
    before = everything(journal)
    with pytest.raises(Failure, match="state_unusable"):
        journal.begin(intent(operation=6))
    assert everything(journal) == before
