"""An emulated provider: engine is shared, billmgr4 and billmgr6 are dialects, serve is the command line."""
