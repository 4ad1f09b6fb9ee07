"""One colour a corridor, told apart by people who see colours differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem.tables import NO_CORRIDOR

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS = 10
"""Colours of the style sheet, `k0` to `k9`; `kn` is of cargo without a corridor."""


def corridor_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the class of each corridor's colour; beyond ten they come again."""
    known = [name for name in dict.fromkeys(names) if name != NO_CORRIDOR]
    colours = {name: f"k{number % COLOURS}" for number, name in enumerate(known)}
    return {**colours, NO_CORRIDOR: "kn"}
