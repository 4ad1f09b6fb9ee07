"""The terminal: exit codes, interrupts, what is printed where."""
