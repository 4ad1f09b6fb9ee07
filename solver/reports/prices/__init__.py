"""What one more and one less do, for people and programs."""
