"""What lies under the cargo on a map: projection, outlines, water, lines on it."""
