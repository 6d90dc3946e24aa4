"""The customer API of a BILLmanager 5 or 6 (reference: upstream-billmanager6)."""
