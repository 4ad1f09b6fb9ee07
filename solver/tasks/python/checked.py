"""Instances in Python: loaded or made of tables, checked, and changed by scenarios."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import PrivateAttr

from solver.checks.instance import instance_faults
from solver.errors import DataError, UsageError
from solver.loaders import references
from solver.loaders.instance_files import TABLES, load_keys, with_scenarios
from solver.loaders.scenario_entries import Origin, checked_change
from solver.problem import scenarios as changes
from solver.problem.instance import Instance, require_instance
from solver.problem.rules import rule_places
from solver.problem.scenarios import Change, Scenario
from solver.tasks.python.frames import document_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.errors import Fault
    from solver.loaders.instance_files import Loaded


class CheckedInstance(Instance):
    """An instance without faults, what is odd about it, and the scenarios it offers."""

    _loaded: Loaded = PrivateAttr()
    _folder: Path = PrivateAttr()

    @classmethod
    def of(cls, loaded: Loaded, folder: Path) -> Self:
        """Return what was loaded; `folder` is where its files are seen from."""
        fields = {
            name: getattr(loaded.instance, name) for name in Instance.model_fields
        }
        result = cls(**fields)
        result._loaded, result._folder = loaded, folder
        return result

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, Any], scenarios: Sequence[str] = ()
    ) -> Self:
        """Return the instance of tables in memory, checked like one in files.

        Parameters
        ----------
        tables : mapping
            Tables by name, each a pandas data frame, a dict of columns or a list of
            rows; keys of `instance.toml` (`name`, `periods`, `diversification`, ...)
            and `scenarios` may stand beside them.
        scenarios : sequence of str
            Names of scenarios to apply, in order; or one name.

        Raises
        ------
        DataError
            If anything is wrong; holds every fault found.
        """
        loaded = load_keys(document_keys(tables), _names(scenarios))
        return cls.of(references.with_references(loaded, Path()), Path())

    @property
    def instance(self) -> Self:
        """The instance itself: what was loaded held it once."""
        return self

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is odd about it, though it can be solved."""
        return self._loaded.warnings

    @property
    def offered(self) -> dict[str, str]:
        """Scenarios that its files offer, each with its description."""
        entries = self._loaded.offered.entries
        return {name: entry.description for name, entry in entries.items()}

    def with_scenarios(self, names: Sequence[str]) -> Self:
        """Return the instance with scenarios applied that it offers."""
        loaded = with_scenarios(self._loaded, _names(names))
        return self.of(references.with_references(loaded, self._folder), self._folder)


def load(
    path: Path | str, scenarios: Sequence[str] = (), *, strict: bool = False
) -> CheckedInstance:
    """Return the instance in a folder of tables, a document or a workbook.

    Parameters
    ----------
    path : Path or str
        A folder of CSV tables (or Parquet), a `.json` document, or a workbook
        (`.xlsx` or `.xlsm`).
    scenarios : sequence of str
        Names of scenarios to apply, in order; or one name.
    strict : bool
        Whether warnings are faults.

    Raises
    ------
    InputError
        If a file of the instance is missing or cannot be read.
    DataError
        If anything is wrong with the instance, or with an earlier result it names;
        `faults` holds everything found.
    UsageError
        If a scenario is not known.
    """
    path = _path(path)
    folder = path if path.is_dir() else path.parent
    loaded = references.load(path, _names(scenarios), strict=strict)
    return CheckedInstance.of(loaded, folder)


def _names(given: Sequence[str]) -> Sequence[str]:
    """Return names of scenarios; a text is one of them, not its letters."""
    return [given] if isinstance(given, str) else given


def _path(given: object) -> Path:
    """Return what was given as a path; refuse what is none."""
    if isinstance(given, str | PathLike):
        return Path(given)
    message = f"load takes a path, not a value of type {type(given).__name__}"
    raise UsageError(f"{message}; give tables to keruen.Instance.from_tables")


def apply(
    instance: Instance, change: str | Sequence[str] | Change | Scenario
) -> Instance:
    """Return an instance with a change made; the old one stays as it is.

    Parameters
    ----------
    instance : Instance
        A checked instance.
    change : str, sequence of str, Change or Scenario
        Names of scenarios that the instance's files offer, or a change made here.

    Raises
    ------
    DataError
        If the change is wrong, selects nothing, or leaves the instance wrong.
    UsageError
        If a scenario is not known, or the instance is not loaded yet.
    """
    require_instance(instance, "apply")
    if isinstance(change, Change):
        change = Scenario(f"{change.table} changed", (change,))
    if isinstance(change, Scenario):
        return _changed(instance, change)
    names = [*_names(change)]
    if isinstance(instance, CheckedInstance):
        return instance.with_scenarios(names)
    message = "the instance offers no scenarios: load it by `load` or `from_tables`"
    raise UsageError(message)


def _changed(instance: Instance, scenario: Scenario) -> Instance:
    """Return an instance with changes made that stand in no file."""
    faults: list[Fault] = []
    origin = Origin("change", Path(), instance.units, [])
    checked = [checked_change(change, origin, faults) for change in scenario.changes]
    if faults:
        raise DataError(faults)
    made = Scenario(scenario.name, tuple(checked), scenario.rules)
    result = changes.apply(instance, made)
    faults = instance_faults(
        result, TABLES, rules=rule_places(result.diversification, TABLES)
    )
    if faults:
        raise DataError(faults)
    if isinstance(instance, CheckedInstance):
        return instance.model_copy(
            update={name: getattr(result, name) for name in Instance.model_fields}
        )
    return result
