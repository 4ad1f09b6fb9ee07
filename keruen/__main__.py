"""``python -m keruen``: the program."""

from solver.__main__ import main

main()
