"""The selected cargo as products of its own, so that a tariff can name it alone.

Tariffs select products, not origins or markets. Where only a part of a product's demand
is selected, that part becomes another product of the same group, value and time value,
which every tariff, joint capacity and rule that named the first names too. A rule for
each product becomes one rule for each, which covers both. So the instance is the same
problem under other names, and its proofs are proofs of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.problem.columns import column_specs
from solver.problem.edits import blanks, joined, texts, with_columns
from solver.problem.instance import Instance
from solver.problem.tables import Table, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from solver.arrays import Mask
    from solver.problem.rules import Rule


@dataclass(frozen=True, slots=True, eq=False)
class SetApart:
    """An instance in which selected cargo has products of its own.

    Parameters
    ----------
    instance : Instance
        The same problem.
    products : tuple of str
        Products that are the selected cargo and nothing else.
    name_of : dict of str to str
        What each product was called before.
    """

    instance: Instance
    products: tuple[str, ...]
    name_of: Mapping[str, str]


def set_apart(instance: Instance, rows: Mask) -> SetApart:
    """Return the instance with the demand of some rows set apart by product.

    Parameters
    ----------
    instance : Instance
        A complete instance.
    rows : ndarray of bool, shape (demand rows,)
        Demand that is selected.
    """
    product = instance.demand["product"]
    chosen = [*dict.fromkeys(product[rows].tolist())]
    others = set(product[~rows].tolist())
    shared = [name for name in chosen if name in others]
    known = set(instance.products["product"].tolist())
    twins = {name: _fresh(name, known) for name in shared}
    own = tuple(twins.get(name, name) for name in chosen)
    names = {name: name for name in known} | {new: old for old, new in twins.items()}
    if not twins:
        return SetApart(instance, own, names)
    return SetApart(_renamed(instance, rows, twins), own, names)


def with_tables(instance: Instance, tables: Mapping[str, Any]) -> Instance:
    """Return an instance with some of its fields replaced."""
    kept = {name: getattr(instance, name) for name in Instance.model_fields}
    return Instance(**{**kept, **tables})


def rows_of(name: str, columns: Mapping[str, Sequence[Any]]) -> Table:
    """Return rows of a table from some of its columns; the others hold defaults."""
    count = len(next(iter(columns.values())))
    cells = {}
    for spec in column_specs(name).values():
        column = blanks(spec, count)
        if spec.name in columns:
            given = list(columns[spec.name])
            column = texts(given) if column.dtype == object else np.array(given)
        cells[spec.name] = column
    place = np.zeros(count, dtype=np.int64)
    return Table(cells, ("break-even",), place, place + 1)


def _fresh(name: str, known: set[str]) -> str:
    """Return a name for the selected part of a product, new among those known."""
    result = f"{name} (selected)"
    while result in known:
        result = f"{result}'"
    known.add(result)
    return result


def _renamed(instance: Instance, rows: Mask, twins: Mapping[str, str]) -> Instance:
    """Give the selected rows of demand the twins of their products."""
    demand, products = instance.demand, instance.products
    product = demand["product"].copy()
    product[rows] = [twins.get(name, name) for name in product[rows]]
    index = {name: row for row, name in enumerate(products["product"])}
    places = np.array([index[name] for name in twins], dtype=int)
    columns = {name: column[places] for name, column in products.columns.items()}
    columns["product"] = texts(list(twins.values()))
    own = Table(
        columns, products.files, products.file_of[places], products.lines[places]
    )
    tables: dict[str, Any] = {
        name: _naming_both(getattr(instance, name), twins)
        for name in ("tariffs", "capacities")
    }
    tables["demand"] = with_columns(demand, {"product": product})
    tables["products"] = joined(products, own)
    rules = [
        one
        for rule in instance.diversification
        for one in _rules(rule, twins, dict.fromkeys(demand["product"].tolist()))
    ]
    tables["diversification"] = tuple(rules)
    return with_tables(instance, tables)


def _naming_both(table: Table, twins: Mapping[str, str]) -> Table:
    """Name a twin wherever its product is named."""
    cells = [_both(cell, twins) for cell in table["product"]]
    return with_columns(table, {"product": texts(cells)})


def _both(cell: str, twins: Mapping[str, str]) -> str:
    names = split_names(cell)
    return "|".join([*names, *(twins[name] for name in names if name in twins)])


def _rules(
    rule: Rule, twins: Mapping[str, str], products: Mapping[str, None]
) -> Iterator[Rule]:
    """Yield a rule that covers twins with their products; one for each product."""
    wanted = rule.where.get("product", ())
    both = (*wanted, *(twins[name] for name in wanted if name in twins))
    where = {**rule.where, "product": both} if wanted else dict(rule.where)
    if "product" not in rule.for_each:
        yield rule.model_copy(update={"where": where})
        return
    keys = tuple(key for key in rule.for_each if key != "product")
    for name in products:
        if wanted and name not in wanted:
            continue
        pair = (name, twins[name]) if name in twins else (name,)
        update: dict[str, Any] = {
            "name": f"{rule.name} (product {name})",
            "where": {**where, "product": pair},
            "for_each": keys,
        }
        if rule.max_change is not None:
            update["max_change"] = _change_of(rule, name)
        yield rule.model_copy(update=update)


def _change_of(rule: Rule, product: str) -> Any:  # noqa: ANN401
    """Return the bound on change of a rule for one of its products."""
    change = rule.max_change
    if change is None or change.reference is None:
        return change
    own = tuple(
        row.model_copy(
            update={"scope": {k: v for k, v in row.scope.items() if k != "product"}}
        )
        for row in change.reference
        if row.scope.get("product") == product
    )
    return change.model_copy(update={"reference": own})
