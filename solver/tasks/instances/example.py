"""Instances that are shipped with Keruen, copied to a folder of one's own."""

from __future__ import annotations

from pathlib import Path

from solver.errors import InputError
from solver.storage.files import replace_all
from solver.storage.folders import claimed_empty

EXAMPLES = {
    "quickstart": "Grain and copper on three corridors, to check by hand",
    "kazakhstan": "Kazakhstan's foreign trade of 2025, with its scenarios",
}
"""Names of the examples, and what each is."""

_PACKAGE = Path(__file__).parents[2]
_SHIPPED = (_PACKAGE / "examples", _PACKAGE.parent / "instances")
"""Where examples stand: in an installed package, and in a checkout."""


def write_example(name: str, folder: Path) -> list[str]:
    """Write an example to a folder; return the names of its files.

    Parameters
    ----------
    name : str
        One of `EXAMPLES`.
    folder : Path
        A new or empty folder.

    Raises
    ------
    InputError
        The example was not installed.
    OutputError
        The folder cannot be made, or holds anything.
    """
    source = _source(name)
    files = {path.name: path.read_bytes() for path in sorted(source.iterdir())}
    with claimed_empty(folder):
        replace_all(folder, files, mark="instance.toml")
    return sorted(files)


def _source(name: str) -> Path:
    for shipped in _SHIPPED:
        if (shipped / name / "legs.csv").is_file():
            return shipped / name
    message = f"the example `{name}` is not where it was installed; install again"
    raise InputError(message)
