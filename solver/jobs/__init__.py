"""Many items, each in a folder of its own: expanded, worked on, counted, none lost."""
