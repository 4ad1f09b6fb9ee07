"""The program: the command ``keruen``, and ``python -m solver``."""

from __future__ import annotations

from solver.console.start import begin


def main() -> None:
    """Run the program and end the process."""
    begin()
    from solver.commands.program import main as run

    run()


if __name__ == "__main__":
    main()
