"""An empty instance to fill in, with comments that say what goes where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem.columns import column_specs
from solver.problem.tables import DEFINITIONS
from solver.storage.files import replace_all
from solver.storage.folders import claimed_empty

if TYPE_CHECKING:
    from pathlib import Path

_REQUIRED = ("legs", "demand")
_COMMON = {
    "legs": ("from", "to", "mode", "corridor", "capacity", "cost"),
    "demand": ("product", "origin", "market", "quantity"),
}
"""Columns that most instances fill in, which the headers begin with."""

_MANIFEST = """\
# An instance is this file, the tables legs.csv and demand.csv beside it, and any of
# the tables below. Fill the two in, then: keruen check . && keruen solve .
# A line that begins with `#` is a comment here; tables have none.

name = "{name}"

# Units that all numbers are converted to and printed in. A header may give another:
# `capacity [kt]`, `cost [USD/t]`.
units = {{ quantity = "t", money = "USD", distance = "km" }}

# Periods are independent of each other; demand and capacities are per period.
# periods = ["2030", "2031"]

# Firm demand is served before money is counted. A number in its place is what a unit
# of demand costs that is left unmet; a row of demand may say otherwise.
unmet_cost = "firm"

# Rules of diversification, as many as you like:
# [[diversification]]
# name = "no corridor above 60 %"
# by = "corridor"             # or country, port, node, mode, tag, leg
# max_share = 0.6             # or min_share, max_hhi, min_effective, max_top

# Columns of every table: those marked * must be there. All that is blank takes its
# default; `keruen schema --markdown` tells more.
{tables}"""

_SCENARIOS = """\
# Named changes; `keruen solve . --scenario NAME` applies one.
#
# [dearer-rail]
# description = "All rail a tenth dearer"
# [[dearer-rail.change]]
# table = "legs"
# where = { mode = "rail" }
# scale = { cost = 1.1 }      # or set = { capacity = 0 }, add = { days = 2 }
#
# [half-a-corridor]
# description = "No corridor carries more than half"
# includes = ["dearer-rail"]
# [[half-a-corridor.diversification]]
# by = "corridor"
# max_share = 0.5
"""


def write_blank(folder: Path) -> list[str]:
    """Write an empty commented instance to a folder; return the names of its files.

    Parameters
    ----------
    folder : Path
        A new or empty folder.

    Raises
    ------
    OutputError
        The folder cannot be made, or holds anything.
    """
    name = folder.resolve().name.replace("\\", "/").replace('"', "'")
    manifest = _MANIFEST.format(name=name, tables="".join(map(_described, DEFINITIONS)))
    files = {
        "instance.toml": manifest.encode(),
        "scenarios.toml": _SCENARIOS.encode(),
        **{f"{table}.csv": _header(table) for table in _REQUIRED},
    }
    with claimed_empty(folder):
        replace_all(folder, files, mark="instance.toml")
    return sorted(files)


def _header(table: str) -> bytes:
    return (",".join(_COMMON[table]) + "\n").encode()


def _described(table: str) -> str:
    """Comment about a table: what it holds, and its columns."""
    first = (DEFINITIONS[table].__doc__ or "").splitlines()[0]
    lines = [f"#\n# {table}.csv: {first}"]
    for spec in column_specs(table).values():
        mark = "*" if spec.required else " "
        lines.append(f"#   {spec.name}{mark} {spec.meaning}")
    return "\n".join(lines) + "\n"
