"""What upstream-billmanager6 leaves open: the switches of its section 11, first value default, and a few for
its section 10.

A switch is "on"/"off" or a word unless its sentence says otherwise; JSON true and false mean on and off.
"""

from __future__ import annotations

from typing import Mapping, Tuple

from bill2bill.sandbox.upstream.engine.switches import (
    Switch,
    Switches,
    decimal,
    number,
    on_off,
    one_of,
    words,
)

RIGHTS = {"allowsuspenditem": "on", "allowdeleteitem": "on", "allowed": ["*"]}


def _rights(value: object) -> bool:
    if not isinstance(value, dict) or set(value) - set(RIGHTS):
        return False
    flags = all(on_off(value.get(name, "on")) for name in ("allowsuspenditem", "allowdeleteitem"))
    return flags and words(value.get("allowed", []))


def _delay(value: object) -> bool:
    return value == "never" or (
        isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    )


SWITCHES: Tuple[Switch, ...] = (
    Switch(
        "play",
        "bm6",
        one_of("bm6", "bm4", "html"),
        "Who answers: bm6, bm4 (a BILLmanager 4) or html (a plain web site).",
    ),
    Switch(
        "generation", "b6", one_of("b6", "b5"), "b6 has v2.* functions and the new cart, b5 has neither (Q9)."
    ),
    Switch(
        "single_as_object",
        "off",
        on_off,
        "In JSON a lone element of those that may repeat is an object, no array (2.1).",
    ),
    Switch(
        "status_style",
        "sub",
        one_of("sub", "orig", "plain", "real"),
        "State in lists: sub ($orig 5_open beside a plain status), orig ($orig 5 and a word), plain"
        " (item_status 5), real (item_real_status 5 only).",
    ),
    Switch(
        "order_id_style",
        "id",
        one_of("id", "item.id", "none"),
        "Where an order tells the new id; soft: always id, v2: item.id or none (5.6).",
    ),
    Switch(
        "low_funds",
        "error",
        one_of("error", "unpaid"),
        "A purchase that the balance does not cover: refused, or left unpaid in the cart (Q3).",
    ),
    Switch(
        "domain_api_reply",
        "id",
        one_of("id", "billorder", "ok"),
        "What domain.order.api answers; with billorder it waits in the cart (Q1).",
    ),
    Switch(
        "prolong_default",
        "charge",
        one_of("charge", "cart"),
        "service.prolong with sok and nothing else: charged, or put in the cart (Q6).",
    ),
    Switch(
        "edit_pays",
        "always",
        one_of("always", "with_skipbasket", "never"),
        "When a paid change by X.edit or service.changepricelist is charged at once; otherwise it goes in the"
        " cart (Q7).",
    ),
    Switch(
        "rights",
        RIGHTS,
        _rights,
        "What the login may do, an object: allowsuspenditem, allowdeleteitem, and allowed, a list of"
        " functions with * and ? (Q5).",
    ),
    Switch(
        "v2_autoprolong",
        "onoff",
        one_of("onoff", "months"),
        "What v2.X.order.param takes as autoprolong: on, off, or a key of its slist (Q14).",
    ),
    Switch("remoteid_in_list", "on", on_off, "Lists have a column remoteid (Q8)."),
    Switch("keep_deleted", "on", on_off, "Deleted services stay in lists with status 4 (Q26)."),
    Switch(
        "delete_outcome",
        "closed",
        one_of("closed", "scheduled"),
        "X.delete closes now, or plans it for the expiry date: scheduledclose (6.7).",
    ),
    Switch(
        "list_order",
        "any",
        one_of("any", "id", "-id"),
        "Order of rows without p_col: any (one that means nothing), id or -id.",
    ),
    Switch("page_cap", 50, number, "The longest page that is given, a number; 0: any (Q27)."),
    Switch(
        "sticky_filter",
        "off",
        on_off,
        "A filter that was stored shortens the lists of every call with that login, authinfo too (Q18).",
    ),
    Switch(
        "async_delay",
        0,
        _delay,
        "Seconds of the clock that an operation keeps a service in status 5, a number; never: until POST"
        " progress. 0 finishes at once.",
    ),
    Switch(
        "open_fails",
        "off",
        one_of("off", "service_nosuitable", "stuck"),
        "Paid orders are opened, find no server, or stay in 5_open; POST progress opens them in every case"
        " (9.2).",
    ),
    Switch(
        "expiredate_phrase",
        "off",
        one_of("off", "Daily charges"),
        "Lists say this in expiredate; real_expiredate has the date (6.1).",
    ),
    Switch(
        "money_style",
        "9.00 EUR",
        one_of("9.00 EUR", "€9.00", "9,00 EUR"),
        "How money is written in texts (3.1).",
    ),
    Switch("lang_texts", "en", one_of("en", "ru"), "Language of every text, whatever lang asks for."),
    Switch(
        "min_order_days",
        0,
        number,
        "Days before which a service cannot be closed or get another tariff, a number; 0: none (2.6).",
    ),
    Switch(
        "too_early_prolong_days",
        0,
        number,
        "A service can be renewed only so many days before it expires, a number; 0: always (2.6).",
    ),
    Switch("strict_order", "on", on_off, "Orders demand datacenter where the vendor's table does (5.1)."),
    Switch(
        "edit_ostempl",
        "ignored",
        one_of("ignored", "reinstall"),
        "X.edit with another ostempl: ignored, or the system is installed anew (Q21).",
    ),
    Switch(
        "absent_boolean",
        "kept",
        one_of("kept", "off"),
        "A boolean add-on that X.edit is not told of: kept, or off (6.5).",
    ),
    Switch("export_open", "on", on_off, "pricelist.export answers without a login (Q10)."),
    Switch(
        "vat_percent",
        "0",
        decimal,
        "Percent added to every charge; pricelist.export stays net, a decimal string (9.1).",
    ),
    Switch("pay_when_money_arrives", "off", on_off, "POST balance pays unpaid services, oldest first."),
    Switch(
        "expired_session",
        "access",
        one_of("access", "auth"),
        "Error type for a session that is no more (1.4).",
    ),
    Switch(
        "allowed_ips", [], words, "Addresses that may log in, a list; empty: any; the others get badip (1.4)."
    ),
    Switch(
        "ban_after",
        0,
        number,
        "After so many wrong logins every login gets blocklogon, a number; 0: never (1.4).",
    ),
    Switch("max_request_bytes", 1048576, number, "Longest request line plus body that is read, a number."),
)


class Switches6(Switches):
    def __init__(self, settings: Mapping[str, object]) -> None:
        super().__init__(settings, SWITCHES)

    def right(self, name: str) -> str:
        """allowsuspenditem or allowdeleteitem: on or off; what is not said stays on."""
        rights = self._values["rights"]
        return str(rights.get(name, "on")) if isinstance(rights, dict) else "on"

    def allowed(self) -> Tuple[str, ...]:
        rights = self._values["rights"]
        return tuple(rights.get("allowed", ["*"])) if isinstance(rights, dict) else ("*",)

    def delay(self) -> float:
        """Seconds that an operation takes; infinity for never."""
        return float("inf") if self.word("async_delay") == "never" else float(self.word("async_delay"))
