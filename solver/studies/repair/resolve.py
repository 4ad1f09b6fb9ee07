"""Changed instances solved from the same start, where they have the same shipments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.studies.what_if import WhatIf

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.solution.solution import Solution


def solved_from(study: WhatIf, changed: Instance) -> Solution:
    """Return the solution of a changed instance.

    Demand that is dropped whole is no shipment any more: then it is solved from
    scratch.

    Parameters
    ----------
    study : WhatIf
        What it came from.
    changed : Instance
        The instance.
    """
    ours, theirs = study.instance.shipments, changed.shipments
    is_same = np.array_equal(ours.demand, theirs.demand)
    if is_same and np.array_equal(ours.period, theirs.period):
        return study.solve(changed)
    return WhatIf(changed, study.options).solution
