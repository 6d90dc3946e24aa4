"""What a version 4 provider serves beside its API: the name check and three JSON files (upstream-billmanager4
4.2 to 4.5, 5.1).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Callable, Dict, List, Mapping

from bill2bill.sandbox.upstream.billmgr4.document import Document, to_xml
from bill2bill.sandbox.upstream.billmgr4.fixtures import CHINA
from bill2bill.sandbox.upstream.billmgr4.models import Period, Tariff
from bill2bill.sandbox.upstream.billmgr4.provider import Provider
from bill2bill.sandbox.upstream.engine.names import COUNTRIES, ascii_name
from bill2bill.sandbox.upstream.engine.wire import JSON, XML, Answer, page, web_page


def domaininfo(provider: Provider, name: str) -> Answer:
    """Is this name free? Only `free` means yes; fixture names get answers that mean nothing."""
    try:
        name = ascii_name(name)
    except ValueError:
        name = ""
    known = provider.names.get(name)
    check = known.check if known else "free"
    if check == "html":
        return web_page(page("Service unavailable", "Please try again later."))
    if check == "502":
        return web_page(page("502 Bad Gateway", "nginx"), 502)
    word = "free" if name and provider.is_free(name) else provider.switches.word("taken_word") if name else ""
    answer = _status(provider, name, "" if check == "empty_status" else word, check)
    return replace(answer, wait=known.seconds) if known and check == "slow" else answer


def _status(provider: Provider, name: str, word: str, check: str) -> Answer:
    fields = (("domain", name),) if check in ("no_status", "error") else (("domain", name), ("status", word))
    failed = ("error", {"code": "1"}, "whois: no answer") if check == "error" else None
    root = provider.switches.word("domaininfo_root")
    text = to_xml(Document(fields, tag=failed)).replace("<doc>", f"<{root}>").replace("</doc>", f"</{root}>")
    return Answer(text.encode(), XML, outcome=f"check {word or check}")


def domain_prices(provider: Provider) -> List[Dict[str, Any]]:
    """domainprice_ru.json: an array, one record per tariff; some records carry numbers instead of strings
    (4.2).
    """
    return [_record(tariff) for tariff in provider.tariffs.values() if tariff.kind == "domain"]


def _record(tariff: Tariff) -> Dict[str, Any]:
    registrar, priority = str(tariff.registrar), tariff.priority
    return {
        "id": str(tariff.id),
        "tld": tariff.tld,
        "registrar_id": int(registrar) if tariff.numeric else registrar,
        "name": tariff.name,
        "priority": int(priority) if tariff.numeric and priority else priority,
        "period": [_period(row) for row in tariff.periods],
    }


def _period(row: Period) -> Dict[str, str]:
    return {
        "id": str(row.id),
        "name": row.name,
        "price": f"{row.price} RUB",
        "price_num": str(row.price),
        "p_length": str(row.length),
        "per_type": row.per_type,
    }


def countries(provider: Provider) -> Dict[str, Any]:
    """country.json, with its known defect: China's row says HK (4.5)."""
    wrong = provider.switches.on("country_defect")
    rows = enumerate(COUNTRIES, 1)
    return {
        "elem": [
            {"id": str(number), "iso2": "HK" if wrong and number == CHINA else code} for number, code in rows
        ]
    }


def price_list(provider: Provider) -> Dict[str, Any]:
    """pricelist.json: internalname is `<price id>-<name>` (4.4)."""
    return {
        "elem": [
            {
                "id": str(row.id),
                "itemtype": row.kind,
                **({"tld": ascii_name(row.tld)} if row.tld else {}),
                "internalname": f"{row.id}-{row.name}",
            }
            for row in provider.tariffs.values()
        ]
    }


FILES: Mapping[str, Callable[[Provider], Any]] = {
    "/manimg/userdata/json/domainprice_ru.json": domain_prices,
    "/manimg/userdata/json/country.json": countries,
    "/json/pricelist.json": price_list,
}


def file(provider: Provider, path: str) -> Answer:
    return Answer(json.dumps(FILES[path](provider), ensure_ascii=False).encode(), JSON, outcome="file")
