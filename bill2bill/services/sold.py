"""Which types of service the processing module sells: a new one is one more line here."""

from __future__ import annotations

from typing import Dict

from bill2bill.services.service import ServiceType
from bill2bill.services.vds import VDS

SOLD: Dict[str, ServiceType] = {one.itemtype: one for one in (VDS,)}
