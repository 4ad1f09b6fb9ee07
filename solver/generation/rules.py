"""A diversification rule that the spread plan keeps, as the manifest has it.

While capacities let the spread plan pass (tightness 0.5 at most), all cargo can be
carried under the rule. The cheapest plan carries more by the largest corridor, so that
a bound on shares binds as a rule; an index or a country need not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.generation.nodes import GeneratedNodes

_FINE = 1000
"""Parts of 1 that limits are rounded up to."""


def rule_text(kind: str, node_table: GeneratedNodes, shares: Floats) -> str:
    """Return the text of a rule; blank for none.

    Parameters
    ----------
    kind : str
        One of `RULES` of an order: a share of 1 that never binds (`idle`), the largest
        share of a corridor or a country, or the HHI of the spread plan.
    shares : ndarray of float, shape (corridors,)
        Shares of corridors in the spread plan.
    """
    match kind:
        case "none":
            return ""
        case "idle":
            bound = 'by = "corridor"\nmax_share = 1.0\n'
        case "share":
            bound = f'by = "corridor"\nmax_share = {_up(float(shares.max()))}\n'
        case "hhi":
            bound = f'by = "corridor"\nmax_hhi = {_up(float(shares @ shares))}\n'
        case _:
            country, share = _largest_country(node_table, shares)
            bound = f'by = "country"\nmax_share = {{ {country} = {_up(share)} }}\n'
    return f'\n[[diversification]]\nname = "{kind}"\n{bound}'


def _up(share: float) -> float:
    return math.ceil(share * _FINE) / _FINE


def _largest_country(node_table: GeneratedNodes, shares: Floats) -> tuple[str, float]:
    """Country beyond the first border that most cargo passes, and its share."""
    home = node_table.countries[0]
    passed: dict[str, set[int]] = {}
    for node in np.flatnonzero(node_table.stage >= 0).tolist():
        for country in node_table.countries[node].split("|"):
            if country != home:
                passed.setdefault(country, set()).add(int(node_table.corridor[node]))
    sums = {name: float(shares[list(own)].sum()) for name, own in passed.items()}
    largest = max(sums, key=sums.__getitem__)
    return largest, min(1.0, sums[largest])
