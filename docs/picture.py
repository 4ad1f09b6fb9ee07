"""Draw `docs/kazakhstan.svg` from a result of `instances/kazakhstan`.

keruen solve instances/kazakhstan -o results/kazakhstan
python docs/picture.py results/kazakhstan
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 960, 560
WEST, EAST, SOUTH, NORTH = 22.0, 112.0, 20.0, 62.0
COLOURS = {
    "northern": "#3b6fb6",
    "western": "#2a9d8f",
    "southern": "#d9822b",
    "eastern": "#b5446e",
}
NAMED = {
    "Almaty": "Almaty",
    "Astana": "Astana",
    "Atyrau": "Atyrau",
    "Kostanay": "Kostanay",
    "Aktau": "Aktau",
    "Alat": "Alat",
    "Novorossiysk": "Novorossiysk",
    "Ust_Luga": "Ust-Luga",
    "Russia_Urals": "Urals",
    "Saryagash": "Saryagash",
    "Galaba_Hairatan": "Hairatan",
    "Bandar_Abbas": "Bandar Abbas",
    "Karachi": "Karachi",
    "Dostyk_Alashankou": "Dostyk",
    "Altynkol_Khorgos": "Khorgos",
    "China": "China",
    "Poti": "Poti",
    "Iran": "Tehran",
}


def place(node: dict[str, str]) -> tuple[float, float]:
    """Return where a node stands on the page."""
    x = (float(node["longitude"]) - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - float(node["latitude"])) / (NORTH - SOUTH) * HEIGHT
    return round(x, 1), round(y, 1)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(result: Path, places: dict[str, tuple[float, float]]) -> list[str]:
    """Return a line for each hop and corridor, as wide as what passes."""
    passing: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in read(result / "allocation.csv"):
        stops = row["route"].split(" > ")
        for number in range(len(stops) - 1):
            hop = (stops[number], stops[number + 1], row["corridor"])
            passing[hop] += float(row["quantity"])
    drawn = []
    for (start, end, corridor), quantity in sorted(
        passing.items(), key=lambda x: -x[1]
    ):
        (x1, y1), (x2, y2) = places[start], places[end]
        width = round(0.6 + math.sqrt(quantity / 1e6) * 1.6, 2)
        drawn.append(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" '
            f'stroke="{COLOURS.get(corridor, "#888888")}" stroke-width="{width}"/>'
        )
    return drawn


def labels(places: dict[str, tuple[float, float]]) -> list[str]:
    """Return a dot and a name for places that a reader knows."""
    drawn = []
    for node, name in NAMED.items():
        x, y = places[node]
        drawn.append(f'<circle cx="{x}" cy="{y}" r="2.6" fill="#222222"/>')
        drawn.append(f'<text x="{x + 5}" y="{y - 5}" class="n">{escape(name)}</text>')
    return drawn


def legend(result: Path) -> list[str]:
    """Return corridors with their quantities and shares."""
    summary = json.loads((result / "summary.json").read_text(encoding="utf-8"))
    drawn = []
    y = HEIGHT - 100
    for name, figures in summary["corridors"].items():
        if name in COLOURS:
            told = f"{name}  {figures['quantity'] / 1e6:.1f} Mt  {figures['share']:.1%}"
            drawn.append(
                f'<rect x="24" y="{y - 10}" width="22" height="10" '
                f'fill="{COLOURS[name]}"/><text x="54" y="{y}">{told}</text>'
            )
            y += 22
    return drawn


def main() -> None:
    """Draw the picture of the result named on the command line."""
    home = Path(__file__).parent
    result = Path(sys.argv[1])
    nodes = read(home.parent / "instances" / "kazakhstan" / "nodes.csv")
    places = {node["node"]: place(node) for node in nodes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'role="img" aria-label="Cargo of Kazakhstan on its corridors">',
        "<style>text{font:14px sans-serif;fill:#222222}.n{font-size:12px;"
        "paint-order:stroke;stroke:#ffffff;stroke-width:3px}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f7f5f0"/>',
        '<g stroke-linecap="round" stroke-opacity="0.85">',
        *lines(result, places),
        "</g>",
        *labels(places),
        f'<rect x="12" y="{HEIGHT - 150}" width="236" height="138" fill="#ffffff" '
        'fill-opacity="0.88" rx="6"/>',
        f'<text x="24" y="{HEIGHT - 126}">Least cost, 2025: 78.7 Mt</text>',
        *legend(result),
        "</svg>",
    ]
    (home / "kazakhstan.svg").write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
