"""Our own file and folder on a panel: connection, migrations, cache, locks and clock."""
