"""What a result folder holds: its files, and the columns of its tables."""

from __future__ import annotations

from typing import Literal, NamedTuple

FORMAT = 3
"""Format of a result folder, as its summary says it."""


SUMMARY = "summary.json"
"""The file that marks a result folder complete."""


CERTIFICATE = "certificate.json"
"""Prices that prove the bound."""


INSTANCE = "instance.json"
"""The instance as solved, scenarios applied."""


POINTS = "points"
"""In a frontier's folder, that of its plans: a result each, by number."""


PACKAGES = ("highspy", "numpy", "pandas", "pulp", "pydantic", "scipy")
"""Packages whose versions a result records, beside those of Keruen and Python."""


class Digits(NamedTuple):
    """Digits of a number: so many after the point, and no fewer than so many in all."""

    after_point: int
    in_all: int = 0


TEXT = None
"""Digits of a column that holds text."""


EXACT = Digits(99)
"""Digits of numbers that are written as they are: they are decimals already."""


MONEY = Digits(6, in_all=6)
"""Digits of money, days, emissions and sums of quantities."""


PRICE = Digits(9, in_all=6)
"""Digits of money per unit of a limit, a rule or a demand."""


SHARE = Digits(9)
"""Digits of shares, and of levels of rules."""


TABLES: dict[str, dict[str, Digits | None]] = {
    "allocation": {
        "row": EXACT,
        "demand": TEXT,
        "product": TEXT,
        "origin": TEXT,
        "market": TEXT,
        "period": TEXT,
        "quantity": EXACT,
        "corridor": TEXT,
        "route": TEXT,
        "legs": TEXT,
        "cost": MONEY,
        "tariff": MONEY,
        "handling": MONEY,
        "surcharge": MONEY,
        "time": MONEY,
        "emission": MONEY,
        "days": MONEY,
        "emissions": MONEY,
    },
    "demand": {
        "row": EXACT,
        "demand": TEXT,
        "product": TEXT,
        "origin": TEXT,
        "market": TEXT,
        "period": TEXT,
        "quantity": EXACT,
        "served": MONEY,
        "unmet": EXACT,
        "marginal_cost": PRICE,
        "cost_more": PRICE,
        "cost_less": PRICE,
        "average_cost": MONEY,
        "days": MONEY,
    },
    "capacity": {
        "kind": TEXT,
        "limit": TEXT,
        "period": TEXT,
        "capacity": EXACT,
        "used": MONEY,
        "utilisation": SHARE,
        "price": EXACT,
        "price_more": PRICE,
        "price_less": PRICE,
        "good_for_more": MONEY,
        "good_for_less": MONEY,
        "relief_more": TEXT,
        "relief_less": TEXT,
        "extra_quantity": EXACT,
    },
    "flows": {
        "kind": TEXT,
        "name": TEXT,
        "from": TEXT,
        "to": TEXT,
        "mode": TEXT,
        "corridor": TEXT,
        "period": TEXT,
        "group": TEXT,
        "quantity": MONEY,
        "tonne_km": MONEY,
        "cost": MONEY,
    },
    "corridors": {
        "scope": TEXT,
        "by": TEXT,
        "value": TEXT,
        "quantity": MONEY,
        "share": SHARE,
        "traded_value": MONEY,
        "value_share": SHARE,
        "landed_cost": MONEY,
        "hhi": SHARE,
        "hhi_10000": MONEY,
        "effective": SHARE,
    },
    "rules": {
        "rule": TEXT,
        "scope": TEXT,
        "period": TEXT,
        "by": TEXT,
        "measure": TEXT,
        "value": TEXT,
        "side": TEXT,
        "level": SHARE,
        "limit": EXACT,
        "slack": SHARE,
        "penalty": MONEY,
        "price": PRICE,
        "price_more": PRICE,
        "price_less": PRICE,
        "good_for_more": SHARE,
        "good_for_less": SHARE,
        "relief_more": TEXT,
        "relief_less": TEXT,
    },
    "exposure": {
        "by": TEXT,
        "value": TEXT,
        "quantity": MONEY,
        "share": SHARE,
        "captive": MONEY,
        "least_1": MONEY,
        "most_1": MONEY,
        "least_5": MONEY,
        "most_5": MONEY,
    },
}
"""Columns of each table, in order, with the digits of their numbers."""


EARLIER = "earlier"
"""Table that a result has only if it was solved near an earlier one."""


OPTIONAL: dict[str, dict[str, Digits | None]] = {
    EARLIER: {
        "demand": TEXT,
        "product": TEXT,
        "origin": TEXT,
        "market": TEXT,
        "period": TEXT,
        "legs": TEXT,
        "quantity": EXACT,
        "kept": MONEY,
    },
}
"""Columns of tables that a result need not have."""


OPTIONAL_FILES = tuple(f"{table}.csv" for table in OPTIONAL)
"""Their files."""


_BOTH_WAYS = ("price_more", "price_less", "good_for_more", "good_for_less")


EMPTY: dict[str, frozenset[str]] = {
    "allocation": frozenset(),
    "demand": frozenset(
        {"marginal_cost", "cost_more", "cost_less", "average_cost", "days"}
    ),
    "capacity": frozenset({"utilisation", "extra_quantity", *_BOTH_WAYS}),
    "flows": frozenset({"tonne_km"}),
    "corridors": frozenset(
        {
            *("share", "traded_value", "value_share", "landed_cost"),
            *("hhi", "hhi_10000", "effective"),
        }
    ),
    "rules": frozenset({"level", "slack", "penalty", *_BOTH_WAYS}),
    "exposure": frozenset(
        {"share", "captive", "least_1", "most_1", "least_5", "most_5"}
    ),
    EARLIER: frozenset(),
}
"""Columns of numbers in which a cell may be empty."""


FILES = (*(f"{table}.csv" for table in TABLES), CERTIFICATE, INSTANCE)
"""Files of every result but its summary, in the order they are written."""

Asked = Literal["none", "some", "all"]
"""How many questions to ask about what a plan depends on."""
