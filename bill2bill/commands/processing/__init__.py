"""Servers and other services: one file per command of the processing module."""
