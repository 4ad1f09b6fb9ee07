"""The map: where cargo goes, drawn from coordinates and outlines alone."""
