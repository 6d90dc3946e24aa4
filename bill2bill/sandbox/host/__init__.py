"""A folder that plays /usr/local/mgr5."""
