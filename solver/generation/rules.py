"""A diversification rule that binds, as the manifest has it.

Its limit lies some of the way from what a plan of least cost does to the least that
capacities let be done with all cargo. Both are estimates: a few instances have limits
that need not bind, where corridors have hardly a choice. While all cargo can pass
(tightness 0.5 at most) it can pass under the rule too. Beyond, each corridor carries
what its borders let pass, whatever the plan, and the limit is just that.

Roads from one corridor to the next let cargo leave a corridor once it is inside, so
that the least share of one, and the least index, follow from the borders at which
corridors begin; but whoever enters has passed the country behind.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Mask
    from solver.generation.free_plan import CorridorUse
    from solver.generation.nodes import GeneratedNodes

_TIGHTER = {"share": 0.1, "hhi": 0.2, "country": 0.2}
"""Part of the way from a plan of least cost to the least that is possible."""

_FINE = 10_000
"""Parts of 1 that limits are rounded up to."""


def rule_text(kind: str, node_table: GeneratedNodes, use: CorridorUse) -> str:
    """Return the text of a rule.

    Parameters
    ----------
    kind : str
        One of `RULES` of an order but `none`: a share of 1 that never binds (`idle`),
        the largest share of a corridor or a country, or the HHI.
    use : CorridorUse
        What a plan without the rule carries by each corridor.
    """
    match kind:
        case "idle":
            bound = 'by = "corridor"\nmax_share = 1.0\n'
        case "share":
            limit = _limit(kind, use.share.max(), _even(use).max())
            bound = f'by = "corridor"\nmax_share = {limit}\n'
        case "hhi":
            even = _even(use)
            limit = _limit(kind, float(use.share @ use.share), float(even @ even))
            bound = f'by = "corridor"\nmax_hhi = {limit}\n'
        case _:
            country, passed = _largest_country(node_table, use.share)
            least = max(0.0, 1.0 - use.passing[~passed].sum())
            limit = _limit(kind, use.share[passed].sum(), least)
            bound = f'by = "country"\nmax_share = {{ {country} = {limit} }}\n'
    return f'\n[[diversification]]\nname = "{kind}"\n{bound}'


def _limit(kind: str, free: float, least: float) -> float:
    """Return a limit between what is done without a rule, and the least possible."""
    exact = free - _TIGHTER[kind] * max(0.0, free - least)
    return min(1.0, math.ceil(exact * _FINE) / _FINE)


def _even(use: CorridorUse) -> Floats:
    """Return shares that are as even as the first borders let them be."""
    share, left = np.zeros(len(use.entering)), 1.0
    for number, corridor in enumerate(np.argsort(use.entering).tolist()):
        share[corridor] = min(use.entering[corridor], left / (len(share) - number))
        left -= share[corridor]
    return share


def _largest_country(node_table: GeneratedNodes, shares: Floats) -> tuple[str, Mask]:
    """Country beyond the first border that most cargo passes, and its corridors."""
    home = node_table.countries[0]
    passed: dict[str, set[int]] = {}
    for node in np.flatnonzero(node_table.stage >= 0).tolist():
        for country in node_table.countries[node].split("|"):
            if country != home:
                passed.setdefault(country, set()).add(int(node_table.corridor[node]))
    sums = {name: float(shares[list(own)].sum()) for name, own in passed.items()}
    largest = max(sums, key=sums.__getitem__)
    return largest, np.isin(np.arange(len(shares)), list(passed[largest]))
