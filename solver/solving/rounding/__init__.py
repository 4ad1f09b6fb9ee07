"""Quantities in whole units of their last digit, and rows that they keep exactly."""
