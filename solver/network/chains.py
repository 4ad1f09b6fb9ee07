"""Named routes as chains of legs, read from their texts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from solver.messages import Nearest, listed, shown

if TYPE_CHECKING:
    from solver.problem.instance import Instance


class ChainError(ValueError):
    """A `via` that is not a chain of legs; holds what is wrong and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Resolver:
    """Legs that the `via` of named routes means.

    Parameters
    ----------
    instance : Instance
        With sound names and references.
    """

    def __init__(self, instance: Instance) -> None:
        legs = instance.legs
        self._nodes = {name: row for row, name in enumerate(instance.nodes["node"])}
        self._legs = {name: row for row, name in enumerate(legs["leg"])}
        self._names = list(legs["leg"])
        self._from = [self._nodes[name] for name in legs["from"]]
        self._to = [self._nodes[name] for name in legs["to"]]
        self._between: dict[tuple[int, int], list[int]] = {}
        for row, pair in enumerate(zip(self._from, self._to, strict=True)):
            self._between.setdefault(pair, []).append(row)

    def chain(self, via: str) -> Chain:
        """Return the chain that a `via` describes.

        Raises
        ------
        ChainError
            If it describes none, or more than one.
        """
        names = [name.strip() for name in via.split(">")]
        if not all(names):
            message, remedy = "a name is missing beside `>`", "give it, or take `>` out"
            raise ChainError(message, remedy)
        if len(names) > 1 and all(name in self._nodes for name in names):
            legs = [self._leg_between(*pair) for pair in pairwise(names)]
        else:
            legs = [self._legs[name] for name in self._leg_names(names)]
        chain = Chain(
            tuple(legs), (self._from[legs[0]], *(self._to[leg] for leg in legs))
        )
        self._check_joins(chain)
        return chain

    def _leg_between(self, start: str, end: str) -> int:
        legs = self._between.get((self._nodes[start], self._nodes[end]), [])
        if start == end:
            message = f"node {shown(start)} stands there twice in a row"
            raise ChainError(message, "give each node once: `A > B > C`")
        if not legs:
            message = f"no leg goes from {shown(start)} to {shown(end)}"
            raise ChainError(message, "add the leg, or correct the route")
        if len(legs) > 1:
            names = listed(self._names[leg] for leg in legs)
            message = f"parallel legs go from {shown(start)} to {shown(end)}: {names}"
            raise ChainError(message, "name the legs instead of the nodes")
        return legs[0]

    def _leg_names(self, parts: list[str]) -> list[str]:
        """Leg names of a chain; a default name `from>to` holds the separator too."""
        found: list[str] = []
        pending = ""
        for part in parts:
            pending = f"{pending}>{part}" if pending else part
            if pending in self._legs:
                found.append(pending)
                pending = ""
        if not pending:
            return found
        unknown = next(
            (p for p in parts if p not in self._nodes and p not in self._legs), pending
        )
        known = [*self._legs, *self._nodes]
        otherwise = "give nodes `A > B > C`, or legs `L1 > L2`"
        message = f"{shown(unknown)} is neither a leg, nor are all parts nodes"
        raise ChainError(message, Nearest(known, otherwise)(unknown))

    def _check_joins(self, chain: Chain) -> None:
        for first, second in pairwise(chain.legs):
            if self._to[first] != self._from[second]:
                names = (shown(self._names[first]), shown(self._names[second]))
                message = f"{names[1]} does not start where {names[0]} ends"
                raise ChainError(message, "give legs in the order they are passed")
        if len(set(chain.nodes)) < len(chain.nodes):
            message, remedy = "passes a node twice", "leave the round trip out"
            raise ChainError(message, remedy)


def chains(instance: Instance) -> list[Chain]:
    """Return the chain of every named route of an instance whose routes are sound."""
    if not len(instance.routes):
        return []
    resolver = Resolver(instance)
    return [resolver.chain(via) for via in instance.routes["via"]]


class Chain(NamedTuple):
    """Where a named route passes: its legs, and its nodes from first to last."""

    legs: tuple[int, ...]
    nodes: tuple[int, ...]
