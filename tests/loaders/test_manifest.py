from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.loaders.folders import faults_of, only_fault, read

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_of_the_manifest(tmp_path: Path) -> None:
    """All keys that `instance.toml` may have reach the instance."""
    instance = read(
        tmp_path,
        instance_toml="""
name = "Trade"
description = "of a country"
source = "made up"
units = { quantity = "kt", money = "EUR" }
periods = ["2025", "2026"]
unmet_cost = 900
emission_price = 0.05
currency_year = 2025
[[diversification]]
by = "corridor"
max_share = { north = 0.5 }
where = { product = "grain" }
[[diversification]]
name = "one for each"
by = "mode"
min_share = 0.1
for_each = ["product", "period"]
""",
    )
    assert (instance.name, instance.description) == ("Trade", "of a country")
    assert instance.units.model_dump() == {
        "quantity": "kt",
        "money": "EUR",
        "distance": "km",
    }
    assert instance.periods == ("2025", "2026")
    assert instance.demand["unmet_cost"][0] == 900.0
    assert (instance.emission_price, instance.currency_year) == (0.05, 2025)
    first, second = instance.diversification
    assert (first.name, second.name) == ("rule 1", "one for each")
    assert first.where == {"product": ("grain",)}
    assert second.for_each == ("product", "period")


def test_a_demand_may_be_firm_where_others_are_priced(tmp_path: Path) -> None:
    """A row's own word or number goes before the instance's default."""
    rows = "grain,A,C,1,\ngrain,A,C,1,last resort\ngrain,A,C,1,7\n"
    instance = read(
        tmp_path,
        instance_toml="unmet_cost = 900\n",
        demand=f"product,origin,market,quantity,unmet_cost\n{rows}",
    )
    assert list(instance.demand["unmet_cost"]) == [900.0, np.inf, 7.0]


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("perods = ['a']", "perods", "unknown key `perods`"),
        ("scenarios = ['a']", "scenarios", "unknown key `scenarios`"),
        ("name = 3", "name", "3 does not fit: input should be a valid string"),
        ("name = 2025-01-01", "name", "['2025-01-01'] does not fit"),
        ("periods = '2025'", "periods", "`2025` does not fit"),
        ("periods = []", "periods", "no period is named"),
        ("periods = ['all']", "periods", "`all` means all periods together"),
        ("periods = ['a', 'a']", "periods", "period `a` stands there twice"),
        ("unmet_cost = 'last'", "unmet_cost", "`last` is not known"),
        ("unmet_cost = true", "unmet_cost", "True is not known"),
        ("unmet_cost = -1", "unmet_cost", "-1 is negative"),
        ("emission_price = nan", "emission_price", "nan does not fit"),
        ("emission_price = -0.5", "emission_price", "-0.5 does not fit"),
        ("currency_year = '2025'", "currency_year", "`2025` does not fit"),
        ("units = { quantity = 'km' }", "units", "`km` is a distance, not a quantity"),
        ("units = { money = 't' }", "units", "`t` is a quantity, not money"),
        ("units = { weight = 't' }", "units.weight", "unknown key `weight`"),
    ],
)
def test_a_wrong_key_is_named(
    tmp_path: Path, line: str, column: str, message: str
) -> None:
    """Every key is checked for its name, its type and its value."""
    fault = only_fault(tmp_path, instance_toml=f"{line}\n")
    assert (fault.file, fault.column) == ("instance.toml", column)
    assert fault.message.startswith(message)


def test_a_slip_in_the_syntax_has_its_line(tmp_path: Path) -> None:
    """TOML that cannot be read is a fault at its line."""
    fault = only_fault(tmp_path, instance_toml='name = "x"\nperiods = 2025-\n')
    assert str(fault).startswith("instance.toml:2: is not valid TOML")


def test_a_decimal_comma_is_told_as_such(tmp_path: Path) -> None:
    """The parser alone would ask for a new line."""
    fault = only_fault(tmp_path, instance_toml='name = "x"\nnear = 0,4\n')
    assert fault.remedy == "write numbers with a decimal point"


def test_a_rule_may_bound_all_values_together(tmp_path: Path) -> None:
    """Concentration, the largest together, change and a penalty reach the instance."""
    instance = read(
        tmp_path,
        instance_toml="""
[[diversification]]
by = "corridor"
max_hhi = 5000
min_effective = 1.5
max_top = { k = 1, share = 0.7 }
max_change = { quantity = 20, from = "../2024", reference = [
  { period = "all year", value = "north", quantity = 60 },
] }
penalty = 0
[[diversification]]
by = "mode"
for_each = ["product"]
max_change.share = 0.1
[[diversification.max_change.reference]]
scope = { product = "grain" }
period = "all year"
value = "canal"
quantity = 12.5
""",
    )
    first, second = instance.diversification
    assert (first.max_hhi, first.min_effective, first.penalty) == (5000.0, 1.5, 0.0)
    assert first.max_top is not None
    assert (first.max_top.k, first.max_top.share) == (1, 0.7)
    change = first.max_change
    assert change is not None
    assert (change.share, change.quantity, change.from_) == (None, 20.0, "../2024")
    assert change.reference is not None
    assert [row.quantity for row in change.reference] == [60.0]
    assert second.max_change is not None
    (row,) = second.max_change.reference or ()
    assert (row.scope, row.value) == ({"product": "grain"}, "canal")


RULE = '[[diversification]]\nby = "corridor"\n'


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (
            "max_hii = 0.5",
            "max_hii",
            "unknown key `max_hii`; did you mean `max_hhi`?",
        ),
        (
            "max_top = { k = 2, shre = 0.5, share = 0.9 }",
            "max_top.shre",
            "unknown key `shre`; did you mean `share`?",
        ),
        (
            "max_top = { k = 2, share = 0.9, of = 'demand' }",
            "max_top.of",
            "unknown key `of`; known keys: `k`, `share`",
        ),
        (
            "max_change = { share = 0.1, form = 'x' }",
            "max_change.form",
            "unknown key `form`; did you mean `from`?",
        ),
        (
            "max_change = { share = 0.1, reference = [{ period = 'x', value = 'north', "
            "quantity = 1, scop = {} }] }",
            "max_change.reference.1.scop",
            "unknown key `scop`; did you mean `scope`?",
        ),
        (
            "max_hhi = '0.5'",
            "max_hhi",
            "`0.5` does not fit: input should be a valid number; "
            "give it without quotes",
        ),
        (
            "max_hhi = 'low'",
            "max_hhi",
            "`low` does not fit: input should be a valid number; "
            "give a number such as 0.5",
        ),
        (
            "max_hhi = inf",
            "max_hhi",
            "inf does not fit: input should be a finite number; give a finite number",
        ),
        (
            "max_hhi = { northern = 0.5 }",
            "max_hhi",
            "{'northern': 0.5} does not fit: input should be a valid number; "
            "give a number such as 0.5",
        ),
        (
            "min_effective = true",
            "min_effective",
            "True does not fit: input should be a valid number; "
            "give a number such as 0.5",
        ),
        (
            "max_top = 0.9",
            "max_top",
            "0.9 does not fit: input should be an object; "
            "write it as `{ k = 2, share = 0.9 }`",
        ),
        ("max_top = { k = 2 }", "max_top.share", "`share` is missing; add it"),
        (
            "max_top = { k = 1.5, share = 0.9 }",
            "max_top.k",
            "1.5 does not fit: input should be a valid integer; "
            "give a whole number such as 2",
        ),
        (
            "max_top = { k = 0, share = 0.9 }",
            "max_top.k",
            "0 does not fit: input should be greater than or equal to 1; "
            "give a number of 1 or more",
        ),
        (
            "max_change = 0.1",
            "max_change",
            "0.1 does not fit: input should be an object; "
            'write it as `{ share = 0.1, from = "../results/2024" }`',
        ),
        (
            "max_change = { share = -0.1, from = 'x' }",
            "max_change.share",
            "-0.1 does not fit: input should be greater than or equal to 0; "
            "give a number of 0 or more",
        ),
        (
            "max_change = { share = 0.1, from = 2024 }",
            "max_change.from",
            "2024 does not fit: input should be a valid string; give a text in quotes",
        ),
        (
            "max_change = { share = 0.1, reference = { north = 60 } }",
            "max_change.reference",
            "{'north': 60} does not fit: input should be a valid array; write it as "
            '`[{ period = "2025", value = "northern", quantity = 12.5 }]`',
        ),
        (
            "max_change = { share = 0.1, reference = [{ period = 'all', "
            "value = 'north', quantity = -1 }] }",
            "max_change.reference.1.quantity",
            "-1 does not fit: input should be greater than or equal to 0; "
            "give a number of 0 or more",
        ),
        (
            "max_change = { share = 0.1, reference = [{ period = 'all', "
            "value = 'north', quantity = 1, scope = { grup = 'x' } }] }",
            "max_change.reference.1.scope.grup",
            "`grup` is not known; "
            "give 'product', 'group', 'origin', 'market' or 'period'",
        ),
        (
            "max_share = 0.5\npenalty = -1",
            "penalty",
            "-1 does not fit: input should be greater than or equal to 0; "
            "give a number of 0 or more",
        ),
        (
            "max_share = 'half'",
            "max_share",
            "`half` does not fit: input should be a valid number; "
            "write it as `0.6` or `{ northern = 0.5 }`",
        ),
        (
            "max_share = { north = 'half' }",
            "max_share.north",
            "`half` does not fit: input should be a valid number; "
            "give a number such as 0.5",
        ),
    ],
)
def test_a_slip_in_a_rule_is_one_fault(
    tmp_path: Path, line: str, column: str, text: str
) -> None:
    """Name, type and size of each key, nested or not, with what to do."""
    fault = only_fault(tmp_path, instance_toml=f"{RULE}{line}\n")
    place = f"diversification.1.{column}"
    assert (fault.file, fault.column) == ("instance.toml", place)
    assert str(fault) == f"instance.toml {place}: {text}"


def test_a_slip_in_a_named_rule_names_it(tmp_path: Path) -> None:
    """A name that was given says more than the number of the rule."""
    text = f"{RULE}name = 'half each'\nmax_top = {{ k = 0, share = 0.5 }}\n"
    fault = only_fault(tmp_path, instance_toml=text)
    assert fault.message.startswith("rule `half each`: 0 does not fit: ")
    fault = only_fault(tmp_path, instance_toml=f"{RULE}name = 'x'\nmax_hii = 1\n")
    assert fault.message == "rule `x`: unknown key `max_hii`"


def test_unknown_units_and_keys_are_suggested(tmp_path: Path) -> None:
    """The keys that are known are those of the table where the unknown one stands."""
    fault = only_fault(tmp_path, instance_toml="units = { quantiy = 't' }\n")
    assert fault.remedy == "did you mean `quantity`?"
    toml = "[x]\n[[x.change]]\ntable = 'legs'\nsets = { cost = 1 }\n"
    fault = only_fault(tmp_path, instance_toml="", scenarios_toml=toml)
    assert (fault.column, fault.remedy) == ("x.change.1.sets", "did you mean `set`?")


def test_a_rule_is_checked_key_by_key(tmp_path: Path) -> None:
    """Each slip in a rule is found, with the place where it stands."""
    faults = faults_of(
        tmp_path,
        instance_toml="""
[[diversification]]
by = "coridor"
max_share = { a = "x" }
where = { grup = "x", group = 3 }
for_each = ["product", "x"]
""",
    )
    columns = {fault.column for fault in faults}
    assert {
        "diversification.1.by",
        "diversification.1.max_share.a",
        "diversification.1.where.grup",
        "diversification.1.where.group",
        "diversification.1.for_each.2",
    } <= columns
