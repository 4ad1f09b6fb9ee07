"""A break-even, told to programs and to people."""
