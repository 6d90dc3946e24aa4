"""For people: pages of the panel, the command line."""
