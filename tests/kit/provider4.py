"""A running sandbox provider of dialect 4, and a client as short as a sentence."""

from __future__ import annotations

from typing import Any, Dict, List

import requests

from .provider import Provider

PERSON = {
    "ctype": "person",
    "name": "Remote 42",
    "email": "ivan@example.ru",
    "phone": "+7 495 1234567",
    "mobile": "+7 495 1234567",
    "la_country": "182",
    "la_state": "Moscow",
    "la_postcode": "101000",
    "la_city": "Moscow",
    "la_address": "Mira 1-2",
    "pa_country": "182",
    "pa_postcode": "101000",
    "pa_city": "Moscow",
    "pa_address": "Mira 1-2",
    "pa_addressee": "Ivanov I.I.",
    "firstname_ru": "Иван",
    "middlename_ru": "Иванович",
    "lastname_ru": "Иванов",
    "firstname": "Ivan",
    "middlename": "I",
    "lastname": "Ivanov",
    "birthdate": "1980-01-31",
    "passport_series": "3102 651241",
    "passport_org": "OVD",
    "passport_date": "2005-02-28",
}
GENERIC = {
    name: PERSON[name]
    for name in ("email", "la_country", "la_postcode", "la_city", "la_address", "firstname", "lastname")
}
GENERIC.update(ctype="generic", name="Remote 42 (generic)", phone="+7.4951234567", company="N/A")
COMPANY = {
    name: value
    for name, value in PERSON.items()
    if name[:3] in ("la_", "pa_") or name in ("email", "phone", "mobile")
}
COMPANY.update(ctype="company", name="Remote 43", company="Example LLC", company_ru="ООО Пример")
COMPANY.update(inn="7701234567", kpp="770101001", ogrn="1027700000000")


class Provider4(Provider):
    """`call` gives the JSON of a function, `xml` its text."""

    @property
    def site(self) -> str:
        return self.url[: -len("/manager/billmgr")]

    def send(self, func: str, out: str = "json", **params: str) -> requests.Response:
        form = {
            "func": func,
            "out": out,
            "authinfo": "reseller:secret",
            **{name.rstrip("_"): value for name, value in params.items()},
        }
        return self.http.post(self.url, form, timeout=10, allow_redirects=False)

    def call(self, func: str, **params: str) -> Dict[str, Any]:
        return self.send(func, **params).json()

    def xml(self, func: str, **params: str) -> str:
        return self.send(func, out="xml", **params).text

    def rows(self, func: str, **params: str) -> List[Dict[str, str]]:
        return self.call(func, **params).get("elem", [])

    def check(self, name: str) -> requests.Response:
        return self.http.get(f"{self.site}/mancgi/domaininfo", params={"domain": name}, timeout=10)

    def contact(self, fields: Dict[str, str] = PERSON) -> str:
        """A filled-in contact, made in two calls."""
        number = self.call("contcat.create.1", ctype=fields["ctype"], cname=fields["name"], sok="ok")[
            "domaincontact.id"
        ]
        assert self.call("domaincontact.edit", elid=number, sok="ok", **fields) == {"result": "OK", "ok": ""}
        return number

    def order_form(self, label: str = "example", **changes: str) -> Dict[str, str]:
        """A complete order for LABEL.ru; a change to None leaves the parameter out."""
        form = {
            "operation": "register",
            "countdomain": "1",
            "domain": label,
            "domainname_0": label,
            "tld": "ru",
            "price": "565",
            "pricelist_0": "565",
            "period_0": "881",
            "registrar": "13",
            "payfrom": "account4411",
            "paynow": "on",
            "sok": "ok",
            "nslist_0": "ns1.example.net ns2.example.net",
            **changes,
        }
        if "owner" not in form:
            form["owner"] = self.contact()
        return {name: value for name, value in form.items() if value is not None}

    def order(self, label: str = "example", **changes: str) -> Dict[str, Any]:
        return self.call("domain.order.4", **self.order_form(label, **changes))

    def ordered(self, label: str = "example", **changes: str) -> str:
        return self.order(label, **changes)["item.id"]

    def registered(self, label: str = "example", **changes: str) -> str:
        number = self.ordered(label, **changes)
        self.post("progress")
        return number

    def numbered(self, number: str) -> Dict[str, Any]:
        return next(row for row in self.get("state")["domains"] if row["id"] == int(number))

    def balance(self, account: str = "4411") -> str:
        return next(row["balance"] for row in self.rows("accountinfo") if row["id"] == account)


def error(answer: Dict[str, Any]) -> tuple:
    """(code, obj or val) of an error document."""
    return answer["error"]["code"], answer["error"].get("val") or answer["error"]["obj"]
