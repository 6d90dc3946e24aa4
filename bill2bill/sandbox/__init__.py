"""Both sides played on one machine: a panel to plug modules into, a provider to buy from.

Shares nothing with the code that it tests but the wire.
"""
