"""One file per type of service that we sell: data more than code."""
