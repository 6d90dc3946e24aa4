"""Emulators for one machine: a panel to plug modules into, and a provider to buy from.

They share only the wire protocols with the code under test.
"""
