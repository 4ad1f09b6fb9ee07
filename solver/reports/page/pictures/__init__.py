"""Pictures of a page beside the map: flows, shares, the curve of a frontier."""
