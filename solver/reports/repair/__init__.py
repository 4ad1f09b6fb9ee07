"""A repair, told to programs and to people."""
