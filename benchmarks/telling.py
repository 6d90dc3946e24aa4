"""The figures of start.py for people."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

Figure = Dict[str, Any]
COMPARED = {"features": "wall time, × bare Python"}  # everything else: CPU, × reference
COLUMNS = (
    "interpreter",
    "imports",
    "database",
    "password",
    "TLS",
    "requests",
    "answers",
    "mgrctl",
    "journal",
    "rest",
)


def table(found: Dict[str, Figure]) -> str:
    lines = [
        line
        for executable in found
        if executable not in ("machine", "reference")
        for line in _module(executable, found[executable])
    ]
    if not found["reference"]["whole"]:
        lines.append(
            "mysql.connector could not be had: the reference is a lower bound, the true ratios are smaller"
        )
    return "\n".join(lines) + "\n"


def _module(executable: str, found: Figure) -> Iterator[str]:
    yield f"{executable:44}{'measured':>12}{'limit':>9}"
    for name, figure in found.items():
        if "ratio" in figure:
            what = COMPARED.get(name, "CPU, × reference")
            yield _line(
                f"{name}: {what}",
                figure["ratio"],
                figure["limit"],
                f"{figure['ms']} ms, compared with {figure['reference_ms']} ms",
            )
    journal = found["journal_ms"]
    for name, cpu in journal["cpu"].items():
        yield _line(f"{name}: journal, ms", journal[name], journal["limit"], f"CPU {cpu} ms")
    for figure, what in (
        ("remote_calls", "requests"),
        ("mgrctl_calls", "mgrctl"),
        ("panel_connections", "database connections"),
    ):
        limits = found[figure]["limits"]
        yield from (_line(f"{run}: {what}", found[figure][run], limit, "") for run, limit in limits.items())
    yield ""
    yield from _where(found["where"])
    yield ""


def _line(what: str, value: float, limit: float, more: str) -> str:
    return f"{what:44}{value:>12}{limit:>9}  {'ok' if value <= limit else 'MISSED':8}{more}".rstrip()


def _where(where: Dict[str, Dict[str, Dict[str, float]]]) -> Iterator[str]:
    """Two lines for each command: milliseconds of the clock, and of the processor without those of other
    processes.
    """
    yield f"{'where the time goes, ms':24}" + "".join(f"{name:>12}" for name in (*COLUMNS, "all"))
    for command, phases in where.items():
        for unit, what in (("wall_ms", command), ("cpu_ms", "  of it CPU")):
            spent = [
                sum(phase[unit] for name, phase in phases.items() if name.partition(":")[0] == column)
                for column in COLUMNS
            ]
            yield f"{what:24}" + "".join(f"{ms:>12.1f}" for ms in (*spent, sum(spent)))
    imports: List[str] = []
    for name, phase in sorted(where["open"].items(), key=lambda one: -one[1]["cpu_ms"]):
        if name.startswith("imports: ") and phase["cpu_ms"] >= 1:
            imports.append(f"{name.partition(': ')[2]} {phase['cpu_ms']:.0f}")
    yield "imports of an open, ms of CPU: " + ", ".join(imports)
