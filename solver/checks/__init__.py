"""Cross-checks of a whole instance, one subject a module."""
