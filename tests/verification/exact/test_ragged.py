"""Different keys and lists are found, and every one of them leads back to its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from solver.verification.exact import ragged
from solver.verification.exact.ragged import Ragged, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize("marked", [0, 10])
def test_keys_are_numbered_in_their_order(
    marked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are sorted, or marked where they may be few."""
    monkeypatch.setattr(ragged, "_MOST_MARKED", marked)
    keys = [np.array([7, 2, 7]), np.array([], dtype=np.int64), np.array([2, 9])]
    found, places = numbered(keys, 10)
    assert found.tolist() == [2, 7, 9]
    assert [own.tolist() for own in places] == [[1, 0, 1], [], [0, 2]]


@pytest.mark.parametrize(
    ("lists", "different", "place"),
    [
        ([[1, 2], [3], [1, 2], [3]], [[1, 2], [3]], [0, 1, 0, 1]),
        ([[1], [1, 1], [1, 1, 1]], [[1], [1, 1], [1, 1, 1]], [0, 1, 2]),
        ([[1, 2], [2, 1]], [[1, 2], [2, 1]], [0, 1]),
        ([[2**40], [0], [2**40]], [[2**40], [0]], [0, 1, 0]),
        ([], [], []),
    ],
)
def test_lists_are_the_same_only_item_by_item(
    lists: Sequence[Sequence[int]], different: list[list[int]], place: list[int]
) -> None:
    """Lists that begin alike, or hold the same in another order, are different."""
    found, places = Ragged.of(lists).different()
    assert [found[number].tolist() for number in range(len(found))] == different
    assert places.tolist() == place
