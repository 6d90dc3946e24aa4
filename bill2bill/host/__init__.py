"""The wall to the panel: what it says to us, what we say to it."""
