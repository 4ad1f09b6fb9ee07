"""The whole page: its sections, its style and its script, in one file without links."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from solver.reports.page.budget import BUDGETS, MOST_BYTES, shared
from solver.reports.page.cargo import cargo_of
from solver.reports.page.colours import corridor_colours
from solver.reports.page.map.sheet import map_sheet
from solver.reports.page.map.stage import Looks
from solver.reports.page.sections import Told, page_sections, result_sections
from solver.reports.page.source import labels
from solver.reports.page.tables.glance import glance
from solver.reports.page.text import TextScale, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from solver.reports.page.budget import PageBudget
    from solver.reports.page.cargo import PageCargo
    from solver.reports.page.sections import Section
    from solver.reports.page.source import PageSource
    from solver.reports.page.tables.glance import Glance

_HERE = Path(__file__).parent
_BELOW_RESULT = 3


@dataclass(frozen=True, slots=True)
class PagePart:
    """What the page tells about one result."""

    label: str
    anchor: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template writes.

    Parameters
    ----------
    title, lead : str
        Heading, and what stands below it.
    across : tuple of Section
        About all results together.
    parts : tuple of PagePart
        About each of them.
    land : dict of str to View
        Outlines, written once for all maps.
    data : dict
        What the script needs.
    """

    title: str
    lead: str
    across: tuple[Section, ...]
    parts: tuple[PagePart, ...]
    land: Mapping[str, Any]
    data: Mapping[str, Any]


def render(
    sources: Sequence[PageSource],
    *,
    frontier: Mapping[str, Any] | None = None,
    comparisons: Sequence[Mapping[str, Any]] = (),
    with_borders: bool = True,
) -> bytes:
    """Return the page about some verified results.

    Parameters
    ----------
    sources : sequence of PageSource
        One result or several.
    frontier : dict, optional
        Document of a frontier.
    comparisons : sequence of dict
        Bridge from the first result to each other, and what had to move.
    with_borders : bool
        Whether maps show borders beside coasts.

    Returns
    -------
    bytes
        An HTML file in UTF-8, below `MOST_BYTES`: what is too much is cut, and the
        page says so. Equal results give equal bytes.
    """
    made = _gathered(sources)
    names, glances = made.labels, made.glances
    across = tuple(page_sections(sources, names, frontier, comparisons, glances))
    content = b""
    for budget in shared(BUDGETS, len(sources)):
        page = _page(made, across, budget, with_borders=with_borders)
        content = page_bytes(page)
        if len(content) <= MOST_BYTES:
            break
    return content


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Results with what all sections of a page share."""

    sources: Sequence[PageSource]
    labels: Sequence[str]
    cargos: Sequence[PageCargo | None]
    colours: Mapping[str, str]
    scales: Sequence[TextScale]
    glances: Sequence[Glance]


def _gathered(sources: Sequence[PageSource]) -> _Gathered:
    cargos = [cargo_of(source) for source in sources]
    colours, scales = corridor_colours(_corridors(sources, cargos)), _scales(sources)
    names = labels(sources)
    named = zip(sources, names, scales, strict=True)
    glances = [
        glance(source, label, _anchor(number), colours, scale)
        for number, (source, label, scale) in enumerate(named)
    ]
    return _Gathered(sources, names, cargos, colours, scales, glances)


def _anchor(number: int) -> str:
    """Return the name of the place where a page tells about a result."""
    return f"result-{number + 1}"


def _page(
    made: _Gathered,
    across: tuple[Section, ...],
    budget: PageBudget,
    *,
    with_borders: bool,
) -> Page:
    sources, cargos, scales = made.sources, made.cargos, made.scales
    looks = Looks(made.colours, scales[0], budget.strands, with_borders)
    sheet = map_sheet(sources, cargos, scales, looks)
    level = _BELOW_RESULT if len(sources) > 1 else _BELOW_RESULT - 1
    told = [
        Told(
            source,
            cargos[number],
            sheet.maps[number],
            made.colours,
            scales[number],
            budget,
            level,
            made.glances[number],
            sources[:number],
        )
        for number, source in enumerate(sources)
    ]
    parts = tuple(
        PagePart(one.glance.label, one.glance.anchor, tuple(result_sections(one)))
        for one in told
    )
    return Page(
        title=shown(sources[0].instance.name or "Allocation of cargo to corridors"),
        lead=_lead(sources, made.labels),
        across=across,
        parts=parts,
        land=sheet.land,
        data={
            "perPixel": sheet.per_pixel,
            "places": [view.places.round(1).tolist() for view in sheet.land.values()],
            "parts": [
                None if isinstance(found, str) else found.data for found in sheet.maps
            ],
        },
    )


def _corridors(
    sources: Sequence[PageSource], cargos: Sequence[PageCargo | None]
) -> Iterator[str]:
    """Yield corridors in the order of the instance, used or not: a colour is kept."""
    for source in sources:
        yield from filter(None, source.instance.legs["corridor"].tolist())
    for cargo in filter(None, cargos):
        yield from cargo.corridors


def _scales(sources: Sequence[PageSource]) -> list[TextScale]:
    """Return the unit of each result's quantities, one for all that share a unit."""
    largest: dict[str, float] = {}
    for source in sources:
        unit = source.instance.units.quantity
        carried = source.result.summary["demand"] or 0.0
        largest[unit] = max(largest.get(unit, 0.0), carried)
    units = [source.instance.units.quantity for source in sources]
    return [TextScale.of(largest[unit], shown(unit)) for unit in units]


def _lead(sources: Sequence[PageSource], names: Sequence[str]) -> str:
    told = "Which corridor carries which cargo, at what cost, and what proves it."
    if len(sources) > 1:
        told = f"{told} {len(sources)} plans, each verified as this page was made."
        for name, source in zip(names, sources, strict=True):
            if source.instance.changes:
                changed = "; ".join(map(shown, source.instance.changes))
                told = f"{told} Changes of {shown(name)}: {changed}."
        return told
    scenarios, changes = sources[0].instance.scenarios, sources[0].instance.changes
    if scenarios:
        told = f"{told} Scenarios: {', '.join(map(shown, scenarios))}."
    if changes:
        told = f"{told} Changes: {'; '.join(map(shown, changes))}."
    return told


def _printed(value: Any) -> Any:  # noqa: ANN401
    """Return a text without characters that steer it, whatever it was made from."""
    if type(value) is not str:
        return value
    return shown(value).replace(" %", "\N{NO-BREAK SPACE}%")


def _compact(script: str) -> str:
    """Return a script without indents and lines of comment."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if not line.startswith("//"))


def page_bytes(page: Page) -> bytes:
    """Return a page as one HTML file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (
        (_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    script = _compact(script)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # Both are files of ours, not names of an instance: they need no escaping.
    text = environment.get_template("page.html").render(
        page=page,
        style=environment.filters["safe"](style),
        script=environment.filters["safe"](script),
        script_hash=f"sha256-{digest}",
    )
    return text.encode()
