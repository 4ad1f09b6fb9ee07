"""Parts of the screen of a result."""
