"""What the tests share."""

SMALL_KEY = ("--key-size", "1024")  # of a test panel: quick to make
