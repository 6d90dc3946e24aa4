"""prolong of a domain whose tariff nobody noted: the provider's listing tells it."""

from __future__ import annotations


def test_a_domain_younger_than_the_kept_listing_is_renewed_by_its_own_tariff(shop):
    elder = shop.sold("elder.ru")
    assert shop.ask("sync_item", "--item", elder).status == 0
    younger = shop.sold("younger.ru")
    shop.params(younger, bill2bill=f"id={shop.remote(younger)};price=;period=")
    shop.at_once()
    assert shop.start("prolong", younger).code == ""
    assert shop.charges == [("renew", "younger.ru")]
    assert shop.request("domain.renew")["autoperiod"] == "881"
    assert "price=565;period=881" in shop.param(younger, "bill2bill")
