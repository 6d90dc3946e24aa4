"""Suspend a server at the upstream, if the connection sends that; else in the panel only."""

from __future__ import annotations

from bill2bill.commands.context import Context
from bill2bill.commands.processing.state_change import bring
from bill2bill.rules.statuses import ServiceState


def run(context: Context) -> None:
    with context.item_locked() as item:
        bring(context, ServiceState.SUSPENDED)
        context.panel.suspended(item.id)
