"""Names that refer to nothing: each told once, with its cause, however often used."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.look_alikes import look_alike
from solver.messages import Nearest, listed, nearest, shown
from solver.problem.columns import column_specs
from solver.problem.edits import is_derived
from solver.problem.instance import Instance
from solver.problem.tables import ANY, DEFINITIONS, split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from solver.problem.columns import ColumnSpec
    from solver.problem.tables import Table

    Known = Mapping[str, dict[str, None]]


_NOUNS = {
    "nodes": "node",
    "places": "node or node group",
    "legs": "leg",
    "routes": "named route",
    "products": "product",
    "groups": "product group",
    "modes": "mode",
    "countries": "country",
    "corridors": "corridor",
    "tags": "tag",
    "periods": "period",
    "periods or all": "period",
}


_LISTED_IN = {"nodes": "nodes", "places": "nodes", "products": "products"}
"""Table that lists the names of a kind, if it is there."""


_SLIP = 0.75
"""Likeness from which a name is taken for a slip, not for one that is missing."""


_SHORT = 3
"""Names of no more letters are never taken for slips: half a name differs."""


@dataclass(slots=True)
class _Unknown:
    """A name that refers to nothing, and where it is first used."""

    name: str
    kind: str
    table: Table
    column: str
    row: int
    uses: int = 1

    def fault(self, remedy: str) -> Fault:
        """Return the fault of the name at its first place."""
        file, line = self.table.place(self.row)
        message = f"unknown {_NOUNS[self.kind]} {shown(self.name)}"
        if self.uses > 1:
            message = f"{message}, in {self.uses} rows"
        return Fault(file, message, remedy, line, self.column, self.name)

    def join(self, other: _Unknown) -> None:
        """Count what another column has of the name."""
        self.uses += other.uses
        if other.table is self.table and other.row < self.row:
            self.column, self.row = other.column, other.row

    @property
    def place(self) -> str:
        """Where it is first used, as part of a sentence."""
        file, line = self.table.place(self.row)
        return f"{shown(self.name)} ({file}:{line})"


def reference_faults(
    instance: Instance, known: Known, manifest: str
) -> Iterator[Fault]:
    """Yield every name in a table that refers to nothing.

    Parameters
    ----------
    instance : Instance
        The instance.
    known : mapping of str to dict
        Names by kind, as `known_names` gives them.
    manifest : str
        Name of the file that declares periods.
    """
    found = list(_unknown_names(instance, known))
    for listing, users in (("nodes", instance.legs), ("products", instance.demand)):
        table: Table = getattr(instance, listing)
        if not is_derived(table, users):
            missing = [one for one in found if _LISTED_IN.get(one.kind) == listing]
            found = [one for one in found if _LISTED_IN.get(one.kind) != listing]
            yield from _unlisted_faults(listing, table, missing, known)
    periods = [one for one in found if one.kind.startswith("periods")]
    yield from _period_faults(instance, periods, manifest)
    remedies = {kind: _remedy(names) for kind, names in known.items()}
    for one in found:
        if one not in periods:
            yield one.fault(remedies[one.kind](one.name))


def _unknown_names(instance: Instance, known: Known) -> Iterator[_Unknown]:
    """Yield unknown names, in one kind each once."""
    met: dict[tuple[str, str], _Unknown] = {}
    for name in DEFINITIONS:
        table: Table = getattr(instance, name)
        for spec in column_specs(name).values():
            if spec.refers and len(table):
                for unknown, rows in _rows_of_unknown(table, spec, known).items():
                    kind = _LISTED_IN.get(spec.refers, f"{name} {spec.name}")
                    first = _Unknown(
                        unknown, spec.refers, table, spec.name, rows[0], len(rows)
                    )
                    known_already = met.setdefault((kind, unknown), first)
                    if known_already is not first:
                        known_already.join(first)
    yield from met.values()


def _rows_of_unknown(
    table: Table, spec: ColumnSpec, known: Known
) -> dict[str, list[int]]:
    """Rows of each unknown name of a column."""
    allowed = known[spec.refers]
    wrong: dict[str, tuple[str, ...]] = {}
    for cell in set(table[spec.name]):
        names = split_names(cell) if spec.split else (cell,)
        bad = tuple(name for name in names if name and name not in allowed)
        if spec.name == "node" and spec.split:
            bad = tuple(name for name in bad if name != ANY)
        if bad:
            wrong[cell] = bad
    rows: dict[str, list[int]] = {}
    if wrong:
        for row, cell in enumerate(table[spec.name]):
            for name in wrong.get(cell, ()):
                rows.setdefault(name, []).append(row)
    return rows


def _remedy(known: dict[str, None]) -> Nearest:
    otherwise = f"known: {listed(known)}" if known else "none is known at all"
    return Nearest(known, otherwise)


def _unlisted_faults(
    listing: str, table: Table, missing: list[_Unknown], known: Known
) -> Iterator[Fault]:
    """Yield what a table that must list names lacks: slips one by one, others at once.

    Parameters
    ----------
    listing : str
        Name of the table.
    table : Table
        The table, which somebody gave.
    missing : list of _Unknown
        Names it lacks.
    known : mapping of str to dict
        Names by kind.
    """
    file = table.files[0]
    rest = []
    for one in missing:
        close = nearest(one.name, known[one.kind])
        if close is not None and _is_slip(one.name, close):
            hint = _remedy(known[one.kind])(one.name)
            yield one.fault(f"{hint} Otherwise add it to {file}")
        else:
            rest.append(one)
    noun = listing.removesuffix("s")
    if len(rest) == 1:
        yield rest[0].fault(f"add it to {file}, which must list every {noun}")
    elif rest:
        names = _at_most(one.place for one in rest)
        message = f"lacks {len(rest)} {listing} that other tables name: {names}"
        remedy = f"add a row for each: the table must list every {noun}"
        value = ", ".join(one.name for one in rest)
        yield Fault(file, message, remedy, None, noun, value)


def _is_slip(name: str, close: str) -> bool:
    """Whether an unknown name is probably the known one, misspelt."""
    if look_alike(name, close):
        return True
    short = min(len(name), len(close)) <= _SHORT
    likeness = SequenceMatcher(None, name.casefold(), close.casefold()).ratio()
    return not short and likeness >= _SLIP


def _at_most(places: Iterable[str], most: int = 12) -> str:
    found = list(places)
    more = len(found) - most
    return ", ".join(found[:most]) + (f" and {more} more" if more > 0 else "")


def _period_faults(
    instance: Instance, unknown: list[_Unknown], manifest: str
) -> Iterator[Fault]:
    """Yield unknown periods; where none are declared, once, with how to do that."""
    if not unknown:
        return
    names = list(dict.fromkeys(one.name for one in unknown))
    if instance.periods == Instance.model_fields["periods"].default:
        quoted = ", ".join(f'"{name}"' for name in names)
        remedy = f"declare periods in {manifest}: `periods = [{quoted}]`"
        yield unknown[0].fault(remedy)
        return
    known = dict.fromkeys(instance.periods)
    remedy = f"add it to `periods` in {manifest}; known: {listed(known)}"
    remedies = Nearest(known, remedy)
    for one in unknown:
        hint = remedies(one.name)
        yield one.fault(hint if hint == remedy else f"{hint} Otherwise {remedy}")
