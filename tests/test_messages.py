"""The known name that an unknown one means."""

from __future__ import annotations

import pytest

from solver.messages import nearest

KNOWN = ["Dostyk_Alashankou", "Poti", "Aktau", "Novorossiysk", "Trans-Afghan_west"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Dostik", "Dostyk_Alashankou"),
        ("alashankou", "Dostyk_Alashankou"),
        ("Novorosiysk", "Novorossiysk"),
        ("Aktou", "Aktau"),
        ("Baku", None),
    ],
)
def test_the_nearest_name_is_offered_or_none(name: str, meant: str | None) -> None:
    """Words of longer names count; what shares little is no remedy."""
    assert nearest(name, KNOWN) == meant
