"""Keys of a manifest to checked values: `instance.toml`, or the top of a document."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError, create_model

from solver.errors import Fault
from solver.instance import DEFINITIONS, Instance, Rule, Units
from solver.spelling import listed, shown, suggestion
from solver.units import UnitError, check_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

MANIFEST_KEYS = tuple(
    name
    for name in Instance.model_fields
    if name not in DEFINITIONS and name != "scenarios"
)
"""Keys that `instance.toml` may have."""

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
_RULE_DEPTH = 3
"""Steps to a key of a rule, such as `diversification.1.by`."""

_REMEDIES = {
    "extra_forbidden": "take it out",
    "missing": "add it",
    "finite_number": "give a finite number",
    "string_type": "give a text in quotes",
    "tuple_type": "give a list such as ['2025', '2026']",
    "string_too_short": "give a name",
}


def read_toml(text: str, file: str, faults: list[Fault]) -> dict[str, Any]:
    """Keys of a TOML file; a mistake in its syntax becomes a fault with its line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        message = f"is no sound TOML: {_TOML_LINE.sub('', str(error)).strip()}"
        faults.append(Fault(file, message, "correct it there", line))
    except RecursionError:
        faults.append(Fault(file, "is nested too deeply", "flatten it"))
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
        faults.extend(model_faults(error, {key: value}, file))
        return {}
    return {key: getattr(model, key)}


def model_faults(
    error: ValidationError, given: object, file: str, place: str = ""
) -> Iterator[Fault]:
    """Yield one fault for each place that is wrong, however many types it could have.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
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
        yield _fault(steps_taken, details, file)


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
    column, value = ".".join(place), first["input"]
    kind = first["type"]
    if kind == "extra_forbidden":
        return _unknown_key(place, value, file)
    if kind == "missing":
        return Fault(file, f"`{place[-1]}` is missing", "add it", column=column)
    expected = [
        detail["ctx"]["expected"]
        for detail in details
        if "expected" in detail.get("ctx", {})
    ]
    message = (
        f"{shown(value)} does not fit: {first['msg'][0].lower()}{first['msg'][1:]}"
    )
    remedy = _REMEDIES.get(kind, "")
    if expected:
        message = f"{shown(value)} is not known"
        remedy = f"give {expected[0]}"
        if len(details) > 1:
            remedy = f"give a number, or {expected[0]}"
    if not remedy:
        remedy = "correct it"
    return Fault(file, message, remedy, column=column, value=str(value))


def _unknown_key(place: tuple[str, ...], value: object, file: str) -> Fault:
    key = place[-1]
    known: tuple[str, ...] = tuple(Rule.model_fields)
    message = f"unknown key `{key}`"
    if place[0] == "units":
        known = tuple(Units.model_fields)
    elif len(place) > _RULE_DEPTH:
        known = ()
    else:
        message = f"{message}: the rules known are `max_share` and `min_share`"
    remedy = suggestion(key, known, f"known keys: {listed(known)}")
    return Fault(file, message, remedy, None, ".".join(place), str(value))
