"""What a fresh panel has before anybody works with it."""

from __future__ import annotations

import os

from .dates import today
from .db import Database

PROVIDER, CLIENT, PROJECT, DEPARTMENT, DATACENTER = 1, 2, 1, 1, 1
ROUBLE = 126  # its id on stock panels (host-protocol 6.1)

ITEMTYPES = (
    ("domain", "Domain names", "Доменные имена"),
    ("vds", "Virtual private servers", "Виртуальные серверы"),
    ("vhost", "Shared hosting", "Виртуальный хостинг"),
    ("dedic", "Dedicated servers", "Выделенные серверы"),
    ("certificate", "SSL certificates", "SSL-сертификаты"),
    ("soft", "ISPsystem licences", "Лицензии ISPsystem"),
    ("softexternal", "Other software", "Прочие лицензии"),
    ("dnshost", "DNS hosting", "DNS-хостинг"),
    ("ip", "IP addresses", "IP-адреса"),
    ("privateip", "Private IP addresses", "Приватные IP-адреса"),
)
CURRENCIES = (
    (ROUBLE, "RUB", "Russian rouble", "₽"),
    (200, "EUR", "Euro", "€"),
    (201, "USD", "US dollar", "$"),
)
# intname, how many of the next smaller measure (host-protocol 6.1: 1 of this = relation x lessmeasure)
MEASURES = (("byte", 0), ("kib", 1024), ("mib", 1024), ("gib", 1024), ("tib", 1024))


def plant(db: Database) -> None:
    """Fill empty tables; to be called inside a transaction."""
    _directories(db)
    db.insert("locale", langcode="en", name="English", active="on")
    db.insert("locale", langcode="ru", name="Русский", active="on")
    db.insert("department", id=DEPARTMENT, name="Support", name_ru="Поддержка")
    db.insert("datacenter", id=DATACENTER, name="Main", name_ru="Основной", active="on")
    db.insert("account", id=PROVIDER, name="Provider", level=29, country=182, registration_date=today())
    db.insert("project", id=PROJECT, name="Main", billurl="https://billing.example", active="on")
    db.insert(
        "user",
        name="admin",
        account=PROVIDER,
        email="admin@billing.example",
        realname="Administrator",
        level=29,
        language="ru",
        enabled="on",
    )
    add_client(db, "client", "client@example.com", CLIENT)


def add_client(db: Database, name: str, email: str, account: int = 0, currency: int = ROUBLE) -> int:
    """A client account with one user and one account of money; returns the account's id."""
    numbered = {"id": account} if account else {}
    client = db.insert(
        "account", **numbered, name=name, parent=PROVIDER, level=16, country=182, registration_date=today()
    )
    db.insert("subaccount", account=client, project=PROJECT, currency=currency, active="on", balance="0.0000")
    db.insert(
        "user", name=name, account=client, email=email, realname=name, level=16, language="ru", enabled="on"
    )
    return client


def _directories(db: Database) -> None:
    for order, (intname, name, name_ru) in enumerate(ITEMTYPES):
        db.insert("itemtype", intname=intname, name=name, name_ru=name_ru, orderpriority=order)
    for number, iso, name, symbol in CURRENCIES:
        db.insert("currency", id=number, iso=iso, name=name, symbol=symbol, active="on")
    smaller = None
    for intname, relation in MEASURES:
        smaller = db.insert(
            "measure", intname=intname, name=intname, name_ru=intname, relation=relation, lessmeasure=smaller
        )
    with open(os.path.join(os.path.dirname(__file__), "countries.tsv"), encoding="utf-8") as source:
        for line in source:
            number_text, iso2, name, name_ru = line.rstrip("\n").split("\t")
            db.insert("country", id=int(number_text), iso2=iso2, name=name, name_ru=name_ru)
