"""A frontier as one document and one table: what each plan carries and costs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.loaders.json.document import canonical
from solver.results.documents import plain
from solver.rules.row import HUNDREDTHS
from solver.solution.form import PRICE, SHARE
from solver.solution.rounding import amount, figure
from solver.studies.frontier.frontier import NEAR_END

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from solver.problem.instance import Instance
    from solver.studies.frontier.points import Frontier, Point


FORMAT = 2
"""Format of a frontier's folder, as its document says it."""


_PER_POINT = ("limit", "level", "hhi", "cost", "bound", "extra_cost")


_COLUMNS = ("point", *_PER_POINT, "extra_per_unit", "price", "knee")
"""Columns of the table before the shares."""


def frontier_document(frontier: Frontier, instance: Instance) -> dict[str, Any]:
    """Document about a frontier: the one that `--json` prints, and the screen shows.

    Prices are money per percentage point of a share, or per 0.01 of HHI, as in the
    table of rules.
    """
    varied, document = frontier.varied, canonical(instance)
    return {
        "format": FORMAT,
        "status": str(frontier.status),
        "rule": {
            "measure": varied.measure,
            "by": varied.by,
            "value": varied.value or None,
            "where": plain(dict(varied.where)),
        },
        "instance": {
            "name": instance.name,
            "scenarios": list(instance.scenarios),
            **({"changes": list(instance.changes)} if instance.changes else {}),
            "sha256": hashlib.sha256(document).hexdigest(),
        },
        "units": instance.units.model_dump(),
        "served": amount(frontier.served),
        "unmet": amount(frontier.unmet),
        "unmet_cost": amount(frontier.unmet_cost),
        "end": None if frontier.end is None else figure(frontier.end, SHARE),
        "near_end": NEAR_END,
        "largest_gap": figure(frontier.largest_gap, SHARE),
        "knee": None if frontier.knee is None else frontier.knee + 1,
        "points": [
            plain(_point(frontier, number, point))
            for number, point in enumerate(frontier.points)
        ],
    }


def frontier_table(document: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Columns of ``frontier.csv``: one row a point, one share a corridor."""
    points = document["points"]
    columns = {
        name: np.array([float(point[name]) for point in points]) for name in _COLUMNS
    }
    corridors = list(points[0]["shares"])
    shares = {
        f"share_{name}": np.array([float(point["shares"][name]) for point in points])
        for name in corridors
    }
    return {**columns, **shares}


def _point(frontier: Frontier, number: int, point: Point) -> dict[str, Any]:
    """Figures of one plan."""
    extra = point.cost - frontier.points[0].cost
    return {
        "point": number + 1,
        "limit": point.limit,
        "level": figure(point.level, SHARE),
        "hhi": figure(point.hhi, SHARE),
        "cost": amount(point.cost),
        "bound": amount(point.bound),
        "extra_cost": amount(extra, point.cost),
        "extra_per_unit": figure(
            extra / frontier.served, PRICE, point.cost / frontier.served
        ),
        "price": figure(point.price / HUNDREDTHS, PRICE),
        "knee": number == frontier.knee,
        "shares": {name: figure(share, SHARE) for name, share in point.shares.items()},
    }
