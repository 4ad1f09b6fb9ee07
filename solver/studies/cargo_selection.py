"""Cargo that the words of a call select: ``--where KEY=A,B``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

import numpy as np

from solver.checks.names import known_names
from solver.checks.rules import NAMES_OF_KEY
from solver.errors import Fault, UsageError
from solver.messages import listed, shown, suggestion
from solver.problem.rules import RuleKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.arrays import Mask
    from solver.problem.instance import Instance

    Names = Mapping[RuleKey, tuple[str, ...]]

OPTION = "--where"
"""Option whose words are read."""


@dataclass(frozen=True, slots=True)
class CargoSelection:
    """Cargo selected by names: any of those of a key, and of every key given.

    Parameters
    ----------
    names : dict of str to tuple of str
        Names by ``product``, ``group``, ``origin``, ``market`` or ``period``; empty:
        all cargo.
    """

    names: Names = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names)

    def __str__(self) -> str:
        pairs = (f"{key}={','.join(names)}" for key, names in self.names.items())
        return " ".join(pairs)

    def mask(self, instance: Instance) -> Mask:
        """Return which shipments are selected, shape (shipments,).

        Names that the instance does not know select nothing.
        """
        chosen = np.ones(len(instance.shipments), dtype=bool)
        for key, names in self.names.items():
            chosen &= np.isin(shipment_names(instance, key), list(names))
        return chosen


def shipment_names(
    instance: Instance, key: RuleKey
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return what each shipment is called by a key, shape (shipments,)."""
    shipments, demand = instance.shipments, instance.demand
    if key == "period":
        return np.array([*instance.periods, ""], dtype=object)[shipments.period]
    if key != "group":
        return np.asarray(demand[key][shipments.demand], dtype=object)
    products = instance.products
    of_product = dict(zip(products["product"], products["group"], strict=True))
    groups = [of_product[name] for name in demand["product"]]
    return np.array([*groups, ""], dtype=object)[shipments.demand]


def selected_cargo(
    words: Sequence[str], *instances: Instance, own: Sequence[str] = ()
) -> CargoSelection:
    """Return the cargo that the words of a call select.

    Parameters
    ----------
    words : sequence of str
        ``KEY=NAME,NAME`` each, several of one key united.
    *instances : Instance
        Instances of which one at least must know each name.
    own : sequence of str
        Keys that the call gave by options of their own, such as ``--product``.

    Raises
    ------
    UsageError
        A word is none, or a key or a name is unknown (with the nearest); or nothing
        asks for the cargo in any of the instances.
    """
    names, faults = names_by_key(words, *instances)
    faults += _unknown_names(names, instances, own)
    selection = CargoSelection(names)
    if not faults and selection:
        is_there = any(selection.mask(instance).any() for instance in instances)
        if not is_there:
            message = f"{shown(str(selection))} selects no demand"
            faults.append(Fault(OPTION, message, "name cargo that there is"))
    if faults:
        raise UsageError("\n".join(map(str, faults)))
    return selection


def names_by_key(
    words: Sequence[str], *instances: Instance
) -> tuple[dict[RuleKey, tuple[str, ...]], list[Fault]]:
    """Return names by key, and what is wrong with the words themselves."""
    keys: dict[str, RuleKey] = {key: key for key in get_args(RuleKey)}
    known = _known(instances)
    selected: dict[RuleKey, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for word in words:
        given, _, text = word.partition("=")
        names = tuple(name for part in text.split(",") if (name := part.strip()))
        if not names:
            message = f"{shown(word)} names no cargo"
            faults.append(Fault(OPTION, message, "write key=name,name"))
        elif given in keys:
            key = keys[given]
            # A name that holds a comma stands alone.
            own = (text,) if text in known[key] else names
            selected[key] = (*selected.get(key, ()), *own)
        else:
            message = f"unknown key {shown(given)}"
            remedy = suggestion(given, list(keys), f"known: {listed(keys)}")
            faults.append(Fault(OPTION, message, remedy))
    return selected, faults


def _known(instances: Sequence[Instance]) -> dict[RuleKey, dict[str, None]]:
    """Names that each key may take, of all instances."""
    every = [known_names(instance) for instance in instances]
    return {
        key: dict.fromkeys(name for known in every for name in known[kind])
        for key, kind in NAMES_OF_KEY.items()
    }


def _unknown_names(
    names: Names, instances: Sequence[Instance], own: Sequence[str]
) -> Iterator[Fault]:
    """Yield the fault of each name that no instance knows."""
    known = _known(instances)
    for key, given in names.items():
        for name in given:
            if name not in known[key]:
                message = f"unknown {key} {shown(name)}"
                remedy = suggestion(name, known[key], f"known: {listed(known[key])}")
                option = f"--{key}" if key in own else f"{OPTION} {key}"
                yield Fault(option, message, remedy)
