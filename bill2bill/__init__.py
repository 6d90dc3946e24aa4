"""Sell the services of another provider's BILLmanager from your own one."""

__version__ = "0.1.0"
