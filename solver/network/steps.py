"""The steps of routes: legs and named routes, with their cost and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.network.tariffs import Rates, element_rates, node_rates

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.network.elements import Elements


class Steps(NamedTuple):
    """Money, days and emissions per unit of every step (columns).

    Parameters
    ----------
    tariff, handling, surcharge : ndarray, shape (treatments, steps)
        Parts of the cost, money per unit.
    days, emissions : ndarray, shape (steps,)
        Days, and kg CO2e per unit.
    cost : ndarray, shape (treatments, steps)
        Generalised cost, money per unit; infinite where closed.
    """

    tariff: Floats
    handling: Floats
    surcharge: Floats
    days: Floats
    emissions: Floats
    cost: Floats


def build_steps(network: Elements) -> Steps:
    """Return the steps of a network: its legs, then its named routes."""
    instance, kinds = network.instance, network.treatments
    elements = element_rates(instance, kinds, network.chains)
    nodes = node_rates(instance, kinds)
    node_days = instance.nodes["days"].astype(float)
    legs = network.num_legs
    days = np.concatenate([instance.legs["days"], instance.routes["days"]]).astype(
        float
    )
    emissions = np.zeros(network.num_elements)
    emissions[:legs] = instance.legs["emissions"]
    handling = np.zeros_like(elements.tariff)
    for number, chain in enumerate(network.chains):
        element, inner = legs + number, list(chain.nodes[1:-1])
        own, parts = np.isnan(elements.tariff[:, element]), list(chain.legs)
        if own.any():
            _sum_parts(elements, nodes, handling, (element, parts, inner))
        if np.isnan(days[element]):
            days[element] = days[parts].sum() + node_days[inner].sum()
        emissions[element] = emissions[parts].sum()
        closed = elements.closed[:, parts].any(axis=1)
        elements.closed[:, element] |= closed | nodes.closed[:, inner].any(axis=1)
    return _joined(network, (elements, handling, days, emissions), nodes)


def _sum_parts(
    elements: Rates,
    nodes: Rates,
    handling: Floats,
    place: tuple[int, list[int], list[int]],
) -> None:
    """Give a named route without a through rate the costs of its parts."""
    element, parts, inner = place
    elements.tariff[:, element] = elements.tariff[:, parts].sum(axis=1)
    surcharge = elements.surcharge[:, parts].sum(axis=1)
    elements.surcharge[:, element] += surcharge + nodes.surcharge[:, inner].sum(axis=1)
    handling[:, element] = nodes.tariff[:, inner].sum(axis=1)


def _joined(
    network: Elements, parts: tuple[Rates, Floats, Floats, Floats], nodes: Rates
) -> Steps:
    """Element values with the visit of the last node added; then the starts."""
    elements, handling, days, emissions = parts
    head = network.head
    node_days = network.instance.nodes["days"].astype(float)
    tariff = np.hstack([elements.tariff, np.zeros_like(nodes.tariff)])
    handling = np.hstack([handling + nodes.tariff[:, head], nodes.tariff])
    surcharge = elements.surcharge + nodes.surcharge[:, head]
    surcharge = np.hstack([surcharge, nodes.surcharge])
    days = np.concatenate([days + node_days[head], node_days])
    emissions = np.concatenate([emissions, np.zeros(network.num_nodes)])
    closed = np.hstack([elements.closed | nodes.closed[:, head], nodes.closed])
    time = network.treatments.time_value[:, None] * days
    cost = tariff + handling + surcharge + time
    cost = cost + network.instance.emission_price * emissions
    cost = np.where(closed, np.inf, np.maximum(cost, 0.0))
    return Steps(tariff, handling, surcharge, days, emissions, cost)
