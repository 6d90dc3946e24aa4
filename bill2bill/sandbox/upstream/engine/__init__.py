"""Shared by both dialects: HTTP, TLS, faults, switches, the clock and the records."""
