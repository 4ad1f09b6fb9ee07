"""Keys of a manifest to checked values: `instance.toml`, or the top of a document."""

from __future__ import annotations

import json
import math
import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError, create_model

from solver.errors import Fault
from solver.loaders.json.nesting import deep_nesting, dotted_fault, nesting_fault
from solver.messages import listed, shown, suggestion
from solver.problem.completion import APPLIED_KEYS
from solver.problem.instance import Instance, Units
from solver.problem.tables import DEFINITIONS
from solver.problem.units import UnitError, check_units
from solver.rules.kinds import key_examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails


MANIFEST_KEYS = tuple(
    name
    for name in Instance.model_fields
    if name not in DEFINITIONS and name not in APPLIED_KEYS
)
"""Keys that `instance.toml` may have."""


_IN_RULE = 3
"""Steps to a key of a rule: `diversification`, its number, the key."""


_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)$")


_ManifestModel = create_model(
    "Manifest",
    __base__=Instance.__base__,
    **{  # type: ignore[call-overload]
        name: (field.annotation, field)
        for name, field in Instance.model_fields.items()
        if name in MANIFEST_KEYS
    },
)


_REMEDIES = {
    "finite_number": "give a finite number",
    "float_type": "give a number such as 0.5",
    "int_type": "give a whole number such as 2",
    "string_type": "give a text in quotes",
    "tuple_type": "give a list such as ['2025', '2026']",
    "string_too_short": "give a name",
}


_EXAMPLES = {
    "diversification": '[{ by = "corridor", max_share = 0.6 }]',
    "where": '{ product = ["grain"] }',
    "for_each": '["product"]',
}
"""What the value of a key may look like, where its type is not one of a word; those
of rules know more."""


_DECIMAL_COMMA = re.compile(r"\d,\d")


def read_toml(text: str, file: str, faults: list[Fault]) -> dict[str, Any]:
    """Keys of a TOML file; a mistake in its syntax becomes a fault with its line."""
    deep = dotted_fault(text, file)
    if deep is not None:
        faults.append(deep)
        return {}
    try:
        keys = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        message = f"is not valid TOML: {_TOML_LINE.sub('', str(error)).strip()}"
        lines = text.splitlines()[line - 1 : line]
        is_comma = any(map(_DECIMAL_COMMA.search, lines))
        remedy = (
            "write numbers with a decimal point" if is_comma else "correct it there"
        )
        faults.append(Fault(file, message, remedy, line))
    except RecursionError:
        faults.append(deep_nesting(file))
    else:
        deep = nesting_fault(keys, file)
        if deep is None:
            return keys
        faults.append(deep)
    return {}


def read_manifest(
    keys: Mapping[str, Any], file: str, faults: list[Fault]
) -> dict[str, Any]:
    """Return checked values of the keys; what is wrong becomes a fault."""
    given = dict(keys)
    if isinstance(given.get("diversification"), list):
        given["diversification"] = prepared_rules(given["diversification"])
    values: dict[str, Any] = {}
    for key, value in given.items():
        values |= _checked_key(key, value, file, faults)
    units = values.get("units", Units())
    try:
        check_units(units)
    except UnitError as error:
        faults.append(Fault(file, error.message, error.remedy, column="units"))
    return values


def prepared_rules(rules: list[Any], default: str = "rule") -> list[Any]:
    """Return rules with default names, and single names of `where` as lists."""
    result = []
    for number, rule in enumerate(rules, 1):
        if not isinstance(rule, dict):
            result.append(rule)
            continue
        where = rule.get("where")
        filled = {"name": f"{default} {number}", **rule}
        if isinstance(where, dict):
            filled["where"] = {
                key: [value] if isinstance(value, str) else value
                for key, value in where.items()
            }
        result.append(filled)
    return result


def _checked_key(
    key: str, value: object, file: str, faults: list[Fault]
) -> dict[str, Any]:
    """Return the key's value as the instance holds it, or nothing."""
    if key not in MANIFEST_KEYS:
        remedy = suggestion(key, MANIFEST_KEYS, f"known keys: {listed(MANIFEST_KEYS)}")
        message = f"unknown key `{key}`"
        faults.append(Fault(file, message, remedy, None, key, str(value)))
        return {}
    try:
        # Values that JSON does not know, such as dates, fit nowhere: lists neither.
        text = json.dumps({key: value}, default=lambda other: [str(other)])
        model = _ManifestModel.model_validate_json(text, strict=True)
    except ValidationError as error:
        faults.extend(model_faults(error, _ManifestModel, {key: value}, file))
        return {}
    return {key: getattr(model, key)}


def model_faults(
    error: ValidationError,
    model: type[BaseModel],
    given: object,
    file: str,
    place: str = "",
) -> Iterator[Fault]:
    """Yield one fault for each place that is wrong, however many types it could have.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    model : type of BaseModel
        What it should have been.
    given : object
        What it was given.
    file : str
        File at fault.
    place : str
        Key of `given` in it; blank: the top.
    """
    places: dict[tuple[str, ...], list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        steps = [str(step) for step in _place(detail["loc"], given)]
        steps = [place, *steps] if place else steps
        places.setdefault(tuple(steps), []).append(detail)
    for steps_taken, details in places.items():
        if any(_is_inside(other, steps_taken) for other in places):
            continue  # It is of the type that was meant, but for what is inside.
        if details[0]["type"] == "extra_forbidden":
            fault = _unknown_key(steps_taken, details[0], model, file)
        else:
            fault = _fault(steps_taken, details, file)
        rule = _rule_name(steps_taken, given)
        yield replace(fault, message=f"{rule}{fault.message}") if rule else fault


def _rule_name(place: tuple[str, ...], given: object) -> str:
    """Name given to the rule that a place is in, as messages begin; blank: none."""
    if len(place) < _IN_RULE or place[0] != "diversification":
        return ""
    rules = given["diversification"] if isinstance(given, dict) else []
    name = rules[int(place[1]) - 1].get("name")
    given_one = isinstance(name, str) and not name.endswith(f" {place[1]}")
    return f"rule `{name}`: " if given_one else ""


def _is_inside(place: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _place(steps: tuple[int | str, ...], value: object) -> list[int | str]:
    """Return the steps of a location that stand in the file: no names of types."""
    result: list[int | str] = []
    inside = value
    for step in steps:
        if isinstance(inside, dict) and isinstance(step, str):
            if step in inside:
                inside = inside[step]
                result.append(step)
            elif step not in _TYPE_NAMES:
                result.append(step)
        elif isinstance(inside, list) and isinstance(step, int):
            inside = inside[step] if step < len(inside) else None
            result.append(step + 1)
    return result


_TYPE_NAMES = frozenset({"float", "int", "dict[str,float]", "[key]"})


def _fault(place: tuple[str, ...], details: list[ErrorDetails], file: str) -> Fault:
    first = details[0]
    column, value = ".".join(place) or None, first["input"]
    if first["type"] == "missing":
        return Fault(file, f"`{place[-1]}` is missing", "add it", column=column)
    expected = [
        detail["ctx"]["expected"]
        for detail in details
        if "expected" in detail.get("ctx", {})
    ]
    if expected:
        message = f"{shown(value)} is not known"
        remedy = f"give {expected[0]}"
        if len(details) > 1:
            remedy = f"give a number, or {expected[0]}"
    else:
        text = f"{first['msg'][0].lower()}{first['msg'][1:]}"
        message, remedy = f"{shown(value)} does not fit: {text}", _remedy(place, first)
    return Fault(file, message, remedy, column=column, value=str(value))


def _remedy(place: tuple[str, ...], detail: ErrorDetails) -> str:
    """Say what to do about a value of the wrong type or size."""
    kind, limits = detail["type"], detail.get("ctx", {})
    if "ge" in limits:
        return f"give a number of {limits['ge']:g} or more"
    if kind.endswith("_type") and place:
        example = {**_EXAMPLES, **key_examples()}.get(place[-1])
        if example:
            return f"write it as `{example}`"
    if kind in {"float_type", "int_type"} and _is_number(detail["input"]):
        return "give it without quotes"
    return _REMEDIES.get(kind, "correct it")


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False


def _unknown_key(
    place: tuple[str, ...], detail: ErrorDetails, model: type[BaseModel], file: str
) -> Fault:
    known = _known_keys(model, detail["loc"])
    remedy = suggestion(place[-1], known, f"known keys: {listed(known)}")
    message, value = f"unknown key `{place[-1]}`", str(detail["input"])
    return Fault(file, message, remedy, None, ".".join(place), value)


def _known_keys(model: type[BaseModel], steps: tuple[int | str, ...]) -> list[str]:
    """Keys that may stand where the last step of a location does."""
    owner = model
    for step in steps[:-1]:
        fields = {
            field.alias or key: field for key, field in owner.model_fields.items()
        }
        if step in fields:
            owner = next(_models(fields[str(step)].annotation), owner)
    return [field.alias or key for key, field in owner.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401
    """Yield the models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
