"""Virtual servers."""

from __future__ import annotations

from bill2bill.services.service import ServiceType

VDS = ServiceType(itemtype="vds", fields=("ostempl", "recipe"), has_address=True)
