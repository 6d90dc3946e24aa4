"""Reads of the panel: the one file with SQL, and only SELECT (host-protocol 6; design 1).

The SQL is the subset that MariaDB and SQLite share. Every method may raise Failure("panel_database"); what is
there but absent, contradictory or not of its kind raises Failure("panel_data"): it is never guessed at.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional

from bill2bill.errors import Failure, Phrase
from bill2bill.host import addons, log, secrets
from bill2bill.host.cells import date_of, number_of, only, text_of
from bill2bill.host.database import Database, Row, locate
from bill2bill.host.mgrctl import Mgrctl

ADDONS = (
    "SELECT p.intname, t.intname, p.active, p.addontype, p.billtype, p.compound, p.addonbool, p.addonlimit,"
    " p.addonmax, p.addonmaxtrial, pe.intname, a.id, a.boolvalue, a.intvalue, a.addonlimit, a.addonmax,"
    " ae.intname FROM pricelist p LEFT JOIN itemtype t ON t.id = p.itemtype LEFT JOIN enumerationitem pe ON"
    " pe.id = p.enumerationitem LEFT JOIN item a ON a.pricelist = p.id AND a.parent = ? LEFT JOIN"
    " enumerationitem ae ON ae.id = a.enumerationitem WHERE p.parent = ? ORDER BY p.id, a.id"
)


class Item(NamedTuple):
    """One service. period: months, 0 lifetime, -50 a day, -100 trial; status: see host-protocol 6.5.

    lastpricelist  the tariff plan before a change that is being carried out, else None (host-protocol 6.1)
    zone     the tariff's zone without dot, as the panel writes it; "" unless itemtype is "domain"
    expires  None if the panel has no date
    name     item parameter `domain`; never "" for a domain
    params   all item parameters that are not encrypted
    """

    id: int
    itemtype: str
    module: int
    pricelist: int
    lastpricelist: Optional[int]
    zone: str
    period: int
    status: int
    expires: Optional[date]
    name: str
    params: Mapping[str, str]


class Operation(NamedTuple):
    """One running operation. command: open, prolong, …; trycount: this attempt included."""

    id: int
    item: int
    command: str
    trycount: int
    manual: bool


class Module(NamedTuple):
    """One configured connection. executable: the module's file name; department: who gets its free tasks."""

    id: int
    name: str
    executable: str
    department: Optional[int]
    active: bool


class Contact(NamedTuple):
    """A contact as it serves an item. role: owner, admin, …; profiletype: 1 person, 2 company, 3 sole
    proprietor.

    fields  as stored (host-protocol 6.6); "country", "postal_country": ISO 3166 alpha-2, "" if not chosen
    """

    profile: int
    role: str
    profiletype: int
    name: str
    fields: Mapping[str, str]


class Data:
    """The panel in `root`, read through one connection that is opened when it is first needed."""

    def __init__(self, root: Path, mgrctl: Mgrctl) -> None:
        self._mgrctl = mgrctl
        self._database = Database(lambda: locate(root, mgrctl))

    def close(self) -> None:
        self._database.close()

    def item(self, item: int) -> Item:
        about = Phrase("item", id=item)
        itemtype, module, pricelist, intname, period, status, expires, last = self._one(
            about,
            "SELECT t.intname, i.processingmodule, i.pricelist, p.intname, i.period, i.status, i.expiredate,"
            " i.lastpricelist FROM item i LEFT JOIN pricelist p ON p.id = i.pricelist LEFT JOIN itemtype t ON"
            " t.id = p.itemtype WHERE i.id = ?",
            item,
        )
        params = self._values(about, "itemparam", "item", item)
        domain = text_of(about, "itemtype", itemtype) == "domain"
        return Item(
            id=item,
            itemtype=text_of(about, "itemtype", itemtype),
            module=number_of(about, "processingmodule", module),
            pricelist=number_of(about, "pricelist", pricelist),
            lastpricelist=number_of(about, "lastpricelist", last) if last not in (None, "", "0") else None,
            zone=self._zone(about, intname) if domain else "",
            period=number_of(about, "period", period),
            status=number_of(about, "status", status),
            expires=date_of(about, "expiredate", expires),
            name=text_of(about, "domain", params.get("domain")) if domain else params.get("domain", ""),
            params=params,
        )

    def operation(self, operation: int) -> Optional[Operation]:
        """None: it has left the panel."""
        about = Phrase("operation", id=operation)
        rows = self._database.rows(
            "SELECT item, intname, trycount, manual FROM runningoperation WHERE id = ?", operation
        )
        if not rows:
            return None
        item, command, trycount, manual = only(about, rows)
        tries = number_of(about, "trycount", trycount) if trycount is not None else 0
        number, intname = number_of(about, "item", item), text_of(about, "intname", command)
        return Operation(operation, number, intname, tries, manual == "on")

    def module(self, module: int) -> Module:
        about = Phrase("connection", id=module)
        name, executable, department, active = self._one(
            about, "SELECT name, module, department, active FROM processingmodule WHERE id = ?", module
        )
        has_department = department not in (None, "", "0")
        return Module(
            id=module,
            name=name or "",
            executable=text_of(about, "module", executable),
            department=number_of(about, "department", department) if has_department else None,
            active=active == "on",
        )

    def executables(self) -> Dict[int, str]:
        """Number of a connection -> the file name of its module, of all connections."""
        rows = self._database.rows("SELECT id, module FROM processingmodule")
        return {number_of(Phrase("module", name="-"), "id", number): str(name or "") for number, name in rows}

    def module_of(self, item: int) -> Module:
        """The connection of an item whose other data may be unusable: even that must be reported."""
        row = self._one(Phrase("item", id=item), "SELECT processingmodule FROM item WHERE id = ?", item)
        return self.module(number_of(Phrase("item", id=item), "processingmodule", row[0]))

    def tariff_settings(self, pricelist: int) -> Dict[str, str]:
        """What a tariff plan keeps for its module (host-protocol 2.7, pricelist_dynamic_settings)."""
        return self._values(Phrase("tariff_plan", id=pricelist), "pricelistparam", "pricelist", pricelist)

    def addons(self, item: Item) -> Dict[str, str]:
        """Internal name -> a number, "on" or "off", or the internal name of a choice (host-protocol 6.3)."""
        rows = self._database.rows(ADDONS, item.id, item.pricelist)
        return addons.values(Phrase("item", id=item.id), rows, trial=item.period == addons.TRIAL)

    def active_modules(self, executable: str) -> List[int]:
        """Compared here too: to MariaDB PMOTHER and pmother may be one."""
        about = Phrase("module", name=executable)
        sql = "SELECT id, module FROM processingmodule WHERE module = ? AND active = 'on' ORDER BY id"
        rows = self._database.rows(sql, executable)
        return [number_of(about, "id", number) for number, module in rows if module == executable]

    def connection_values(self, module: int) -> Dict[str, str]:
        """The connection's settings with its secrets in clear, which are kept out of the log from here on.

        Raises Failure("panel_key") if they cannot be decrypted and the panel does not show them.
        """
        about = Phrase("connection", id=module)
        plain = self._values(about, "processingparam", "processingmodule", module)
        sealed = self._values(about, "processingcryptedparam", "processingmodule", module)
        key = self._database.location.key
        clear = secrets.reveal(sealed, key, lambda: secrets.shown_by_panel(self._mgrctl, module))
        log.hide(clear.values())
        return {**plain, **clear}

    def contacts(self, item: int) -> List[Contact]:
        """The contacts of an item, one per role."""
        about = Phrase("item", id=item)
        rows = self._database.rows(
            "SELECT s.type, s.service_profile, p.id, p.profiletype, p.name FROM service_profile2item s LEFT"
            " JOIN service_profile p ON p.id = s.service_profile WHERE s.item = ? ORDER BY s.type,"
            " s.service_profile",
            item,
        )
        roles = [text_of(about, "service_profile2item.type", row[0]) for row in rows]
        if len(set(roles)) != len(roles):
            raise Failure("panel_data", object=about, reason=Phrase("role_twice"))
        return [self._contact(about, role, row) for role, row in zip(roles, rows)]

    def external_id(self, profile: int, module: int, role: str) -> str:
        """The id that this contact has at the upstream, as the panel knows it; "" if it does not."""
        rows = self._database.rows(
            "SELECT externalid, type FROM service_profile2processingmodule"
            " WHERE service_profile = ? AND processingmodule = ? AND type = ?",
            profile, module, role,
        )  # fmt: skip
        known = {number for number, said in rows if number and said == role}
        if len(known) > 1:
            about = Phrase("contact_number", id=profile)
            raise Failure("panel_data", object=about, reason=Phrase("external_ids", module=module))
        return known.pop() or "" if known else ""

    def prolong_expense_today(self, item: int, today: date) -> bool:
        """Was a renewal charged on this (local) day? Then the registry's date may lag (host-protocol 2.5)."""
        return self._exists(
            "SELECT 1 FROM expense WHERE item = ? AND operation = 'prolong'"
            " AND realdate >= ? AND realdate < ?",
            item, today.isoformat(), (today + timedelta(days=1)).isoformat(),
        )  # fmt: skip

    def operations(self, item: int, command: str) -> List[int]:
        """Numbers of the operations of this command that wait for the item."""
        rows = self._database.rows(
            "SELECT id FROM runningoperation WHERE item = ? AND intname = ? ORDER BY id", item, command
        )
        return [number_of(Phrase("item", id=item), "runningoperation", number) for (number,) in rows]

    def operation_began(self, operation: int) -> Optional[datetime]:
        """When it was created, local time; None if the panel does not tell: inferred (host-protocol 6.1)."""
        try:
            rows = self._database.rows("SELECT createdate FROM runningoperation WHERE id = ?", operation)
            return datetime.fromisoformat(rows[0][0] or "") if rows else None
        except (Failure, ValueError):
            return None

    def operation_error(self, operation: int) -> str:
        """The error document that an operation keeps (host-protocol 6.1); "" if none, or it is gone."""
        rows = self._database.rows("SELECT errorxml FROM runningoperation WHERE id = ?", operation)
        return (only(Phrase("operation", id=operation), rows)[0] or "") if rows else ""

    def is_closed(self, item: int) -> bool:
        """Is this item closed, or not there any more (host-protocol 6.5)?"""
        return not self._exists("SELECT 1 FROM item WHERE id = ? AND status <> 4", item)

    def task_exists(self, operation: int) -> bool:
        """Does any task, closed ones too, refer to this operation (host-protocol 2.8)?"""
        return self._exists("SELECT 1 FROM task WHERE runningoperation = ?", operation)

    # --------------------------------------------------------------------------------------------------------

    def _zone(self, about: Phrase, intname: Optional[str]) -> str:
        """A domain tariff's internal name is tld.id; read on its own: MariaDB would compare "13x" as 13."""
        tld = number_of(about, "pricelist.intname", intname)
        row = self._one(Phrase("zone", id=tld), "SELECT name FROM tld WHERE id = ?", tld)
        return text_of(about, "tld.name", row[0])

    def _contact(self, about: Phrase, role: str, row: Row) -> Contact:
        _, linked, profile, profiletype, name = row
        if profile is None:
            raise Failure("panel_data", object=about, reason=Phrase("contact_absent", role=role, id=linked))
        number = number_of(about, "service_profile", profile)
        who = Phrase("contact_number", id=number)
        fields = self._values(who, "service_profileparam", "service_profile", number)
        fields["country"] = self._country(who, fields.get("location_country", ""))
        fields["postal_country"] = self._country(who, fields.get("postal_country", ""))
        return Contact(number, role, number_of(who, "profiletype", profiletype), name or "", fields)

    def _country(self, about: Phrase, number: str) -> str:
        if number in ("", "0", "null"):  # host-protocol 5.1: null means that nothing is chosen
            return ""
        row = self._one(about, "SELECT iso2 FROM country WHERE id = ?", number_of(about, "country", number))
        return text_of(about, "country.iso2", row[0]).upper()

    def _one(self, about: Phrase, sql: str, number: int) -> Row:
        return only(about, self._database.rows(sql, number))

    def _exists(self, sql: str, *params: object) -> bool:
        return bool(self._database.rows(sql, *params))

    def _values(self, about: Phrase, table: str, owner: str, number: int) -> Dict[str, str]:
        """name -> value of a parameter table; the same name with two values is a contradiction."""
        values: Dict[str, str] = {}
        sql = f"SELECT intname, value FROM {table} WHERE {owner} = ?"  # noqa: S608 - our own words
        for name, value in self._database.rows(sql, number):
            name = text_of(about, "intname", name)
            if values.setdefault(name, value or "") != (value or ""):
                raise Failure("panel_data", object=about, reason=Phrase("parameter_twice", name=name))
        return values
