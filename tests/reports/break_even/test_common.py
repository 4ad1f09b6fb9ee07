"""How moves of cargo are put into words."""

from __future__ import annotations

from typing import Any

from solver.reports.break_even.common import places_text


def move(kind: str, source: str, target: str, quantity: float) -> dict[str, Any]:
    """Return a move as a document holds it."""
    return {"kind": kind, "source": source, "target": target, "quantity": quantity}


def test_each_place_that_cargo_leaves_for_is_named_once() -> None:
    """Most first: a part that ends up unmet is not told as carried elsewhere."""
    moves = [
        move("leaves", "western", "northern", 300),
        move("leaves", "western", "unmet", 200),
        move("leaves", "western", "southern", 250),
        move("leaves", "western", "northern", 10),
    ]
    assert places_text(moves) == "northern, southern, unmet"


def test_what_comes_is_named_by_where_it_stems_from() -> None:
    """The other end of the move."""
    assert places_text([move("comes", "eastern", "western", 5)]) == "eastern"
