"""The customer API of a BILLmanager 4 (reference: upstream-billmanager4)."""
