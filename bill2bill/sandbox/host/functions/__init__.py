"""The panel's functions by area; dispatch.py says which area has which."""
