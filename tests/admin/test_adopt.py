"""A panel that was moved says so once, and by whom."""

from __future__ import annotations

import pytest
from kit.folders import put_aside
from kit.panel import Panel
from kit.reseller import DomainReseller

from bill2bill.journal.journal import ABOUT_THE_PLACE
from bill2bill.journal.purchase import Stage

from .desk import Desk

WHY = ("--why", "moved to a new machine")


@pytest.fixture
def moved(desk: Desk) -> Desk:
    """The same panel in another folder, with one purchase that is not finished."""
    desk.purchase(stage=Stage.SENT)
    desk.purchase(item=72, stage=Stage.REFUSED)
    root = desk.root.with_name("other")
    return Desk(DomainReseller(Panel(put_aside(desk.root, root)), desk.shop.up))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("C", ["folder: ", " before, ", "unfinished purchases: 1", "made from this panel again"]),
        ("ru_RU.UTF-8", ["папка: раньше ", "незавершённых покупок: 1"]),
    ],
)
def test_it_says_what_differs_before_it_says_yes(moved: Desk, lang: str, words: list):
    done = moved.types("adopt", *WHY, lang=lang)
    assert done.status == 0, done.err
    for word in [*words, str(moved.root), str(moved.root.with_name("mgr5"))]:
        assert word in done.out
    assert "machine" not in done.out and "машина" not in done.out, "it is the same"  # noqa: PT018
    assert not moved.shop.journal().is_copy()


def test_who_and_why_is_kept(moved: Desk):
    done = moved.types("adopt", *WHY, "--json", env={"SUDO_USER": "maria"})
    assert done.data["was"]["folder"] == str(moved.root.with_name("mgr5"))
    assert done.data["here"]["folder"] == str(moved.root)
    assert (done.data["unfinished"], done.data["adopted"]) == (1, True)
    (decision,) = moved.shop.journal().decisions(ABOUT_THE_PLACE)
    assert (decision.who, decision.answer, decision.why) == ("maria", "adopt", WHY[1])
    assert decision.detail.startswith("folder ")


def test_without_a_reason_it_stays_a_copy(moved: Desk):
    done = moved.types("adopt")
    assert (done.status, "why_missing" in done.err) == (1, True)
    assert "folder: " in done.out, "what differs can be read first"
    assert moved.shop.journal().is_copy()


def test_a_panel_that_was_not_moved_needs_no_word(desk: Desk):
    done = desk.types("adopt")
    assert (done.status, "Nothing differs" in done.out) == (0, True)
    assert desk.types("adopt", "--json").data["adopted"] is False
    assert desk.shop.journal().decisions(ABOUT_THE_PLACE) == []
