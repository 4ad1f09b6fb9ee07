"""Which instance is asked about: what orders of several commands have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.console import start
from solver.loaders.references import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from solver.errors import Fault
    from solver.loaders.instance_files import Loaded
    from solver.options import Options


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstanceOrder:
    """An instance, and how it is solved.

    Parameters
    ----------
    scenarios : sequence of str
        Scenarios to apply, in order.
    changes : sequence of str
        Changes made then, each in one line.
    strict : bool
        Whether warnings are faults.
    """

    path: Path
    scenarios: Sequence[str] = ()
    changes: Sequence[str] = ()
    strict: bool = False
    options: Options

    def loaded(self, warn: Callable[[Sequence[Fault]], None]) -> Loaded:
        """Load the instance; tell its warnings.

        Raises
        ------
        DataError, InputError
            The instance has faults, or cannot be read.
        """
        start.loaded()
        loaded = load(self.path, self.scenarios, self.changes, strict=self.strict)
        warn(loaded.warnings)
        return loaded
