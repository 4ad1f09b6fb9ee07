"""Which elements carry which values: country, mode, tag, port, node and leg."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scipy import sparse

from solver.network.elements import incidence_matrix
from solver.network.tariffs import leg_countries
from solver.problem.tables import split_names

if TYPE_CHECKING:
    from solver.arrays import Mask
    from solver.network.elements import Elements
    from solver.problem.rules import By


@dataclass(frozen=True, eq=False)
class Incidence:
    """Which steps carry which values of a rule's `by`.

    Parameters
    ----------
    values : tuple of str
        Known values, in order of first appearance.
    steps : sparse matrix of 0 and 1, shape (values, steps)
        Whether a step carries the value.
    ends : sparse matrix of 0 and 1, shape (values, nodes)
        Whether a route that starts or ends at the node does not count for the
        value (`country`); empty otherwise.
    """

    values: tuple[str, ...]
    steps: sparse.csr_array
    ends: sparse.csr_array

    @cached_property
    def of_step(self) -> sparse.csr_array:
        """Values of each step, shape (steps, values)."""
        return sparse.csr_array(self.steps.T)

    @cached_property
    def of_end(self) -> Mask | None:
        """Whether an end makes a value not count, shape (nodes, values)."""
        return self.ends.toarray().T > 0 if self.ends.nnz else None


def build_incidence(network: Elements, by: By) -> Incidence:
    """Return which values of a measure each element carries."""
    instance = network.instance
    starts: list[tuple[str, ...]] = [()] * network.num_nodes
    ends: list[tuple[str, ...]] = [()] * network.num_nodes
    of_leg: list[tuple[str, ...]] = [()] * network.num_legs
    of_node = starts
    if by == "mode":
        of_leg = [(name,) if name else () for name in instance.legs["mode"]]
    elif by == "tag":
        of_leg = [split_names(cell) for cell in instance.legs["tags"]]
    elif by == "leg":
        of_leg = [(name,) for name in instance.legs["leg"]]
    elif by == "country":
        of_leg = leg_countries(instance)
        ends = [split_names(cell) for cell in instance.nodes["country"]]
    else:
        kinds = instance.nodes["kind"]
        chosen = (by == "node") | (kinds == "port")
        rows = zip(network.node_names, chosen, strict=True)
        of_node = [(name,) if is_in else () for name, is_in in rows]
        starts = of_node
    known = [*of_node, *ends, *of_leg]
    values = tuple(dict.fromkeys(name for names in known for name in names))
    index = {value: number for number, value in enumerate(values)}
    carried = []
    for element in range(network.num_elements):
        legs, nodes = network.passes(element)
        names = {name for leg in legs for name in of_leg[leg]}
        names |= {name for node in nodes for name in of_node[node]}
        carried.append([index[name] for name in names])
    carried += [[index[name] for name in names] for names in starts]
    return Incidence(
        values=values,
        steps=incidence_matrix(carried, len(values)),
        ends=incidence_matrix(
            [[index[n] for n in names] for names in ends], len(values)
        ),
    )
