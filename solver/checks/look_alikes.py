"""Names of one kind that differ, though a reader would take them for the same."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.look_alikes import difference, skeletons
from solver.messages import shown
from solver.problem.tables import split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from solver.problem.instance import Instance
    from solver.problem.tables import Table

    Columns = Sequence[tuple[Table, str]]


_MOST_ALIKE = 100

_SHORTEST = 4
"""Letters of a corridor's name that another may begin with by mistake."""


def look_alike_warnings(instance: Instance) -> Iterator[Fault]:
    """Yield names that look like another of their kind, with what differs."""
    nodes, legs, routes = instance.nodes, instance.legs, instance.routes
    kinds: tuple[Columns, ...] = (
        ((nodes, "node"), (nodes, "node_group")),
        ((legs, "leg"),),
        ((legs, "mode"),),
        ((legs, "corridor"), (routes, "corridor")),
        ((nodes, "country"), (legs, "country")),
        ((legs, "tags"),),
        ((instance.products, "product"),),
        ((instance.products, "group"),),
        ((routes, "route"),),
        ((instance.capacities, "capacity"),),
    )
    for columns in kinds:
        yield from _alike(columns, legs)


def _alike(columns: Columns, legs: Table) -> Iterator[Fault]:
    """Yield the look-alikes among the names of some columns."""
    cells = dict.fromkeys(chain.from_iterable(table[name] for table, name in columns))
    names = dict.fromkeys(chain.from_iterable(map(split_names, cells)))
    met: dict[str, str] = {}
    pairs: dict[str, str] = {}
    for name in names:
        for reading in dict.fromkeys(skeletons(name)):
            earlier = met.setdefault(reading, name)
            if earlier != name:
                pairs.setdefault(name, earlier)
    if columns[0][1] == "corridor":
        pairs = dict(_begun(names)) | pairs
    for number, (name, earlier) in enumerate(pairs.items()):
        table, column, row = _first(columns, name)
        if number == _MOST_ALIKE:
            message = f"{len(pairs) - number} more names look like another"
            yield Fault(table.files[0], message, "write them alike", None, column)
            return
        if not _is_default(table, column, row, name):
            yield _warning((table, column, row), name, earlier, columns, legs)


def _begun(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield corridors with the one whose letters they begin with: northern, north.

    Names of several words, or with numbers, are told apart by them.
    """
    words = sorted(n for n in names if n.isalpha() and len(n) >= _SHORTEST)
    for shorter, longer in pairwise(words):
        begins = longer.casefold().startswith(shorter.casefold())
        if begins and len(longer) > len(shorter):
            yield longer, shorter


def _first(columns: Columns, name: str) -> tuple[Table, str, int]:
    """Column and row in which a name stands first."""
    for table, column in columns:
        for row, cell in enumerate(table[column].tolist()):
            if name in split_names(cell):
                return table, column, row
    raise KeyError(name)


def _is_default(table: Table, column: str, row: int, name: str) -> bool:
    """Whether a leg's name is made of its ends: those are told already."""
    if column != "leg":
        return False
    return name.startswith(f"{table['from'][row]}>{table['to'][row]}")


def _warning(
    place: tuple[Table, str, int],
    name: str,
    earlier: str,
    columns: Columns,
    legs: Table,
) -> Fault:
    table, column, row = place
    other, _, other_row = _first(columns, earlier)
    file, line = other.place(other_row)
    message = f"{shown(name)} looks like {shown(earlier)} in {file}:{line}"
    message = f"{message}, but {difference(name, earlier)}"
    remedy = "write both alike if they are one, or tell them apart"
    own_file, own_line = table.place(row)
    # A node that nobody listed stands where a leg names it, in either of two columns.
    is_named = column == "node" and own_file in legs.files
    own_column = None if is_named else column
    return Fault(own_file, message, remedy, own_line, own_column, name)
