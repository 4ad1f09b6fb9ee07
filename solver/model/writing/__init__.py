"""Models in files: names for people, and their legend."""
