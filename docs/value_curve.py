"""Make `docs/value-curve.svg`: the least cost against one capacity, piece by piece.

keruen solve instances/kazakhstan -o results/base
keruen prices results/base --limit Dostyk_Alashankou --json > results/curve.json
python docs/value_curve.py results/curve.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 400, 80, 30, 40, 60
MILLION = 1e6


def drawn(curve: dict[str, Any]) -> str:
    """Return the picture of a curve."""
    pieces = curve["pieces"]
    first, now = pieces[0]["from"], curve["quantity"]
    last = min(pieces[-1]["to"], pieces[-1]["from"] * 1.25)
    low, high = pieces[-1]["cost_to"], pieces[0]["cost_from"]

    def across(quantity: float) -> float:
        return LEFT + (quantity - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def down(cost: float) -> float:
        return TOP + (high - cost) / (high - low) * (HEIGHT - TOP - BOTTOM)

    corners = [(own["from"], own["cost_from"]) for own in pieces] + [(last, low)]
    line = " ".join(f"{across(q):.1f},{down(c):.1f}" for q, c in corners)
    unit, money = curve["units"]["quantity"], curve["units"]["money"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f"<title>Least cost against the capacity of {curve['name']}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" '
        'stroke="#777"/>',
        f'<polyline points="{line}" fill="none" stroke="#0b5cad" stroke-width="2.5"/>',
    ]
    for quantity, cost in corners[:-1]:
        place = f'cx="{across(quantity):.1f}" cy="{down(cost):.1f}"'
        parts.append(f'<circle {place} r="3.5" fill="#0b5cad"/>')
    for own in pieces:
        end = min(own["to"], last)
        middle, cost = (own["from"] + end) / 2, (own["cost_from"] + own["cost_to"]) / 2
        place = f'x="{across(middle) + 8:.1f}" y="{down(cost) - 6:.1f}"'
        parts.append(f"<text {place}>{0.0 - own['one_more']:g}</text>")
    own = next(own for own in pieces if own["from"] <= now <= own["to"])
    cost = own["cost_from"] + own["one_more"] * (now - own["from"])
    at = f"{across(now):.1f}"
    parts += [
        f'<path d="M{at} {down(cost):.1f}V{HEIGHT - BOTTOM}" stroke="#b3261e" '
        'stroke-dasharray="4 3"/>',
        f'<circle cx="{at}" cy="{down(cost):.1f}" r="5" fill="#b3261e"/>',
        f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" '
        f'fill="#b3261e">now {now / MILLION:g}</text>',
        *(
            f'<text x="{across(q):.1f}" y="{HEIGHT - BOTTOM + 18}" '
            f'text-anchor="middle">{q / MILLION:.1f}</text>'
            for q in (first, pieces[-1]["from"])
        ),
        *(
            f'<text x="{LEFT - 8}" y="{down(c) + 4:.1f}" text-anchor="end">'
            f"{c / MILLION:,.0f}</text>"
            for c in (high, low)
        ),
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 14}" text-anchor="end">capacity of '
        f"{curve['name']}, million {unit} a year</text>",
        f'<text x="{LEFT - 60}" y="{TOP - 16}">least cost, million {money}; on each '
        f"piece what one more saves, {money}/{unit}</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    document = json.loads(Path(sys.argv[1]).read_text())
    (HOME / "value-curve.svg").write_text(drawn(document), encoding="utf-8")
