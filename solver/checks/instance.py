"""Cross-checks of a whole instance: what is wrong with it, and what is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.checks.chains import chain_faults
from solver.checks.closed_corridors import closed_corridor_warnings
from solver.checks.connections import Connections
from solver.checks.look_alikes import look_alike_warnings
from solver.checks.names import name_faults
from solver.checks.numbers.costs import cost_faults
from solver.checks.numbers.sizes import size_faults
from solver.checks.reach import unreachable_demand, unused_legs
from solver.checks.row_faults import row_faults
from solver.checks.rows import sense_faults
from solver.checks.rules import rule_faults, selected_demand
from solver.errors import Fault
from solver.messages import listed, shown
from solver.problem.columns import column_specs
from solver.problem.rules import rule_places
from solver.problem.tables import DEFINITIONS
from solver.rules.kinds import count_faults, may_never_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from solver.problem.instance import Instance
    from solver.problem.rules import RulePlace
    from solver.problem.tables import Table


_MOST_ALIKE = 100


def instance_faults(
    instance: Instance,
    manifest: str,
    before: Iterable[Fault] = (),
    rules: Sequence[RulePlace] | None = None,
) -> list[Fault]:
    """Return everything wrong with an instance, each place once.

    Parameters
    ----------
    instance : Instance
        A complete instance; where cells were wrong, it holds empty ones.
    manifest : str
        Name of the file that holds its keys, for faults.
    before : iterable of Fault
        Faults met while it was read, which come first.
    rules : sequence of RulePlace, optional
        Where its rules stand; default in that file.
    """
    if rules is None:
        rules = rule_places(instance.diversification, manifest)
    before = tuple(before)
    faults = list(before)
    if any(_is_tear(fault, instance) for fault in faults):
        return _one_a_place(faults)
    names = list(name_faults(instance, manifest))
    faults += names
    # A row with a cell that cannot be read would be blamed for what that cell lacks.
    spoilt = {(fault.file, fault.row) for fault in before}
    for fault in sense_faults(instance, manifest):
        if fault.column is not None or (fault.file, fault.row) not in spoilt:
            faults.append(fault)
    told = {fault.value for fault in names} - {None}
    faults += (f for f in rule_faults(instance, rules) if f.value not in told)
    # Chains and costs can only be looked at where every name is sound.
    if not names and not any(fault.column in _TEXT_COLUMNS for fault in faults):
        broken = list(chain_faults(instance))
        faults += broken
        if not broken and not _spoils_costs(faults, instance):
            costs = list(cost_faults(instance))
            faults += costs
            faults += _count_faults(instance, rules)
            faults += [] if costs else size_faults(instance, manifest, rules)
    return _one_a_place(faults)


def instance_warnings(
    instance: Instance, rules: Sequence[RulePlace] = ()
) -> list[Fault]:
    """Return what is odd about a sound instance, though it can be solved.

    Parameters
    ----------
    instance : Instance
        A sound instance.
    rules : sequence of RulePlace
        Where its rules stand.
    """
    connections = Connections(instance)
    lost = unreachable_demand(connections)
    return [
        *_warnings(instance),
        *_lost_demand(instance.demand, lost),
        *_unused_legs(instance.legs, unused_legs(connections, lost)),
        *closed_corridor_warnings(instance, rules),
    ]


def _warnings(instance: Instance) -> Iterator[Fault]:
    demand = instance.demand
    yield from _idle_demand(demand)
    used = set(demand["product"])
    products = instance.products
    rows = [row for row, name in enumerate(products["product"]) if name not in used]
    message, remedy = "is in no demand", "remove the row, or check the name in demand"
    yield from row_faults(products, "product", rows, message, remedy)
    yield from look_alike_warnings(instance)


def _lost_demand(demand: Table, lost: Mapping[int, str]) -> Iterator[Fault]:
    """Yield demand without any route, each with the gap that keeps it."""
    for number, (row, gap) in enumerate(lost.items()):
        file, line = demand.place(row)
        remedy = "add legs, or open those that tariffs close; it will stay unmet"
        if number == _MOST_ALIKE:
            message = f"{len(lost) - number} more rows have no route"
            yield Fault(file, message, remedy)
            return
        product, origin = demand["product"][row], demand["origin"][row]
        market = demand["market"][row]
        message = f"no route for {shown(product)} from {shown(origin)} to"
        message = f"{message} {shown(market)}: {gap}"
        yield Fault(file, message, remedy, line, "market", market)


def _unused_legs(legs: Table, rows: Sequence[int]) -> Iterator[Fault]:
    """Yield one warning for all legs that no route can use."""
    if not rows:
        return
    file, line = legs.place(rows[0])
    corridor = str(legs["corridor"][rows[0]])
    what, them = ("legs", "them") if rows[1:] else ("leg", "it")
    message = (
        f"{what} {listed(legs['leg'][[*rows]].tolist())} can be in no route: every way "
        f"over {them} from an origin to a market is in two corridors"
    )
    remedy = (
        "let a way keep to one, or leave `corridor` blank where several share a leg"
    )
    yield Fault(file, message, remedy, line, "corridor", corridor)


def _idle_demand(demand: Table) -> Iterator[Fault]:
    """Yield one warning for all rows that ask for nothing."""
    rows = np.flatnonzero(demand["quantity"] == 0).tolist()
    if not rows:
        return
    file, line = demand.place(rows[0])
    message = "quantity 0 asks for nothing: the row is passed over"
    if rows[1:]:
        message = f"{len(rows)} rows of quantity 0 ask for nothing: passed over"
    yield Fault(file, message, "give a quantity, or remove it", line, "quantity", "0")


def _count_faults(instance: Instance, rules: Sequence[RulePlace]) -> Iterator[Fault]:
    """Yield rules that the corridors which could carry their cargo are too few for."""
    doubtful = [place for place in rules if may_never_hold(place.rule)]
    if not doubtful:
        return
    connections = Connections(instance)
    for place in doubtful:
        selected = selected_demand(instance, place.rule)
        yield from count_faults(place, connections.usable_corridors(selected))


def _is_tear(fault: Fault, instance: Instance) -> bool:
    """Whether a fault took away names that others refer to.

    Cross-checks would then blame whoever uses them.
    """
    if fault.column is None:
        leaves = (instance.demand, instance.tariffs, instance.capacities)
        return not any(fault.file in table.files and len(table) for table in leaves)
    lost = fault.column in _NAME_COLUMNS or _lacks_names(instance, fault.file)
    return _is_of_header(fault) and lost


def _lacks_names(instance: Instance, file: str) -> bool:
    """Whether a file gave a table without names that every row must have."""
    tables = [getattr(instance, name) for name in DEFINITIONS]
    return any(
        column in table.columns and len(table) and not any(table[column])
        for table in tables
        if file in table.files
        for column in _NAME_COLUMNS
    )


_TEXT_SPECS = [
    spec
    for table in DEFINITIONS
    for spec in column_specs(table).values()
    if spec.kind == "text"
]


_TEXT_COLUMNS = {spec.name for spec in _TEXT_SPECS}


_NAME_COLUMNS = {"periods", "units"} | {s.name for s in _TEXT_SPECS if s.required}


def _spoils_costs(faults: Iterable[Fault], instance: Instance) -> bool:
    """Whether a fault may have left a cell empty that costs depend on."""
    files = {*instance.nodes.files, *instance.legs.files, *instance.tariffs.files}
    spoilt = {"cost", "cost_per_km", "factor", "surcharge", "closed", "distance"}
    return any(
        fault.column in spoilt or (fault.file in files and _is_of_header(fault))
        for fault in faults
    )


def _is_of_header(fault: Fault) -> bool:
    return fault.row is None or fault.row == 1


def _one_a_place(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults with the first one only for every cell."""
    kept: dict[object, Fault] = {}
    for number, fault in enumerate(faults):
        is_cell = fault.row is not None and fault.column is not None
        place = (fault.file, fault.row, fault.column) if is_cell else number
        kept.setdefault(place, fault)
    return list(kept.values())
