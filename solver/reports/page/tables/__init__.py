"""The tables of a page, and the figures at its head."""
