"""What one more and one less change of unmet firm demand: by hand, and forged."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from solver.options import Options
from solver.reports.tables.both_ways import both_ways as told_both_ways
from solver.results.folder import write
from solver.solution.certificate import Stage
from solver.solution.form import CERTIFICATE, MONEY
from solver.solution.keys import CapacityKey
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from solver.tasks.verify import audit
from solver.verification.figures.both_ways import both_ways as checked_both_ways
from solver.verification.slopes.slopes import Proofs
from tests.build import build_instance
from tests.folders import hashed_again, with_one_sided, written_again

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from solver.problem.instance import Instance
    from solver.solution.solution import Result


def solved(instance: Instance) -> Result:
    """Return the verified result of an instance, all questions asked."""
    return run(instance, Options(sensitivity="all"), Clock()).result


def reliefs(result: Result, table: str = "capacity") -> list[tuple[str, str]]:
    """Return what stands in both columns, where no price stands beside it."""
    own = result.tables[table]
    for side in ("more", "less"):
        told = own[f"relief_{side}"] != ""
        assert np.isnan(own[f"price_{side}"].astype(float))[told].all()
    return [*zip(own["relief_more"], own["relief_less"], strict=True)]


def _demand(quantity: float, priority: int | None = None, start: str = "A") -> Any:
    own = {"product": "g", "origin": start, "market": "B", "quantity": quantity}
    return own if priority is None else {**own, "priority": priority}


LEG = [{"from": "A", "to": "B", "capacity": 100.0, "cost": 5.0}]


def test_a_limit_that_keeps_demand_lets_more_through() -> None:
    """Of 150 t one leg takes 100: one more is one more served, one less one less."""
    result = solved(build_instance(LEG, [_demand(150.0)]))
    assert reliefs(result) == [("last=1", "last=1")]


def test_a_limit_that_is_just_enough_tells_only_what_is_lost() -> None:
    """One more saves nothing, a price; one less leaves a tonne of firm demand."""
    result = solved(build_instance(LEG, [_demand(100.0)]))
    assert reliefs(result) == [("", "last=1")]
    assert result.tables["capacity"]["price_more"].tolist() == [0.0]


def test_classes_are_told_apart() -> None:
    """A tonne of the first class passes H>B and takes it from the last one.

    It counts twice for k, so half a tonne of it follows one more of k; what it takes
    of k2 is what C lacks.
    """
    legs = [
        {"from": "A", "to": "H", "cost": 1.0},
        {"from": "H", "to": "B", "cost": 1.0},
        {"from": "C", "to": "B", "cost": 1.0},
    ]
    capacities = [
        {"capacity": "k", "legs": "A>H|H>B", "quantity": 100.0},
        {"capacity": "k2", "legs": "C>B|H>B", "quantity": 70.0},
    ]
    demand = [_demand(60.0, 1), _demand(60.0, None, "C")]
    result = solved(build_instance(legs, demand, capacities=capacities))
    assert reliefs(result) == [
        ("1=0.5, last=-0.5", "1=0.5, last=-0.5"),
        ("last=1", "last=1"),
    ]


def test_only_the_class_at_the_edge_changes() -> None:
    """60 t of the first class and 40 of the second's 60 pass: the third waits."""
    demand = [_demand(60.0, 1), _demand(60.0, 2), _demand(50.0)]
    result = solved(build_instance(LEG, demand))
    assert reliefs(result) == [("2=1", "2=1")]


def test_a_rule_that_keeps_firm_demand_tells_so() -> None:
    """South takes 30 t, north at most seven parts of ten: 100 t of 120.

    A point more room is a point of 100 t more for the north, and of it 1 / 0.3 in all.
    """
    legs = [
        {"from": "A", "to": "B", "corridor": "north", "cost": 10.0, "leg": "n"},
        {"from": "A", "to": "B", "corridor": "south", "cost": 20.0, "leg": "s"},
    ]
    legs[1] |= {"capacity": 30.0}
    rule = {"name": "r", "by": "corridor", "max_share": {"north": 0.7}}
    instance = build_instance(legs, [_demand(120.0)], diversification=(rule,))
    result = solved(instance)
    (own,) = reliefs(result, "rules")
    name, _, rate = own[0].partition("=")
    assert name == "last"
    assert float(rate) == pytest.approx(1 / 0.3, rel=1e-8)
    assert own == (own[0], own[0])


def test_demand_without_a_route_blanks_no_relief_bug() -> None:
    """C cannot be reached: its class leaves all of it, whatever A>B takes."""
    lost = {"product": "g", "origin": "A", "market": "C", "quantity": 4.0}
    legs = [*LEG, {"from": "D", "to": "C", "cost": 1.0}]
    result = solved(build_instance(legs, [_demand(150.0, 1), lost]))
    assert reliefs(result)[0] == ("1=1", "1=1")
    demand = [_demand(150.0), {**lost, "priority": 1}]
    assert reliefs(solved(build_instance(legs, demand)))[0] == ("last=1", "last=1")


def test_limits_in_series_that_keep_demand_save_nothing_alone() -> None:
    """Prices of what stays unmet are found for each: one dual has only one of them."""
    legs = [{**LEG[0], "to": "M"}, {**LEG[0], "from": "M"}]
    result = solved(build_instance(legs, [_demand(150.0)]))
    assert reliefs(result) == [("", "last=1")] * 2
    assert result.tables["capacity"]["price_more"].tolist() == [0.0] * 2


def test_prices_beside_demand_without_a_route_are_told() -> None:
    """What cannot be carried anyway takes no price away."""
    lost = {"product": "g", "origin": "A", "market": "C", "quantity": 4.0}
    legs = [*LEG, {**LEG[0], "leg": "dear", "cost": 9.0}]
    legs[1] |= {"capacity": 200.0}
    legs = [*legs, {"from": "D", "to": "C", "cost": 1.0}]
    own = solved(build_instance(legs, [_demand(150.0), lost])).tables["capacity"]
    assert own["price_more"].tolist() == [4.0, 0.0]
    assert own["price_less"].tolist() == [4.0, 0.0]


def test_nothing_asked_is_blank() -> None:
    """No relief stands where none was asked."""
    instance = build_instance(LEG, [_demand(150.0)])
    result = run(instance, Options(sensitivity="none"), Clock()).result
    assert reliefs(result) == [("", "")]


# ---- forgeries


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the result of a plan that leaves two classes of three."""
    folder = tmp_path_factory.mktemp("made") / "result"
    folder.mkdir()
    demand = [_demand(60.0, 1), _demand(60.0, 2), _demand(50.0)]
    instance = build_instance(LEG, demand)
    write(folder, run(instance, Options(sensitivity="all"), Clock()).files)
    return folder


def _plan(one_sided: dict[str, Any]) -> None:
    """Serve less than one more allows."""
    one_sided["reliefs"][0]["changes"][0][1] *= 0.5


def _longer(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"][0]["length"] *= 1.01


def _other_class(one_sided: dict[str, Any]) -> None:
    """Serve the last class in place of the second."""
    one_sided["reliefs"][0]["changes"] = [[2, 20.0]]
    one_sided["reliefs"][0]["length"] = 20.0


def _lifted(one_sided: dict[str, Any]) -> None:
    """Let a limit be worth more than it is."""
    one_sided["sets"][0]["capacities"][0]["price"] = 2.0


def _as_cost(one_sided: dict[str, Any]) -> None:
    one_sided["sets"][0] |= {"objective": "cost", "priority": None}


def _as_other(one_sided: dict[str, Any]) -> None:
    one_sided["sets"][0]["priority"] = 1


def _fewer(one_sided: dict[str, Any]) -> None:
    """Leave a class out that leaves something."""
    for own in one_sided["reliefs"]:
        own["prices"] = own["prices"][:1]
    one_sided["sets"] = one_sided["sets"][:1]


def _backwards(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"][0]["prices"].reverse()


def _turned(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"][0]["direction"] = "less"
    one_sided["reliefs"][1]["direction"] = "more"


def _twice(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"].append(one_sided["reliefs"][0])


def _gone(one_sided: dict[str, Any]) -> None:
    """Drop what the table still tells."""
    del one_sided["reliefs"][0]


def _unknown(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"][0]["limit"]["name"] = "B>A"


def _nowhere(one_sided: dict[str, Any]) -> None:
    one_sided["reliefs"][0] |= {"length": 0.0, "changes": []}


def test_unspoiled_reliefs_written_again_verify(made: Path, tmp_path: Path) -> None:
    """What is refused below is refused for what was changed."""
    verdict = audit(written_again(made, tmp_path / "again", "reliefs"))
    assert verdict.passed, verdict.lines()


@pytest.mark.parametrize(
    "spoil",
    [
        *(_plan, _longer, _other_class, _lifted, _as_cost, _as_other, _fewer),
        *(_backwards, _turned, _twice, _gone, _unknown, _nowhere),
    ],
)
def test_spoiled_reliefs_never_verify(
    made: Path, tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    """Plans, classes, prices and lengths: whatever a forger changes."""
    verdict = audit(with_one_sided(made, tmp_path / "forged", spoil))
    assert not verdict.passed, verdict.lines()


def _forged(made: Path, folder: Path, unmet: list[dict[str, Any]]) -> Path:
    """Exchange the relief of one more for the price 0, in certificate and table."""
    shutil.copytree(made, folder)
    document = json.loads((folder / CERTIFICATE).read_bytes())
    one_sided = document["one_sided"]
    (place,) = (
        place
        for place, own in enumerate(one_sided["reliefs"])
        if own["direction"] == "more"
    )
    limit = one_sided["reliefs"].pop(place)["limit"]
    numbers = [len(one_sided["sets"]) + n for n in range(1, len(unmet) + 1)]
    one_sided["sets"] += unmet
    flat = {"prices": 0, "length": None, "changes": [], "end": None, "unmet": numbers}
    one_sided["slopes"].append({"limit": limit, "direction": "more", **flat})
    (folder / CERTIFICATE).write_text(json.dumps(document))
    header, row = (folder / "capacity.csv").read_text().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    cells |= {"price_more": "0", "relief_more": ""}
    (folder / "capacity.csv").write_text(f"{header}\n{','.join(cells.values())}\n")
    hashed_again(folder)
    return folder


def _nothing_of(priority: int | None) -> dict[str, Any]:
    """Prices that prove nothing of what a class leaves."""
    empty: dict[str, Any] = {"capacities": [], "rules": [], "unmet": []}
    return {"objective": "unmet", "priority": priority, **empty}


@pytest.mark.parametrize("classes", [[], [2], [2, None]])
def test_a_relief_exchanged_for_a_price_never_verifies_bug(
    made: Path, tmp_path: Path, classes: list[int | None]
) -> None:
    """One more serves more: no prices show that as much stays unmet."""
    unmet = [_nothing_of(priority) for priority in classes]
    faults = audit(_forged(made, tmp_path / "forged", unmet)).faults
    assert any("leaves as much unmet" in fault for fault in faults), faults


def test_a_forged_cell_is_found(made: Path, tmp_path: Path) -> None:
    """The table says what the certificate proves, to the letter."""
    folder = shutil.copytree(made, tmp_path / "forged")
    table = (folder / "capacity.csv").read_bytes().replace(b"2=1", b"2=2", 1)
    (folder / "capacity.csv").write_bytes(table)
    hashed_again(folder)
    assert any("relief_more" in fault for fault in audit(folder).faults)


def test_room_of_what_keeps_demand_is_no_price_of_nothing_bug() -> None:
    """A plan may leave a limit that unmet demand prices a little room: no price 0."""
    key = CapacityKey("leg", "A>B", "all year")
    unmet = Stage("unmet", None, capacities={key: 1.0})
    room, units = np.array([1e-4]), np.ones(1)
    for stages, price in (([], 0.0), ([unmet], np.nan)):
        evidence: Any = SimpleNamespace(
            cost_stage=Stage("cost"),
            unmet_stages=stages,
            slopes=Proofs(),
            is_proved=True,
        )
        checked: Any = checked_both_ways(evidence, [key], room, units, MONEY)
        account: Any = SimpleNamespace(
            cost_stage=Stage("cost"),
            stages=lambda _, own=stages: own,
            slopes={},
            reliefs={},
            is_proved=True,
        )
        told = told_both_ways(account, [key], room, units)
        for side in ("price_more", "price_less"):
            np.testing.assert_equal(told[side], [price])
            np.testing.assert_equal(checked[side].values, [price])
