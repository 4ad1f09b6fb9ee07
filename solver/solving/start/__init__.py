"""Where a solve starts: flows of origin groups."""
