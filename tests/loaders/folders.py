"""Little instances written to a folder, for tests that read them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from solver.errors import DataError, Fault
from solver.loaders.instance_files import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.problem.instance import Instance

LEGS = "from,to,mode,corridor,cost\nA,B,rail,north,10\nB,C,sea,,5\nA,C,road,south,20\n"
DEMAND = "product,origin,market,quantity\ngrain,A,C,100\n"


def write_folder(folder: Path, **files: str | bytes) -> Path:
    """Write `legs`, `demand` and other files; a name with `_toml` is a TOML file."""
    for name, content in {"legs": LEGS, "demand": DEMAND, **files}.items():
        stem, _, ending = name.rpartition("_toml")
        path = folder / (f"{name}.csv" if ending or not stem else f"{stem}.toml")
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
    return folder


def read(folder: Path, scenarios: Sequence[str] = (), **files: str | bytes) -> Instance:
    """Return the instance of a folder with these files."""
    return load(write_folder(folder, **files), scenarios).instance


def faults_of(
    folder: Path, scenarios: Sequence[str] = (), **files: str | bytes
) -> tuple[Fault, ...]:
    """Return the faults of a folder with these files, which must have some."""
    with pytest.raises(DataError) as caught:
        load(write_folder(folder, **files), scenarios)
    assert caught.value.exit_code == 65
    return caught.value.faults


def only_fault(
    folder: Path, scenarios: Sequence[str] = (), **files: str | bytes
) -> Fault:
    """Return the one fault of a folder with these files."""
    faults = faults_of(folder, scenarios, **files)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]
