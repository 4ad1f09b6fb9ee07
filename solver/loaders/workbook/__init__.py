"""Workbooks, read without a spreadsheet program: every part bounded and counted."""
