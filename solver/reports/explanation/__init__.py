"""Explanations as documents and screens."""
