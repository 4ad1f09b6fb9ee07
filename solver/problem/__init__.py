"""The question: an instance, its tables, units, rules and scenarios."""
