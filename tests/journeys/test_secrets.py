"""The provider's password and a customer's papers are where they belong, and nowhere else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import List

import pytest
from kit.reseller import PASSPORT, PASSWORD, DomainReseller

CANARIES = (PASSWORD, PASSPORT, "canary-word", "7719604823", "7719+604823", "7719%20604823")


class Watcher(threading.Thread):
    """Looks at the command line of every process, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: List[str] = []
        self.samples = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    self._look(process)

    def _look(self, process: Path) -> None:
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            return  # it has ended
        self.samples += b"pmbill2billreg" in line
        self.seen += [text for text in CANARIES if text.encode() in line]


@pytest.mark.slow
def test_passwords_and_papers_are_in_no_log_no_command_line_no_task_and_no_state(shop: DomainReseller):
    shop.panel.call("sandbox.set", task_type="empty")
    watcher = Watcher()
    watcher.start()
    try:
        go_wrong_in_every_way(shop)
    finally:
        watcher.over.set()
        watcher.join()
    assert watcher.samples > 20, "nobody was watched"
    assert watcher.seen == []
    for path in written(shop):
        content = path.read_bytes()
        assert [text for text in CANARIES if text.encode() in content] == [], path
    for table in (
        "runningoperation",
        "sandbox_history",
        "task",
        "sandbox_problem",
        "history_item",
        "itemparam",
        "processingparam",
    ):
        text = str(shop.rows(f"SELECT * FROM {table}"))
        assert [canary for canary in CANARIES if canary in text] == [], table
    assert shop.rows("SELECT value FROM service_profileparam WHERE value = ?", PASSPORT), (
        "the panel itself does know the passport"
    )


# function -> the faults of its answer; a refusal repeats what was sent
SPOILT = {
    "accountinfo": ("truncated", "4"),
    "domaincontact.edit": ("html_200", "4", "9"),
    "domain.order.4": ("bad_encoding", "4", "9", "wrong_password"),
    "domain.renew": ("truncated", "4", "9"),
}


def go_wrong_in_every_way(shop: DomainReseller) -> None:
    (shop.panel.root / "etc" / "debug.conf").write_text("pmbill2billreg.* 9\n")
    old, new = shop.owned("old.ru"), shop.order("new.ru")
    renewal, order = ("prolong", old, shop.start(old, "prolong")), ("open", new, shop.pay(new))
    for func, kinds in SPOILT.items():
        sent = PASSPORT if func in ("domaincontact.edit", "domain.order.4") else PASSWORD
        echo = {"msg": f"wrong: {PASSWORD} {sent}", "val": PASSWORD, "obj": sent}
        for kind in kinds:
            more = {"kind": "error", "code": int(kind), **echo} if kind.isdigit() else {"kind": kind}
            shop.up.fault(func, **{**more, "when": "before", "sticky": True})
            shop.run(*(renewal if func == "domain.renew" else order)).wait(60)
            shop.up.heal()
    shop.panel.call("sandbox.module.set", elid=1)
    for _, _, operation in (renewal, order):
        shop.panel.call("runningoperation.edit", elid=operation, manual="off", sok="ok")
    shop.tick_until_quiet()
    assert sorted(shop.up.charges()) == ["order", "renew"]


def written(shop: DomainReseller) -> List[Path]:
    """All that the panel and our module have written, but for the panel's own database (whose tables are
    looked at one by one).
    """
    files = [
        path
        for path in (shop.panel.root / "var").rglob("*")
        if path.is_file() and "billmgr.sqlite3" not in path.name
    ]
    names = {path.name for path in files}
    assert {"mgrctl.jsonl", "runs.jsonl", "pmbill2billreg.log", "state.sqlite3"} <= names, names
    return files
