"""Names of rows and columns that people can read, made when a model is written.

A name joins what it speaks of in letters and digits of ASCII, at most 100 of them:
`leg_Aktau_Baku_2026`, `route_17_wheat_Kostanay_Poti`. Names that would be equal are
numbered. The legend beside the model says in full what each stands for.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.model.writing.named import Named, demand_words
from solver.storage.guarded_text import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from solver.model.master import Master


LONGEST = 100
"""Characters of a name, at most."""


_OTHER = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model is written, as ``.lp`` or ``.mps``, and its legend as CSV."""

    model: Path
    legend: Path


@dataclass(frozen=True, slots=True)
class WrittenNames:
    """Name and meaning of each column and row of a model, in its order."""

    columns: list[tuple[str, str]]
    rows: list[tuple[str, str]]

    def legend(self) -> bytes:
        """Content of the legend: one line a name."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["name", "kind", "meaning"])
        for kind, entries in (("column", self.columns), ("row", self.rows)):
            writer.writerows([name, kind, guarded(said)] for name, said in entries)
        return text.getvalue().encode()


def legend_path(model_file: Path) -> Path:
    """Where the legend of a model stands: ``model.lp`` has ``model.legend.csv``."""
    return model_file.with_suffix(".legend.csv")


def written_names(master: Master) -> WrittenNames:
    """Names of the rows and columns of a master's model."""
    columns, rows = [*_own_columns(master)], [*_own_rows(master)]
    for family in master.families:
        columns += family.named_columns()
        rows += family.named_rows()
    model = master.model
    return WrittenNames(
        _unique(columns, len(model.columns), "column"),
        _unique(rows, len(model.rows), "row"),
    )


def _own_rows(master: Master) -> Iterator[Named]:
    """Rows that are of no family: demand, and the constant's."""
    yield Named(0, ("constant",), "the constant is 1")
    for shipment in np.flatnonzero(master.demand_row >= 0).tolist():
        words, said = demand_words(master.network.instance, master.cargo, shipment)
        row = int(master.demand_row[shipment])
        yield Named(row, ("demand", *words), f"served and unmet add up: {said}")


def _own_columns(master: Master) -> Iterator[Named]:
    """Columns that are of no family: routes, unmet quantities, and the constant."""
    instance, cargo = master.network.instance, master.cargo
    constant = "1: cost and loads of shipments that have no choice"
    yield Named(int(master.outside.constant[0]), ("constant",), constant)
    for shipment in np.flatnonzero(master.unmet_column >= 0).tolist():
        words, said = demand_words(instance, cargo, shipment)
        column = int(master.unmet_column[shipment])
        yield Named(column, ("unmet", *words), f"unmet quantity: {said}")
    names = [*instance.legs["leg"], *instance.routes["route"]]
    for batch in master.routes.batches:
        routes = batch.routes
        for route in np.flatnonzero(batch.columns >= 0).tolist():
            words, said = demand_words(instance, cargo, int(routes.shipment[route]))
            span = routes.elements[routes.starts[route] : routes.starts[route + 1]]
            chain = " > ".join(str(names[element]) for element in span.tolist())
            column = int(batch.columns[route])
            yield Named(
                column, ("route", str(column), *words), f"quantity: {said}, by {chain}"
            )


def _unique(named: Iterable[Named], count: int, kind: str) -> list[tuple[str, str]]:
    """Name and meaning by index; names alike are numbered, the first is as it is."""
    known = {one.number: one for one in named}
    taken: set[str] = set()
    result = []
    for index in range(count):
        one = known.get(index)
        plain = _plain(one.words) if one else f"{kind}_{index}"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            mark = f"_{number}"
            name = plain[: LONGEST - len(mark)] + mark
        taken.add(name.lower())
        result.append((name, one.meaning if one else f"{kind} {index} of the model"))
    return result


def _plain(words: Iterable[str]) -> str:
    """Words in letters and digits of ASCII, joined by underscores."""
    text = unicodedata.normalize("NFKD", "_".join(words))
    ascii_only = text.encode("ascii", "ignore").decode()
    return _OTHER.sub("_", ascii_only)[:LONGEST].strip("_")
