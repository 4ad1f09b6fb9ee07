"""Exposure of a plan to corridors, countries and ports: table and summary."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.problem.tables import NO_CORRIDOR
from solver.solution.form import SHARE
from solver.solution.rounding import figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.problem.rules import By
    from solver.reports.account import Account
    from solver.solution.certificate import Exposure

    Table = dict[str, NDArray[Any]]


KINDS: tuple[By, ...] = ("corridor", "country", "port")
"""What a plan may depend on."""


TIES = 1e-9
"""Part by which values may differ that count as equally large: the first is named."""


COLUMNS = {
    ("captive", None): "captive",
    ("least", 0.01): "least_1",
    ("most", 0.01): "most_1",
    ("least", 0.05): "least_5",
    ("most", 0.05): "most_5",
}
"""Column in which each question is answered."""


class _ValueAmounts:
    """Quantities of a plan by corridor, country and port."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.total = float(account.plan.quantity.sum())

    @cached_property
    def by(self) -> dict[By, dict[str, float]]:
        """Quantity of each value."""
        account = self.account
        found = {}
        for by in KINDS:
            amounts = account.sum_by_value(by, account.plan.quantity).tolist()
            pairs = zip(account.diversification.values(by), amounts, strict=False)
            is_real = {NO_CORRIDOR} if by == "corridor" else set()
            found[by] = {name: own for name, own in pairs if name not in is_real}
        return found

    @property
    def asked(self) -> tuple[Exposure, ...]:
        """Answers of the certificate."""
        certificate = self.account.certificate
        return () if certificate is None else certificate.exposure


def exposure_table(account: Account) -> Table:
    """Quantity of each corridor, and what prices prove about it; then of others."""
    amounts = _ValueAmounts(account)
    places = _places(amounts)
    index = {place: number for number, place in enumerate(places)}
    quantity = np.array([amounts.by[by][value] for by, value in places], dtype=float)
    figures = {name: np.full(len(places), np.nan) for name in COLUMNS.values()}
    if amounts.asked:
        figures["captive"][quantity == 0] = 0.0
    for found in amounts.asked:
        question = found.question
        column = figures[COLUMNS[question.kind, question.within]]
        proved = min(max(found.bound, 0.0), amounts.total)
        column[index[question.by, question.value]] = proved
    names = np.empty((2, len(places)), dtype=object)
    for number, place in enumerate(places):
        names[:, number] = place
    whole = amounts.total if amounts.total > 0 else np.nan
    return {
        "by": names[0],
        "value": names[1],
        "quantity": quantity,
        "share": quantity / whole,
        **figures,
    }


def _places(amounts: _ValueAmounts) -> list[tuple[By, str]]:
    corridors: list[tuple[By, str]] = [
        ("corridor", value) for value in amounts.by["corridor"]
    ]
    questions = [found.question for found in amounts.asked]
    return [
        *corridors,
        *((asked.by, asked.value) for asked in questions if asked.by != "corridor"),
    ]


def largest(account: Account) -> dict[str, Any]:
    """Largest corridor, country and port, with the share that is captive."""
    amounts, table = _ValueAmounts(account), exposure_table(account)
    places = zip(table["by"].tolist(), table["value"].tolist(), strict=True)
    least = dict(zip(places, table["captive"].tolist(), strict=True))
    found: dict[str, Any] = dict.fromkeys(KINDS)
    for by, own in amounts.by.items():
        if not own or max(own.values()) <= 0:
            continue
        most = max(own.values()) * (1 - TIES)
        value = next(name for name, carried in own.items() if carried >= most)
        share = least.get((by, value), np.nan) / amounts.total
        found[by] = {
            "value": value,
            "share": figure(own[value] / amounts.total, SHARE),
            "captive": None if np.isnan(share) else figure(share, SHARE),
        }
    return found
