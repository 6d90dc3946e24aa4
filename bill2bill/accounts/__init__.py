"""One connected upstream account: its login, pace and pauses, who pays, its domains and services."""
