"""A frontier as a picture: SVG, drawn by matplotlib, the same bytes for the same input.

Text stays text, so that it can be searched and read aloud; no font is loaded.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np

from solver.reports.screen import frontier_words as words
from solver.reports.screen.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from solver.arrays import Floats


_SIZE = (9.0, 5.4)


_LONGEST = 70


_ROOM = 0.45
"""Part of the curve's width that the words of the knee need to its left."""


_PARTS = 60
"""Places between two points at which the gap is drawn."""


_CURVE, _KNOWN, _KNEE, _INK, _GRID = (
    "#1f4e79",
    "#8fbbe0",
    "#b8431f",
    "#222222",
    "#dddddd",
)


_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keruen",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.1,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def picture(document: Mapping[str, Any]) -> bytes | None:
    """Return the picture of a frontier; None where matplotlib is not installed.

    Parameters
    ----------
    document : dict
        What `frontier_document` tells.
    """
    # What it has to say about its cache and its fonts is nothing to act upon.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        return None
    # A face that no font here has is still the right text in the file.
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = Figure(figsize=_SIZE, layout="constrained", facecolor="white")
        _draw(figure.add_subplot(), document)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=_METADATA)
    return _told(buffer.getvalue(), document).encode()


def _draw(axes: Axes, document: Mapping[str, Any]) -> None:
    """Draw the curve, within what it is known, the knee and the end."""
    money, points = words.money(document), document["points"]
    limits = np.array([float(point["limit"]) for point in points])
    extra = np.array([point["extra_cost"] / money.factor for point in points])
    axes.set_facecolor("white")
    axes.grid(visible=True, color=_GRID, linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    _draw_known(axes, document, limits, extra)
    axes.plot(
        *(_scaled(document, limits), extra),
        color=_CURVE,
        marker="o",
        markersize=4.5,
        linewidth=1.4,
        label="Least cost, point by point",
    )
    _draw_end(axes, document)
    _draw_knee(axes, document, money)
    _label(axes, document, money)


def _scaled(document: Mapping[str, Any], limit: Any) -> Any:  # noqa: ANN401
    """Limits as the axis counts them: shares in percent."""
    return limit if words.is_index(document) else 100.0 * limit


def _draw_known(
    axes: Axes, document: Mapping[str, Any], limits: Floats, extra: Floats
) -> None:
    """Fill what is between the chords and the tangents."""
    money, points = words.money(document), document["points"]
    parts = np.linspace(0.0, 1.0, _PARTS, endpoint=False)
    steps = [start + parts * (end - start) for start, end in pairwise(limits)]
    places = np.concatenate([*steps, limits[-1:]])
    side = words.side(document)
    free = float(points[0]["cost"])
    tangents = [
        point["bound"]
        - free
        + 100.0 * point["price"] * side * (point["limit"] - places)
        for point in points
    ]
    below = np.max(tangents, axis=0) / money.factor
    order = np.argsort(limits)
    above = np.interp(places, limits[order], extra[order])
    axes.fill_between(
        *(_scaled(document, places), np.minimum(below, above), above),
        color=_KNOWN,
        linewidth=0.0,
        label=f"Least cost is here (known within {_percent(document)} %)",
    )


def _percent(document: Mapping[str, Any]) -> str:
    """Return the largest gap in per cent."""
    return f"{100 * document['largest_gap']:.2g}"


def _draw_end(axes: Axes, document: Mapping[str, Any]) -> None:
    """Mark the limit that no plan goes beyond."""
    end = document["end"]
    if end is not None:
        axes.axvline(
            _scaled(document, end),
            color=_INK,
            linewidth=1.0,
            linestyle=(0, (5, 3)),
            label=f"No plan goes beyond {words.limit_text(document, end)}",
        )


def _draw_knee(axes: Axes, document: Mapping[str, Any], money: words.Money) -> None:
    """Mark the knee, in words beside it."""
    point = words.knee(document)
    if point is None:
        return
    place = (_scaled(document, point["limit"]), point["extra_cost"] / money.factor)
    axes.plot(*place, color=_KNEE, marker="D", markersize=9, linestyle="none")
    share = words.extra_share(document, point)
    more = "" if share is None else f" (+{percent(share)})"
    axes.annotate(
        f"Knee: {words.limit_text(document, point['limit'])}\n"
        f"+{money.text(point['extra_cost'])} {money.name}{more}",
        place,
        **_beside(document, point),
        textcoords="offset points",
        color=_KNEE,
        fontweight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.0},
        arrowprops={"arrowstyle": "-", "color": _KNEE, "linewidth": 1.0},
    )


def _beside(document: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """Where the words of the knee stand: above the curve if there is room, or below."""
    first, last = (document["points"][place]["limit"] for place in (0, -1))
    if abs(point["limit"] - first) > _ROOM * abs(last - first):
        return {"xytext": (-18, 52), "ha": "right", "va": "bottom"}
    return {"xytext": (34, 0), "ha": "left", "va": "center"}


def _label(axes: Axes, document: Mapping[str, Any], money: words.Money) -> None:
    """Axes with units, the title and the legend."""
    stricter = "to the right"
    if words.side(document) > 0:
        axes.invert_xaxis()
    unit = "" if words.is_index(document) else ", %"
    axes.set_xlabel(f"{_sentence(words.subject(document))}{unit} (stricter {stricter})")
    axes.set_ylabel(f"Extra cost over the unconstrained optimum, {money.name}")
    axes.yaxis.set_major_formatter("{x:,.6g}")
    free = abs(document["points"][0]["cost"]) / money.factor
    if free:
        there, back = partial(np.multiply, 100 / free), partial(np.multiply, free / 100)
        second = axes.secondary_yaxis("right", functions=(there, back))
        second.set_ylabel("in % of the least cost")
        second.spines["right"].set_visible(False)
    axes.set_title(
        f"{_cut(words.title(document))}\n", loc="left", fontweight="bold", fontsize=12
    )
    axes.text(
        *(0.0, 1.02, _cut(f"What diversification costs: {words.cargo(document)}")),
        transform=axes.transAxes,
    )
    axes.legend(loc="upper left", edgecolor="none", framealpha=1.0)


def _sentence(text: str) -> str:
    return _cut(text[:1].upper() + text[1:])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _told(svg: str, document: Mapping[str, Any]) -> str:
    """Picture with a title and a description for those who cannot see it."""
    first, last = document["points"][0], document["points"][-1]
    money, point = words.money(document), words.knee(document)
    title = f"{words.title(document)}: least cost against {words.subject(document)}"
    start, end = (words.limit_text(document, p["limit"]) for p in (first, last))
    told = [
        f"A curve of {len(document['points'])} points that rises from the "
        f"unconstrained optimum ({start}, {money.text(first['cost'])} "
        f"{money.name}) to {end}, which costs "
        f"{money.text(last['extra_cost'])} {money.name} more."
    ]
    if point is not None:
        told.append(
            f"Its knee is at {words.limit_text(document, point['limit'])}, "
            f"{money.text(point['extra_cost'])} {money.name} over the least cost."
        )
    heads = (
        f'<title id="title">{escape(title)}</title>\n'
        f' <desc id="desc">{escape(" ".join(told))}</desc>'
    )
    svg = re.sub(r"<!DOCTYPE[^>]*>\n", "", svg, count=1)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, Arial, sans-serif")
    named = '<svg role="img" aria-labelledby="title desc" '
    head, start, rest = svg.partition("<svg ")
    attributes, close, body = rest.partition(">")
    return "".join(
        [head, named if start else "", attributes, close, "\n ", heads, body]
    )
