"""Measurements: counters that must not change, and ratios taken in one run."""
