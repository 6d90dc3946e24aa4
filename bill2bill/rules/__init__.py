"""What could be computed on paper: no files, no network, no clock of its own."""
