"""Changes and scenarios made in Python: wrong keywords are one exception, a list."""

from __future__ import annotations

from typing import Any

import pytest

import keruen


@pytest.mark.parametrize(
    ("kind", "values", "keys", "told"),
    [
        ("Change", ("legs",), {"factor": {}}, ["did you mean `factors`?"]),
        ("Change", ("legs",), {"set": {}, "scale": {}}, ["`values`?", "`factors`?"]),
        ("Change", (), {"wher": {}}, ["did you mean `where`?", "`table` is missing"]),
        ("Change", ("legs",), {"table": "nodes"}, ["`table` is given twice"]),
        ("Scenario", ("s",), {"rule": ()}, ["did you mean `rules`?"]),
        ("Scenario", ("s",), {"change": ()}, ["did you mean `changes`?"]),
        ("Scenario", (), {}, ["`name` is missing"]),
        ("Scenario", ("s", (), (), 4), {}, ["4 values are given"]),
    ],
)
def test_wrong_keywords_are_all_told(
    kind: str, values: tuple[Any, ...], keys: dict[str, Any], told: list[str]
) -> None:
    """Each with the nearest, or what a key of files is called here."""
    with pytest.raises(keruen.DataError) as caught:
        getattr(keruen, kind)(*values, **keys)
    assert len(caught.value.faults) == len(told)
    for fault, part in zip(caught.value.faults, told, strict=True):
        assert fault.file == kind
        assert part in str(fault)


def test_right_keywords_make_what_they_say() -> None:
    """By place or by name."""
    change = keruen.Change("legs", {"mode": "sea"}, factors={"cost": 2.0})
    assert change.where == {"mode": "sea"}
    assert change.factors == {"cost": 2.0}
    assert keruen.Scenario("s", (change,)).changes == (change,)
