"""Checks of the lists of a summary: reasons for unmet demand, rules to give way."""
