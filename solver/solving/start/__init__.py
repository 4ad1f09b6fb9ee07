"""Where a solve starts: flows of origin groups, and aggregated demand."""
