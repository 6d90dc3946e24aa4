"""The command line `bill2bill`: for the person at the server, and for scripts with --json. Speaks Russian where LANG does."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Optional

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bill2bill import __version__
from bill2bill.admin import decide
from bill2bill.admin.tick import tick
from bill2bill.config import options_of
from bill2bill.errors import Failure
from bill2bill.host import place
from bill2bill.host.log import one_line
from bill2bill.journal.locks import Locks
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store

PANEL = "/usr/local/mgr5"
RUSSIAN = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")).startswith("ru")


def pick(english: str, russian: str) -> str:
    return russian if RUSSIAN else english


app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help=pick("Resell another BILLmanager's services.", "Перепродажа услуг другого BILLmanager."),
)  # fmt: skip
journal = typer.Typer(
    no_args_is_help=True,
    help=pick("Purchases: what was bought, is being bought, or is in doubt.", "Покупки: что куплено, покупается или под вопросом."),
)
sandbox = typer.Typer(no_args_is_help=True, help=pick("A panel and a provider to rehearse with.", "Панель и поставщик для репетиций."))
app.add_typer(journal, name="journal")
app.add_typer(sandbox, name="sandbox")

PASS_ON: Dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
ROOT = typer.Option(os.environ.get("BILL2BILL_ROOT", PANEL), "--root", help=pick("The panel's folder.", "Папка панели."))
JSON = typer.Option(False, "--json", help=pick("Print JSON.", "Вывести JSON."))
STATE = typer.Option(
    None, "--state", help=pick("Only this state; may be repeated. Default: what is not finished.", "Только это состояние; можно повторять.")
)
EXISTS = typer.Option(None, "--exists", help=pick("It exists at the upstream: its id there.", "Существует у поставщика: его id там."))
ABSENT = typer.Option(False, "--absent", help=pick("It does not exist at the upstream.", "У поставщика не существует."))
SAME = typer.Option(False, "--same", help=pick("The operation that asks is this very renewal.", "Операция - это то же самое продление."))
TOLD = typer.Option(False, "--told", help=pick("The panel knows of it; the operation that asks is a further one.", "Панель о ней знает; операция - ещё одна."))
WHY = typer.Option("", "--why", help=pick("The reason, kept in the journal.", "Причина, сохраняется в журнале."))


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help=pick("Print the version.", "Показать версию."))) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


def _must_be_panel(root: Path) -> None:
    if not (root / "var").is_dir():
        raise typer.BadParameter(pick(f"there is no panel in {root}: name it with --root", f"в {root} нет панели: укажите её в --root"))


def _store(root: Path) -> Store:
    _must_be_panel(root)
    return Store(root / "var" / "bill2bill", place.machine_id(), str(root.resolve()))


def _purchase(store: Store, number: int) -> Purchase:
    row = store.purchase(number)
    if row is None:
        raise typer.BadParameter(pick(f"there is no purchase {number}", f"покупки {number} нет"))
    return row


@app.command(
    "tick",
    help=pick("Look at purchases that are not finished; cron runs it every 5 minutes.", "Проверить незавершённые покупки; cron запускает это каждые 5 минут."),
)
def run_tick(root: Path = ROOT, as_json: bool = JSON) -> None:
    _must_be_panel(root)
    looked = tick(root.resolve())
    if as_json:
        typer.echo(json.dumps(None if looked is None else [asdict(one) for one in looked]))
        return
    if looked is None:
        typer.echo(pick("Another tick is at work.", "Другая проверка ещё идёт."))
        return
    for one in looked:
        end = pick("finished", "завершено") if one.finished else pick("not finished yet", "ещё не завершено")
        typer.echo(pick(f"Purchase {one.purchase} ({one.command}, item {one.item}): {end}", f"Покупка {one.purchase} ({one.command}, услуга {one.item}): {end}"))
    if not looked:
        typer.echo(pick("Nothing is waiting.", "Ничто не ждёт."))


@journal.command("list", help=pick("Show purchases: by default those that are not finished.", "Показать покупки: по умолчанию незавершённые."))
def list_purchases(root: Path = ROOT, state: Optional[List[State]] = STATE, as_json: bool = JSON) -> None:
    found = _store(root).purchases(*(state or [State.INTENDED, State.SENT, State.CONFIRMED, State.DOUBT]))
    if as_json:
        typer.echo(json.dumps([_plain(row) for row in found], ensure_ascii=False))
        return
    heads = pick("id,item,what,state,since,name", "id,услуга,что,состояние,с,имя").split(",")
    table = Table(*heads)  # fits into 80 columns; `show` tells the rest
    for row in found:
        since = time.strftime("%m-%d %H:%M", time.localtime(row.sent or row.created))
        table.add_row(str(row.id), str(row.item), row.kind, row.state.value, since, escape(one_line(row.name)))
    Console().print(table if found else pick("Nothing is waiting.", "Ничто не ждёт."))


@journal.command(help=pick("Show one purchase with all its steps.", "Показать покупку со всеми шагами."))
def show(number: int, root: Path = ROOT, as_json: bool = JSON) -> None:
    store = _store(root)
    row = _purchase(store, number)
    steps = [{"at": at, "state": state, "note": note} for at, state, note in store.steps(number)]
    if as_json:
        typer.echo(json.dumps({**_plain(row), "steps": steps}, ensure_ascii=False))
        return
    for name, value in _plain(row).items():
        typer.echo(f"{name:10} {one_line(str(value)) if value is not None else ''}")
    for step in steps:
        typer.echo(f"  {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(float(str(step['at']))))}  {step['state']:10} {one_line(str(step['note']))}")


@journal.command(help=pick("Answer the question of a purchase.", "Ответить на вопрос о покупке."))
def resolve(
    number: int, exists: Optional[int] = EXISTS, absent: bool = ABSENT, same: bool = SAME, told: bool = TOLD, why: str = WHY, root: Path = ROOT
) -> None:
    if [exists is not None, absent, same, told].count(True) != 1:
        raise typer.BadParameter(pick("give one answer: --exists N, --absent, --same or --told", "дайте один ответ: --exists N, --absent, --same или --told"))
    store = _store(root)
    with Locks(root / "var" / "bill2bill" / "locks").item(_purchase(store, number).item, 60):
        if exists is not None:
            done = decide.exists_as(store, number, exists, why)
        elif absent:
            done = decide.is_absent(store, number, why, options_of(root).settle)
        else:
            done = (decide.is_same if same else decide.was_told)(store, number, why)
    typer.echo(
        pick(
            f"Purchase {done.id} is now «{done.state.value}». Start its operation again in the panel.",
            f"Покупка {done.id} теперь «{done.state.value}». Запустите её операцию в панели снова.",
        )
    )


@journal.command(
    help=pick("Say that this panel, on this machine and in this folder, is the real one.", "Сказать, что эта панель на этой машине и в этой папке настоящая.")
)
def adopt(root: Path = ROOT) -> None:
    _store(root).adopt()
    typer.echo(pick("Purchases are made from this panel again.", "Покупки снова делаются с этой панели."))


@sandbox.command(
    "panel",
    context_settings=PASS_ON,
    help=pick("Make a folder that plays /usr/local/mgr5: --root DIR (more with --help).", "Создать папку, играющую /usr/local/mgr5: --root DIR (см. --help)."),
)
def sandbox_panel(context: typer.Context) -> None:
    from bill2bill.sandbox.host.make import main

    raise typer.Exit(main(context.args))


@sandbox.command(
    "upstream",
    context_settings=PASS_ON,
    help=pick("Play a provider: --dialect 4|6 --port N [--tls] (more with --help).", "Сыграть поставщика: --dialect 4|6 --port N [--tls] (см. --help)."),
)
def sandbox_upstream(context: typer.Context) -> None:
    from bill2bill.sandbox.upstream.serve import main

    raise typer.Exit(main(context.args))


def _plain(row: Purchase) -> Dict[str, object]:
    return {**asdict(row), "state": row.state.value, "before": row.before.isoformat() if row.before else None}


def main() -> None:
    """Exit status: 0 done, 1 refused with a reason, 2 wrong usage."""
    try:
        app()
    except Failure as failure:
        typer.echo(f"{failure.code}: {failure.text('ru' if RUSSIAN else 'en')}", err=True)
        raise SystemExit(1) from None
