"""``python cli.py`` in a checkout: the program of `solver.commands`, nothing else."""

from __future__ import annotations

if __name__ == "__main__":
    import _signal  # type: ignore[import-not-found]

    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from solver.__main__ import main as begin_and_run

    begin_and_run()

from solver.commands.program import keruen, main

__all__ = ["keruen", "main"]
