"""How far a solve has come, as people are told."""

from __future__ import annotations

from typing import NamedTuple


class Progress(NamedTuple):
    """Where a solve stands: for people who watch it.

    `broken` counts rows that the last plan broke, `routes` those found for the next
    round; `gap` is relative, and infinite until both a plan and a bound are known.
    """

    phase: str
    round: int
    columns: int
    rows: int
    routes: int
    broken: int
    gap: float
