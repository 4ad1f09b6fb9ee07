"""What the solver is given: powers of two, and nothing that it would drop."""

from __future__ import annotations

import numpy as np
import pytest

from solver.errors import InternalError
from solver.model.program import (
    AddColumns,
    AddRows,
    SetCosts,
    SetCostUnit,
    SetEntry,
    SetLimit,
)
from solver.model.sending import Sending

pytestmark = pytest.mark.versions


NOTHING = np.zeros(0, dtype=int), np.zeros(0)


def one_row(limit: float, *, lower: float = -np.inf, unit: float = 1.0) -> AddRows:
    """Return a row without entries."""
    starts = np.zeros(2, dtype=int)
    return AddRows(np.array([lower]), np.array([limit]), starts, *NOTHING, unit)


def one_column(entry: float, cost: float = 0.0, unit: float = 1.0) -> AddColumns:
    """Return a column with an entry in the first row."""
    starts, row = np.array([0, 1]), np.zeros(1, dtype=int)
    bounds = np.zeros(1), np.full(1, np.inf)
    return AddColumns(np.array([cost]), *bounds, starts, row, np.array([entry]), unit)


def test_units_change_no_digit() -> None:
    """3 x <= 0.7 in units of 4 and 1/8, cost 0.3 in units of 2: exact powers of two."""
    sending = Sending()
    sending.sent(SetCostUnit(2.0))
    row = sending.sent(one_row(0.7, unit=4.0))
    column = sending.sent(one_column(3.0, cost=0.3, unit=0.125))
    assert isinstance(row, AddRows)
    assert isinstance(column, AddColumns)
    assert row.upper.tolist() == [0.7 / 4]
    assert column.value.tolist() == [3.0 * 0.125 / 4]
    assert column.cost.tolist() == [0.3 * 0.125 / 2]
    limit = sending.sent(SetLimit(0, 0.9))
    assert isinstance(limit, SetLimit)
    assert limit.upper == 0.9 / 4


def test_another_unit_of_costs_gives_all_of_them_anew() -> None:
    """Costs already sent count in the new unit too."""
    sending = Sending()
    sending.sent(one_row(1.0))
    sending.sent(one_column(1.0, cost=5.0))
    again = sending.sent(SetCostUnit(0.25))
    assert isinstance(again, SetCosts)
    assert (again.columns.tolist(), again.cost.tolist()) == ([0], [20.0])


@pytest.mark.parametrize("entry", [9e-13, -9e-13])
@pytest.mark.parametrize("lower", [-np.inf, 2.0])
def test_what_is_too_small_is_not_sent_and_forbids_nothing(
    entry: float, lower: float
) -> None:
    """A row loses an entry, and grows by what that could have taken at most.

    A row <= needs nothing where the entry was above 0: without it, it allows more.
    """
    sending = Sending(reach=10.0)
    sending.sent(one_row(2.0, lower=lower))
    column = sending.sent(one_column(entry))
    assert isinstance(column, AddColumns)
    assert column.value.tolist() == [0.0]
    low, high = (float(limit[0]) for limit in sending.bounds(np.array([0])))
    grown = 9e-12 if entry < 0 or lower == 2.0 else 0.0
    assert (low, high) == pytest.approx((lower - grown, 2.0 + grown), abs=1e-15)
    assert sending.widened == ({0} if grown else set())


def test_an_entry_set_to_nearly_nothing_is_removed() -> None:
    """Rounding leaves 1e-17 of a load that has gone: what is sent is 0."""
    sending = Sending()
    sending.sent(one_row(2.0))
    sending.sent(one_column(1.0))
    entry = sending.sent(SetEntry(0, 0, 1e-17))
    assert isinstance(entry, SetEntry)
    assert entry.value == 0.0


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e15])
def test_an_entry_that_a_solver_would_drop_is_refused(wrong: float) -> None:
    """Not sent, and not passed over in silence either."""
    sending = Sending()
    sending.sent(one_row(2.0))
    with pytest.raises(InternalError, match="AddColumns holds a number"):
        sending.sent(one_column(wrong))


def test_a_cost_of_a_thousand_billions_is_none_of_them() -> None:
    """Money of 1e15 in all is ordinary: only what solvers call infinite is refused."""
    sending = Sending()
    sending.sent(one_row(2.0))
    sending.sent(one_column(1.0, cost=4e18))
    sending.refuse_costs()
    sending.sent(SetCosts(np.array([0]), np.array([1e20])))
    with pytest.raises(InternalError, match="a cost is too large"):
        sending.refuse_costs()


def test_costs_that_give_way_to_others_are_none_of_them() -> None:
    """Costs of 1e17 in units of 1e-12, for a moment: only the last ones count."""
    sending = Sending()
    sending.sent(one_row(2.0))
    sending.sent(one_column(1.0, cost=1e17))
    sent = sending.sent(SetCostUnit(2.0**-40))
    assert isinstance(sent, SetCosts)
    assert np.abs(sent.cost).max() < 1e20
    sending.sent(SetCosts(np.array([0]), np.array([1.0])))
    sending.refuse_costs()
