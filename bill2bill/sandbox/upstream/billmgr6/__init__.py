"""Dialect 6: a provider that runs BILLmanager 5 or 6, as upstream-billmanager6 section 11 wants it."""
