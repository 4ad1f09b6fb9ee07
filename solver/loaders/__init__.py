"""Readers of instances and results: rows to values, faults by file and row."""
