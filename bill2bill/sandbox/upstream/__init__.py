"""A provider of services with a ledger, a clock and faults on demand."""
