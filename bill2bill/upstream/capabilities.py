"""What can be asked of providers at all, in sentences. Each adapter declares in `cannot` which of these its
dialect cannot do, and why.

docs/capabilities.md is made from this, and the contract tests run every step over each dialect that can do
it.
"""

from __future__ import annotations

from typing import Dict

STEPS: Dict[str, str] = {
    "login": "log in, tell a wrong password from everything else, and read the balance with its currency",
    "list": "list everything that the login owns of a type, as a stream",
    "find": "find one of them by its number; there, gone and unseen are three answers",
    "order": "order and pay once, and know what was bought",
    "renew": "renew and pay, and read the new date back",
    "change": "change what was bought, and read the change back",
    "auto_renewal": "keep the provider's own renewal off, and read that back",
    "key": "repeat a purchase with a key of its own and be charged once",
    "domains": "register and renew domain names, and change their name servers",
    "availability": "ask whether a name is free without buying it",
    "contacts": "make contacts, fill them in, find them by name",
    "accounts": "keep money of several currencies apart in one login",
    "services": "order and renew servers, hosting, licences and other types by their tariffs",
    "mark": "store a mark of ours with what was bought, and find it by that",
    "addons": "set the add-ons of a service, and pay what they cost",
    "tariff_change": "move a service to another tariff",
    "suspend": "suspend and resume",
    "close": "close before the term ends",
}
