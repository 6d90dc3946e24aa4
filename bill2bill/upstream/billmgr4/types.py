"""Words of the wire, nothing else, with sections and certainty marks of upstream-billmanager4."""

from __future__ import annotations

# -- envelope (2.1-2.4 [C]) ----------------------------------------------------------------------------------
ROW = "elem"
ERROR = "error"
OK = "ok"  # its presence means accepted, its text is empty
RESULT, RESULT_OK = "result", "OK"
REDIRECT = "redirect"  # may repeat the password
# 1.4, 2.3, Q35: an answer with these says nothing about rows
NO_LIST = frozenset([OK, RESULT, REDIRECT, "authfail"])
ITEM_ID = "item.id"
CONTACT_ID = "domaincontact.id"

# error codes (2.4 [C]), but internal errors, "1", and the licence's, "7"; anything else is unknown [U]
EXISTS, ABSENT, BAD_VALUE, LIMIT, DENIED, MESSAGE, LOGIN = "2", "3", "4", "5", "6", "8", "100"
CERTAINLY_NOT_DONE = frozenset([ABSENT, BAD_VALUE, LIMIT, DENIED, LOGIN])  # of a spending call (9.1 [T])
REFUSED_QUESTION = frozenset([EXISTS, ABSENT, BAD_VALUE, LIMIT, DENIED, MESSAGE, LOGIN])

# -- request (1.3 [C]) ---------------------------------------------------------------------------------------
SOK, JSON, XML, ON = "sok", "json", "xml", "on"
API = "api"  # [T]: sent with reads only (Q2)

# -- functions -----------------------------------------------------------------------------------------------
ACCOUNTS = "accountinfo"  # 3.1 [C]
DOMAINS = "domain"  # 5.10 [C]
DOMAIN_INFO = "domain.getinfo"  # 5.11 [T]
DOMAIN_EDIT = "domain.edit"  # 5.8 [C]
DOMAIN_ORDER = "domain.order.4"  # 5.2 [C]
DOMAIN_RENEW = "domain.renew"  # 5.7 [C]
CONTACTS = "domaincontact"  # 5.5 [C]
CONTACT_EDIT = "domaincontact.edit"  # 5.5 [C]
CONTACT_CREATE = "contcat.create.1"  # 5.5 [C], misspelt by the vendor

# -- without credentials, at the origin of the API (1.1 [C]) -------------------------------------------------
AVAILABILITY = "/mancgi/domaininfo"
PRICE_FILE = "/manimg/userdata/json/domainprice_ru.json"
COUNTRY_FILE = "/manimg/userdata/json/country.json"
STATUS, FREE = "status", "free"  # 5.1 [C]

# a period id: what to renew for (5.7 [C]); in a form: what is renewed automatically [T]
AUTOPERIOD = "autoperiod"
NS_SLOTS = ("ns0", "ns1", "ns2", "ns3")  # 5.8 [C]
CONTACT_ROLES = ("owner", "admin", "bill", "tech", "customer")  # 5.2, 5.4 [C]
