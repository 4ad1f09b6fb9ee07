"""Results set side by side, and the folder that holds what came of it."""
