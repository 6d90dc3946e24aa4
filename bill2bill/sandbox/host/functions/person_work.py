"""What staff and cron do: operations, repeats, regular commands, single calls of a module."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List, Tuple

from .. import addons, modules, operations, services
from ..crypt import encrypt
from ..dates import days_between, today
from ..db import Row
from ..documents import Element, PanelError, ok, rows
from ..panel import Panel, Request
from ..registry import FUNCTIONS, Implementation, function

LIVING = "SELECT * FROM item WHERE status IN (?, ?) AND parent IS NULL ORDER BY id"
ADDING_ADDRESS, ADDRESS_COMMANDS = (
    ("addip", "add_ip"),
    ("addip", "add_ip", "delip", "del_ip"),
)  # open question 2
BY_ITEM = ("sync_item", "cancel_prolong")
BY_INSTANCE = ("getbalance", "sync_server", "sync_pricelist", "sync_iplist", "get_server_config", "stat")
# the panel's own cron actions -> regular command (host-protocol 7.7)
CRON_ACTIONS = {
    "processing.checkbalance": "getbalance",
    "processing.syncserver.cron": "sync_server",
    "statdaily.cron": "stat",
}


@function(
    "sandbox.operation",
    "item command [period] [pricelist] [reason] [password] [ip] [option_<name>=]",
    writes=True,
)
def operation(panel: Panel, request: Request) -> Element:
    """Start an operation: status 5, run by the next tick; answers its id."""
    item = services.item(panel, request.need("item"), "item")
    command = request.need("command")
    options = {
        name[len("option_") :]: value for name, value in request.params.items() if name.startswith("option_")
    }
    changes: Row = {}
    before: Row = {}
    if request.get("period"):
        item = addons.reprice(panel, item, request.number("period"))
    if command == "suspend":
        changes.update(_reason(request))
    if command == "setparam":
        options["userid"] = services.staff(panel)
        before, changes["pricelist"], changes["lastpricelist"] = _new_tariff(panel, request, item)
    if command == "changepassword":
        options["password"] = encrypt(panel.key, request.need("password"))
    if command in ADDRESS_COMMANDS:
        options[panel.switches["ip_option"]] = str(_address(panel, request, item, command))
    if changes:
        panel.db.update("item", item["id"], **changes)
    return ok(id=operations.create(panel, {**item, **changes}, command, options, before))


def _reason(request: Request) -> Row:
    reason = request.get("reason", "employeesuspend")
    if reason not in services.REASONS:
        raise PanelError("value", "reason", reason)
    return {reason: "on"}


def _new_tariff(panel: Panel, request: Request, item: Row) -> Tuple[Row, object, object]:
    """Moves the add-ons to the new tariff plan. Returns how they were, the new plan, and the old one for
    item.lastpricelist (host-protocol 2.5).
    """
    if not request.get("pricelist"):
        return {}, item["pricelist"], item["lastpricelist"]
    plan = services.need_row(panel, "pricelist", request.need("pricelist"), "pricelist")
    if plan["parent"] or plan["itemtype"] != (panel.db.get("pricelist", item["pricelist"]) or {}).get(
        "itemtype"
    ):
        raise PanelError("value", "pricelist", str(plan["id"]))
    before = addons.snapshot(panel, item["id"])
    addons.move(panel, item, plan["id"])
    return before, plan["id"], item["pricelist"]


def _address(panel: Panel, request: Request, item: Row, command: str) -> int:
    """A fresh slot for addip; for delip the one that `ip` names, by its id or its address."""
    if command in ADDING_ADDRESS:
        return addons.new_slot(panel, item["id"])
    wanted = request.need("ip")
    found = [slot for slot in addons.slots(panel, item["id"]) if wanted in {str(slot["id"]), slot["name"]}]
    if not found:
        raise PanelError("value", "ip", wanted)
    return int(found[0]["id"])


@function("sandbox.tick", "[parallel]")
def tick(panel: Panel, request: Request) -> Element:
    """Run every automatic operation once, in order of id, `parallel` at a time; answers gone, kept or manual
    for each.
    """
    numbers = operations.automatic(panel)
    parallel = request.number("parallel", 1)
    if not 1 <= parallel <= 64:
        raise PanelError("value", "parallel", str(parallel))
    if parallel == 1:
        return rows([_run(panel.root, number) for number in numbers])
    with ThreadPoolExecutor(parallel) as pool:
        return rows(list(pool.map(lambda number: _run(panel.root, number), numbers)))


def _run(root: str, number: int) -> Row:
    """On its own connection, for it may be one thread of many. An operation that another removed meanwhile is
    gone.
    """
    panel = Panel(root)
    try:
        return operations.run(panel, number)
    except PanelError as error:
        return {"id": number, "item": "", "command": "", "result": "gone", "code": "", "error": str(error)}
    finally:
        panel.db.close()


@function("sandbox.run", "elid=<operation>")
def run(panel: Panel, request: Request) -> Element:
    """Run one operation, manual or not."""
    return rows(
        [operations.run(panel, int(services.need_row(panel, "runningoperation", request.need("elid"))["id"]))]
    )


@function("sandbox.restart", "elid=<operation>", writes=True)
def restart(panel: Panel, request: Request) -> Element:
    """Make an operation automatic again; answers its id, which switch operation_ids may change."""
    row = services.need_row(panel, "runningoperation", request.need("elid"))
    return ok(id=operations.restart(panel, row))


@function("sandbox.cron", "name [item module without_module=on days]")
def cron(panel: Panel, request: Request) -> Element:
    """Run a regular command for every item or instance whose module declares it; one of them with item= or
    module=.
    """
    name = request.need("name")
    if name in BY_ITEM:
        calls = _item_calls(panel, request, name)
    elif name in BY_INSTANCE:
        calls = _instance_calls(panel, request)
    else:
        raise PanelError("value", "name", name)
    found = []
    for module, options in calls:
        if name in modules.features(panel, module):
            done = modules.run(panel, module, name, options)
            found.append(
                {
                    "module": module,
                    **dict(options),
                    "code": done.code,
                    "error": str(done.failure) if done.failure else "",
                }
            )
    return rows(found)


def _item_calls(panel: Panel, request: Request, name: str) -> List[Tuple[str, List[Tuple[str, object]]]]:
    wanted = request.get("item")
    items = (
        [services.item(panel, wanted, "item")]
        if wanted
        else panel.db.rows(LIVING, services.ACTIVE, services.SUSPENDED)
    )
    if name == "cancel_prolong" and not wanted:
        items = [item for item in items if _ends_soon(item, request.number("days", 30))]
    return [
        (operations.module_name(panel, item), [("item", item["id"])])
        for item in items
        if item["processingmodule"]
    ]


def _ends_soon(item: Row, days: int) -> bool:
    """Expires within so many days and shall not be renewed (host-protocol 2.5)."""
    return (
        not item["autoprolong"]
        and bool(item["expiredate"])
        and days_between(today(), item["expiredate"]) <= days
    )


def _instance_calls(panel: Panel, request: Request) -> List[Tuple[str, List[Tuple[str, object]]]]:
    wanted: Row = {"id": request.number("module")} if request.get("module") else {}
    instances = panel.db.find("processingmodule", active="on", **wanted)
    if request.flag("without_module"):
        return [(module, []) for module in sorted({row["module"] for row in instances})]
    return [(row["module"], [("module", row["id"])]) for row in instances]


def _regular(command: str) -> Implementation:
    def run(panel: Panel, request: Request) -> Element:
        """Run the regular command of every active instance whose module declares it."""
        return cron(panel, Request("sandbox.cron", {**request.params, "name": command}))

    return run


for _name, _command in CRON_ACTIONS.items():
    function(_name, "[module]")(_regular(_command))


@function("crontask", "action=<function>")
def crontask(panel: Panel, request: Request) -> Element:
    """Run a cron action."""
    action = request.need("action")
    if action not in CRON_ACTIONS:
        raise PanelError("value", "action", action)
    return FUNCTIONS[action].call(panel, request)


@function("sandbox.call", "module=<name or instance> command [stdin] [<option>=]")
def call(panel: Panel, request: Request) -> Element:
    """Run one command of a module by hand; every further parameter is an option; answers code, stdout and
    stderr.
    """
    name, options = request.need("module"), _options(request)
    if name.isdigit():
        instance = services.need_row(panel, "processingmodule", name, "module")
        name, options = instance["module"], [("module", instance["id"]), *options]
    stdin = request.raw("stdin").encode() if "stdin" in request.params else None
    done = modules.run(panel, name, request.need("command"), options, stdin)
    code, stdout = "" if done.code is None else done.code, done.stdout.decode("utf-8", "replace")
    return ok(code=code, failure=done.failure or "", stdout=stdout, stderr=done.stderr)


def _options(request: Request) -> List[Tuple[str, object]]:
    found: Dict[str, object] = dict(request.others("module", "command", "stdin"))
    if "lang" in request.params:
        found["lang"] = request.raw("lang")
    return list(found.items())
