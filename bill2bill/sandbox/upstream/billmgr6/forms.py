"""Parts of a form: values, what can be chosen, sliders, labels (upstream-billmanager6 2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Mapping, Sequence, Tuple

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import BOOLEAN, INTEGER, Addon, Plan
from bill2bill.sandbox.upstream.billmgr6.document import Node
from bill2bill.sandbox.upstream.billmgr6.errors import bad_value

Choices = Tuple[Tuple[str, str, Mapping[str, str]], ...]  # (key, text, further attributes of the val)


@dataclass(frozen=True)
class Field:
    """One field of a form; kind is input, select, slider, checkbox or textdata."""

    name: str
    value: str
    label: str = ""
    kind: str = "input"
    readonly: bool = False
    choices: Choices = ()
    slider: Mapping[str, str] = field(default_factory=dict)


def choices(values: Mapping[str, str]) -> Choices:
    return tuple((key, text, {}) for key, text in values.items())


def slist(name: str, values: Mapping[str, str]) -> Node:
    return _slist(name, choices(values))


def _slist(name: str, rows: Choices) -> Node:
    vals = tuple(Node("val", text, {"key": key, **more}, many=True) for key, text, more in rows)
    return Node("slist", attrs={"name": name}, children=vals, many=True)


def form(call: Call, fields: Sequence[Field], more: Sequence[Node] = ()) -> Node:
    """The view of a form; where sv_field asks for a re-evaluation it is nested (1.3)."""
    values = [Node(field.name, field.value) for field in fields]
    lists = [_slist(field.name, field.choices) for field in fields if field.choices]
    labels = tuple(Node("msg", field.label, {"name": field.name}) for field in fields if field.label)
    children = (
        *values,
        *more,
        *lists,
        _metadata(call, fields),
        Node("messages", children=labels),
        call.echo(),
    )
    inner = Node("doc", children=children)
    return Node("doc", children=(inner,)) if call.text("sv_field") else inner


def _metadata(call: Call, fields: Sequence[Field]) -> Node:
    page = Node("page", attrs={"name": "main"}, children=tuple(map(_control, fields)), many=True)
    return Node(
        "metadata", attrs={"name": call.func, "type": "form"}, children=(Node("form", children=(page,)),)
    )


def _control(field: Field) -> Node:
    attrs = {"name": field.name, **({"readonly": "yes"} if field.readonly else {}), **field.slider}
    box = field.kind == "checkbox"
    control = Node("input" if box else field.kind, attrs={**attrs, "type": "checkbox"} if box else attrs)
    return Node("field", attrs={"name": field.name}, children=(control,), many=True)


# -- add-ons -------------------------------------------------------------------------------------------------
def addon_fields(call: Call, plan: Plan, values: Mapping[int, str], months: int) -> List[Field]:
    return [_addon_field(call, addon, values.get(addon.id, addon.default), months) for addon in plan.addons]


def _addon_field(call: Call, addon: Addon, value: str, months: int) -> Field:
    name = f"addon_{addon.id}"
    cost = f"{addon.prices[months]:.2f}" if months in addon.prices else "0.00"
    if addon.kind == INTEGER:
        limits = {
            "min": str(addon.least),
            "max": str(addon.most),
            "step": str(addon.step),
            "cost": cost,
            "measure": addon.measure,
        }
        return Field(name, value, addon.name, "slider", slider=limits)
    if addon.kind == BOOLEAN:
        return Field(name, value, addon.name, "checkbox", slider={"cost": cost})
    rows = [
        (str(row.id), row.name, {"cost": f"{row.prices[months]:.2f}"} if months in row.prices else {})
        for row in addon.choices
    ]
    return Field(name, value, addon.name, "select", choices=tuple(rows))


def addon_values(call: Call, plan: Plan, before: Mapping[int, str]) -> Mapping[int, str]:
    """before, changed by the addon_<id> that were sent. Raises the refusal `value` for a number or a value
    that the tariff has not.
    """
    values = dict(before)
    for name in call.params:
        if name.startswith("addon_"):
            number, sent = name[len("addon_") :], call.text(name)
            addon = plan.addon(int(number)) if number.isascii() and number.isdigit() else None
            if addon is None or not addon.accepts(sent):
                raise bad_value(name, sent)
            values[addon.id] = (
                sent or "off" if addon.kind == BOOLEAN else str(int(sent)) if addon.kind == INTEGER else sent
            )
    return values


# -- systems -------------------------------------------------------------------------------------------------
def system_fields(plan: Plan, ostempl: str, recipe: str, readonly: bool = False) -> List[Field]:
    """ostempl and recipe, of tariffs that have them; each recipe depends on its system (4.5)."""
    if not plan.templates:
        return []
    systems = choices({row.key: row.name for row in plan.templates})
    recipes = tuple(
        (key, "--" if key == "null" else key, {"depend": row.key})
        for row in plan.templates
        for key in row.recipes
    )
    return [
        Field("ostempl", ostempl, "Operating system", "select", readonly, systems),
        Field("recipe", recipe, "Recipe", "select", readonly, recipes),
    ]


def system(call: Call, plan: Plan, ostempl: str = "", recipe: str = "") -> Mapping[str, str]:
    """ostempl and recipe as sent, else the given ones, else the first. Raises the refusal `value`."""
    if not plan.templates:
        return {}
    chosen = plan.template(call.text("ostempl") or ostempl or plan.templates[0].key)
    if chosen is None:
        raise bad_value("ostempl", call.text("ostempl"))
    with_recipe = call.text("recipe") or recipe or "null"
    if with_recipe not in chosen.recipes:
        raise bad_value("recipe", with_recipe)
    return {"ostempl": chosen.key, "recipe": with_recipe}
