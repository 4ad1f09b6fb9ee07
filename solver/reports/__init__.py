"""Results as tables, and tables as files: one format a module."""
