"""What explanations, break-evens, repairs and bridges say, against further solves.

    python -m tests.answers_campaign explain --count 500
    python -m tests.answers_campaign breakeven --seconds 600
    python -m tests.answers_campaign repair --first 100 --count 50
    python -m tests.answers_campaign bridge

looks at as many random instances of each kind (one without and one with many rules a
seed), and tells of every fault.
"""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.errors import UnansweredError
from tests.budget import add_seconds, within
from tests.cone_oracle import UnsettledError
from tests.random_instances import random_instance
from tests.random_rules import random_rules_instance
from tests.studies.break_even.test_capacity_curve import stretch_faults
from tests.studies.break_even.test_rate_curve import (
    cost_faults,
    drawn,
    solve_faults,
    step_faults,
)
from tests.studies.repair.test_repair import repair_faults
from tests.studies.test_explanation import faults, told, wrongly_lacking
from tests.tasks.comparison.known_bridges import bridge_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from solver.problem.instance import Instance


def _explain(instance: Instance, seed: int) -> Iterator[str]:
    del seed
    found = told(instance)
    if found is None:
        return
    yield from faults(found)
    try:
        yield from wrongly_lacking(found)
    except (UnsettledError, AssertionError):
        return  # The independent program has no answer of its own.


def _breakeven(instance: Instance, seed: int) -> Iterator[str]:
    legs = instance.legs
    limited = np.flatnonzero(~np.isnan(legs["capacity"]))
    leg = str(legs["leg"][seed % len(legs)])
    try:
        curve = drawn(instance, leg=leg)
        yield from solve_faults(curve)
        # Where an index is bounded, costs alone are near.
        found = step_faults if curve.is_exact else cost_faults
        yield from found(curve, instance, leg)
        if len(limited):
            yield from stretch_faults(instance, int(limited[seed % len(limited)]))
    except UnansweredError:
        return


def _repair(instance: Instance, seed: int) -> Iterator[str]:
    del seed
    yield from repair_faults(instance)


def _bridge(instance: Instance, seed: int) -> Iterator[str]:
    del seed
    yield from bridge_faults(instance, [])


SUBJECTS: dict[str, Callable[[Instance, int], Iterator[str]]] = {
    "explain": _explain,
    "breakeven": _breakeven,
    "repair": _repair,
    "bridge": _bridge,
}
"""What yields the faults of one instance, by what is asked of it."""


def found_faults(subject: str, seed: int) -> list[str]:
    """Return the faults of the instances of one seed."""
    told_of = (
        (f"{make.__name__} {seed}: {fault}" for fault in SUBJECTS[subject](own, seed))
        for make in (random_instance, random_rules_instance)
        for own in (make(seed),)
    )
    return [*chain.from_iterable(told_of)]


def main() -> int:
    """Look at random instances; return 1 if anything is not as it is said."""
    parser = argparse.ArgumentParser(prog="python -m tests.answers_campaign")
    parser.add_argument("subject", choices=[*SUBJECTS])
    parser.add_argument("--count", type=int, default=500, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    add_seconds(parser)
    chosen = parser.parse_args()
    wrong = done = 0
    seeds = range(chosen.first, chosen.first + chosen.count)
    for seed in within(seeds, chosen.seconds):
        found, done = found_faults(chosen.subject, seed), done + 1
        wrong += len(found)
        sys.stdout.write("".join(f"{fault}\n" for fault in found))
        sys.stdout.flush()
    sys.stdout.write(f"{chosen.subject}: {2 * done} instances, {wrong} faults\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
