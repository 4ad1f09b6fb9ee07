"""What one more and one less of a right-hand side do, and how far that holds."""
