"""``python -m keruen``: the program."""

from solver.commands.program import main

main()
