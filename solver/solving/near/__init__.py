"""The plan of least cost that is nearest an earlier one."""
