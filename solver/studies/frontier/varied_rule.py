"""The rule whose limit varies along a frontier, made of the words of a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from solver.checks.rules import rule_faults
from solver.errors import Fault, UsageError
from solver.messages import listed, shown, suggestion
from solver.problem.rules import By, Rule, RuleKey, RulePlace
from solver.rules.kinds import varied_keys
from solver.studies.cargo_selection import names_by_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.problem.instance import Instance

_NOISE = 1e-15
"""What a level may be off by, as a quotient of floats."""


@dataclass(frozen=True, slots=True)
class VariedRule:
    """The rule whose limit varies.

    Parameters
    ----------
    measure : str
        ``max_hhi``, ``max_share`` or ``min_share``.
    by, where
        As in a rule.
    value : str
        The value whose share is bounded; blank: all values.
    name : str
        Name of the rule, unique among those of the instance.
    """

    measure: str
    by: By = "corridor"
    where: Mapping[RuleKey, tuple[str, ...]] = field(default_factory=dict)
    value: str = ""
    name: str = "frontier"

    @property
    def side(self) -> float:
        """1 if a smaller limit is stricter, -1 if a larger one is."""
        return varied_keys()[self.measure].side

    @property
    def strictest(self) -> float:
        """Limit that no plan can go beyond."""
        return 0.0 if self.side > 0 else 1.0

    @property
    def loosest(self) -> float:
        """Limit that every plan keeps."""
        return 1.0 - self.strictest

    def kept_at(self, level: float, digits: int) -> float:
        """Return the nearest decimal limit that a plan of this level keeps exactly."""
        limit = round(level, digits)
        if self.side * (level - limit) > _NOISE:
            limit = round(limit + self.side * 10.0**-digits, digits)
        return limit

    def rule(self, limit: float) -> Rule:
        """Return the rule at a limit."""
        given = {self.value: limit} if self.value else limit
        return Rule(
            name=self.name,
            by=self.by,
            where=dict(self.where),
            **{self.measure: given},
        )


class _CallWords(RulePlace):
    """The words of a call, as the place where its rule stands."""

    def fault(self, key: str, message: str, remedy: str, value: object) -> Fault:
        """Return a fault at the option that gives a key of the rule."""
        first, _, rest = key.partition(".")
        if key == "where":
            remedy = "name cargo that there is"
        words = {"by": "--by", "where": f"--where {rest}".rstrip()}
        option = words.get(first, "--value" if rest else "--rule")
        return Fault(option, message, remedy, value=str(value))


def asked(
    instance: Instance,
    measure: str,
    by: str = "corridor",
    where: Sequence[str] = (),
    value: str | None = None,
) -> VariedRule:
    """Return the varied rule that the words of a call ask for.

    Parameters
    ----------
    instance : Instance
        The instance that the words speak of.
    measure, by : str
        As in a `VariedRule`.
    where : sequence of str
        Cargo it covers: `key=name,name`, several of one key united.
    value : str, optional
        The value whose share is bounded.

    Raises
    ------
    UsageError
        If the words make no rule; it says everything that is wrong with them.
    """
    faults = [
        *_unknown("--rule", "rule", measure, sorted(varied_keys())),
        *_unknown("--by", "kind of values", by, get_args(By)),
    ]
    if value and measure in varied_keys() and not varied_keys()[measure].of_value:
        message = f"{shown(value)} has no HHI of its own: all corridors have one"
        of_values = [key for key in varied_keys() if varied_keys()[key].of_value]
        remedy = f"leave it out, or take --rule {' or '.join(of_values)}"
        faults.append(Fault("--value", message, remedy))
    selected, wrong = names_by_key(where, instance)
    _raise([*faults, *wrong])
    taken = {rule.name for rule in instance.diversification}
    name = "frontier"
    while name in taken:
        name = f"{name} again"
    varied = VariedRule(measure, by, selected, value or "", name)  # type: ignore[arg-type]
    place = _CallWords(varied.rule(varied.loosest), "", "")
    _raise(list(rule_faults(instance, [place])))
    return varied


def _raise(faults: Sequence[Fault]) -> None:
    """Raise a usage error that tells all faults, if there are any."""
    if faults:
        raise UsageError("\n".join(map(str, faults)))


def _unknown(option: str, noun: str, word: str, known: Sequence[str]) -> list[Fault]:
    """Return the fault of a word that is not known."""
    if word in known:
        return []
    remedy = suggestion(word, known, f"known: {listed(known)}")
    return [Fault(option, f"unknown {noun} {shown(word)}", remedy)]
