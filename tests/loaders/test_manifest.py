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
    assert str(fault).startswith("instance.toml:2: is no sound TOML")


def test_rules_to_come_are_unknown_today(tmp_path: Path) -> None:
    """A rule of another kind is refused, and the kinds that are known are named."""
    toml = '[[diversification]]\nby = "corridor"\nmax_hhi = 0.6\n'
    fault = only_fault(tmp_path, instance_toml=toml)
    assert fault.column == "diversification.1.max_hhi"
    assert "the rules known are `max_share` and `min_share`" in fault.message


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
