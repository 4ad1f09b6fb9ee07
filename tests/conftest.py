"""The order in which tests run: what takes longest begins first.

Two processes share them one by one; were a long test among the last, one of the two
would wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

LONG = {
    "test_documentation.py",
    "test_kazakhstan_page.py",
    "test_freeze.py",
    "test_recipes.py",
    "test_prices.py",
}
"""Files that hold the tests which take longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of these files before all others, else in their order."""
    items.sort(key=lambda item: item.path.name not in LONG)
