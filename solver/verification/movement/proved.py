"""What is proved about a movement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from solver.solution.certificate import Movement
    from solver.solution.earlier import EarlierPlan
    from solver.verification.movement.earlier import MovedAmounts


WHERE = "certificate.json: movement"


@dataclass(frozen=True, slots=True, eq=False)
class ProvedMovement:
    """What is proved about the movement.

    Parameters
    ----------
    moved : MovedAmounts or None
        What became of the earlier plan's cargo; None without an earlier plan.
    bound : Decimal or None
        No plan of least cost moves less; None if there are faults.
    faults : tuple of str
        What is wrong with the prices.
    shortfalls : tuple of str
        What they fail to prove.
    """

    moved: MovedAmounts | None = None
    bound: Decimal | None = None
    faults: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()


def unproved(movement: Movement | None, earlier: EarlierPlan | None) -> ProvedMovement:
    """Return what is known where no movement can be looked at."""
    if movement is None or earlier is not None:
        return ProvedMovement()
    what = f"{WHERE}: prices, but there is no earlier plan"
    return ProvedMovement(faults=(what,))
