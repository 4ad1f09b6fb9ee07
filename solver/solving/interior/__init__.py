"""Where a solve starts if very many limits bind: an interior point method on routes."""
