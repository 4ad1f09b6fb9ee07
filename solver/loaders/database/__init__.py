"""Databases: a table for each table, read without ever writing to them."""
