"""The commands, one a module: options, one call of a task, print, exit code."""
