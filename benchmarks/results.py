"""What a comparison found, as a page: RESULTS.md."""

from __future__ import annotations

import os
import platform
import statistics
from typing import TYPE_CHECKING

from benchmarks.compare import KERUEN
from solver.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.compare import Comparison, Series

SAME = 1e-6
"""Costs that are as close, as a share, are the same."""

NEAR = {"pdlp": 1e-4, "clarabel": 1e-5}
"""The same for ways that are not exact."""

_ABOUT = """\
# Results

Written by `python -m benchmarks compare`; [README](README.md) says what is measured.
Times are medians of whole processes, in seconds; *ratio* is the time of a way over that
of Keruen in the same sitting, *MiB* the most memory that a run needed. *Cost* is that
of Keruen, or how far another is from it."""

_ABOUT_SWEEPS = """\
The solve in *sweeps* is its time over that of one sweep: cheapest routes of all
demands, which takes as many *trees* of routes."""


def differing(comparison: Comparison) -> list[str]:
    """Return the ways whose cost is not the reference's."""
    return [
        series.way
        for series in comparison.series
        if abs(comparison.difference(series) or 0.0) > NEAR.get(series.way, SAME)
    ]


def page(comparisons: Sequence[Comparison], repeats: int, limit: float) -> str:
    """Return the page of all comparisons."""
    rows = [row for one in comparisons for row in _whole_rows(one, limit)]
    parts = [
        _ABOUT,
        _circumstances(comparisons, repeats, limit),
        _again(comparisons, repeats, limit),
        "## Whole processes",
        _table(_WHOLE, rows),
        "## Keruen by phase",
        _ABOUT_SWEEPS,
        _by_phase(comparisons),
    ]
    return "\n\n".join(parts) + "\n"


def _circumstances(
    comparisons: Sequence[Comparison], repeats: int, limit: float
) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {"Keruen": VERSION, "Python": platform.python_version()}
    for comparison in comparisons:
        for series in comparison.series[1:]:
            for answer in series.answers:
                versions |= answer["versions"]
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"- Machine: {os.cpu_count()} cores, {memory:.0f} GiB of memory, "
        f"{platform.system()} on {platform.machine()}; load average "
        f"{os.getloadavg()[2]:.1f} over the last quarter of an hour.\n"
        f"- Runs: {repeats} of each way in turn; each ended after {limit:g} s.\n"
        f"- Versions: {told}."
    )


def _again(comparisons: Sequence[Comparison], repeats: int, limit: float) -> str:
    """Say how to repeat it."""
    names = [
        one.instance if one.command else f"PATH/{one.instance}" for one in comparisons
    ]
    ways = [series.way for series in comparisons[0].series[1:]]
    made = [
        f"- `{one.instance}`: `{one.command}`" for one in comparisons if one.command
    ]
    rules = {one.command.partition(" --rules ")[2] for one in comparisons} - {""}
    lines = [
        "Again:",
        "",
        "    python -m benchmarks compare \\",
        f"        --repeats {repeats} --limit {limit:g} \\",
        *(f"        --rules {rule} \\" for rule in sorted(rules)),
        f"        --peers {' '.join(ways)} \\",
        f"        --instances {' '.join(names)}",
        *(["", "What was generated, and how:", "", *made] if made else []),
    ]
    return "\n".join(lines)


_WHOLE = (
    "instance",
    "way",
    "seconds",
    "ratio",
    "read",
    "build",
    "solve",
    "MiB",
    "cost",
)


def _whole_rows(comparison: Comparison, limit: float) -> Iterator[tuple[str, ...]]:
    keruen = comparison.series[0]
    for series in comparison.series:
        name = (comparison.instance, series.way)
        if not series.answered:
            reason = series.failure
            told = f"over {limit:g}" if not series.runs[-1].in_time else reason
            ratio = _least_ratio(series, keruen, limit)
            yield (*name, told, ratio, "", "", "", f"{series.peak:,.0f}", "")
            continue
        ratio = f"{series.seconds / keruen.seconds:.2f}" if keruen.answered else ""
        phases = ("load", "", "solve") if series.way == KERUEN else _PEER_PHASES
        yield (
            *name,
            f"{series.seconds:.2f}",
            ratio,
            *(_seconds(series, phase) for phase in phases),
            f"{series.peak:,.0f}",
            _cost(comparison, series),
        )


_PEER_PHASES = ("read", "build", "solve")


def _least_ratio(series: Series, keruen: Series, limit: float) -> str:
    if series.runs[-1].in_time or not keruen.answered:
        return ""
    return f"over {limit / keruen.seconds:.1f}"


def _cost(comparison: Comparison, series: Series) -> str:
    if series is comparison.reference:
        return f"{series.cost:.12g}"
    difference = comparison.difference(series) or 0.0
    exact = abs(difference) <= SAME
    return "the same" if exact else f"{difference:+.1e} of it"


def _by_phase(comparisons: Sequence[Comparison]) -> str:
    """Return the table of Keruen's phases, in the order they come."""
    answers = [answer for c in comparisons for answer in c.series[0].answers]
    phases = list(dict.fromkeys(name for one in answers for name in one["seconds"]))
    titles = ("instance", *phases, "sweep", "trees", "solve in sweeps")
    rows = [
        (c.instance, *(_seconds(c.series[0], name) for name in phases), *_in_sweeps(c))
        for c in comparisons
        if c.series[0].answered
    ]
    return _table(titles, rows)


def _in_sweeps(comparison: Comparison) -> tuple[str, str, str]:
    """Seconds and trees of a sweep, and how many of them the solve takes."""
    answers = comparison.sweeps.answers
    if not comparison.sweeps.answered:
        return "", "", ""
    one = statistics.median(answer["sweep"] for answer in answers)
    solve = comparison.series[0].phase("solve") or 0.0
    return f"{one:.3g}", f"{answers[0]['trees']:,}", f"{solve / one:,.0f}"


def _seconds(series: Series, phase: str) -> str:
    seconds = series.phase(phase)
    return "" if seconds is None else f"{seconds:.2f}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
