"""The wall against the sandbox panel: its tables have every column that we read, its mgrctl both ways to say
no.
"""

from __future__ import annotations

from datetime import date

import pytest
from kit.panel import Panel as Made

from bill2bill.errors import Failure
from bill2bill.host.data import Data
from bill2bill.host.mgrctl import Mgrctl, PanelError
from bill2bill.host.panel import Panel
from bill2bill.sandbox.host.panel import Panel as SandboxPanel

pytestmark = pytest.mark.both_databases


@pytest.fixture
def root(tmp_path, place):
    return Made.new_in(tmp_path / "mgr5", place.login()).root


def switch(root, name, value):
    panel = SandboxPanel(str(root))
    panel.switches.set(name, value)
    panel.db.close()


def test_every_question_to_the_database_has_an_answer(root):
    data = Data(root, Mgrctl(root, "pmbill2billreg"))
    for ask in (data.item, data.module, data.module_of):
        with pytest.raises(Failure, match="absent"):
            ask(1)
    assert data.operation(1) is None
    assert data.active_modules("pmbill2billreg") == data.contacts(1) == []
    assert data.connection_values(1) == {}
    assert data.external_id(1, 1, "owner") == ""
    assert not data.prolong_expense_today(1, date(2026, 11, 23))
    assert not data.task_exists(1)
    assert not data.operations(1, "prolong")
    data.close()


@pytest.mark.parametrize("mode", ["0", "1"])
def test_both_ways_of_saying_no_are_understood(root, mode):
    switch(root, "error_mode", mode)
    switch(root, "missing", "service.postupdatens")
    panel = Panel(Mgrctl(root, "pmbill2billreg"))
    with pytest.raises(PanelError) as caught:
        panel.opened(1, "domain")
    assert (caught.value.type, caught.value.object, caught.value.value, caught.value.unknown_function) == (
        "value",
        "elid",
        "1",
        False,
    )
    panel.name_servers_changed(1)  # this panel does not know the function, which is no error
    switch(root, "restarting", "on")
    with pytest.raises(Failure) as away:
        Panel(Mgrctl(root, "pmbill2billreg", 0)).set_manual(1)
    assert away.value.code == "panel_unreachable"


def test_a_panel_that_comes_back_gets_the_call_once(root):
    switch(root, "restarting", "0.5")
    Panel(Mgrctl(root, "pmbill2billreg", 30)).free_task(1, "текст")
    panel = SandboxPanel(str(root))
    assert panel.db.value("SELECT count(*) FROM task") == 1
    panel.db.close()
