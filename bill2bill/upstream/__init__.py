"""The wall to the provider: one interface, one folder per dialect of its API."""
