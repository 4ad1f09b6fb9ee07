"""Rules made in Python: what is wrong with one is told as of a rule in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from solver.errors import DataError
from solver.loaders.manifest import model_faults, prepared_rules
from solver.problem.rules import Rule


class CheckedRule(Rule):
    """A diversification rule, with the keys that it has in a file.

    Raises
    ------
    DataError
        A key is unknown or missing, or has a value that it cannot have; holds every
        fault found.
    """

    if not TYPE_CHECKING:  # Type checkers know the keys from those of `Rule`.

        def __init__(self, **keys: object) -> None:
            (prepared,) = prepared_rules([keys])
            given = {key: prepared[key] for key in keys}
            try:
                super().__init__(**given)
            except ValidationError as error:
                faults = [*model_faults(error, Rule, given, "Rule")]
                raise DataError(faults) from None
