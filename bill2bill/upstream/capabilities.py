"""What can be asked of providers at all, in sentences. Each adapter declares in `cannot` which of these its
dialect cannot do, and why.

docs/capabilities.md is made from this, and the contract tests run every step over each dialect that can do
it.
"""

from __future__ import annotations

from typing import Dict

STEPS: Dict[str, str] = {
    "login": "log in, recognise a wrong password, and read the balance with its currency",
    "list": "list all services of a type, as a stream",
    "find": "find one of them by its number, with three answers: there, gone, unseen",
    "order": "order and pay once, and learn what was bought",
    "renew": "renew and pay, and read the new date back",
    "change": "change a service, and read the change back",
    "auto_renewal": "keep the provider's automatic renewal off, and read that back",
    "key": "repeat a purchase with an idempotency key and be charged once",
    "domains": "register and renew domain names, and change their name servers",
    "availability": "check whether a name is free without buying it",
    "contacts": "create contacts, fill them in, find them by name",
    "accounts": "keep several currencies apart in one login",
    "services": "order and renew servers, hosting, licences and other types by tariff",
    "mark": "store our mark with a service, and find the service by it",
    "addons": "set a service's add-ons, and pay for them",
    "tariff_change": "move a service to another tariff",
    "suspend": "suspend and resume",
    "close": "close before the term ends",
}
