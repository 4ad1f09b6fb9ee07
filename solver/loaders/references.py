"""What rules on change compare with: the plans of earlier results.

A rule names the folder of an earlier result. What it counts in the plan that was found
then, on the network that there was then, becomes the rule's reference, which is kept
with the instance, so that the folder is never needed again.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from solver.checks.rules import products_without_value
from solver.errors import DataError, InputError
from solver.loaders import instance_files
from solver.loaders.instance_files import load_document
from solver.messages import listed, shown
from solver.network.network import Network
from solver.network.routes import routes_of_plan
from solver.network.shipments import cargo
from solver.problem.rules import Reference
from solver.problem.units import Conversion, UnitError, conversion
from solver.rules.rule_set import Diversification
from solver.solution.form import INSTANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.arrays import Floats
    from solver.errors import Fault
    from solver.loaders.instance_files import Loaded
    from solver.network.routes import Routes
    from solver.problem.instance import Instance
    from solver.problem.rules import Rule, RulePlace


_PLACE = "max_change.from"


def load(
    path: Path | str,
    scenarios: Sequence[str] = (),
    changes: Sequence[str] = (),
    *,
    strict: bool = False,
) -> Loaded:
    """Return the instance at a path, with what its rules on change compare with.

    Parameters
    ----------
    path : Path or str
        A folder of CSV tables, or a `.json` document.
    scenarios : sequence of str
        Names of scenarios to apply, in order.
    changes : sequence of str
        Changes made then, each in one line: see `solver.problem.change_text`.
    strict : bool
        Whether warnings are faults.

    Raises
    ------
    InputError
        If a file of the instance is missing or cannot be read.
    DataError
        If anything is wrong with the instance, or with an earlier result it names.
    UsageError
        If a scenario is not known, or a change is none.
    """
    path = Path(path)
    loaded = instance_files.load(path, scenarios, strict=strict and not changes)
    loaded = with_one_off(loaded, changes, path)
    if strict and loaded.warnings:
        raise DataError(loaded.warnings)
    return loaded


def with_one_off(
    loaded: Loaded, changes: Sequence[str], path: Path, *, warns: bool = True
) -> Loaded:
    """Return a loaded instance with changes made, and with its references.

    Parameters
    ----------
    loaded : Loaded
        The instance.
    changes : sequence of str
        Changes, in order, each in one line.
    path : Path
        Where it was loaded from.
    warns : bool
        Whether what is odd is looked for.

    Raises
    ------
    UsageError
        A line is no change.
    DataError
        A change selects nothing, or leaves the instance unsound.
    """
    if changes:
        from solver.loaders.one_off_changes import with_changes

        loaded = with_changes(loaded, changes, warns=warns)
    return with_references(loaded, path if path.is_dir() else path.parent)


def with_references(loaded: Loaded, folder: Path) -> Loaded:
    """Return an instance with a reference in every rule that names an earlier result.

    A rule that holds its reference already keeps it. One whose cargo nothing carried
    then is odd, which becomes a warning.

    Parameters
    ----------
    loaded : Loaded
        The instance, and where its rules stand.
    folder : Path
        Where the folders that rules name are seen from.

    Raises
    ------
    DataError
        If an earlier result is missing, broken or without a plan, or counts what
        cannot be compared.
    """
    reader = _ReferenceReader(loaded.instance, folder)
    rules = [reader.referred(place) for place in loaded.rules]
    if reader.faults:
        raise DataError(reader.faults)
    instance = loaded.instance.model_copy(update={"diversification": tuple(rules)})
    return replace(
        loaded,
        instance=instance,
        warnings=(*loaded.warnings, *reader.warnings),
        rules=tuple(
            replace(place, rule=rule)
            for place, rule in zip(loaded.rules, rules, strict=True)
        ),
    )


class _UnfitError(ValueError):
    """An earlier result that a rule cannot be compared with, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class _Earlier(NamedTuple):
    """An earlier result: its instance, how it is counted, and what routes carried."""

    instance: Instance
    counting: Diversification
    routes: Routes
    quantity: Floats

    def rows(self, rule: Rule) -> Iterator[Reference]:
        """Yield what a rule counts in the plan, scope by scope."""
        values = self.counting.values(rule.by)
        carried = self.counting.carried(self.routes, rule.by)
        for scope in self.counting.scopes(rule):
            flows = scope.weight[self.routes.shipment] * self.quantity
            for number, value in enumerate(values):
                start, end = carried.indptr[number : number + 2]
                quantity = _sum(flows[carried.indices[start:end]])
                if quantity:
                    yield Reference(
                        scope=dict(scope.pairs),
                        period=scope.period,
                        value=value,
                        quantity=quantity,
                    )


class _ReferenceReader:
    """References of the rules of one instance, and the faults met on the way."""

    def __init__(self, instance: Instance, folder: Path) -> None:
        self._instance = instance
        self._folder = folder
        self._known: dict[str, _Earlier] = {}
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def referred(self, place: RulePlace) -> Rule:
        """Return a rule with its reference, if it can be found."""
        rule, change = place.rule, place.rule.max_change
        if change is None or change.reference is not None:
            return rule
        given = change.from_
        try:
            reference = self._reference(rule, given)
        except _UnfitError as error:
            fault = place.fault(_PLACE, error.message, error.remedy, given)
            self.faults.append(fault)
            return rule
        if not reference:
            message = f"nothing that it covers was carried in {shown(given)}"
            remedy = "all that is carried now counts as a change: check names and where"
            self.warnings.append(place.fault(_PLACE, message, remedy, given))
        change = change.model_copy(update={"reference": reference})
        return rule.model_copy(update={"max_change": change})

    def _reference(self, rule: Rule, given: str) -> tuple[Reference, ...]:
        if given not in self._known:
            self._known[given] = _read(self._folder, given)
        earlier = self._known[given]
        self._check_periods(rule, earlier.instance, given)
        worthless = products_without_value(earlier.instance, rule)
        if worthless:
            message = f"it weighs by value, but in {shown(given)} {listed(worthless)}"
            remedy = "give the products of that instance a value, and solve it again"
            raise _UnfitError(f"{message} has none", remedy)
        change = self._conversion(rule, earlier.instance, given)
        return tuple(
            _converted(row, change)
            for row in earlier.rows(rule)
            if rule.over == "all" or row.period in self._instance.periods
        )

    def _check_periods(self, rule: Rule, earlier: Instance, given: str) -> None:
        """Refuse a result of which no period is one of the instance's."""
        own = self._instance.periods
        if rule.over == "period" and set(own).isdisjoint(earlier.periods):
            message = (
                f"{shown(given)} has no period of this instance: it has "
                f"{listed(earlier.periods)}, this one {listed(own)}"
            )
            remedy = 'give the rule `over = "all"`, or name the periods alike'
            raise _UnfitError(message, remedy)

    def _conversion(self, rule: Rule, earlier: Instance, given: str) -> Conversion:
        """Return what turns the quantities of an earlier result into the instance's."""
        then, now = earlier.units, self._instance.units
        if rule.weight == "value":
            if then.money == now.money:
                return Conversion()
            was, wanted = then.money, now.money
        else:
            was, wanted = then.quantity, now.quantity
            try:
                return (
                    Conversion() if was == wanted else conversion("quantity", was, now)
                )
            except UnitError:
                pass
        message = f"{shown(given)} counts in {shown(was)}, this instance in"
        remedy = f"solve that instance again in {shown(wanted)}, or give `reference`"
        raise _UnfitError(f"{message} {shown(wanted)}", remedy)


def _read(folder: Path, given: str) -> _Earlier:
    """Read the result in a folder that a rule names."""
    from solver.results.reading import read_files, read_result

    remedy = "give the folder of an earlier result, as `solve -o` writes it"
    again = "solve that instance again"
    try:
        files = read_files(folder / given, older=True)
        instance = load_document(files.document, INSTANCE)
        result = read_result(files, instance)
    except InputError as error:
        reason = str(error).split("; ", maxsplit=1)[0]
        message = f"{shown(given)} holds no result: {reason}"
        raise _UnfitError(message, remedy) from error
    except DataError as error:
        message = f"{shown(given)} is not a sound result: {_brief(error)}"
        raise _UnfitError(message, again) from error
    except ValueError as error:  # Not even a path.
        message = f"{shown(given)} can be no folder: {error}"
        raise _UnfitError(message, remedy) from error
    if result.plan is None:
        status = shown(result.summary["status"])
        message = f"{shown(given)} holds no plan: it ended as {status}"
        raise _UnfitError(message, "give a result with a plan")
    if (result.plan.quantity < 0).any():
        message = f"{shown(given)} is not a sound result: a quantity is negative"
        raise _UnfitError(message, again)
    # The rules of that time say nothing here.
    network = Network(instance.model_copy(update={"diversification": ()}))
    shipments = cargo(network)
    routes = routes_of_plan(network, shipments, result.plan)
    counting = Diversification(network, shipments)
    return _Earlier(instance, counting, routes, result.plan.quantity)


def _brief(error: DataError) -> str:
    fault = error.faults[0]
    place = fault.file if fault.column is None else f"{fault.file} {fault.column}"
    return f"{place}: {fault.message}"


def _sum(flows: Floats) -> float:
    """Sum to fifteen digits, as a decimal input has: no dust of binary fractions."""
    return float(f"{math.fsum(flows.tolist()):.15g}")


def _converted(row: Reference, change: Conversion) -> Reference:
    if not change.changes:
        return row
    quantity = change.converted(repr(row.quantity))
    return row.model_copy(update={"quantity": quantity})
