"""What both dialects stand on: HTTP, TLS, faults, switches, the clock and the records."""
