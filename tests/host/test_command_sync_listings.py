"""sync_item and the listing that it shares with other domains: one that was taken too early says nothing
about a domain.
"""

from __future__ import annotations

from kit.journal_files import age_snapshots


def pass_by(shop, seconds: float) -> None:
    """As if everything that is remembered were so much older."""
    age_snapshots(shop.store, seconds)


def test_a_domain_younger_than_the_listing_is_not_called_missing(shop):
    elder = shop.sold("elder.ru")
    assert shop.ask("sync_item", "--item", elder).status == 0
    younger = shop.sold("younger.ru")
    for _ in range(3):
        assert shop.ask("sync_item", "--item", younger).status == 0
    assert shop.asked.count("domain") == 1
    assert shop.tasks == []


def test_a_domain_missing_from_two_listings_in_a_row_is_worth_a_look(shop):
    item = shop.sold("example.ru")
    shop.params(item, bill2bill="id=999999;price=;period=")
    shop.ask("sync_item", "--item", item)
    assert shop.tasks == []
    pass_by(shop, 301)
    shop.ask("sync_item", "--item", item)
    assert len(shop.tasks) == 1
    assert "999999" in shop.tasks[0]["specification"]
