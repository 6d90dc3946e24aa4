"""Both carts (upstream-billmanager6 3.3, 5.4, 5.5) and paying them from the balance."""

from __future__ import annotations

from decimal import Decimal
from typing import List

from bill2bill.sandbox.upstream.billmgr6.call import SYMBOL, Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, named, ok, row, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.models import Line, Service

BALANCE, CARD = "1", "2"  # paymethod
NEXT = "func=order"


# -- the old cart --------------------------------------------------------------------------------------------
def basket(call: Call) -> Node:
    """The view; with sok the action of the button: delete one line, clearbasket, free."""
    _check_order(call)
    if not call.submitted:
        return _basket_view(call)
    if call.text("promocode"):
        raise Refusal("promocode_not_use", value=call.text("promocode"))
    if call.button == "delete":
        _drop(call, [_line(call.provider.basket, call.text("id"))])
    elif call.button == "clearbasket":
        _drop(call, list(call.provider.basket))
    elif call.button == "free":
        if sum(line.amount for line in call.provider.basket):
            raise bad_value("total_sum")
        call.provider.pay_basket()
    else:
        return _basket_view(call)
    return ok()


def _check_order(call: Call) -> None:
    """A billorder that is said must be the one that waits."""
    said = call.text("billorder") or (call.text("id") if call.button == "clearbasket" else "")
    if said not in ("", str(call.provider.billorder)):
        raise missed("billorder", said)


def _drop(call: Call, lines: List[Line]) -> None:
    """An order that leaves the cart takes its unpaid service with it."""
    for line in lines:
        call.provider.basket.remove(line)
        if line.kind == "order":
            call.provider.forget(line.service)


def _line(lines: List[Line], number: str) -> Line:
    found = next((line for line in lines if str(line.id) == number), None)
    if found is None:
        raise missed("lineitem", number)
    return found


def _basket_view(call: Call) -> Node:
    lines = call.provider.basket
    total = sum((line.amount for line in lines), Decimal(0))
    vat = Decimal(call.switches.word("vat_percent"))
    tax = total - total / (1 + vat / 100)
    rows = tuple(_basket_row(call, line) for line in lines)
    totals = texts(
        total_sum=call.money(total), tax=call.money(tax), full_discount=call.money(Decimal(0)), promocode=""
    )
    number = texts(billorder=call.provider.billorder) if lines else ()
    return Node(
        "doc",
        children=(
            *number,
            *totals,
            Node("list", attrs={"name": "itemlist"}, children=rows, many=True),
            call.echo(),
        ),
    )


def _basket_row(call: Call, line: Line) -> Node:
    service = line.service
    return row(named({
        "id": str(line.id), "desc": service.name, "cost": call.money(line.amount),
        "fullcost": call.money(line.amount), "discount_percent": "0",
        "pricelist_name": service.plan.name, "item.type": service.kind, "item.id": str(service.id),
        "item.period": str(line.months),
        "item.autoprolong": service.autoprolong,
    }))  # fmt: skip


def methods(call: Call) -> Node:
    """payment.add: the balance, and a payment system that needs a person (3.3)."""
    _check_order(call)
    currency = call.provider.account.currency
    rows = tuple(
        row((
            *texts(paymethod=number, paymethod_type=kind, module=module, name=name,
                paymethod_currency_iso=currency, payment_minamount="0.01"),
            Node("action", children=(Node("button", attrs={"name": button}),)),
        ))
        for number, kind, module, name, button in (
            (BALANCE, "0", "account", "Account balance", "fromsubaccount"),
            (CARD, "1", "pmcard", "Bank card", "topaysystem"),
        )
    )  # fmt: skip
    number = texts(billorder=call.provider.billorder)
    return Node(
        "doc",
        children=(*number, Node("list", attrs={"name": "methodlist"}, children=rows, many=True), call.echo()),
    )


def pay(call: Call) -> Node:
    """payment.add.method: from the balance it is done; anything else leads to a page for a person."""
    _check_order(call)
    if not call.submitted:
        return methods(call)
    if not call.provider.basket:
        raise missed("billorder", call.text("billorder"))
    if call.text("paymethod") == CARD:
        return ok(text=f"/payment/card?billorder={call.provider.billorder}")
    if call.text("paymethod") != BALANCE:
        raise bad_value("paymethod", call.text("paymethod"))
    call.provider.pay_basket()
    return ok(*texts(payment_id=len(call.provider.payments)), text=NEXT)


# -- the new cart --------------------------------------------------------------------------------------------
def cart(call: Call) -> Node:
    lines = call.provider.cart
    if call.submitted and call.button == "delete":
        del lines[_line(list(lines.values()), call.text("id")).id]
        return ok()
    symbol = SYMBOL[call.provider.account.currency]
    rows = tuple(_cart_row(line, symbol) for line in lines.values())
    total = texts(
        cost=f"{sum((line.amount for line in lines.values()), Decimal(0)):.2f}",
        currency=symbol,
        count=len(lines),
    )
    return Node(
        "doc",
        children=(
            Node("total", children=total),
            Node("list", attrs={"name": "lineitems"}, children=rows, many=True),
            call.echo(),
        ),
    )


def _cart_row(line: Line, symbol: str) -> Node:
    service = line.service
    main = Node("main", children=texts(name=service.plan.name, period=line.months))
    price = Node(
        "price", children=(Node("price", children=texts(cost=f"{line.amount:.2f}", currency=symbol)),)
    )
    chosen = Node("configuration", children=tuple(_configured(service)))
    button = Node("button", attrs={"name": "delete", "type": "delete", "func": "cart"}, many=True)
    return row((*texts(id=line.id, elid=line.id), main, price, chosen, Node("action", children=(button,))))


def _configured(service: Service) -> List[Node]:
    return [
        row(texts(name=addon.name, value=service.addons.get(addon.id, addon.default)))
        for addon in service.plan.addons
    ]


def empty(call: Call) -> Node:
    call.provider.cart.clear()
    return ok()


def confirm(call: Call) -> Node:
    """cartorder.create.confirm: the named lines are paid from the balance (paymethod_id=0) and started, all
    or none.
    """
    lines = [_line(list(call.provider.cart.values()), number) for number in call.ids()]
    if not call.submitted:
        return cart(call)
    if call.text("paymethod_id") != "0":
        raise bad_value("paymethod_id", call.text("paymethod_id"))
    call.provider.pay_cart(lines)
    return ok(text=NEXT)
