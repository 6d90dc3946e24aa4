"""benchmarks/loss.py: whatever is lost, nothing is paid twice. How many requests it takes is the benchmark's
own limit, not this test's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]


@pytest.mark.slow
def test_purchases_whose_requests_are_lost_are_all_finished_and_none_is_paid_twice():
    words = [
        sys.executable,
        str(HOME / "benchmarks" / "loss.py"),
        "--json",
        "--purchases",
        "4",
        "--seed",
        "5",
        "--loss",
        "0.3",
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 1), done.stderr  # 1: more requests than the limit says
    found = json.loads(done.stdout)
    assert set(found) == {"pmbill2bill", "pmbill2billreg"}
    for figure in found.values():
        assert figure["lost"][0] == 0
        assert figure["lost"][1] > 0
        assert (figure["twice"], figure["waiting"]) == ([0, 0], [0, 0])
        assert figure["charged_alike"]
        assert figure["charges"][0] == figure["charges"][1] == 4
