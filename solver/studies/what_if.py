"""Many questions on one instance, each answered from the same snapshot.

The first solve leaves its routes and the limits that were rows of its model. A changed
instance with the same places, legs and demand rows begins with those: its first model
is nearly its last. Nothing that an answer finds goes back into the snapshot, so that
an answer does not depend on what was asked before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.options import Options
from solver.problem.instance import require_instance
from solver.solving.reductions.reduction import reductions
from solver.solving.solve import prepared, solved

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution
    from solver.solving.column_generation import ColumnGeneration
    from solver.solving.prepared import Prepared
    from solver.solving.reductions.reduction import ReductionChain


_SAME = {
    "nodes": ("node", "node_group"),
    "legs": ("leg", "from", "to", "corridor"),
    "routes": ("route", "via", "corridor"),
    "products": ("product",),
    "demand": ("product", "origin", "market", "period"),
}
"""Columns that must stay as they are for routes to be the same routes."""


class WhatIf:
    """A solved instance that answers what changes would make of it.

    Parameters
    ----------
    options : Options, optional
        Solver and time limit of every solve; questions about exposure are not asked.

    Attributes
    ----------
    solution : Solution
        Solution of the instance itself.

    Raises
    ------
    UsageError
        What was given is no instance, such as the path of one.

    Examples
    --------
    >>> from pathlib import Path
    >>> from solver import Change, Scenario, WhatIf, apply, load
    >>> instance = load(Path("instances/quickstart")).instance
    >>> study = WhatIf(instance)
    >>> dearer = Change("legs", factors={"cost": 1.1})
    >>> study.solve(apply(instance, Scenario("dearer", (dearer,)))).status.value
    'optimal'
    """

    def __init__(self, instance: Instance, options: Options | None = None) -> None:
        require_instance(instance, "WhatIf")
        self.instance, self.options = instance, options or Options()
        reduction = reductions(instance, aggregating=False)
        self._sorted = reduction.reduced.instance
        loop = prepared(reduction.reduced, self.options)
        self.solution = solved(loop, reduction)
        self._known = loop.known

    def solve(self, changed: Prepared | Instance) -> Solution:
        """Solution of a changed instance, proved like that of any other.

        Costs, capacities, quantities, prices of unmet demand and rules may differ. If
        places, legs, named routes or demand rows do, or a quantity becomes 0 or is 0 no
        more, it is solved from scratch.

        Parameters
        ----------
        changed : Prepared or Instance
            A checked instance, with the earlier plan that its own is to be near.
        """
        return solved(*self.prepared(changed))

    def prepared(
        self, changed: Prepared | Instance
    ) -> tuple[ColumnGeneration, ReductionChain]:
        """Return the loop over the model of a changed instance, started from here.

        The other is how the loop's instance came of the changed one.
        """
        reduction = reductions(changed, aggregating=False)
        is_same = _same_routes(self._sorted, reduction.reduced.instance)
        known = self._known if is_same else None
        return prepared(reduction.reduced, self.options, known=known), reduction


def _same_routes(first: Instance, second: Instance) -> bool:
    """Whether routes of one instance are routes of the other, by the same numbers."""
    if first.periods != second.periods:
        return False
    ours, theirs = first.shipments, second.shipments
    if not np.array_equal(ours.demand, theirs.demand):
        # Demand that is dropped whole, or comes anew, is other shipments.
        return False
    tables = [(getattr(first, name), getattr(second, name)) for name in _SAME]
    return all(
        np.array_equal(one[column], other[column])
        for (one, other), columns in zip(tables, _SAME.values(), strict=True)
        for column in columns
    )
