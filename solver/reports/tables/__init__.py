"""Tables of a result, one a module."""
