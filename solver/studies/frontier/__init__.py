"""The curve of least cost against one rule."""
