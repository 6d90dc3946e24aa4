"""The command line `bill2bill`: for the person at the server, for scripts with --json. Russian if LANG is."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any, Dict, List, Optional

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bill2bill import __version__, messages
from bill2bill.admin import decide, start
from bill2bill.admin.panel import NAME, journal_of, locks_of
from bill2bill.admin.question import questions
from bill2bill.admin.tick import tick
from bill2bill.config import options_of
from bill2bill.errors import Failure
from bill2bill.host import log, place
from bill2bill.host.call import GREATEST_ID
from bill2bill.host.log import one_line
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.journal.questions import Answer
from bill2bill.messages import history
from bill2bill.messages.questions import command
from bill2bill.state import connection

PANEL = "/usr/local/mgr5"
LOCALE = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
LANGUAGE = "ru" if LOCALE.startswith("ru") else "en"


def pick(english: str, russian: str) -> str:
    return russian if LANGUAGE == "ru" else english


def say(english: str, russian: str) -> None:
    typer.echo(pick(english, russian))


# fmt: off
app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help=pick("Resell another BILLmanager's services.", "Перепродажа услуг другого BILLmanager."),
)
journal = typer.Typer(no_args_is_help=True, help=pick(
    "Purchases: what was bought, is being bought, or is in doubt.",
    "Покупки: что куплено, покупается или под вопросом.",
))
sandbox = typer.Typer(no_args_is_help=True, help=pick(
    "A panel and a provider to rehearse with.", "Панель и поставщик для репетиций.",
))
app.add_typer(journal, name="journal")
app.add_typer(sandbox, name="sandbox")

PASS_ON: Dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
ROOT = typer.Option(
    os.environ.get("BILL2BILL_ROOT", PANEL), "--root", help=pick("The panel's folder.", "Папка панели."),
)
JSON = typer.Option(False, "--json", help=pick("Print JSON.", "Вывести JSON."))
STAGE = typer.Option(None, "--stage", "--state", help=pick(
    "Only this stage; may be repeated. Default: what is not finished.",
    "Только эта стадия; можно повторять. Без неё - незавершённые.",
))
NUMBER = typer.Argument(..., min=1, max=GREATEST_ID, help=pick("The purchase's number.", "Номер покупки."))
ITEM = typer.Option(
    None, "--item", min=1, max=GREATEST_ID, help=pick("Only this item.", "Только эта услуга."),
)
# The second words are those of releases before 2; they go with the next one.
BOUGHT = typer.Option(None, "--bought", "--exists", min=1, max=GREATEST_ID, help=pick(
    "It was bought: its id at the provider.", "Куплена: её номер у поставщика.",
))
NOT_BOUGHT = typer.Option(False, "--not-bought", "--absent", help=pick("It was not bought.", "Не куплена."))
SAME = typer.Option(False, "--same", help=pick(
    "The operation that asks is this very renewal; the item is still this service.",
    "Операция - то же самое продление; услуга панели та же.",
))
NEW = typer.Option(False, "--new", "--told", help=pick(
    "The operation that asks is a further renewal.", "Операция - ещё одно продление.",
))
OTHER_ITEM = typer.Option(False, "--other-item", "--foreign", help=pick(
    "The item's number belongs to another item now.", "Номер услуги теперь у другой услуги.",
))
WHY = typer.Option("", "--why", help=pick(
    "The reason, kept in the journal; must be given.", "Причина, сохраняется в журнале; обязательна.",
))
RESUME = typer.Option(False, "--resume", help=pick(
    "Start the operation again at once.", "Сразу запустить операцию снова.",
))
# fmt: on


@app.callback(invoke_without_command=True)
def version(
    show: bool = typer.Option(False, "--version", help=pick("Print the version.", "Показать версию.")),
) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


def _must_be_panel(root: Path) -> None:
    if not (root / "var").is_dir():
        raise typer.BadParameter(
            pick(
                f"there is no panel in {root}: name it with --root",
                f"в {root} нет панели: укажите её в --root",
            )
        )


def _journal(root: Path) -> Journal:
    _must_be_panel(root)
    return journal_of(root)


def _purchase(journal: Journal, number: int) -> Purchase:
    row = journal.purchase(number)
    if row is None:
        raise typer.BadParameter(pick(f"there is no purchase {number}", f"покупки {number} нет"))
    return row


@app.command("tick", help=pick(
    "Look at purchases that are not finished; cron runs it every 5 minutes.",
    "Проверить незавершённые покупки; cron запускает это каждые 5 минут.",
))  # fmt: skip
def run_tick(root: Path = ROOT, as_json: bool = JSON) -> None:
    _must_be_panel(root)
    looked = tick(root.resolve())
    if as_json:
        _print(None if looked is None else [asdict(one) for one in looked])
        return
    if looked is None:
        say("Another tick is at work.", "Другая проверка ещё идёт.")
        return
    for one in looked:
        end = pick("finished", "завершено") if one.finished else pick("not finished yet", "ещё не завершено")
        say(
            f"Purchase {one.purchase} ({one.command}, item {one.item}): {end}",
            f"Покупка {one.purchase} ({one.command}, услуга {one.item}): {end}",
        )
    if not looked:
        say("Nothing waits for a check.", "Проверять нечего.")


@journal.command("list", help=pick(
    "Show purchases: by default those that are not finished.",
    "Показать покупки: по умолчанию незавершённые.",
))  # fmt: skip
def list_purchases(
    root: Path = ROOT, stage: Optional[List[Stage]] = STAGE, item: Optional[int] = ITEM, as_json: bool = JSON
) -> None:
    purchases = _journal(root)
    rows = purchases.in_stages(*stage) if stage else purchases.all_unsettled()
    found = [row for row in rows if item in (None, row.item)]
    asked = questions(root, purchases, found)
    if as_json:
        _print([{**_plain(row), "asks": asked[row.id].code if row.id in asked else None} for row in found])
        return
    heads = pick("id,item,operation,what,stage,since,name", "№,услуга,операция,что,стадия,с,имя").split(",")
    table = Table(*heads)  # fits into 80 columns; `show` tells the rest
    for row in sorted(found, key=lambda row: (row.id not in asked, row.id)):
        since = time.strftime("%m-%d %H:%M", time.localtime(row.sent or row.created))
        word = asked[row.id].code if row.id in asked else row.stage.value
        operation, name = str(row.operation or "-"), escape(one_line(row.name))
        table.add_row(str(row.id), str(row.item), operation, row.kind, word, since, name)
    Console().print(table if found else pick("Nothing waits for a check.", "Проверять нечего."))
    if asked:
        first = next(row.id for row in found if row.id in asked)
        say(
            f"What is asked, and how to answer: {_command(root)} show {first}",
            f"Что спрашивается и как ответить: {_command(root)} show {first}",
        )


@journal.command(help=pick("Show one purchase with all its steps.", "Показать покупку со всеми шагами."))
def show(number: int = NUMBER, root: Path = ROOT, as_json: bool = JSON) -> None:
    purchases = _journal(root)
    row = _purchase(purchases, number)
    asked = questions(root, purchases, [row]).get(number)
    steps, decisions = purchases.history(number), purchases.decisions(number)
    if as_json:
        told = None if asked is None else asked._asdict()
        plain = [{**step._asdict(), "event": step.event.value, "stage": step.stage.value} for step in steps]
        answers = [one._asdict() for one in decisions]
        _print({**_plain(row), "asks": told, "steps": plain, "decisions": answers})
        return
    for name, value in _plain(row).items():
        typer.echo(f"{name:10} {one_line(str(value)) if value is not None else ''}")
    for step in steps:
        told_step = one_line(history.sentence(step, LANGUAGE))
        typer.echo(f"  {_local(step.at)}  {history.stage(step.stage.value, LANGUAGE):16} {told_step}")
    for one in decisions:
        said = f"{one.answer} {one.detail}".strip()
        typer.echo(f"  {_local(one.at)}  {one_line(one.who)}: {one_line(said)}. {one_line(one.why)}")
    if asked:
        typer.echo(f"\n{one_line(pick(asked.en, asked.ru))}")


@journal.command(help=pick("Answer the question of a purchase.", "Ответить на вопрос о покупке."))
def resolve(
    number: int = NUMBER, bought: Optional[int] = BOUGHT, not_bought: bool = NOT_BOUGHT, same: bool = SAME,
    new: bool = NEW, other_item: bool = OTHER_ITEM, why: str = WHY, go_on: bool = RESUME, root: Path = ROOT,
    as_json: bool = JSON,
) -> None:  # fmt: skip
    flags = {
        Answer.BOUGHT: bought is not None,
        Answer.NOT_BOUGHT: not_bought,
        Answer.SAME: same,
        Answer.NEW: new,
        Answer.OTHER_ITEM: other_item,
    }
    given = [answer for answer, is_given in flags.items() if is_given]
    if len(given) != 1:
        words = ", ".join(f"--{answer.value}" for answer in Answer)
        raise typer.BadParameter(pick(f"give one answer of {words}", f"дайте один ответ из {words}"))
    purchases = _journal(root)
    options = options_of(root)
    log.setup(root, NAME)
    with locks_of(root).item(_purchase(purchases, number).item, options.item_wait):
        if other_item:
            start.must_be_unknown(root.resolve(), _purchase(purchases, number))
        said, noting = decide.Said(given[0], bought), start.noting(root.resolve(), purchases)
        done = decide.resolve(purchases, number, said, decide.who_types(), why, options.settle, noting)
    decision = purchases.decisions(number)[-1]
    following = f"{_command(root)} resume {number}"
    if as_json and not go_on:
        _print({"purchase": _plain(done), "decision": decision._asdict(), "next": following, "resumed": None})
        return
    if not as_json:
        now = history.stage(done.stage.value, LANGUAGE)
        about = pick(
            f"Purchase {number}, {done.name}, item {done.item}",
            f"Покупка {number}, {done.name}, услуга {done.item}",
        )
        typer.echo(one_line(f"{about}: {now}. {decision.who}: {decision.why}"))
    if not go_on:
        say(f"Start its operation again: {following}", f"Запустите её операцию снова: {following}")
        return
    became = start.go_on(root.resolve(), purchases, number, LANGUAGE)
    if as_json:
        row = _plain(_purchase(purchases, number))
        resumed = None if became is None else became._asdict()
        _print({"purchase": row, "decision": decision._asdict(), "next": None, "resumed": resumed})
    elif became is None:
        say("No operation waits for it.", "Ни одна операция её не ждёт.")
    else:
        _tell(became)


@journal.command(hidden=True)
def put_back(version: int = typer.Argument(..., min=1), root: Path = ROOT) -> None:
    """For the installer's --rollback: give the release before the file as it left it."""
    connection.put_back(root.resolve() / "var" / "bill2bill", version)


@journal.command(help=pick(
    "Start the operation of a purchase again, now, and say what became of it.",
    "Запустить операцию покупки снова, сейчас, и сказать, что с ней стало.",
))  # fmt: skip
def resume(number: int = NUMBER, root: Path = ROOT, as_json: bool = JSON) -> None:
    purchases = _journal(root)
    _purchase(purchases, number)
    log.setup(root, NAME)
    became = start.resume(root.resolve(), purchases, number, LANGUAGE)
    if as_json:
        _print(became._asdict())
    else:
        _tell(became)


def _tell(became: start.Became) -> None:
    about = pick(
        f"Operation {became.operation} ({became.command} of item {became.item})",
        f"Операция {became.operation} ({became.command} услуги {became.item})",
    )
    ends = {
        "finished": pick("is finished, the panel was told.", "завершена, панели сообщено."),
        "waiting": pick("is automatic again and not finished yet: it is looked at every few minutes.",
                        "снова автоматическая, ещё не завершена: проверяется каждые несколько минут."),
        "manual": pick("waits for a person.", "ждёт человека."),
    }  # fmt: skip
    typer.echo(f"{about} {ends[became.result]}")
    if became.why:
        typer.echo(one_line(became.why))


@journal.command(help=pick(
    "Say that this panel, on this machine and in this folder, is the real one.",
    "Сказать, что эта панель на этой машине и в этой папке настоящая.",
))  # fmt: skip
def adopt(root: Path = ROOT, why: str = WHY, as_json: bool = JSON) -> None:
    purchases = _journal(root)
    change = decide.adoption(purchases, place.machine_id(), str(root.resolve()))
    differs = change.was != change.here
    if not as_json:
        _tell_difference(change)
    if differs:
        log.setup(root, NAME)
        decide.adopt(purchases, change, decide.who_types(), why)
    if as_json:
        was, here = change.was._asdict(), change.here._asdict()
        _print({"was": was, "here": here, "unfinished": change.unfinished, "adopted": differs})
    elif differs:
        say("Purchases are made from this panel again.", "Покупки снова делаются с этой панели.")
    else:
        say(
            "Nothing differs: purchases are made from this panel.",
            "Отличий нет: покупки и так делаются с этой панели.",
        )


def _tell_difference(change: decide.Adoption) -> None:
    names = pick("machine,folder", "машина,папка").split(",")
    for name, was, here in zip(names, change.was, change.here):
        if was != here:
            say(
                f"{name}: {was or '-'} before, {here or '-'} here",
                f"{name}: раньше {was or '-'}, здесь {here or '-'}",
            )
    say(f"unfinished purchases: {change.unfinished}", f"незавершённых покупок: {change.unfinished}")


@sandbox.command("panel", context_settings=PASS_ON, help=pick(
    "Make a folder that plays /usr/local/mgr5: --root DIR (more with --help).",
    "Создать папку, играющую /usr/local/mgr5: --root DIR (см. --help).",
))  # fmt: skip
def sandbox_panel(context: typer.Context) -> None:
    from bill2bill.sandbox.host.make import main

    raise typer.Exit(main(context.args))


@sandbox.command("upstream", context_settings=PASS_ON, help=pick(
    "Play a provider: --dialect 4|6 --port N [--tls] (more with --help).",
    "Сыграть поставщика: --dialect 4|6 --port N [--tls] (см. --help).",
))  # fmt: skip
def sandbox_upstream(context: typer.Context) -> None:
    from bill2bill.sandbox.upstream.serve import main

    raise typer.Exit(main(context.args))


def _command(root: Path) -> str:
    return f"{command(root)} journal"


def _local(at: object) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(str(at))))


def _print(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False))


def _plain(row: Purchase) -> Dict[str, object]:
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in asdict(row).items()}
    return {**plain, "before": row.before.isoformat() if row.before else None}


def main() -> None:
    """Exit status: 0 done, 1 refused with a reason, 2 wrong usage."""
    try:
        app()
    except Failure as failure:
        typer.echo(f"{failure.code}: {messages.text(failure, LANGUAGE)}", err=True)
        raise SystemExit(1) from None
