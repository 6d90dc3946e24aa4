"""Domain names: sold by the registrar module."""

from __future__ import annotations

EXECUTABLE = "pmbill2billreg"
ITEMTYPE = "domain"

# The whole difference between free and busy for the panel: free holds the TLD's "not found" string
# (host-protocol 2.6, whois).
WHOIS_FREE = "not exist"
WHOIS_BUSY = "The name is registered"

# A name that is certainly taken (upstream-billmanager4, connection test 5).
SURELY_TAKEN = "ru-tld.ru"
