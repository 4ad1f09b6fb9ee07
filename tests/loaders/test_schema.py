from __future__ import annotations

import json

from solver.loaders.schema import format_page, json_schema
from solver.problem.columns import column_specs
from solver.problem.instance import Instance
from solver.problem.rules import Rule
from solver.problem.tables import DEFINITIONS


def test_the_schema_has_every_key_and_column() -> None:
    """All keys and tables of an instance stand in the schema, and nothing else."""
    schema = json_schema()
    applied = {"scenarios", "changes"}
    keys = {key for key in Instance.model_fields if key not in applied}
    assert keys | {*applied, "applied", "$schema"} == set(schema["properties"])
    assert schema["required"] == ["legs", "demand"]
    for name, model in DEFINITIONS.items():
        for form in (model.__name__, f"{model.__name__}Columns"):
            definition = schema["$defs"][form]
            assert list(definition["properties"]) == list(column_specs(name))
            assert definition["additionalProperties"] is False


def test_every_reference_leads_somewhere() -> None:
    """No `$ref` of the schema is left hanging."""
    schema = json_schema()
    text = json.dumps(schema)
    for part in text.split('"#/$defs/')[1:]:
        assert part.split('"', maxsplit=1)[0] in schema["$defs"]


def test_columns_with_units_are_allowed() -> None:
    """A column with a unit in its name is part of the schema."""
    demand = json_schema()["$defs"]["DemandRow"]
    assert r"^quantity\s*\[.+\]$" in demand["patternProperties"]
    assert demand["required"] == ["product", "origin", "market"]


def test_a_rule_needs_no_name_in_a_file() -> None:
    """Rules without a name are named by their number."""
    assert json_schema()["$defs"]["Rule"]["required"] == ["by"]


def test_nested_keys_of_a_rule_are_those_of_a_file() -> None:
    """What a rule's tables may hold stands in the schema, under the names of files."""
    defs = json_schema()["$defs"]
    assert list(defs["TopShare"]["properties"]) == ["k", "share"]
    keys = ["share", "quantity", "from", "reference"]
    assert list(defs["ChangeLimit"]["properties"]) == keys
    assert defs["Reference"]["required"] == ["period", "value", "quantity"]
    for name in ("Rule", "TopShare", "ChangeLimit", "Reference"):
        assert defs[name]["additionalProperties"] is False


def test_the_page_has_every_key_of_a_rule() -> None:
    """Each bound has its row, and its own tables follow."""
    page = format_page()
    rule = page.split("## `[[diversification]]`")[1].split("\n## ")[0]
    for key in Rule.model_fields:
        assert rule.count(f"\n| {key} | ") == 1
    for heading, keys in (
        ("`max_top` of a rule", ["k", "share"]),
        ("`max_change` of a rule", ["share", "quantity", "from", "reference"]),
        ("`reference` of `max_change`", ["scope", "period", "value", "quantity"]),
    ):
        section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
        for key in keys:
            assert section.count(f"\n| {key} | ") == 1


def test_the_page_has_every_column_in_its_table() -> None:
    """The page describes each column in a row of its own, required ones in bold."""
    page = format_page()
    for name in DEFINITIONS:
        section = page.split(f"## `{name}`")[1].split("\n## ")[0]
        for spec in column_specs(name).values():
            title = f"**{spec.name}**" if spec.required else spec.name
            assert section.count(f"\n| {title} | ") == 1
    assert "| capacity | number, 0 or more | quantity |  | Limit per period;" in page
    assert "| periods |  | Periods; independent of each other. |" in page
