"""What proofs rest on: linear rows say no more than their rules, bounds hold.

Everything is compared exactly, without a tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solver.solution.certificate import Certificate, Stage
from solver.solution.keys import UnmetKey
from solver.verification import proof
from solver.verification.exact.amounts import decimals, exactly
from solver.verification.rules.cells import Carried, Cell, ExactScope
from solver.verification.rules.rows import row_maker
from solver.verification.world import World
from tests.build import build_instance
from tests.verification.case import YEAR, before, plan, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem.instance import Instance
    from solver.problem.rules import Rule
    from solver.solution.keys import RowKey
    from solver.verification.rules.row import ExactRow

VALUES = ("north", "south", "west", "none")
OVERLAPPING = {"north": "T", "south": "", "west": "U", "none": "T|U"}
COSTS = {"north": 3.0, "south": 5.0, "west": 9.0, "none": 4.0}
WORTH = {"p": 1, "q": 2}
CENTS = Decimal("0.01")


def hundredths(most: int, least: int = 0) -> st.SearchStrategy[float]:
    """Return decimals of two digits."""
    return st.integers(least * 100, most * 100).map(lambda units: units / 100)


def allowed(row: ExactRow, drawn: Mapping[str, float]) -> dict[str, float]:
    """Weights as near to those drawn as a row takes them."""
    if row.key.measure == "share":
        return {}
    if row.key.measure != "top":
        return dict(drawn)
    left, result = Decimal(row.count), {}  # type: ignore[attr-defined]
    for value, weight in drawn.items():
        own = min(left, Decimal(repr(abs(weight))))
        left -= own
        result[value] = float(own)
    return result


# ---- rows alone

SIMPLE: list[dict[str, Any]] = [
    {"max_share": {"north": 0.3}},
    {"min_share": {"north": 0.3}},
    {"max_hhi": 0.4},
    {"max_hhi": 2600},
    {"min_effective": 3.0},
    {"max_top": {"k": 1, "share": 0.3}},
    {"max_top": {"k": 2, "share": 0.7}},
    {"max_top": {"k": 9, "share": 0.7}},
    {"max_change": {"share": 0.1}},
    {"max_change": {"quantity": 2.5}},
]


@settings(deadline=None)
@given(
    st.sampled_from(SIMPLE),
    st.sampled_from(["carried", "demand"]),
    st.lists(hundredths(50), min_size=4, max_size=4),
    st.lists(hundredths(50), min_size=5, max_size=5),
    st.lists(hundredths(1, -1), min_size=5, max_size=5),
    hundredths(20),
)
def test_a_linear_row_never_exceeds_the_excess(
    keys: dict[str, Any],
    of: str,
    quantities: list[float],
    earlier: list[float],
    drawn: list[float],
    unmet: float,
) -> None:
    """For any quantities, references and weights that are allowed."""
    names = (*VALUES, "gone")
    if "max_change" in keys:
        reference = before("all", **dict(zip(names, earlier, strict=True)))
        keys = {"max_change": {**keys["max_change"], "reference": reference}}
    with exactly():
        amounts = decimals(dict(zip(VALUES, quantities, strict=True)))
        total = sum(amounts.values(), Decimal(0))
        demand = total + Decimal(repr(unmet))
        scope = ExactScope(0, 0, demand, of == "demand", None)
        carried = Carried([total], {v: [own] for v, own in amounts.items()})
        maker = row_maker(rule(of=of, **keys), dict.fromkeys(VALUES))
        for row in maker(Cell((), "all"), scope):
            known = names if row.key.measure == "change" else VALUES
            weights = allowed(row, dict(zip(known, drawn, strict=False)))
            assert row.key.measure == "share" or not row.wrong_weights(weights)
            form = row.linear(decimals(weights))
            left = sum((f * amounts[v] for v, f in form.values.items()), Decimal(0))
            right = form.base * row.base(carried) + form.constant
            assert Fraction(left - right) <= Fraction(row.excess(carried))


# ---- bounds


@dataclass(frozen=True)
class Shipped:
    """Quantities by product and corridor, and what stays unmet of each product."""

    quantity: dict[tuple[str, str], float]
    unmet: dict[str, float]

    def base(self, drawn: Draft) -> Fraction:
        """Return what shares are of."""
        found = sum(
            (own * self.unit(drawn, p) for (p, _), own in self._exact), Fraction(0)
        )
        if drawn.of == "demand":
            for product, left in self.unmet.items():
                found += Fraction(repr(left)) * self.unit(drawn, product)
        return found

    def amount(self, drawn: Draft, value: str) -> Fraction:
        """Return what a corridor or country carries."""
        return sum(
            (
                own * self.unit(drawn, product)
                for (product, corridor), own in self._exact
                if value in {corridor, *OVERLAPPING[corridor].split("|")}
            ),
            Fraction(0),
        )

    @property
    def _exact(self) -> list[tuple[tuple[str, str], Fraction]]:
        return [(key, Fraction(repr(own))) for key, own in self.quantity.items()]

    @staticmethod
    def unit(drawn: Draft, product: str) -> int:
        """Return what a unit of a product counts."""
        return WORTH[product] if drawn.weight == "value" else 1


@dataclass(frozen=True)
class Draft:
    """A rule in the making: its limit is as the plan needs it, or leaves it behind."""

    measure: str
    by: str
    of: str
    weight: str
    slack: float
    penalty: float | None
    earlier: dict[str, float]

    def rule(self, number: int, shipped: Shipped) -> Rule:
        """Return the rule: the plan keeps it, but for soft ones."""
        level = _up(self.level(shipped)) + Decimal(repr(self.slack))
        if self.penalty is not None:
            level = Decimal(repr(self.slack))
        share = float(min(level, Decimal(1)))
        limits: dict[str, dict[str, Any]] = {
            "share": {"max_share": {"T" if self.by == "country" else "north": share}},
            "hhi": {"max_hhi": max(share, 0.01)},
            "effective": {"min_effective": 1 / max(share, 0.01)},
            "top": {"max_top": {"k": 2, "share": share}},
            "change": {
                "max_change": {
                    "quantity": float(level),
                    "reference": before(YEAR, **self.earlier),
                }
            },
        }
        return rule(
            name=f"rule {number}",
            by=self.by,
            of=self.of,
            weight=self.weight,
            penalty=self.penalty,
            **limits[self.measure],
        )

    def level(self, shipped: Shipped) -> Fraction:
        """Share, index, or quantity changed, of a plan."""
        base = shipped.base(self)
        values = ("T", "U") if self.by == "country" else VALUES
        amounts = [shipped.amount(self, value) for value in values]
        if self.measure == "change":
            known = {*values, *self.earlier}
            moved = (
                abs(shipped.amount(self, v) - Fraction(repr(self.earlier.get(v, 0.0))))
                for v in known
            )
            return sum(moved, Fraction(0)) / 2
        if not base:
            return Fraction(0)
        match self.measure:
            case "share":
                return amounts[0] / base
            case "top":
                return sum(sorted(amounts)[-2:], Fraction(0)) / base
            case _:
                squares = sum((own * own for own in amounts), Fraction(0))
                return squares / base**2


def _up(level: Fraction) -> Decimal:
    """Level rounded up, and a digit more: an effective number is rounded again."""
    exact = Context(prec=40, rounding=ROUND_CEILING)
    found = exact.divide(Decimal(level.numerator), Decimal(level.denominator))
    return found.quantize(CENTS, ROUND_CEILING) + CENTS


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Return a rule in the making."""
    measure = draw(st.sampled_from(["share", "hhi", "effective", "top", "change"]))
    anything = measure in {"share", "change"}
    by = draw(st.sampled_from(["corridor", "country"])) if anything else "corridor"
    values = ("T", "U", "gone") if by == "country" else (*VALUES, "gone")
    return Draft(
        measure=measure,
        by=by,
        of=draw(st.sampled_from(["carried", "demand"])),
        weight=draw(st.sampled_from(["quantity", "value"])),
        slack=draw(st.sampled_from([0.0, 0.1])),
        penalty=draw(st.sampled_from([None, 0.5, 3.0])),
        earlier={value: draw(hundredths(20)) for value in values},
    )


def built(shipped: Shipped, rules: list[Draft]) -> Instance:
    """Return an instance in which what is shipped is all there is, and may be."""
    legs = [
        {
            "leg": corridor,
            "from": "A",
            "to": "B",
            "cost": COSTS[corridor],
            "corridor": "" if corridor == "none" else corridor,
            "country": OVERLAPPING[corridor],
        }
        for corridor in VALUES
    ]
    demand = [
        {
            "product": product,
            "origin": "A",
            "market": "B",
            "quantity": float(_demand(shipped, product)),
        }
        for product in WORTH
    ]
    demand[1]["unmet_cost"] = 6.0
    return build_instance(
        legs,
        demand,
        products=[{"product": p, "value": float(v)} for p, v in WORTH.items()],
        diversification=tuple(
            drawn.rule(number, shipped) for number, drawn in enumerate(rules)
        ),
    )


def _demand(shipped: Shipped, product: str) -> Decimal:
    own = [q for (name, _), q in shipped.quantity.items() if name == product]
    parts = (Decimal(repr(q)) for q in [*own, shipped.unmet[product]])
    return sum(parts, Decimal(0))


def stage_of(draw: st.DrawFn, world: World, objective: Any, **given: Any) -> Stage:
    """Return a stage with prices and weights drawn for every rule it may price."""
    prices: dict[RowKey, float] = {}
    weights: dict[RowKey, dict[str, float]] = {}
    for row in world.rules.rows:
        price = draw(hundredths(1 if objective == "rules" else 4))
        may_be_broken = row.scope.penalty is not None and objective != "cost"
        if may_be_broken or not row.allows(Decimal(repr(price))):
            continue
        prices[row.key] = price
        reference = getattr(row, "reference", {})
        names = dict.fromkeys([*getattr(row, "known", ()), *reference])
        drawn = {value: draw(hundredths(1, -1)) for value in names}
        if row.key.measure != "share":
            weights[row.key] = allowed(row, drawn)
    return Stage(objective, rules=prices, weights=weights, **given)


@st.composite
def proofs(
    draw: st.DrawFn,
) -> tuple[Instance, Shipped, list[Stage]]:
    """Return an instance with a plan that keeps its rules, and any prices."""
    keys = [(product, corridor) for product in WORTH for corridor in VALUES]
    shipped = Shipped(
        {key: draw(st.sampled_from([0.0, 1.0, 2.5, 7.0])) for key in keys},
        {product: draw(st.sampled_from([0.0, 3.0])) for product in WORTH},
    )
    assume(all(_demand(shipped, product) for product in WORTH))  # 0 asks for nothing.
    rules = draw(st.lists(drafts(), min_size=1, max_size=3))
    instance = built(shipped, rules)
    with exactly():
        world = World.of(instance)
    last = {UnmetKey(None): draw(hundredths(20))}
    stages = [
        stage_of(draw, world, "rules"),
        stage_of(draw, world, "unmet"),
        stage_of(draw, world, "cost", unmet=last),
    ]
    return instance, shipped, stages


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(proofs())
def test_no_bound_exceeds_what_a_plan_attains(
    drawn: tuple[Instance, Shipped, list[Stage]],
) -> None:
    """In no stage, whatever the rules, prices and weights."""
    instance, shipped, (rules, unmet, cost) = drawn
    flows = [
        (list(WORTH).index(product), quantity, [VALUES.index(corridor)])
        for (product, corridor), quantity in shipped.quantity.items()
        if quantity
    ]
    found = plan(*flows, unmet=[*shipped.unmet.values()])
    left = Fraction(shipped.unmet["p"])
    stages = (unmet, cost) if left else (cost,)
    proved = proof(instance, found, Certificate(stages))
    assert proved.faults == ()
    assert proved.objective is not None
    assert proved.stages[-1] <= proved.objective
    assert not left or proved.stages[0] <= left
    none = proof(instance, None, Certificate((rules,)))
    assert none.faults == ()
    assert none.stages[0] <= 0
