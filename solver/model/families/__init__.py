"""Rows of the linear program, one family a module."""
