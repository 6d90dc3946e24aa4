"""Dialect 4: a provider with BILLmanager 4."""
