"""Sums over routes of the lines of rules, by signature and value."""

from __future__ import annotations

import numpy as np
import pytest

from solver.network.network import Network
from solver.network.shipments import cargo
from solver.pricing.pricer import Pricer
from solver.pricing.prices import Prices
from solver.rules.row import ALL_VALUES
from solver.rules.rule_set import Diversification
from solver.rules.sums import RuleSums
from tests.random_rules import random_rules_instance


@pytest.mark.parametrize("seed", range(60))
def test_entries_are_those_of_each_line_alone(seed: int) -> None:
    """A route counts its weight in a scope, times what the line says of its values."""
    network = Network(random_rules_instance(seed))
    shipments = cargo(network)
    rules = Diversification(network, shipments)
    nothing = Prices(np.zeros(len(network.limits)), {})
    pricer = Pricer(network, shipments, rules)
    routes = pricer.search(nothing, np.full(len(shipments), np.inf)).routes
    found = RuleSums(rules).of_routes(routes).toarray()
    assert found.shape == (len(rules.lines), len(routes))
    for line, own in zip(rules.lines, found, strict=True):
        scope = rules.rows[line.row].scope
        on = np.full(len(routes), line.on_all)
        carried = rules.carried(routes, scope.rule.by).toarray()
        if line.value != ALL_VALUES and line.value < carried.shape[1]:
            on += line.on_value * carried[:, line.value]
        assert own == pytest.approx(scope.weight[routes.shipment] * on)
