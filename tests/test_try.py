"""script/try: what its JSON says can be worked out again from the files that it names."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from bill2bill.sandbox.stage import read_lines

HOME = Path(__file__).parents[1]
REHEARSAL = HOME / "script" / "rehearsal"


@pytest.fixture
def modules(monkeypatch):
    """The modules of the rehearsal."""
    monkeypatch.syspath_prepend(str(REHEARSAL))
    import judging
    import scene

    return SimpleNamespace(judging=judging, scene=scene)


@pytest.fixture
def short_folder():
    """A script's first line has no room for the folders of pytest."""
    with tempfile.TemporaryDirectory(prefix="try-") as folder:
        yield folder


def run(*words):
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.run([sys.executable, REHEARSAL, *words], capture_output=True, encoding="utf-8", env=env)


@pytest.mark.slow
def test_both_journeys_hold_and_their_numbers_follow_from_the_files(short_folder):
    done = run("--json", "--folder", short_folder)
    told = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert told["ok"]
    for steps in (told["journeys"]["domain"], told["journeys"]["vds"]):
        assert all(step["ok"] for step in steps), steps
        assert (steps[0]["step"], steps[-1]["step"]) == ("stage", "close")
        assert {
            "wrong password",
            "connect",
            "order",
            "open",
            "renew",
            "suspend",
            "resume",
            "lost answer",
        } <= {step["step"] for step in steps}

    ledger, calls, requests = (
        read_lines(Path(told["files"][name])) for name in ("ledger", "mgrctl", "requests")
    )
    assert told["ledger"] == {"purchases": len(ledger), "doubles": 0, "in_doubt": 0}
    done_in_the_panel = Counter(call["func"] for call in calls if not call["error"])
    for journey, renewal in (("domain", "renew"), ("vds", "prolong")):
        charges = Counter(row["kind"] for row in ledger if row["journey"] == journey)
        assert charges["order"] == done_in_the_panel[f"{journey}.open"] > 0
        assert charges[renewal] > 0
    assert done_in_the_panel["service.postprolong"] == sum(
        row["kind"] in ("renew", "prolong") for row in ledger
    )
    orders = [
        row for row in requests if row["func"] == "v2.vds.order.param" and row["params"].get("sok") == "ok"
    ]
    assert len(orders) == 2, "the order whose answer was lost was sent once"


def test_a_charge_that_the_panel_was_not_told_of_is_a_double(modules, tmp_path):
    judge = modules.judging.judge
    files = {name: tmp_path / f"{name}.jsonl" for name in ("ledger", "mgrctl")}
    charge = {"journey": "vds", "kind": "order"}
    files["ledger"].write_text(json.dumps(charge) + "\n" + json.dumps(charge) + "\n")
    files["mgrctl"].write_text(
        json.dumps({"func": "vds.open", "params": {"elid": "4"}, "error": None}) + "\n"
    )
    scene = SimpleNamespace(bill2bill=lambda *words: [])
    journey = SimpleNamespace(name="vds", items=[4], due={"order": ("vds.open", "elid")})
    assert judge(scene, [journey], files) == ({"purchases": 2, "doubles": 1, "in_doubt": 0}, False)
    files["ledger"].write_text(json.dumps(charge) + "\n")
    assert judge(scene, [journey], files) == ({"purchases": 1, "doubles": 0, "in_doubt": 0}, True)
    scene.bill2bill = lambda *words: [{"id": 1, "asks": None}, {"id": 2, "asks": "in_doubt_bought"}]
    assert judge(scene, [journey], files) == ({"purchases": 1, "doubles": 0, "in_doubt": 1}, False)


def test_a_folder_that_no_rehearsal_made_is_left_alone(tmp_path):
    (tmp_path / "letter").write_text("dear")
    done = run("--folder", str(tmp_path))
    assert done.returncode == 1
    assert "no rehearsal's folder" in done.stderr
    assert (tmp_path / "letter").read_text() == "dear"


def test_providers_that_were_left_running_are_stopped_and_nobody_else(modules, tmp_path):
    ours, other = (
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", name])
        for name in (str(tmp_path), "other")
    )
    try:
        (tmp_path / modules.scene.PIDS).write_text(f"{ours.pid} {other.pid} 999999999")
        modules.scene._stop_the_kept_ones(tmp_path)
        assert ours.wait(10) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        for process in (ours, other):
            process.kill()
            process.wait()
