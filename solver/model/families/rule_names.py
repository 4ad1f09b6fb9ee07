"""Names of the rows of rules in a written model, and of the columns beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from solver.model.writing.named import Named, period_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from solver.model.families.lift import Lift
    from solver.problem.instance import Instance
    from solver.rules.row import RuleRow


class HeldRow(NamedTuple):
    """A row of a rule that the model holds.

    Parameters
    ----------
    number, excess : int
        Its row of the model, and the column of its excess, -1 for none.
    sums : sequence of int
        Rows of the sums over routes that it is made of.
    lift : Lift, optional
        Its lifted form.
    """

    row: RuleRow
    number: int
    excess: int
    sums: Sequence[int]
    lift: Lift | None


def rows(instance: Instance, held: Iterable[HeldRow]) -> Iterator[Named]:
    """Yield the rows of the model; of several names for one the last counts."""
    for own in held:
        words, said = _words(instance, own.row)
        if own.lift is not None:
            yield Named(own.lift.total, ("base", *words), f"base of {said}")
        for place, one in enumerate(own.sums):
            yield Named(one, ("sum", *words, str(place)), f"sum of {said}")
        for place, (_, part) in enumerate(own.lift.rows if own.lift else ()):
            yield Named(part, ("part", *words, str(place)), f"part of {said}")
        yield Named(own.number, ("rule", *words), said)


def columns(instance: Instance, held: Iterable[HeldRow]) -> Iterator[Named]:
    """Yield the columns beside the rows: excess, and those of lifted forms."""
    for own in held:
        words, said = _words(instance, own.row)
        if own.excess >= 0:
            yield Named(own.excess, ("excess", *words), f"excess over {said}")
        if own.lift is None:
            continue
        values = (*own.row.values, "base")
        for name, level in zip(values, own.lift.levels.tolist(), strict=True):
            yield Named(level, ("level", *words, name), f"{name} in {said}")
        for place, column in enumerate(own.lift.columns.tolist()):
            yield Named(column, ("lifted", *words, str(place)), f"column of {said}")


def _words(instance: Instance, row: RuleRow) -> tuple[tuple[str, ...], str]:
    """Words of the name of a rule's row, and the row in full."""
    key = row.key
    scope = [name for pair in key.scope for name in pair]
    period = period_words(instance, key.period)
    words = [key.rule, *scope, *period, key.value, key.measure, key.side]
    said = " ".join(word for word in words[1:] if word)
    return tuple(word for word in words if word), f"rule {key.rule}: {said}"
