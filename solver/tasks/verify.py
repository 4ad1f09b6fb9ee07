"""A result folder judged from its files alone, and against an instance if given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from solver.errors import DataError, Fault, UsageError
from solver.loaders.instance_files import load_document
from solver.loaders.json.document import canonical
from solver.loaders.references import load
from solver.results.reading import ResultFiles, read_files, read_result
from solver.results.tables import REMEDY
from solver.solution.form import INSTANCE, SUMMARY
from solver.verification.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result
    from solver.verification.verify import Verification


UNKNOWN = (
    "note   whether the instance in this folder is yours cannot be known from it:\n"
    "       name yours with --instance"
)
"""What files alone do not tell."""

_WIDTH, _INDENT = 80, 7


@dataclass(slots=True)
class Verdict:
    """What was checked, and what is wrong.

    Parameters
    ----------
    checks : list of (str, bool, str)
        Name, whether it passed, and what was found.
    faults : list of str
        Everything that is wrong.
    is_compared : bool
        Whether the result was compared with an instance that was named.
    """

    checks: list[tuple[str, bool, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_compared: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def document(self) -> dict[str, Any]:
        """Return the verdict as a JSON document."""
        return {
            "passed": self.passed,
            "instance_compared": self.is_compared,
            "checks": [
                {"check": name, "passed": passed, "detail": detail}
                for name, passed, detail in self.checks
            ],
            "faults": self.faults,
        }

    def lines(self) -> list[str]:
        """Return the verdict as lines of text."""
        lines = [
            line
            for name, passed, detail in self.checks
            for line in wrap(
                f"{'ok   ' if passed else 'WRONG'}  {name}: {detail}",
                _WIDTH,
                subsequent_indent=" " * _INDENT,
                break_on_hyphens=False,
            )
        ]
        closing = "verified" if self.passed else "NOT VERIFIED"
        unknown = [] if self.is_compared else [UNKNOWN]
        return [*lines, *self.faults, *unknown, closing]

    def add(self, name: str, faults: list[str], detail: str) -> None:
        """Add a check and what it found wrong."""
        self.checks.append((name, not faults, detail))
        self.faults.extend(faults)


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A result folder with the verdict on it.

    Parameters
    ----------
    verdict : Verdict
        What was checked, and what is wrong.
    instance : Instance or None
        The instance as solved, if the folder could be read back.
    result : Result or None
        The result, likewise.
    verification : Verification or None
        What its plan and its prices prove, likewise.
    """

    verdict: Verdict
    instance: Instance | None = None
    result: Result | None = None
    verification: Verification | None = None


def audit(folder: Path, instance_path: Path | None = None) -> Verdict:
    """Verdict on a result folder, as `examined` comes to it."""
    return examined(folder, instance_path).verdict


def examined(folder: Path, instance_path: Path | None = None) -> Examined:
    """Read a result folder and verify what it holds.

    Parameters
    ----------
    instance_path : Path, optional
        The instance that is said to have been solved.

    Raises
    ------
    InputError
        A file is missing or cannot be read.
    """
    verdict = Verdict()
    step = "files"
    try:
        files = read_files(folder)
        verdict.add(step, [], f"{len(files.files)}, each with its SHA-256")
        step = "instance"
        instance = _instance(files)
        verdict.add(step, [], "as the summary names it")
        if instance_path is not None:
            verdict.is_compared = True
            _compare(files, instance_path, verdict)
        step = "tables and certificate"
        result = read_result(files, instance)
    except DataError as error:
        verdict.add(step, [str(fault) for fault in error.faults], "not as written")
        return Examined(verdict)
    verdict.add(step, [], "read back")
    verification = _verify(instance, result, verdict)
    return Examined(verdict, instance, result, verification)


def _instance(files: ResultFiles) -> Instance:
    """Return the instance of a result, if it is the one its summary names."""
    instance = load_document(files.document, INSTANCE)
    named = files.summary["instance"]
    found = {
        "name": instance.name,
        "scenarios": list(instance.scenarios),
        **({"changes": list(instance.changes)} if instance.changes else {}),
        "sha256": hashlib.sha256(files.document).hexdigest(),
    }
    faults = [
        Fault(SUMMARY, f"names another {key} than {INSTANCE} has", REMEDY, None, key)
        for key, value in found.items()
        if named.get(key) != value
    ]
    if canonical(instance) != files.document:
        faults.append(Fault(INSTANCE, "is not in its canonical form", REMEDY))
    if faults:
        raise DataError(faults)
    return instance


def _compare(files: ResultFiles, path: Path, verdict: Verdict) -> None:
    """Compare the instance that was solved with one that is given."""
    named = files.summary["instance"]
    scenarios, changes = named["scenarios"], named.get("changes", [])
    try:
        same = canonical(load(path, scenarios, changes).instance) == files.document
    except UsageError:
        same = False
    faults = [] if same else [f"{path}: is not the instance that was solved"]
    verdict.add("given instance", faults, str(path))


def _verify(instance: Instance, result: Result, verdict: Verdict) -> Verification:
    """Add the checks of the verification, and return it."""
    verification = verify(instance, result)
    for check in verification.checks:
        verdict.checks.append((check.name, check.passed, check.detail))
    verdict.faults.extend(verification.faults)
    return verification
