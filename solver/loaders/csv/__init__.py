"""Instances as folders of CSV files."""
