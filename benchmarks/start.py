"""How fast the registrar module starts and works, and how much it asks of others.

    python benchmarks/start.py [--json] [--times N]

Installs the plugin into a sandbox panel, starts a sandbox provider beside it and runs the module as the panel does. Times are compared with
those of other programs that are measured in turn with it. Exit status 1 if a limit is missed. README.md beside this file says more.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional

from clock import Compared
from inside import JOURNAL
from measuring import Counts, Measuring, Phases
from reference import reference
from rehearsal import Rehearsal

FEATURES_LIMIT, COMMAND_LIMIT = 2.0, 1.3  # times what it is compared with
JOURNAL_LIMIT = 3.0  # ms of wall time in one command
REMOTE_LIMITS = {"open": 5, "open, later": 5, "open, at once": 5, "prolong": 4, "prolong, later": 4, "prolong, at once": 4}
MGRCTL_LIMITS = {"open": 3, "open, later": 3, "open, at once": 3, "prolong": 3, "prolong, later": 3, "prolong, at once": 3, "failure": 6}
CONNECTIONS = "panel: connecting to the database"

Figure = Dict[str, Any]


def main(argv: List[str]) -> int:
    parser = argparse.ArgumentParser(description="Measure how the registrar module starts.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--times", type=int, default=11, help="runs behind each median (default 11)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bill2bill-") as folder, Rehearsal(Path(folder).resolve()) as stage:
        found = figures(stage, options.times)
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n" if options.json else table(found))
    return 0 if all(found[name]["ok"] for name in found if "ok" in found[name]) else 1


def figures(stage: Rehearsal, times: int) -> Dict[str, Figure]:
    measuring, compared_with = Measuring(stage, times), reference(stage.python)
    found: Dict[str, Figure] = {"machine": machine(stage), "reference": {"imports": list(compared_with.modules), "whole": compared_with.whole}}
    found["features"] = ratio(measuring.features(), FEATURES_LIMIT)
    found.update({name: ratio(measuring.command(name, compared_with.words), COMMAND_LIMIT) for name in ("open", "prolong")})
    phases = {name: measuring.phases(name) for name in ("open", "prolong")}
    found["journal_ms"] = journal(phases)
    found["panel_connections"] = counted({name: int(phases[name][CONNECTIONS]["times"]) for name in phases}, dict.fromkeys(phases, 1))
    found["where"] = {**{name: rounded(phases[name]) for name in phases}, "imports_ms": rounded(measuring.imports())}
    remote, mgrctl = measuring.calls()  # last: it ends with a connection that is refused
    found["remote_calls"], found["mgrctl_calls"] = counted(remote, REMOTE_LIMITS), counted(mgrctl, MGRCTL_LIMITS)
    return found


# -- figures against their limits ------------------------------------------------------------------------------------------


def ratio(compared: Compared, limit: float) -> Figure:
    """ms: medians of the module and of what it is compared with."""
    return {
        "ratio": round(compared.ratio, 2), "limit": limit, "ok": compared.ratio <= limit,
        "ms": round(compared.subject, 1), "reference_ms": round(compared.reference, 1),
    }  # fmt: skip


def journal(phases: Dict[str, Phases]) -> Figure:
    wall, cpu = ({name: round(phases[name][JOURNAL][unit], 2) for name in phases} for unit in ("wall_ms", "cpu_ms"))
    return {**wall, "cpu": cpu, "limit": JOURNAL_LIMIT, "ok": max(wall.values()) <= JOURNAL_LIMIT}


def counted(counts: Counts, limits: Counts) -> Figure:
    return {**counts, "limits": limits, "ok": all(counts[name] <= limit for name, limit in limits.items())}


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    return round(value, 2)


def machine(stage: Rehearsal) -> Figure:
    version = Path(stage.release, "venv", "pyvenv.cfg").read_text(encoding="utf-8").partition("version = ")[2].split()[0]
    return {"python": version, "system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()}


# -- for people ------------------------------------------------------------------------------------------------------------


def table(found: Dict[str, Figure]) -> str:
    lines = [f"{'':34}{'measured':>12}{'limit':>9}"]
    for name, what in (("features", "wall time, × bare Python"), ("open", "CPU, × reference"), ("prolong", "CPU, × reference")):
        figure = found[name]
        lines.append(line(f"{name}: {what}", figure["ratio"], figure["limit"], f"{figure['ms']} ms, compared with {figure['reference_ms']} ms"))
    for name in ("open", "prolong"):
        lines.append(line(f"{name}: journal, ms", found["journal_ms"][name], JOURNAL_LIMIT, f"CPU {found['journal_ms']['cpu'][name]} ms"))
    for name, what in (("remote_calls", "requests"), ("mgrctl_calls", "mgrctl"), ("panel_connections", "database connections")):
        counts = {run: count for run, count in found[name].items() if run not in ("limits", "ok")}
        lines += [line(f"{run}: {what}", count, found[name]["limits"].get(run)) for run, count in counts.items()]
    if not found["reference"]["whole"]:
        lines.append("mysql.connector could not be had: the reference is a lower bound, the true ratios are smaller")
    for command in ("open", "prolong"):
        lines += ["", f"{command + ': where the time goes':44}{'times':>7}{'wall ms':>10}{'CPU ms':>9}"]
        phases = sorted(found["where"][command].items(), key=lambda phase: -float(phase[1]["wall_ms"]))
        lines += [f"  {name:42}{spent['times']:>7.0f}{spent['wall_ms']:>10.1f}{spent['cpu_ms']:>9.1f}" for name, spent in phases]
    imports = [f"{package} {spent:.0f}" for package, spent in found["where"]["imports_ms"].items() if spent >= 1]
    return "\n".join([*lines, "", "imports of a prolong, ms (under -X importtime): " + ", ".join(imports)]) + "\n"


def line(what: str, value: float, limit: Optional[float], more: str = "") -> str:
    verdict = "" if limit is None else "ok" if value <= limit else "MISSED"
    return f"{what:34}{value:>12}{limit if limit is not None else '-':>9}  {verdict:8}{more}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
