"""What keeps demand unmet, or rules apart, and the least that mends it."""
