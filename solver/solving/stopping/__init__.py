"""What a stopped solve leaves: the best plan that is known, and what prices prove."""
