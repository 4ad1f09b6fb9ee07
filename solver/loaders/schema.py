"""The form of instances, told from its definitions: JSON Schema and a page to read."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, TypeAdapter

from solver.loaders.json.document import APPLIED, CHANGES, SCENARIOS
from solver.loaders.manifest import MANIFEST_KEYS
from solver.loaders.scenario_entries import ChangeEntry, ScenarioEntry
from solver.problem.columns import column_specs
from solver.problem.descriptions import descriptions
from solver.problem.instance import Instance, Units
from solver.problem.rules import Rule
from solver.problem.tables import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from solver.problem.columns import ColumnSpec

    Json = dict[str, Any]


_REF = "#/$defs/{model}"


_UNIT_WORDS = {
    "quantity": "quantity",
    "money": "money",
    "distance": "distance",
    "days": "day",
    "emissions": "kg CO2e",
}


_INTRODUCTION = """\
# Form of an instance

An instance is a folder with `instance.toml` and one CSV (or Parquet) file for each
table, one `.json` document with the keys of `instance.toml` and the tables, one `.xlsx`
or `.xlsm` workbook with a sheet for each table, or one `.sqlite` database with the same
tables. Every table but `legs` and `demand` may be missing, and so may `instance.toml`.
In bold: columns that must be there and filled in every row. An empty cell takes the
default; an unknown column or key is an error.

In a workbook, the sheet `instance` has rows of `key` and `value` (`units.quantity`,
`periods` joined by `|`); `rules` a row for each rule, in the columns of its keys and
`scenario`, blank where it always holds; `scenarios` a row for each change. Keys with
keys of their own are written as in TOML, with or without braces:
`product = ["grain"], market = "Poti"`. What a scenario appends is another sheet. Macros
are never run and links never followed; other sheets are left alone. A database has
tables in place of these sheets.

A header may carry a unit in brackets, such as `capacity [kt]` or `cost [USD/t]`; the
column is then converted to the units that `units` names. Known are kg, t, kt and Mt;
m, km and mi; h, d and week; kg CO2e and t CO2e. A word that is not a known unit (FFE,
wagon) matches only itself, and currencies are never converted.

A table of nodes or products, where there is one, lists every node or product that
others name. Rows of demand may be equal; those of quantity 0 ask for nothing. Columns
without a name or a cell, as spreadsheets leave them, are passed over with a warning.
Names that look alike though they differ (in case, blanks, the encoding of accents, or
Cyrillic letters among Latin ones) are two names, and warned of. `none` can be no name
of what shares are counted of: it means cargo without a corridor. All legs of a route
bear the same corridor, or none: no route changes from one corridor to another.
"""


def json_schema() -> Json:
    """Return the JSON Schema of an instance's document."""
    defs: Json = {}
    properties: Json = {"$schema": {"type": "string"}}
    for key in MANIFEST_KEYS:
        properties[key] = _described(
            _field_schema(Instance.model_fields[key], defs),
            descriptions(Instance)[key],
        )
    for name in DEFINITIONS:
        properties[name] = _table_schema(name, defs)
    entry = _model_schema(ScenarioEntry, defs)
    properties[SCENARIOS] = {
        "description": "Named changes, for `--scenario`.",
        "type": "object",
        "additionalProperties": entry,
    }
    properties[APPLIED] = {
        "description": "Scenarios that the document has been through.",
        "type": "array",
        "items": {"type": "string"},
    }
    properties[CHANGES] = {
        "description": "Changes, each in one line, that were made to it after them.",
        "type": "array",
        "items": {"type": "string"},
    }
    _relax_rules(defs["Rule"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Keruen instance",
        "type": "object",
        "properties": properties,
        "required": ["legs", "demand"],
        "additionalProperties": False,
        "$defs": dict(sorted(defs.items())),
    }


def format_page() -> str:
    """Return the page that describes an instance's tables and keys, in Markdown."""
    blocks = [_INTRODUCTION]
    for name, model in DEFINITIONS.items():
        specs = column_specs(name).values()
        rows = [
            (_name(spec), _kind(spec), _unit(spec), _default(spec)) for spec in specs
        ]
        body = [
            "| column | type | unit | default | meaning |",
            "|---|---|---|---|---|",
            *(
                f"| {' | '.join(row)} | {_cell(spec.meaning)} |"
                for row, spec in zip(rows, specs, strict=True)
            ),
        ]
        heading = f"## `{name}`\n\n{_first_line(model)}\n"
        blocks.append("\n".join([heading, *body, ""]))
    keys: list[tuple[str, str, type[BaseModel]]] = [
        ("Keys of `instance.toml`", "All may be missing.", Instance),
        ("`units`", _first_line(Units), Units),
        ("`[[diversification]]`", _text(Rule), Rule),
        *(
            (title, _text(model), model)
            for title, model in _models_within(Rule, "a rule")
        ),
        (
            "Scenarios, in `scenarios.toml`",
            "Each stands under its name; `--scenario NAME` applies it.",
            ScenarioEntry,
        ),
        (
            "`[[NAME.change]]` of a scenario",
            _first_line(ChangeEntry),
            ChangeEntry,
        ),
    ]
    for title, text, own in keys:
        lines = [f"## {title}\n\n{text}\n", *_key_lines(own), ""]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _field_schema(field: FieldInfo, defs: Json) -> Json:
    """Return the schema of a field; models it refers to are added to `defs`."""
    annotation = field.rebuild_annotation()
    schema = TypeAdapter(annotation).json_schema(ref_template=_REF)
    defs.update(schema.pop("$defs", {}))
    for model in _all_models(annotation):
        _describe(model, schema if model is annotation else defs[model.__name__])
    if not field.is_required():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, str | int | float) and default != "":
            schema["default"] = default
    return schema


def _model_schema(model: type[BaseModel], defs: Json) -> Json:
    schema = model.model_json_schema(by_alias=True, ref_template=_REF)
    defs.update(schema.pop("$defs", {}))
    defs[model.__name__] = schema
    for own in _all_models(model):
        _describe(own, defs[own.__name__])
    return {"$ref": _REF.format(model=model.__name__)}


def _describe(model: type[BaseModel], schema: Json) -> None:
    """Say in the schema of a model what each of its fields means."""
    for key, text in descriptions(model).items():
        name = model.model_fields[key].alias or key
        own = _described(schema["properties"][name], text)
        schema["properties"][name] = dict(sorted(own.items()))


def _described(schema: Json, text: str) -> Json:
    return {"description": text, **schema}


def _relax_rules(schema: Json) -> None:
    """Allow what files may leave out of a rule: its name, and lists of one."""
    schema["required"].remove("name")
    names = schema["properties"]["where"]["additionalProperties"]
    schema["properties"]["where"]["additionalProperties"] = {
        "anyOf": [{"type": "string"}, names]
    }


def _table_schema(name: str, defs: Json) -> Json:
    """Return the schema of a table: a list of rows, or an object of columns."""
    model = DEFINITIONS[name]
    fields = {field.alias or key: field for key, field in model.model_fields.items()}
    cells: Json = {}
    for spec in column_specs(name).values():
        schema = _field_schema(fields[spec.name], defs)
        if not spec.required:
            plain = dict(schema)
            kinds = [*plain.pop("anyOf", [plain]), {"type": "null"}]
            schema = {"anyOf": _distinct(kinds)}
        cells[spec.name] = _described(schema, spec.meaning)
    columns = {key: {"type": "array", "items": cell} for key, cell in cells.items()}
    defs[model.__name__] = _object(name, cells)
    defs[f"{model.__name__}Columns"] = _object(name, columns)
    rows = {"type": "array", "items": {"$ref": _REF.format(model=model.__name__)}}
    listed = {"$ref": _REF.format(model=f"{model.__name__}Columns")}
    return {"description": _first_line(model), "anyOf": [rows, listed]}


def _object(name: str, properties: Json) -> Json:
    """Return the schema of an object with a table's columns, units or none."""
    specs = column_specs(name).values()
    patterns = {
        rf"^{spec.name}\s*\[.+\]$": properties[spec.name] for spec in specs if spec.unit
    }
    required = [spec.name for spec in specs if spec.required and not spec.unit]
    return {
        "description": _first_line(DEFINITIONS[name]),
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "required": required,
        "additionalProperties": False,
    }


def _distinct(schemas: list[Json]) -> list[Json]:
    return [schema for n, schema in enumerate(schemas) if schema not in schemas[:n]]


def _models_within(
    model: type[BaseModel], name: str
) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the models that the keys of one hold, and those that theirs hold."""
    for key, field in model.model_fields.items():
        for found in _models(field.rebuild_annotation()):
            yield f"`{key}` of {name}", found
            yield from _models_within(found, f"`{key}`")


def _all_models(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that a type names, and those that they hold."""
    for model in _models(annotation):
        yield model
        yield from (found for _, found in _models_within(model, ""))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that a type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _text(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _name(spec: ColumnSpec) -> str:
    return f"**{spec.name}**" if spec.required else spec.name


def _kind(spec: ColumnSpec) -> str:
    if spec.kind == "choice":
        return ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.kind == "flag":
        return "true or false"
    if spec.kind == "text":
        return "names joined by `\\|`" if spec.split else "text"
    noun = "whole number" if spec.integer else "number"
    if spec.lower is not None and spec.upper is not None:
        noun = f"{noun} from {spec.lower:g} to {spec.upper:g}"
    elif spec.lower is not None:
        noun = f"{noun}, {spec.lower:g} or more"
    return " or ".join([noun, *(f"`{word}`" for word in spec.words)])


def _unit(spec: ColumnSpec) -> str:
    if not spec.unit:
        return ""
    first, *others = spec.unit.split("/")
    return " per ".join(_UNIT_WORDS[part] for part in (first, *others))


def _default(spec: ColumnSpec) -> str:
    if spec.required:
        return ""
    if spec.kind == "flag":
        return "false"
    if spec.kind == "number":
        return "" if spec.default is None else f"{spec.default:g}"
    return f"`{spec.default}`" if spec.default else ""


def _key_lines(model: type[BaseModel]) -> Iterator[str]:
    """Yield the rows of the page's table of a model's keys."""
    known = MANIFEST_KEYS if model is Instance else tuple(model.model_fields)
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name in known:
        field, default = model.model_fields[name], "required"
        if not field.is_required():
            value = field.get_default(call_default_factory=True)
            is_plain = isinstance(value, str | int | float) and value != ""
            default = f"`{value}`" if is_plain else ""
        meaning = _cell(descriptions(model)[name])
        yield f"| {field.alias or name} | {default} | {meaning} |"


def _cell(text: str) -> str:
    """Text as a cell of a Markdown table."""
    return text.replace("|", "\\|")
