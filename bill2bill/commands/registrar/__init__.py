"""Domains: one file per command of the registrar module."""
