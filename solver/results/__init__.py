"""A result at rest: written to a folder, and read back."""
