"""Switches of dialect 4: what upstream-billmanager4 leaves open or calls switchable.

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
    word,
    words,
)

PROGRESS_MODES = ("immediate", "looks", "seconds", "clock")


def progress_rule(value: object) -> bool:
    if not isinstance(value, dict) or value.get("mode") not in PROGRESS_MODES or set(value) - {"mode", "n"}:
        return False
    amount = value.get("n", 1)
    return isinstance(amount, (int, float)) and not isinstance(amount, bool) and amount >= 0


SWITCHES: Tuple[Switch, ...] = (
    Switch(
        "play",
        "bm4",
        one_of("bm4", "bm6", "html"),
        "Who answers: bm4, bm6 (a BILLmanager 5/6) or html (a plain web site).",
    ),
    Switch(
        "progress",
        {"mode": "clock", "n": 1},
        progress_rule,
        'When the registrar is done: {"mode": "immediate"}, {"mode": "looks", "n": 1} (n reads still see it'
        ' in progress), {"mode": "seconds", "n": 2} or {"mode": "clock", "n": 1} (n days of the clock); POST'
        " progress finishes in every mode.",
    ),
    Switch(
        "transfer_outcome",
        "done",
        one_of("done", "rejected"),
        "How transfers end: done (2 or 3) or rejected (4), section 10.",
    ),
    Switch(
        "expire_while_pending",
        "on",
        one_of("on", "absent"),
        "expire of domain.getinfo in status 5 and 7: the word on, or absent (5.11).",
    ),
    Switch(
        "stale_expire_days",
        0,
        number,
        "By how many days domain.getinfo lags behind with expire, a number (5.11).",
    ),
    Switch("allowed_ips", [], words, "Addresses that may log in, a list; empty: any (1.4)."),
    Switch(
        "ban_after",
        0,
        number,
        "After so many wrong logins every login gets access deny, a number; 0: never (1.4, unknown).",
    ),
    Switch(
        "unknown_func",
        "code3",
        one_of("code3", "code1"),
        "An unknown func: code 3 with obj, or code 1 with text.",
    ),
    Switch(
        "error_text",
        "node",
        one_of("node", "attribute", "none"),
        "Where an XML error carries its text (2.4).",
    ),
    Switch(
        "empty_list",
        "space",
        one_of("space", "braces", "array"),
        'An empty list in JSON: { }, {} or {"elem" : []} (2.1).',
    ),
    Switch("project_column", "on", on_off, "accountinfo has the column project (3.1)."),
    Switch("country_defect", "on", on_off, "country.json calls country 45 HK (4.5)."),
    Switch(
        "renewal_factor",
        "1",
        decimal,
        'A renewal costs the order price times this, a decimal string such as "1.10" (4.1).',
    ),
    Switch("vat_percent", "0", decimal, "Percent added to every charge, a decimal string (9.2)."),
    Switch("domaininfo_root", "doc", word, "Root element of the domaininfo answer, a name (5.1)."),
    Switch("taken_word", "busy", word, "status of a taken name, a word (5.1)."),
    Switch(
        "taken_code",
        "code2",
        one_of("code2", "code8"),
        "How domain.order.4 refuses a name that is not free (11.7).",
    ),
    Switch(
        "strict_order",
        "on",
        on_off,
        "domain.order.4 demands every parameter that 5.2 calls required; off: one of each pair is enough.",
    ),
    Switch("registrar_required", "off", on_off, "domain.order.4 demands registrar (11.10)."),
    Switch("customer_for", ["5"], words, "Registrars that demand customer, a list (5.4, 11.20)."),
    Switch("auth_code_required", "off", on_off, "A transfer demands auth_code (11.21)."),
    Switch(
        "one_ns_refused",
        "on",
        on_off,
        "An order with exactly one name server is refused in RU and SU zones (5.2 rule 5).",
    ),
    Switch(
        "empty_contacts_refused", "on", on_off, "An order with a contact that was never filled in is refused."
    ),
    Switch(
        "form_validates",
        "on",
        on_off,
        "domain.order.4 without sok checks its parameters as an order does (5.2 rule 6).",
    ),
    Switch(
        "auto_renewal_default",
        "off",
        on_off,
        "New domains get automatic renewal unless autoprolong is sent (5.7).",
    ),
    Switch(
        "pay_when_money_arrives",
        "off",
        on_off,
        "POST balance pays unpaid orders, oldest first (3.4 rule 3, 11.14).",
    ),
    Switch(
        "renew_in_renewal",
        "accepted",
        one_of("accepted", "refused"),
        "domain.renew in status 6: accepted and charged again, or code 6.",
    ),
    Switch(
        "owner_change",
        "ignored",
        one_of("ignored", "refused"),
        "domain.edit with another owner: ignored, or code 6 (11.23).",
    ),
    Switch("removed_listed", "on", on_off, "The domain list shows removed domains (11.18)."),
    Switch(
        "api_columns",
        "with_api",
        one_of("with_api", "always", "never"),
        "When the columns and fields of api=on appear (11.2).",
    ),
    Switch("unicode_names", "off", on_off, "Lists and getinfo show names in Unicode (1.5)."),
    Switch("remoteid_shown", "off", on_off, "The domain list has a column remoteid (11: support unproven)."),
    Switch("getinfo", "on", on_off, "domain.getinfo exists (11.17)."),
    Switch(
        "contacts_lock",
        "registered",
        one_of("registered", "manual"),
        "Contacts are locked by a registered domain, or by control only (5.6).",
    ),
    Switch(
        "locked_read",
        "without_api",
        one_of("without_api", "always", "never"),
        "Which reads of a locked contact get code 8.",
    ),
    Switch(
        "phone_format",
        "lenient",
        one_of("lenient", "documented"),
        "Phones: no brackets and hyphens, or the two documented forms (5.5.2).",
    ),
    Switch(
        "fillers",
        "accepted",
        one_of("accepted", "refused"),
        "N/A and - as field values: accepted, or code 4 (11.5).",
    ),
    Switch(
        "contact_names",
        "free",
        one_of("free", "unique"),
        "A repeated contact name: accepted, or code 2 (5.6).",
    ),
    Switch(
        "edit_gives",
        "ok",
        one_of("ok", "id", "domaincontact.id"),
        "What domaincontact.edit answers besides ok (5.5).",
    ),
    Switch("redirect_credentials", "on", on_off, "The redirect of contcat.create.1 repeats authinfo (2.3)."),
    Switch("delete_needs_sok", "off", on_off, "Delete functions demand sok."),
    Switch(
        "uniservice_id",
        "item.id",
        one_of("item.id", "id"),
        "Key of the new id in the answer to uniservice.order (6.1).",
    ),
    Switch(
        "max_request_bytes", 1048576, number, "Longest request line plus body that is read, a number (11.34)."
    ),
)


class Switches4(Switches):
    def __init__(self, settings: Mapping[str, object]) -> None:
        super().__init__(settings, SWITCHES)

    def progress(self) -> Tuple[str, float]:
        """(mode, n) of the progress rule."""
        value = self._values["progress"]
        rule = value if isinstance(value, dict) else {}
        return str(rule["mode"]), float(rule.get("n", 1))
