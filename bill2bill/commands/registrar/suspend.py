"""Suspend a domain: in the panel only, for a version 4 upstream has no such thing (upstream-billmanager4
5.9).
"""

from __future__ import annotations

from bill2bill.commands.context import Context


def run(context: Context) -> None:
    with context.item_locked() as item:
        context.panel.suspended(item.id)
