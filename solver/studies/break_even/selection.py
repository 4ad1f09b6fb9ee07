"""What a break-even is asked of: elements of the network, and cargo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from solver.checks.names import legs_by_ends
from solver.errors import UsageError
from solver.messages import listed, shown, suggestion
from solver.network.chains import chains
from solver.problem.tables import split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from solver.arrays import Mask
    from solver.problem.instance import Instance

Place = Literal["leg", "node", "route", "corridor", "tag"]
"""What elements are named by."""

CargoKey = Literal["product", "group", "origin", "market"]
"""What cargo is named by."""

_NOUNS = {"product": "product with demand"}
"""What a name is one of, where that is not the name of its option."""

PLACES: tuple[Place, ...] = get_args(Place)
CARGO: tuple[CargoKey, ...] = get_args(CargoKey)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Elements and cargo that a break-even is about.

    Parameters
    ----------
    places, cargo : dict of str to tuple of str
        The names as they were given, by what they are names of.
    legs, nodes : tuple of int
        Rows of the elements selected.
    routes : tuple of int
        Rows of named routes selected by their own names.
    rows : ndarray of bool, shape (demand rows,)
        Rows of demand selected.
    """

    places: Mapping[str, tuple[str, ...]]
    cargo: Mapping[str, tuple[str, ...]]
    legs: tuple[int, ...]
    nodes: tuple[int, ...]
    routes: tuple[int, ...]
    rows: Mask

    @property
    def is_all_cargo(self) -> bool:
        """Whether no cargo is left out."""
        return bool(self.rows.all())


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionWords:
    """The words of a call.

    Parameters
    ----------
    places, cargo : dict of str to sequence of str
        Names by what they are names of; those of one kind are united, and cargo of
        several kinds is what is named by all of them.
    """

    places: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cargo: Mapping[str, Sequence[str]] = field(default_factory=dict)


def selected(instance: Instance, words: SelectionWords) -> Selection:
    """Return the selection that the words of a call make.

    Parameters
    ----------
    words : SelectionWords
        What was given.

    Raises
    ------
    UsageError
        A name is not known, no element is named, or no cargo is selected; it says all
        that is wrong with names at once.
    """
    places: dict[str, tuple[str, ...]]
    places = {key: tuple(words.places.get(key, ())) for key in PLACES}
    cargo: dict[str, tuple[str, ...]]
    cargo = {key: tuple(words.cargo.get(key, ())) for key in CARGO}
    if not any(places.values()):
        options = ", ".join(f"--{key}" for key in PLACES)
        message = f"no element is named; give one of {options}, each with a name"
        raise UsageError(message)
    known = _known(instance)
    places["leg"] = tuple(legs_by_ends(instance.legs, places["leg"]))
    groups = _groups(instance)
    faults = [
        f"--{key}: unknown {_NOUNS.get(key, key)} {shown(name)}; "
        f"{_remedy(name, key, known, groups)}"
        for key, names in {**places, **cargo}.items()
        for name in names
        if name not in known[key]
    ]
    if faults:
        raise UsageError("\n".join(faults))
    rows = _rows(instance, cargo)
    if not instance.demand["quantity"][rows].sum() > 0:
        given = [f"{key} {listed(names)}" for key, names in cargo.items() if names]
        message = f"no demand has {' and '.join(given)}; name cargo that there is"
        raise UsageError(message)
    legs = instance.legs
    by_leg = np.isin(legs["leg"], places["leg"])
    by_leg |= np.isin(legs["corridor"], places["corridor"])
    wanted = set(places["tag"])
    by_leg |= np.array(
        [not wanted.isdisjoint(split_names(cell)) for cell in legs["tags"]], bool
    )
    by_node = np.isin(instance.nodes["node"], places["node"])
    by_route = np.isin(instance.routes["route"], places["route"])
    own = np.isin(instance.routes["corridor"], places["corridor"])
    for number, chain in enumerate(chains(instance)):
        # A service of the corridor over legs of none has no other part in it.
        by_route[number] |= own[number] and not by_leg[list(chain.legs)].any()
    return Selection(
        places={key: names for key, names in places.items() if names},
        cargo={key: names for key, names in cargo.items() if names},
        legs=tuple(np.flatnonzero(by_leg).tolist()),
        nodes=tuple(np.flatnonzero(by_node).tolist()),
        routes=tuple(np.flatnonzero(by_route).tolist()),
        rows=rows,
    )


def _known(instance: Instance) -> dict[str, list[str]]:
    """Names that there are, by what they are names of."""
    legs, demand, products = instance.legs, instance.demand, instance.products
    used = set(demand["product"].tolist())
    pairs = zip(products["product"], products["group"], strict=True)
    return {
        "leg": _named(legs["leg"]),
        "node": _named(instance.nodes["node"]),
        "route": _named(instance.routes["route"]),
        "corridor": _named([*legs["corridor"], *instance.routes["corridor"]]),
        "tag": _named(tag for cell in legs["tags"] for tag in split_names(cell)),
        "product": _named(demand["product"]),
        "group": _named(group for product, group in pairs if product in used),
        "origin": _named(demand["origin"]),
        "market": _named(demand["market"]),
    }


def _named(cells: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(cells) if name]


def _groups(instance: Instance) -> dict[str, list[str]]:
    """Nodes of each group of nodes."""
    found: dict[str, list[str]] = {}
    nodes = instance.nodes
    for node, group in zip(nodes["node"], nodes["node_group"], strict=True):
        if group:
            found.setdefault(group, []).append(node)
    return found


def _remedy(
    name: str,
    key: str,
    known: Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str]],
) -> str:
    """Say what to do about a name that is not known."""
    own = known[key]
    if key == "node" and name in groups:
        return f"it is a group of nodes: name {listed(groups[name])}"
    others = [other for other in PLACES if key in PLACES and name in known[other]]
    if others:
        said = f"it is a {others[0]}: write {shown(f'--{others[0]} {name}')}"
        near = suggestion(name, own, "")
        return f"{near} Otherwise {said}" if near else said
    return suggestion(name, own, f"known: {listed(own)}" if own else "there are none")


def _rows(instance: Instance, cargo: Mapping[str, Sequence[str]]) -> Mask:
    """Rows of demand that every kind of name given selects."""
    demand, products = instance.demand, instance.products
    pairs = zip(products["product"], products["group"], strict=True)
    group_of = dict(pairs)
    groups = np.array([group_of[name] for name in demand["product"]], dtype=object)
    columns = {
        "product": demand["product"],
        "group": groups,
        "origin": demand["origin"],
        "market": demand["market"],
    }
    rows = np.ones(len(demand), dtype=bool)
    for key, names in cargo.items():
        if names:
            rows &= np.isin(columns[key], names)
    return rows
