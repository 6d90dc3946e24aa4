"""Words of the wire, nothing else, with sections and certainty marks of upstream-billmanager6."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Tuple

# -- request (1.3 [C]) ---------------------------------------------------------------------------------------
SOK, OK, ON, OFF, NULL = "sok", "ok", "on", "off", "null"
RESERVED = frozenset(["func", "out", "lang", "authinfo", "auth", "su"])  # ours alone to say
BUTTON, NEXT = "clicked_button", "snext"
SKIP_BASKET = "skipbasket"  # pay at once (0.3 [C])
PAGE, PAGE_SIZE, TOTAL = "p_num", "p_cnt", "p_elems"  # 2.2 [T]
ROWS_PER_PAGE, NEWEST_ROWS = 500, 50  # 10 Q27
SORT, NEWEST_FIRST = "p_col", "-id"  # 1.3 [T]

# -- answer (2.1-2.5) ----------------------------------------------------------------------------------------
ROW, ERROR, METADATA, SLIST = "elem", "error", "metadata", "slist"
# an answer with none of these says nothing about rows
LIST_PARTS = frozenset([ROW, TOTAL, PAGE, PAGE_SIZE, METADATA])
SECOND_FACTOR = "totp.confirm"  # 1.4 [T]
SERVICE_IDS = ("id", "item.id", "service.id")  # 5.6, in this order
UNPAID_IDS = ("billorder", "lineitem.id")  # 5.6: not a service
NEW_DATE = "newexpiredate"  # 6.6 [C]: below a doc inside doc
LIST, CART_LINES, CART_ORDER, CART_SERVICE = "list", "itemlist", "billorder", "item.id"  # 5.4 [T]

# -- functions -----------------------------------------------------------------------------------------------
WHOAMI, TILES, NOTIFY, SUBACCOUNT = "whoami", "dashboard.info", "notify", "subaccount"  # 3.1
EXPORT = "pricelist.export"  # 4.2 [C]
PROLONG = "service.prolong"  # 6.6 [C]
TARGETS = "service.changepricelist"  # 6.4 [C], and its two further steps
COMPARE = "service.changepricelist.pricelist"
CHANGE = "service.changepricelist.getmoney"
BASKET = "basket"  # 5.4 [T]: the old cart

# -- fields of services (6.1, 6.5) ---------------------------------------------------------------------------
STATES = ("item_status", "item_real_status", "status", "real_status")
DATES = ("expiredate", "real_expiredate")
NAMES = ("domain", "licname", "CN")  # what a service is found by (5.7)
AUTO_RENEWAL = "autoprolong"
NOT_RENEWED = frozenset(["", NULL, OFF])  # 4.4, 6.1
TARIFF, TARIFF_ID, MARK, IP, CLOSING = "pricelist", "pricelist_id", "remoteid", "ip", "scheduledclose"
USERNAME, PASSWORDS = "username", ("password", "userpassword")
ADDON, CURRENT = "addon_", "_current_value"
# 6.5: sent back unchanged they could install a server anew or set a password; what is absent in a request is
# left as it is
NEVER_SENT_BACK = frozenset(["ostempl", "recipe", "passwd", "confirm", *PASSWORDS])


class Wizard(NamedTuple):
    """A generation of order forms (5.1, 5.2, 12 end). off: 4.4, where the form has no list."""

    prefix: str
    period: str
    button: str
    off: str

    def func(self, itemtype: str) -> str:
        return f"{self.prefix}{itemtype}.order.param"


OLD = Wizard("", "period", "finish", NULL)
NEW = Wizard("v2.", "order_period", "order", OFF)
GENERATIONS: Mapping[str, Tuple[Wizard, ...]] = {"auto": (), "new": (NEW,), "old": (OLD,)}

# -- errors (2.6): each word as `type` or as `object` --------------------------------------------------------
LOGIN_TYPES = frozenset(["auth", "authtype"])
LOGIN_OBJECTS = {
    "badpassword": "invalid_login_or_passwd",
    "badip": "address_closed",
    "blocklogon": "login_blocked",
    "blocked_ip": "login_blocked",
    "blockgeoip": "login_blocked",
}
BUSY = "runningoperation"
MISSED = "missed"
CAPTCHA = "captcha"  # how the word begins
# types after which a call was certainly not carried out, and our code for them
REFUSALS = {
    **dict.fromkeys([MISSED, "value", "exists", "exist", "limit", "wizard_unavailable"], "upstream_refused"),
    "access": "rights_missing",
    "not_enough_money": "low_balance",
    "pricelist_min_order": "min_order",
}
