"""Verification in Python: of a result in hand, or of the folder that holds one."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from solver.errors import UsageError
from solver.problem.instance import require_instance
from solver.solution.solution import Result
from solver.tasks.python.verified import VerifiedResult
from solver.tasks.verify import examined
from solver.verification import verify as verified
from solver.verification.verify import Check, Verification

if TYPE_CHECKING:
    from solver.problem.instance import Instance
    from solver.verification.prover import Prover


def verify(
    instance: Instance | VerifiedResult | Path | str,
    result: VerifiedResult | Result | None = None,
    known: Prover | None = None,
) -> Verification:
    """Verification of a result: plan, proof, status and every figure, recomputed.

    Parameters
    ----------
    instance : Instance, Result, Path or str
        The instance as solved; or a result, or the folder of one, alone.
    result : Result, optional
        What a run left.
    known : Prover, optional
        As in `solver.verification.verify`.

    Raises
    ------
    InputError
        The folder holds no result.
    UsageError
        What was given is no instance, result or folder.
    """
    if result is None:
        return _alone(instance)
    require_instance(instance, "verify")
    return verified(instance, _result(result), known)  # type: ignore[arg-type]


def _result(given: object) -> Result:
    """Return what was given as a result; refuse what is none."""
    if isinstance(given, VerifiedResult | Result):
        return given  # type: ignore[return-value]
    message = f"verify takes a result, not a value of type {type(given).__name__}"
    raise UsageError(f"{message}; give one of keruen.solve or keruen.read")


def _alone(given: object) -> Verification:
    """Verification of a result that is given alone, or of a folder."""
    if isinstance(given, VerifiedResult):
        return verified(given.instance, given)  # type: ignore[arg-type]
    if not isinstance(given, str | PathLike):
        message = f"verify takes a result or its folder, not {type(given).__name__}"
        raise UsageError(f"{message}; or an instance and a result of it")
    found = examined(Path(given))
    proved = found.verification
    return Verification(
        checks=tuple(Check(*check) for check in found.verdict.checks),
        faults=tuple(found.verdict.faults),
        cost=None if proved is None else proved.cost,
        bound=None if proved is None else proved.bound,
        gap=None if proved is None else proved.gap,
    )
