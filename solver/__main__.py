"""The program: the command ``keruen``, and ``python -m solver``."""

from __future__ import annotations


def main() -> None:
    """Run the program and end the process."""
    # Of the interpreter itself: `signal` takes longer to load than all of this.
    import _signal  # type: ignore[import-not-found]

    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from solver.console.start import begin

    begin()
    from solver.commands.program import main as run

    run()


if __name__ == "__main__":
    main()
