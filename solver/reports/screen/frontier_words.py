"""The words and units in which a frontier is told, on a screen and in a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.console.terminal import printable
from solver.rules.kinds import varied_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_WORDS = ("", "thousand ", "million ", "billion ", "trillion ")


_THOUSAND = 1000.0


_DIGITS = 5
"""Digits of the least cost, in its unit."""


@dataclass(frozen=True, slots=True)
class Money:
    """A unit of money in which the costs of a curve have four to six whole digits.

    Parameters
    ----------
    factor : float
        What it is in the instance's unit.
    name : str
        Such as `million USD`.
    decimals : int
        Digits after the point that its figures deserve.
    """

    factor: float
    name: str
    decimals: int

    def text(self, value: float) -> str:
        """Sum of money in this unit."""
        return f"{value / self.factor + 0.0:,.{self.decimals}f}"


def money(document: Mapping[str, Any]) -> Money:
    """Return the unit of money that suits a frontier."""
    most = max(abs(point["cost"]) for point in document["points"])
    size = math.log10(most) if most > 0 else 0.0
    step = min(max(int(size // 3) - 1, 0), len(_WORDS) - 1)
    whole = math.floor(size) - 3 * step + 1
    name = f"{_WORDS[step]}{document['units']['money']}"
    return Money(_THOUSAND**step, name, min(max(_DIGITS - whole, 0), _DIGITS))


def is_index(document: Mapping[str, Any]) -> bool:
    """Whether the limit is of the HHI, and not of a share."""
    return varied_keys()[document["rule"]["measure"]].is_index


def limit_text(document: Mapping[str, Any], value: float) -> str:
    """Limit, or level, as it is told."""
    return f"{value:.4f}" if is_index(document) else f"{100 * value:.2f} %"


def subject(document: Mapping[str, Any]) -> str:
    """Return what the limit is of, such as `largest share of any corridor`."""
    rule = document["rule"]
    by, value, varied = rule["by"], rule["value"], varied_keys()[rule["measure"]]
    of = f"{by} {value}" if value else f"{varied.some} {by}"
    return printable(varied.subject.replace("{of}", of))


def side(document: Mapping[str, Any]) -> float:
    """Return 1 if a smaller limit is stricter, -1 if a larger one is."""
    return varied_keys()[document["rule"]["measure"]].side


def cargo(document: Mapping[str, Any]) -> str:
    """Cargo that the rule covers."""
    where: Mapping[str, Sequence[str]] = document["rule"]["where"]
    selected = [f"{key} {' or '.join(names)}" for key, names in where.items()]
    return f"cargo with {printable('; '.join(selected))}" if selected else "all cargo"


def title(document: Mapping[str, Any]) -> str:
    """Name of the instance, and the scenarios asked for (or else applied to it)."""
    instance = document["instance"]
    name = instance["name"] or "instance"
    names = document.get("asked", instance["scenarios"])
    if names:
        name = f"{name} [{' + '.join(names)}]"
    for change in instance.get("changes", ()):
        name = f"{name}, with {change}"
    return printable(name)


def price_unit(document: Mapping[str, Any]) -> str:
    """Return what a price is for."""
    return "0.01 of HHI" if is_index(document) else "percentage point"


def knee(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the point that is the knee, if there is one."""
    number = document["knee"]
    return None if number is None else document["points"][number - 1]


def extra_share(document: Mapping[str, Any], point: Mapping[str, Any]) -> float | None:
    """Extra cost of a point in parts of the least cost."""
    free = document["points"][0]["cost"]
    return point["extra_cost"] / abs(free) if free else None
