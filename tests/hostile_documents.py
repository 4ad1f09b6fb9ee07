"""Small instances whose names and numbers are as hostile as an instance may hold.

The same seed gives the same document. Names hold markup, formulas, quotes, marks that
turn the direction of writing, and what other programs would take for something else;
numbers have up to seventeen digits.
"""

from __future__ import annotations

import random
from typing import Any

FRAGMENTS = (
    *(
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "'",
        "''",
        '"',
        "007",
        "1e5",
    ),
    *("<b>bold</b>", "<r>", "</r>", "<r><t>a</t></r>", "</script>", "{{7*7}}", "&amp;"),
    *(
        "\u202eabc",
        "\u200f",
        "\u0430\u043b\u043c\u0430",
        "\u6a58",
        "\U0001f6a2",
        "\ufffe",
    ),
    *("_x0041_", "_x005F_", "_x000D_", "a,b", "a;b", "#N/A", "TRUE", "2030-06", "[x]"),
    *(
        "{ a = 1 }",
        "a\\b",
        "%s",
        "http://x.y",
        "mailto:a",
        "a  b",
        "*x",
        "?",
        "\u00a0x",
    ),
    "n" * 300,
)
_FORBIDDEN = str.maketrans("", "", "|>")
_FREE = (" edge ", "line one\nline two", "tab\there", "a | b > c")


class HostileDraw:
    """Random choices of one document."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._used: set[str] = {"", "none", "all", "*"}

    def name(self) -> str:
        """Return a name that no other thing has."""
        while True:
            text = "".join(self.random.choices(FRAGMENTS, k=self.random.randint(1, 3)))
            text = text.translate(_FORBIDDEN).strip()
            if self.random.random() < 0.3:
                text = f"{text}{self.random.randint(0, 99)}"
            if text not in self._used:
                self._used.add(text)
                return text

    def number(self) -> float:
        """Return a number with few digits, or with seventeen."""
        size = 10.0 ** self.random.randint(0, 5)
        value = 1 + self.random.random() * size
        return value if self.random.random() < 0.7 else float(f"{value:.3g}")

    def free(self) -> str:
        """Return a text that nothing refers to."""
        return self.random.choice([*FRAGMENTS, *_FREE])


def hostile_document(seed: int) -> dict[str, Any]:
    """Return the document of an instance, with rules and scenarios."""
    draw = HostileDraw(seed)
    nodes = [draw.name() for _ in range(4)]
    products = [draw.name() for _ in range(2)]
    corridors, periods = [draw.name(), draw.name()], [draw.name(), draw.name()]
    legs = [
        {
            "leg": draw.name(),
            "from": a,
            "to": b,
            "corridor": draw.random.choice([*corridors, None]),
            "tags": draw.name(),
            "capacity": draw.random.choice([None, 0, draw.number()]),
            "cost": draw.number(),
            "note": draw.free(),
        }
        for a in nodes
        for b in nodes
        if a != b
    ]
    for leg, corridor in zip(legs[-3:], [*corridors, None], strict=True):
        leg |= {"corridor": corridor, "capacity": None}
    demand = [
        {
            "product": draw.random.choice(products),
            "origin": nodes[0],
            "market": draw.random.choice(nodes[1:]),
            "quantity": draw.number(),
            "period": draw.random.choice([*periods, None]),
            "unmet_cost": draw.random.choice([None, "firm", draw.number()]),
            "demand": draw.name(),
        }
        for _ in range(4)
    ]
    where = {"product": products, "origin": [nodes[0]]}
    rule = {"name": draw.name(), "by": "corridor", "where": where}
    tariff = {"leg": legs[0]["leg"], "surcharge": draw.number(), "closed": True}
    change = {
        "table": "legs",
        "where": {"leg": [legs[0]["leg"], legs[1]["leg"]]},
        "set": {"cost": draw.number(), "note": draw.free()},
    }
    return {
        "name": draw.free(),
        "description": draw.free(),
        "units": {"quantity": "t", "money": draw.name(), "distance": "km"},
        "periods": periods,
        "unmet_cost": draw.random.choice(["firm", draw.number()]),
        "diversification": [
            {**rule, "max_share": {corridors[0]: 0.1 + 0.2}, "for_each": ["period"]},
            {
                "name": draw.name(),
                "by": "tag",
                "max_share": 0.9,
                "penalty": draw.number(),
            },
            {
                "name": draw.name(),
                "by": "corridor",
                "max_top": {"k": 1, "share": 0.95},
                "penalty": 1,
            },
        ],
        "nodes": [{"node": node, "name": draw.free()} for node in nodes],
        "products": [{"product": name, "group": draw.name()} for name in products],
        "legs": legs,
        "demand": demand,
        "tariffs": [tariff],
        "scenarios": {
            draw.name(): {
                "description": draw.free(),
                "change": [change, {"table": "demand", "append": demand[:2]}],
                "diversification": [
                    {"name": draw.name(), "by": "node", "max_share": {nodes[1]: 0.7}}
                ],
            }
        },
    }
