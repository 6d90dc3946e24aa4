"""A request as a function of the provider sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping

from bill2bill.sandbox.upstream.billmgr4.errors import bad_value, missing
from bill2bill.sandbox.upstream.billmgr4.models import Account, Domain, Item, Tariff
from bill2bill.sandbox.upstream.billmgr4.provider import Provider


@dataclass(frozen=True)
class Call:
    """func with its parameters; a parameter that was not sent reads as ""."""

    func: str
    params: Mapping[str, str]
    provider: Provider
    client: str = ""  # address of the caller

    def text(self, name: str) -> str:
        return self.params.get(name, "")

    @property
    def submitted(self) -> bool:
        """sok with any non-empty value (1.3)."""
        return bool(self.text("sok"))

    @property
    def with_api_columns(self) -> bool:
        rule = self.provider.switches.word("api_columns")
        return rule == "always" or (rule == "with_api" and self.text("api") == "on")

    def domain(self) -> Domain:
        """The domain that elid names; code 3 for a foreign one."""
        item = self.provider.item(self.text("elid"))
        if not isinstance(item, Domain):
            raise missing("domain")
        return item

    def group(self, kind: str) -> List[Item]:
        """All items that elid names, joined with commas (1.3); code 3 if one of them is not there."""
        found = [self.provider.item(number.strip()) for number in self.text("elid").split(",")]
        items = [item for item in found if item is not None and item.tariff.kind == kind]
        if len(items) != len(found):
            raise missing(kind)
        return list({item.id: item for item in items}.values())

    def payer(self, tariff: Tariff, default: int = 0) -> Account:
        """The account of payfrom (`account<ID>`, glued), else the default or the first in the tariff's
        currency.

        Code 4 `payfrom` for another form, an unknown account and another currency (section 10,
        domain.order.4).
        """
        accounts, sent = self.provider.accounts, self.text("payfrom")
        if sent in ("", "neworder"):
            chosen = default or next(
                number for number, account in accounts.items() if account.currency == tariff.currency
            )
            return accounts[chosen]
        account = next((account for number, account in accounts.items() if sent == f"account{number}"), None)
        if account is None or account.currency != tariff.currency:
            raise bad_value("payfrom")
        return account

    @property
    def pays_now(self) -> bool:
        return self.text("paynow") == "on" and self.text("payfrom") != "neworder"
