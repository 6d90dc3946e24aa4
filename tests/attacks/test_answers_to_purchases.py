"""A hostile answer to the call that buys: the purchase may stay in doubt, but it is never bought twice and
never taken for bought.
"""

from __future__ import annotations

from typing import Dict

import pytest
from kit.wire import said

from bill2bill.journal.transitions import Event

from .answers import HOSTILE, SURELY_NOT_SEEN
from .stages import KINDS, REGISTRAR, Job, Stage, at_once, names_of

MAY_HAVE_BEEN = {"lost_answer"}
SURELY_NOT = {"upstream_wall", "upstream_answer"}


@pytest.mark.parametrize("carried_out", [False, True], ids=["not-carried-out", "carried-out"])
def test_whatever_is_answered_to_an_order_it_is_bought_once(stage: Stage, carried_out: bool):
    turn = (
        2 * KINDS.index(stage.kind) + carried_out
    )  # each attack with one of the modules and one of both ends: they share what reads it
    attacks = {**dict(list(HOSTILE.items())[turn::4]), **({} if carried_out else SURELY_NOT_SEEN)}
    jobs = dict(
        zip(attacks, stage.paid(*names_of(stage.kind, f"spoilt{int(carried_out)}x", len(attacks))).items())
    )
    for attack, (name, _) in jobs.items():
        stage.man.answers(
            lambda asked, name=name: stage.is_spending(asked, name),
            attacks[attack],
            carried_out=carried_out,
            times=1,
        )

    first = at_once(lambda job: stage.carry_out("open", job[1]), list(jobs.values()))
    for attack, ran in zip(jobs, first):
        if carried_out and ran.status == 0:  # the look that follows at once has seen it
            assert (ran.out, ran.err) == (b"", b""), attack
            continue
        assert (attack, ran.status) == (attack, 1)
        assert ran.failed_clearly() in (SURELY_NOT if attack in SURELY_NOT_SEEN else MAY_HAVE_BEEN), attack
    names = [name for name, _ in jobs.values()]
    assert stage.charged(*names) == (sorted(names) if carried_out else [])

    waiting = dict(jobs.values())
    for _ in range(3):
        at_once(lambda job: stage.carry_out("open", job), list(waiting.values()))
        left = stage.running()
        waiting = {name: job for name, job in waiting.items() if job.operation in left}
        if not waiting:
            break
    assert (waiting, stage.charged(*names)) == ({}, sorted(names))


YES_AND_NO: Dict[str, Dict[str, bytes]] = {
    "registrar": {
        "yes and no": b'{"result":"OK","ok":"","item.id":"5","error":{"code":"4","obj":"domain","val":""}}',
        "ids of two": b'{"result":"OK","ok":"","item.id":"5, 6"}',
        "an id that is none": b'{"result":"OK","ok":"","item.id":"-5"}',
        "an id twice": b"<doc><ok/><item.id>5</item.id><item.id>6</item.id></doc>",
    },
    "processing": {
        "yes and no": b'<doc><ok/><id>5</id><error type="value" object="domain"/></doc>',
        "ids of two": b"<doc><ok/><id>5, 6</id></doc>",
        "an id that is none": b"<doc><ok/><id>-5</id></doc>",
        "an id twice": b"<doc><ok/><id>5</id><id>6</id></doc>",
    },
}


def test_an_answer_that_contradicts_itself_is_no_answer(stage: Stage):
    attacks = YES_AND_NO[stage.kind.name]
    jobs = dict(zip(attacks, stage.paid(*names_of(stage.kind, "twofaced", len(attacks))).items()))
    for attack, (name, _) in jobs.items():
        stage.man.answers(
            lambda asked, name=name: stage.is_spending(asked, name),
            said(attacks[attack]),
            carried_out=True,
            times=1,
        )
    names = [name for name, _ in jobs.values()]
    for attack, (_, job) in jobs.items():
        assert (attack, stage.carry_out("open", job).status) == (attack, 0)
        lost = [step.arguments for step in stage.history(job) if step.event is Event.NO_ANSWER]
        assert lost == [{"code": "lost_answer"}], attack
    assert stage.charged(*names) == sorted(names)
    assert stage.running() == {}


RENEWALS = ("a page", "gzip bomb", "entity bomb behind a byte order mark", "endless headers")


def test_whatever_is_answered_to_a_renewal_it_is_renewed_once(stage: Stage):
    name = f"renewed.{stage.kind.zone}"
    job = stage.paid(name)[name]
    assert stage.carry_out("open", job).status == 0
    func = "domain.renew" if stage.kind is REGISTRAR else "service.prolong"
    for number, attack in enumerate(RENEWALS, 1):
        renewal = Job(job.item, stage.panel.new("sandbox.operation", item=job.item, command="prolong"))
        meant = lambda asked: asked.func == func and asked.params.get("sok") == "ok"  # noqa: E731
        stage.man.answers(meant, HOSTILE[attack], carried_out=bool(number % 2), times=1)
        for _ in range(3):
            if renewal.operation in stage.running():
                stage.carry_out("prolong", renewal)
        assert renewal.operation not in stage.running(), attack
        assert stage.charged(name) == [name] * (1 + number), attack
