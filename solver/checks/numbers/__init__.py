"""Numbers of an instance: costs that are missing or tie, sizes too far apart."""
