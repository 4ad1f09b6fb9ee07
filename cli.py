"""``python cli.py`` in a checkout: the program of `solver.commands`, nothing else."""

from __future__ import annotations

from solver.console.start import begin

if __name__ == "__main__":
    begin()

from solver.commands.program import keruen, main

__all__ = ["keruen", "main"]

if __name__ == "__main__":
    main()
