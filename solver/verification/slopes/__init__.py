"""What one more or one less of a right-hand side does, checked."""
