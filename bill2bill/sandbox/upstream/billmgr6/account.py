"""Who is logged in, money, payments, charges (upstream-billmanager6 3.1)."""

from __future__ import annotations

from typing import Mapping, Tuple

from bill2bill.sandbox.upstream.billmgr6 import fixtures
from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, row, texts
from bill2bill.sandbox.upstream.billmgr6.lists import plain_table

VERSIONS: Mapping[str, Tuple[str, str]] = {
    "b6": ("6.94.1", "5.389.1"),
    "b5": ("5.254.2", "5.254.2"),
}  # generation -> billmgr, core
CURRENCY_ID = "153"


def whoami(call: Call) -> Node:
    account = call.provider.account
    user = {
        "id": str(fixtures.USER), "name": call.provider.login, "level": "16",
        "account": str(fixtures.ACCOUNT), "email": "reseller@example.net",
        "timezone": "", "lang": call.lang, "balance": f"{account.balance:.2f}", "currency": account.currency,
        "currency_id": CURRENCY_ID,
        "allowsuspenditem": call.switches.right("allowsuspenditem"),
        "allowdeleteitem": call.switches.right("allowdeleteitem"),
        "need_phone_validate": "false", "need_email_validate": "false",
    }  # fmt: skip
    billmgr, core = VERSIONS[call.switches.word("generation")]
    versions = (Node("billmgr", billmgr, {"type": "release"}), Node("core", core, {"type": "release"}))
    return Node(
        "doc",
        children=(Node("user", attrs=user), Node("version", attrs={"mgr": "billmgr"}, children=versions)),
    )


def dashboard(call: Call) -> Node:
    return Node("doc", children=(row(texts(realbalance=call.money(call.provider.account.balance))),))


def credit(call: Call) -> Node:
    account = call.provider.account
    return Node(
        "doc",
        children=(
            row(
                texts(
                    available_credit=call.money(account.balance + account.credit),
                    credit=call.money(account.credit),
                )
            ),
        ),
    )


def notify(call: Call) -> Node:
    """The balance among the counters; some front ends read it beside them (3.1)."""
    balance = call.money(call.provider.account.balance)
    item = Node("item", attrs={"balance": "yes"}, children=texts(value=balance), many=True)
    return Node("doc", children=(Node("notify", children=(item,)), *texts(realbalance=balance)))


def subaccounts(call: Call) -> Node:
    account = call.provider.account
    return plain_table(call, [{
        "id": str(account.id), "project": "Provider", "balance": call.money(account.balance),
        "creditlimit": f"{account.credit:.2f}",
        "currency": account.currency,
    }])  # fmt: skip


def projects(call: Call) -> Node:
    return plain_table(call, [{"id": "1", "name": "Provider"}])


def payments(call: Call) -> Node:
    """What was paid from the cart, newest first; status 2 is paid."""
    currency = call.provider.account.currency
    return plain_table(call, [
        {
            "id": paid["id"], "number": f"P/{paid['id']}", "create_date": paid["date"],
            "status": call.say("Paid", "Оплачен"), "real_status": "2",
            "subaccountamount_iso": f"{paid['amount']} {currency}",
            "paymethodamount_iso": f"{paid['amount']} {currency}",
            "paymethod_name": "Account balance",
        }
        for paid in reversed(call.provider.payments)
    ])  # fmt: skip


def expenses(call: Call) -> Node:
    """Every charge, newest first; main_item is the service."""
    return plain_table(call, [
        {
            "id": str(charge["id"]), "amount": f"{charge['amount']} {charge['currency']}",
            "item": charge["name"], "locale_name": charge["name"],
            "date": charge["time"][:10], "realdate": charge["time"][:10], "intname": charge["kind"],
            "main_item": str(charge["item"]),
        }
        for charge in reversed(call.provider.ledger.rows)
    ])  # fmt: skip


def menu(call: Call) -> Node:
    """mainmenuservice names the product functions of this login."""
    products = tuple(
        Node("node", attrs={"name": name}, many=True) for name in call.provider.types if call.may(name)
    )
    return Node(
        "doc",
        children=(
            Node(
                "menu",
                children=(Node("node", attrs={"name": "mainmenuservice"}, children=products, many=True),),
            ),
        ),
    )
