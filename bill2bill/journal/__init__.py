"""What was bought, is being bought, or is in doubt: nothing here may ever happen twice."""
