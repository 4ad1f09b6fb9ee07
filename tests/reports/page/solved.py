"""Results made for tests of pages: solved by the command, read back and verified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

import cli
from solver.reports.page.source import PageSource
from solver.tasks.verify import examined

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[3]

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>bold</b>",
    "{{7*7}}{% raw %}",
    "=cmd' /C calc'!A0",
    "right\u202eleft\u200f",
    "x" * 300,
    "&lt;i&gt; ' onload='alert(1)",
)
"""Names that would do harm in a page that took them for anything but text."""

PLACES = {
    "nodes.csv": """\
node,name,kind,country,latitude,longitude,capacity
A,Alpha,origin,KZ,51,71,
B,Beta,border,KZ|RU,55,61,60
P,Porta,port,GE,42.2,41.7,
M,Market,market,IT,41.9,12.5,
""",
    "legs.csv": """\
leg,from,to,mode,corridor,capacity,cost
a-b,A,B,rail,northern,,10
b-m,B,M,rail,northern,,20
a-p,A,P,rail,western,,25
p-m,P,M,sea,western,,15
""",
    "products.csv": """\
product,group
wheat,grain
steel,metals
""",
    "demand.csv": """\
product,origin,market,quantity
wheat,A,M,80
steel,A,M,20
""",
}
"""Four places: 60 t over the border, which is full, and 40 t over port and sea."""


def write_folder(folder: Path, tables: Mapping[str, str] = PLACES) -> Path:
    """Write an instance."""
    folder.mkdir(parents=True)
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(*words: object) -> int:
    """Run a command in this process and return its exit code."""
    done = CliRunner(env={"NO_COLOR": "1"}).invoke(cli.keruen, [*map(str, words)])
    return int(done.exit_code)


def solve(path: Path, folder: Path, *words: object) -> Path:
    """Solve an instance, its result in a folder."""
    given = ("solve", path, "-o", folder, "--sensitivity", "none", "--quiet")
    assert run(*given, *words) in {0, 10}
    return folder


def source(folder: Path) -> PageSource:
    """Read a result back."""
    found = examined(folder)
    assert found.verdict.passed
    assert found.instance is not None
    assert found.result is not None
    return PageSource(folder.name, found.instance, found.result)


def hostile_folder(folder: Path) -> Path:
    """Write an instance whose names are hostile, wherever a name may stand."""
    names = [name.replace('"', '""') for name in HOSTILE]
    count = len(names)
    nodes = ["node,name,kind,latitude,longitude", "Z,end,market,40,20"]
    legs = ["leg,from,to,mode,corridor,cost,note,source"]
    demand, products = ["product,origin,market,quantity"], ["product,group"]
    for n, name in enumerate(names):
        nodes.append(f'N{n},"{name}",origin,{45 + n},{60 + 3 * n}')
        mode, corridor = names[(n + 1) % count], names[(n + 2) % count]
        legs.append(f'L{n},N{n},Z,"{mode}","{corridor}",{n + 1},"{name}","{name}"')
        demand.append(f'"{name}",N{n},Z,{10 * (n + 1)}')
        products.append(f'"{name}","{corridor}"')
    tables = {"nodes": nodes, "legs": legs, "demand": demand, "products": products}
    files = {f"{name}.csv": "\n".join(rows) + "\n" for name, rows in tables.items()}
    manifest = 'name = "<b>{{7*7}}</b>"\ndescription = "</script><i>"\n'
    return write_folder(folder, {**files, "instance.toml": manifest})
