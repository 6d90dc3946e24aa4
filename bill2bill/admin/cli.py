"""The command line `bill2bill`: for the person at the server, and for scripts with --json."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Optional

import typer
from rich.console import Console
from rich.table import Table

from bill2bill import __version__
from bill2bill.admin.decide import exists_as, is_absent
from bill2bill.errors import Failure
from bill2bill.host import place
from bill2bill.journal.locks import Locks
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store

PANEL = "/usr/local/mgr5"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Resell another BILLmanager's services.")
journal = typer.Typer(no_args_is_help=True, help="Purchases: what was bought, is being bought, or is in doubt.")
sandbox = typer.Typer(no_args_is_help=True, help="A panel and a provider to rehearse with.")
app.add_typer(journal, name="journal")
app.add_typer(sandbox, name="sandbox")

PASS_ON: Dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
ROOT = typer.Option(os.environ.get("BILL2BILL_ROOT", PANEL), "--root", help="The panel's folder.")
JSON = typer.Option(False, "--json", help="Print JSON.")
WHY = typer.Option("", "--why", help="The reason, kept in the journal.")


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


def _store(root: Path) -> Store:
    return Store(root / "var" / "bill2bill", place.machine_id(), str(root.resolve()))


@journal.command("list")
def list_purchases(
    root: Path = ROOT,
    state: Optional[List[str]] = typer.Option(None, "--state", help="Only this state; may be repeated. Default: what is not finished."),
    as_json: bool = JSON,
) -> None:
    """Show purchases: by default those that are not finished."""
    states = [State(word) for word in state] if state else [State.INTENDED, State.SENT, State.CONFIRMED, State.DOUBT]
    found = _store(root).purchases(*states)
    if as_json:
        typer.echo(json.dumps([_plain(row) for row in found], ensure_ascii=False))
        return
    table = Table("id", "item", "what", "state", "since", "name")  # fits into 80 columns; `show` tells the rest
    for row in found:
        since = time.strftime("%m-%d %H:%M", time.localtime(row.sent or row.created))
        table.add_row(str(row.id), str(row.item), row.kind, row.state.value, since, row.name)
    Console().print(table if found else "Nothing is waiting.")


@journal.command()
def show(number: int, root: Path = ROOT, as_json: bool = JSON) -> None:
    """Show one purchase with all its steps."""
    store = _store(root)
    row = store.purchase(number)
    if row is None:
        raise typer.BadParameter(f"there is no purchase {number}")
    steps = [{"at": at, "state": state, "note": note} for at, state, note in store.steps(number)]
    if as_json:
        typer.echo(json.dumps({**_plain(row), "steps": steps}, ensure_ascii=False))
        return
    for name, value in _plain(row).items():
        typer.echo(f"{name:10} {value if value is not None else ''}")
    for step in steps:
        typer.echo(f"  {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(float(str(step['at']))))}  {step['state']:10} {step['note']}")


@journal.command()
def resolve(
    number: int,
    exists: Optional[int] = typer.Option(None, "--exists", help="It exists at the upstream: its id there."),
    absent: bool = typer.Option(False, "--absent", help="It does not exist at the upstream."),
    why: str = WHY,
    root: Path = ROOT,
) -> None:
    """Answer the question of a purchase in doubt."""
    if (exists is None) == (not absent):
        raise typer.BadParameter("say either --exists N or --absent")
    store = _store(root)
    row = store.purchase(number)
    if row is None:
        raise typer.BadParameter(f"there is no purchase {number}")
    with Locks(root / "var" / "bill2bill" / "locks").item(row.item, 60):
        done = exists_as(store, number, exists, why) if exists is not None else is_absent(store, number, why)
    typer.echo(f"Purchase {done.id} is now «{done.state.value}». Start its operation again in the panel.")


@journal.command()
def adopt(root: Path = ROOT) -> None:
    """Say that this panel, on this machine and in this folder, is the real one."""
    _store(root).adopt()
    typer.echo("Purchases are made from this panel again.")


@sandbox.command("panel", context_settings=PASS_ON)
def sandbox_panel(context: typer.Context) -> None:
    """Make a folder that plays /usr/local/mgr5: --root DIR (more with --help)."""
    from bill2bill.sandbox.host.make import main

    raise typer.Exit(main(context.args))


@sandbox.command("upstream", context_settings=PASS_ON)
def sandbox_upstream(context: typer.Context) -> None:
    """Play a provider: --dialect 4 --port N [--tls] (more with --help)."""
    from bill2bill.sandbox.upstream.serve import main

    raise typer.Exit(main(context.args))


def _plain(row: Purchase) -> Dict[str, object]:
    return {**asdict(row), "state": row.state.value, "before": row.before.isoformat() if row.before else None}


def main() -> None:
    """Exit status: 0 done, 1 refused with a reason, 2 wrong usage."""
    try:
        app()
    except Failure as failure:
        lang = "ru" if os.environ.get("LANG", "").startswith("ru") else "en"
        typer.echo(f"{failure.code}: {failure.text(lang)}", err=True)
        raise SystemExit(1) from None
