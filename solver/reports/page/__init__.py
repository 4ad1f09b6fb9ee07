"""A result as one page: pictures, tables and what proves them, in a single file."""
