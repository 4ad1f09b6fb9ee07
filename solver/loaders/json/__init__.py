"""Instances as one JSON document."""
