"""What the commands do, from Python values to Python values."""
