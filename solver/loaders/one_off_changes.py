"""Changes given in one line each, made on a loaded instance.

The same grammar serves ``--set`` and the items of a sweep: a line is parsed, built
like a change of ``scenarios.toml``, made, and kept with the instance.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from solver.checks.instance import instance_faults, instance_warnings
from solver.errors import DataError, Fault
from solver.loaders.manifest import model_faults, prepared_rules, read_manifest
from solver.loaders.scenario_entries import ChangeBuilder, ChangeEntry, Origin
from solver.messages import listed, shown, suggestion
from solver.problem.change_text import INSTANCE, RULES, parse_change
from solver.problem.completion import Draft, completed, draft_of
from solver.problem.draws import PARAMETERS, Draw
from solver.problem.rules import Rule
from solver.problem.scenarios import Change, changed_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.loaders.instance_files import Loaded
    from solver.problem.change_text import ChangeText
    from solver.problem.instance import Instance
    from solver.problem.rules import RulePlace

OPTION = "--set"
"""Where these changes stand, for faults."""

INSTANCE_KEYS = ("emission_price",)
"""Keys of the instance that a change may give."""

_BOUNDS = ("min", "max")
_WHICH = ("seed", "draw", "per")


def with_changes(
    loaded: Loaded,
    texts: Sequence[str],
    file: str = OPTION,
    *,
    warns: bool = True,
) -> Loaded:
    """Return an instance with changes made, checked again as a whole.

    Parameters
    ----------
    loaded : Loaded
        A checked instance.
    texts : sequence of str
        The changes, in order, in the grammar of `solver.problem.change_text`.
    file : str
        Where they stand, for faults.
    warns : bool
        Whether what is odd is looked for.

    Raises
    ------
    UsageError
        A line is no change.
    DataError
        A change selects nothing, or leaves the instance unsound.
    """
    if not texts:
        return loaded
    maker = _Maker(loaded, file)
    for text in texts:
        maker.make(parse_change(text), text)
    instance, rules = maker.instance(texts), maker.rules
    faults = maker.faults or [
        replace(fault, message=f"with the changes given: {fault.message}")
        for fault in instance_faults(instance, file, rules=rules)
    ]
    if faults:
        raise DataError(faults)
    warnings = tuple(instance_warnings(instance, rules)) if warns else ()
    return replace(loaded, instance=instance, warnings=warnings, rules=tuple(rules))


def table_change(
    instance: Instance, change: ChangeText, place: str, faults: list[Fault], file: str
) -> Change:
    """Return the change of a table that a line stands for; what is wrong is added.

    Parameters
    ----------
    instance : Instance
        Whose units its numbers are in.
    change : ChangeText
        The line, of a table of the instance.
    place : str
        How faults name it.
    faults : list of Fault
        Takes what is wrong.
    file : str
        Where it stands, for faults.
    """
    builder = ChangeBuilder(Origin(file, Path(), instance.units, []), faults)
    drawn = _draw(change, place, faults, file)
    value = 1.0 if drawn is not None else change.value
    key = {"=": "set", "*=": "scale", "+=": "add"}[change.operator]
    given = {
        "table": change.table,
        "where": change.where,
        key: {change.column: "" if value is None else value},
    }
    try:
        entry = ChangeEntry.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        faults.extend(model_faults(error, ChangeEntry, given, file, place))
        return Change(change.table, file=file, place=place)
    built = builder.change(entry, place)
    # The line says itself which of its cells is set: it is the whole place.
    for number, fault in enumerate(faults):
        if (fault.column or "").startswith(f"{place}."):
            faults[number] = replace(fault, column=place)
    if drawn is None:
        return built
    numbers = {change.column: drawn}
    if change.operator == "*=":
        return replace(built, factors=numbers)
    return replace(built, terms=numbers)


class _Maker:
    """Makes one change after the other, and collects what is wrong with them."""

    def __init__(self, loaded: Loaded, file: str) -> None:
        self._draft = draft_of(loaded.instance)
        self._old = loaded.instance
        self._file = file
        self.rules: list[RulePlace] = list(loaded.rules)
        self.faults: list[Fault] = []

    def make(self, change: ChangeText, text: str) -> None:
        """Make a change, or say what is wrong with it."""
        if change.table == RULES:
            self._change_rules(change, text)
        elif change.table == INSTANCE:
            self._change_key(change, text)
        else:
            tables, name = self._draft.tables, change.table
            found: list[Fault] = []
            built = table_change(self._old, change, text, found, self._file)
            if not found:
                tables = {**tables, name: changed_table(tables[name], built, found)}
                self._draft = replace(self._draft, tables=tables)
            self.faults += found

    def instance(self, texts: Sequence[str]) -> Instance:
        """Return the instance after all changes."""
        rules = tuple(place.rule for place in self.rules)
        manifest = {**self._draft.manifest, "diversification": rules}
        changes = (*self._draft.changes, *texts)
        draft = Draft(manifest, self._draft.tables, self._draft.scenarios, changes)
        return completed(draft, self.faults)

    def _change_key(self, change: ChangeText, text: str) -> None:
        """Change a key of the instance."""
        key = change.column
        if change.where or key not in INSTANCE_KEYS:
            message = f"{shown(key)} is not a key that a change may give"
            self._refuse(text, message, f"write it as `{INSTANCE}.{INSTANCE_KEYS[0]}`")
            return
        value = self._moved(self._draft.manifest.get(key), change, text)
        values = read_manifest({key: value}, self._file, self.faults)
        self._draft = replace(self._draft, manifest={**self._draft.manifest, **values})

    def _change_rules(self, change: ChangeText, text: str) -> None:
        """Change one key of the rules that are selected by name."""
        unknown = [column for column in change.where if column != "name"]
        if unknown:
            message = f"rules are selected by name, not by {shown(unknown[0])}"
            self._refuse(text, message, 'write it as `rules["NAME"].max_share = 0.5`')
            return
        known = [place.rule.name for place in self.rules]
        wanted = change.where.get("name", known)
        names = wanted if isinstance(wanted, list) else [wanted]
        for name in names:
            if name not in known:
                remedy = f"the instance has {listed(known)}"
                remedy = suggestion(str(name), known, remedy)
                remedy = remedy if known else "the instance has no rules: add one"
                self._refuse(text, f"no rule has the name {shown(name)}", remedy)
        if not names:
            self._refuse(text, "selects no rule", "the instance has none")
        for number, place in enumerate(self.rules):
            if place.rule.name in names:
                rule = self._changed_rule(place.rule, change, text)
                self.rules[number] = replace(place, rule=rule)

    def _changed_rule(self, rule: Rule, change: ChangeText, text: str) -> Rule:
        """Return a rule with one key changed; null takes the key away."""
        key = change.column
        given = rule.model_dump(by_alias=True, mode="json", exclude_none=True)
        if key == "name":
            self._refuse(text, "name is what rules are known by", "keep it")
            return rule
        value = self._moved(given.get(key), change, text)
        given = {name: old for name, old in given.items() if name != key}
        if value is not None:
            given[key] = value
        try:
            (prepared,) = prepared_rules([given])
            return Rule.model_validate_json(json.dumps(prepared), strict=True)
        except ValidationError as error:
            self.faults.extend(model_faults(error, Rule, given, self._file, text))
            return rule

    def _moved(self, old: object, change: ChangeText, text: str) -> Any:  # noqa: ANN401
        """Return the value after a change."""
        if change.operator == "=":
            return change.value
        numbers = [old, change.value]
        if any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers):
            message = f"{change.column} is {shown(old)}, which cannot be moved"
            self._refuse(text, message, "give a value by `=`")
            return old
        moved = old * change.value if change.operator == "*=" else old + change.value
        return float(f"{moved:.15g}")

    def _refuse(self, text: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, message, remedy, None, text))


def _draw(
    change: ChangeText, place: str, faults: list[Fault], file: str
) -> Draw | None:
    """Return the distribution that a value stands for, or None if it is a value."""
    value = change.value
    if not isinstance(value, dict):
        return None
    kinds = [kind for kind in PARAMETERS if kind in value]
    known = (*PARAMETERS, *_BOUNDS, *_WHICH)
    unknown = [key for key in value if key not in known]
    message = ""
    if unknown:
        message = f"unknown key {shown(unknown[0])}"
    elif len(kinds) != 1 or change.operator == "=":
        message = (
            f"{shown(json.dumps(value))} is not a distribution of factors or terms"
        )
    else:
        try:
            return _built_draw(kinds[0], value)
        except (TypeError, ValueError) as error:
            message = str(error)
    remedy = 'write it as `*= {"normal": [1.0, 0.05], "min": 0, "seed": 1, "draw": 1}`'
    faults.append(Fault(file, message, remedy, None, place, json.dumps(value)))
    return None


def _built_draw(kind: str, value: dict[str, Any]) -> Draw:
    """Return a draw.

    Raises
    ------
    TypeError, ValueError
        Something in it is not what it must be.
    """
    numbers = value[kind]
    if not isinstance(numbers, list) or len(numbers) != len(PARAMETERS[kind]):
        raise ValueError(f"{kind} needs {', '.join(PARAMETERS[kind])}")
    built = Draw(
        kind,  # type: ignore[arg-type]
        tuple(map(_number, numbers)),
        low=_number(value.get("min", float("-inf"))),
        high=_number(value.get("max", float("inf"))),
        seed=_whole(value.get("seed", 0), "seed"),
        draw=_whole(value.get("draw", 1), "draw"),
        per=value.get("per", "row"),
    )
    if built.per not in {"row", "all"}:
        raise ValueError(f"per is {shown(built.per)}, not `row` or `all`")
    if not _is_ordered(built):
        raise ValueError(f"the numbers of {kind} are not in order, or negative")
    return built


def _is_ordered(draw: Draw) -> bool:
    """Whether the parameters are those of a distribution."""
    if draw.low > draw.high:
        return False
    if draw.kind in {"normal", "lognormal"}:
        return draw.numbers[1] >= 0
    return list(draw.numbers) == sorted(draw.numbers)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{shown(value)} is not a number")
    return float(value)


def _whole(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{key} is {shown(value)}, not a whole number of 0 or more")
    return value
