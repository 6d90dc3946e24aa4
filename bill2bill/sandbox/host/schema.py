"""The panel's tables: names of columns from host-protocol 6.1, types as the proposal at the head of section
6.

One line per table: `table: column type, column type, ...`; a column without a type is a reference (a number
or NULL). Other types: name (up to 255 characters), text (64 KiB), long (more), flag (on or off), money, date,
time (with the time of day). `id` is always the automatic key. There are no foreign keys: modules must cope
with rows that refer to deleted ones, so tests can make such rows. Tables named `sandbox_*` belong to this
emulator and are not part of any contract.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from .db import quoted

TABLES = """
item: id, name name, parent, pricelist, lastpricelist, account, subaccount, period int, currency, status int,
 createdate date, opendate date, expiredate date, suspenddate date, processingmodule, remoteid name, cost
 money, costperiod int, costdate date, price, fixedprices flag, autoprolong int, autosuspend flag,
 employeesuspend flag, abusesuspend flag, addonbool flag, boolvalue flag, intvalue int, addonlimit int,
 addonmax int, addonmaxtrial int, addonlimittrial int, enumerationitem, enumerationitem_addonenumerationitem,
 autoassign name, specialstatus name, scheduledclose name, project, note text
itemparam: id, item, intname name, value text
itemcryptedparam: id, item, intname name, value text
itemstat: id, item, statdate date, param name, value money, measure
processingmodule: id, name name, module name, active flag, orderpriority int, ipmgr, config long, department,
 datacenter, itemtype, balance money, balance_currency name, balance_notify_time time
processingparam: id, processingmodule, intname name, value text
processingcryptedparam: id, processingmodule, intname name, value text
processingmodule2pricelist: id, processingmodule, pricelist
processingmodule2itemtypeparamvalue: id, processingmodule, itemtypeparamvalue
pricelist: id, name name, name_ru name, itemtype, parent, intname name, project, active flag, addontype int,
 billtype int, addonlimit int, addonmin int, addonmax int, addonstep int, addonmaxtrial int, addonlimittrial
 int, addonbool flag, scaletype int, orderpolicy int, roundtype int, measure, enumeration, enumerationitem,
 compound, orderpriority int, manualname flag, manualprocessing flag, restrictclientchange name, trial name,
 suspendpenaltytype name, orderimage name, note text
pricelistparam: id, pricelist, intname name, value text
pricelistprice: id, pricelist, currency, price
price: id, setup money, trial money, day money, lifetime money, monthly money, quarterly money, semiannual
 money, annually money, biennial money, triennial money, quadrennial money, quinquennial money, stat money,
 transfer money
pricelist2enumerationitem: id, pricelist, enumerationitem
pricelist2enumerationitemprice: id, pricelist2enumerationitem, currency, price
pricelistscale: id, pricelist, limitvalue int, price
itemtype: id, intname name, name name, name_ru name, orderpriority int, orderimage name, closetype int,
 closesubtype int, nostopholidays flag
itemtypeparam: id, itemtype, intname name
itemtypeparamvalue: id, itemtypeparam, intname name, name name, name_ru name
service_profile: id, profiletype int, name name, account
service_profileparam: id, service_profile, intname name, value text, warning_message text
service_profile2item: id, service_profile, item, type name
service_profile2processingmodule: id, service_profile, processingmodule, type name, externalid name,
 externalpassword name
tld: id, name name, whois_host name, whois_find_string name, whois_timeout int, min_lenght int, max_lenght
 int, idn_type int
country: id, iso2 name, name name, name_ru name
currency: id, iso name, name name, symbol name, active flag
measure: id, intname name, name name, name_ru name, relation int, lessmeasure
enumeration: id, intname name, name name, name_ru name
enumerationitem: id, enumeration, intname name, name name, name_ru name
ip: id, name name, item, status int, domain name, mask name, gateway name
certificate: id, item, pkey text, csr text, crt text
runningoperation: id, item, intname name, trycount int, errorxml text, manual flag, createdate time
task: id, type name, item, runningoperation, status int, department, performer, opendate time, specification
 text, params text
expense: id, item, operation name, realdate date, subaccount, notpayd money, amount money
history_item: id, reference, changedate time, request_action name, request_ip name, changedfields text,
 username name
account: id, name name, parent, level int, country, registration_date date, note text
subaccount: id, account, project, currency, active flag, balance money
user: id, name name, account, email name, realname name, phone name, level int, language name, enabled flag,
 support_department
project: id, name name, billurl name, active flag
locale: id, langcode name, name name, active flag
datacenter: id, name name, name_ru name, active flag
department: id, name name, name_ru name
nameserver: id, name name, url name
ipmgr: id, name name, url name
domaindnssec: id, domain, dnssec text
domain_profiledoc: id, service_profile, name name
domain_profiledoc_send: id, domain_profiledoc, item
core_session: id, name name
core_users: id, name name
core_funcs: id, name name
core_members: id, name name
sandbox_setting: id, name name, value text
sandbox_module: id, name name, ready flag
sandbox_declaration: id, module name, kind name, name name, crypted name
sandbox_xml: id, kind name, name name, lang name, source name, body long
sandbox_problem: id, kind name, name name, object name, level name, text long, date time
sandbox_message: id, kind name, reader, item, subject name, text long, date time
sandbox_operation: id, operation, command name, options long
sandbox_history: id, operation, item, intname name, date time, errorxml text
"""

INDEXES = (
    "UNIQUE INDEX itemstat_day ON itemstat (item, statdate, param, measure)",
    "UNIQUE INDEX setting_name ON sandbox_setting (name)",
    "INDEX itemparam_item ON itemparam (item)",
    "INDEX itemcryptedparam_item ON itemcryptedparam (item)",
    "INDEX runningoperation_item ON runningoperation (item)",
    "INDEX profile_item ON service_profile2item (item)",
    "INDEX profileparam_profile ON service_profileparam (service_profile)",
)

# Money and dates are text: SQLite has no DECIMAL, and a REAL would turn 15.00 into 15.0.
SQLITE_TYPES = {
    "ref": "INTEGER",
    "int": "INTEGER",
    **dict.fromkeys(("name", "text", "long", "flag", "money", "date", "time"), "TEXT"),
}
MYSQL_TYPES = {
    "ref": "INT UNSIGNED", "int": "INT", "name": "VARCHAR(255)", "text": "TEXT", "long": "MEDIUMTEXT",
    "flag": "ENUM('on', 'off')",
    "money": "DECIMAL(14,4)", "date": "DATE", "time": "DATETIME",
}  # fmt: skip
# The collation compares as SQLite does: exactly.
DIALECTS = {
    "sqlite": (SQLITE_TYPES, "INTEGER PRIMARY KEY AUTOINCREMENT", ""),
    "mysql": (
        MYSQL_TYPES,
        "INT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
        " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    ),
}


def tables() -> Dict[str, List[Tuple[str, str]]]:
    """Every table with its columns as (name, type word); the key column is not among them."""
    found: Dict[str, List[Tuple[str, str]]] = {}
    for line in TABLES.replace("\n ", " ").strip().splitlines():
        name, _, columns = line.partition(":")
        words = [column.split() for column in columns.split(",")]
        found[name] = [(word[0], word[1] if len(word) > 1 else "ref") for word in words if word[0] != "id"]
    return found


def columns(table: str) -> List[str]:
    return ["id"] + [name for name, _ in tables()[table]]


def statements(dialect: str) -> Iterator[str]:
    """The DDL that makes an empty panel; dialect: sqlite or mysql."""
    types, key, options = DIALECTS[dialect]
    for table, described in tables().items():
        body = ", ".join(f"{quoted(name)} {types[kind]}" for name, kind in described)
        yield f"CREATE TABLE {quoted(table)} (id {key}, {body}){options}"
    for index in INDEXES:
        yield f"CREATE {index}"
