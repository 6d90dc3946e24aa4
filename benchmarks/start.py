"""How fast both modules start and work, where the time goes, and how much they ask of others.

    python benchmarks/start.py [--json] [--times N]

Installs the plugin into a sandbox panel, starts two sandbox providers beside it and runs the modules as the
panel does. Times are compared with those of other programs that are measured in turn with them. Exit status 1
if a limit is missed. README.md beside this file says more.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from clock import Compared
from inside import CONNECTING, JOURNAL
from measuring import Counts, Measuring, Phases
from modules import Domains, Servers
from reference import Reference, reference
from rehearsal import Rehearsal
from telling import table

FEATURES_LIMIT, COMMAND_LIMIT = 2.0, 1.3  # times what it is compared with
JOURNAL_LIMIT = 3.0  # ms of wall time in one command
Figure = Dict[str, Any]


def main(argv: List[str]) -> int:
    parser = argparse.ArgumentParser(description="Measure how the modules start and work.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--times", type=int, default=11, help="runs behind each median (default 11)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bill2bill-") as folder:
        plain, secure = (
            Rehearsal(Path(folder).resolve() / name, tls=name == "secure") for name in ("plain", "secure")
        )
        compared_with = reference(plain.python)
        found: Dict[str, Figure] = {
            "machine": machine(plain),
            "reference": {"imports": list(compared_with.modules), "whole": compared_with.whole},
        }
        for kind in (Domains, Servers):
            with kind(plain) as module:
                found[kind.executable] = ratios(Measuring(module, options.times), compared_with)
            with kind(secure) as module:
                found[kind.executable].update(parts(Measuring(module, options.times)))
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n" if options.json else table(found))
    return (
        0
        if all(
            figure["ok"]
            for kind in (Domains, Servers)
            for figure in found[kind.executable].values()
            if "ok" in figure
        )
        else 1
    )


def ratios(measuring: Measuring, compared_with: Reference) -> Dict[str, Figure]:
    """Without TLS, for what they are compared with speaks none either."""
    found = {
        name: ratio(measuring.command(name, compared_with.words), COMMAND_LIMIT)
        for name in measuring.module.commands
    }
    return {"features": ratio(measuring.features(), FEATURES_LIMIT), **found}


def parts(measuring: Measuring) -> Dict[str, Figure]:
    limits, commands = measuring.module.limits, measuring.module.commands
    where = {name: measuring.phases(name) for name in commands}
    connections = {name: int(where[name][CONNECTING]["times"]) for name in commands}
    remote, mgrctl = measuring.calls()  # last: it ends with a connection that is refused
    return {
        "journal_ms": journal(where),
        "panel_connections": counted(connections, dict.fromkeys(commands, 1)),
        "remote_calls": counted(remote, {run: limit for run, (limit, _) in limits.items()}),
        "mgrctl_calls": counted(mgrctl, {run: limit for run, (_, limit) in limits.items()}),
        "where": rounded(where),
    }


# -- figures against their limits ----------------------------------------------------------------------------


def ratio(compared: Compared, limit: float) -> Figure:
    """ms: medians of the module and of what it is compared with."""
    return {
        "ratio": round(compared.ratio, 2), "limit": limit, "ok": compared.ratio <= limit,
        "ms": round(compared.subject, 1), "reference_ms": round(compared.reference, 1),
    }  # fmt: skip


def journal(phases: Dict[str, Phases]) -> Figure:
    wall, cpu = (
        {name: round(phases[name][JOURNAL][unit], 2) for name in phases} for unit in ("wall_ms", "cpu_ms")
    )
    return {**wall, "cpu": cpu, "limit": JOURNAL_LIMIT, "ok": max(wall.values()) <= JOURNAL_LIMIT}


def counted(counts: Counts, limits: Counts) -> Figure:
    return {**counts, "limits": limits, "ok": all(counts[name] <= limit for name, limit in limits.items())}


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    return round(value, 2)


def machine(stage: Rehearsal) -> Figure:
    """load: processes that wanted a core when it began; more than there are cores, and times say little."""
    version = (
        Path(stage.release, "venv", "pyvenv.cfg")
        .read_text(encoding="utf-8")
        .partition("version = ")[2]
        .split()[0]
    )
    busy = round(os.getloadavg()[0], 1)
    return {
        "python": version,
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": busy,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
