"""Instances with scenarios applied, from which items start: loaded once, few kept."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from solver.loaders.json.document import canonical
from solver.loaders.references import load

if TYPE_CHECKING:
    from solver.loaders.instance_files import Loaded
    from solver.studies.what_if import WhatIf

_MOST_KEPT = 3


@dataclass(slots=True, eq=False)
class Base:
    """An instance with its scenarios, and what was found out about it.

    Parameters
    ----------
    sha256 : str
        Hash of its canonical document.
    study : WhatIf or None
        Its solution, from which those of its changes start; made when it is needed.
    effects : dict
        What changes do to it, by their lines.
    """

    loaded: Loaded
    sha256: str
    study: WhatIf | None = None
    effects: dict[str, bytes] = field(default_factory=dict)


class Bases:
    """Bases by instance and scenarios; those asked for last are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, tuple[str, ...]], Base] = OrderedDict()

    def get(self, instance: str, scenarios: tuple[str, ...]) -> Base:
        """Return a base, loaded if need be.

        Raises
        ------
        InputError, DataError, UsageError
            As `solver.loaders.references.load`.
        """
        which = (instance, scenarios)
        if which not in self._kept:
            loaded = load(Path(instance), scenarios)
            document = canonical(loaded.instance)
            sha256 = hashlib.sha256(document).hexdigest()
            self._kept[which] = Base(loaded, sha256)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(which)
        return self._kept[which]

    def clear(self) -> None:
        """Keep none, which gives their memory back."""
        self._kept.clear()
