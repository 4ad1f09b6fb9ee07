"""How far a batch is, read from its ledger: also while another process runs it."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from solver.errors import DataError, Fault, UsageError
from solver.jobs.records.export import export
from solver.jobs.records.layout import EXPORTS
from solver.jobs.records.ledger import DONE, FAILED, LEDGER, LEFT, RUNNING, Ledger
from solver.storage.files import is_locked
from solver.storage.folders import claimed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_WINDOW = 120.0
"""Seconds that the rate is taken over."""

_SAME = ("jobs", "options", "versions")


@contextmanager
def opened(folders: Sequence[Path]) -> Iterator[list[Ledger]]:
    """Yield the ledgers of folders, which are shards of one batch.

    Raises
    ------
    InputError
        A folder holds no batch.
    UsageError
        Two folders hold the same items.
    DataError
        They are of different batches.
    """
    with ExitStack() as stack:
        ledgers = [stack.enter_context(Ledger(folder)) for folder in folders]
        facts = [ledger.facts() for ledger in ledgers]
        for folder, one in zip(folders, facts, strict=True):
            differing = [key for key in _SAME if one.get(key) != facts[0].get(key)]
            if differing:
                message = f"{folder} is of another batch than {folders[0]}"
                remedy = "name the shards of one batch"
                fault = Fault(LEDGER, message, remedy, None, differing[0])
                raise DataError([fault])
        _refuse_overlap(folders, facts)
        yield ledgers


def _refuse_overlap(
    folders: Sequence[Path], facts: Sequence[Mapping[str, Any]]
) -> None:
    """Raise if two shards have items in common."""
    seen: list[tuple[Path, range]] = []
    for folder, one in zip(folders, facts, strict=True):
        numbers = _numbers(one)
        for other, taken in seen:
            if _meet(numbers, taken):
                message = f"{folder} and {other} hold the same items"
                raise UsageError(f"{message}; name each shard once")
        seen.append((folder, numbers))


def _numbers(facts: Mapping[str, Any]) -> range:
    """Numbers of the items of a shard."""
    if not facts:
        return range(0)
    first, step = facts["shard"]
    return range(first, facts["total"] + 1, step)


def _meet(one: range, other: range) -> bool:
    """Whether two ranges have a number in common."""
    small, large = sorted((one, other), key=len)
    return any(number in large for number in small)


def read_status(folders: Sequence[Path]) -> dict[str, Any]:
    """Return how far a batch is, over all folders named.

    Raises
    ------
    InputError, UsageError, DataError
        As `opened`.
    """
    now = time.time()
    with opened(folders) as ledgers:
        facts = [ledger.facts() for ledger in ledgers]
        items = sum(len(_numbers(one)) for one in facts)
        counts = [ledger.counts() for ledger in ledgers]
        running = [is_locked(folder) for folder in folders]
        rates = [
            _rate(ledger, one, now) if is_running else 0.0
            for ledger, one, is_running in zip(ledgers, facts, running, strict=True)
        ]
        reasons: dict[str, int] = {}
        for ledger in ledgers:
            for reason, count in ledger.reasons().items():
                reasons[reason] = reasons.get(reason, 0) + count
        duplicates = sum(ledger.duplicates() for ledger in ledgers)
    done, failed = (
        sum(one.get(state, 0) for one in counts) for state in (DONE, FAILED)
    )
    at_work = sum(
        one.get(RUNNING, 0)
        for one, is_running in zip(counts, running, strict=True)
        if is_running
    )
    left, rate = items - done - failed - at_work, sum(rates)
    return {
        "items": items,
        "done": done,
        "failed": failed,
        "running": at_work,
        LEFT: left,
        "duplicates": duplicates,
        "is_running": any(running),
        "reasons": reasons,
        "rate": round(rate, 4),
        "seconds_to_go": round((left + at_work) / rate) if rate > 0 else None,
    }


def _rate(ledger: Ledger, facts: Mapping[str, Any], now: float) -> float:
    """Items solved a second, over the last two minutes or since the run began."""
    began = max(now - _WINDOW, float(facts.get("run_began", now)))
    return ledger.ended_since(began) / max(now - began, 1e-3)


def export_all(
    folders: Sequence[Path], *, parquet: bool = False, output: Path | None = None
) -> None:
    """Write the tables of all folders, in item order.

    Parameters
    ----------
    folders : sequence of Path
        Folders of one batch, or of its shards.
    parquet : bool
        Whether the summary is written as Parquet too.
    output : Path, optional
        Where they go; by default the first of the folders.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    with opened(folders) as ledgers:
        if output is None:
            export(folders[0], ledgers, parquet=parquet)
            return
        with claimed(output, lambda _folder: {*EXPORTS}):
            export(output, ledgers, parquet=parquet)


def as_lines(found: Mapping[str, Any]) -> list[str]:
    """Return a status as lines of text."""
    state = "running" if found["is_running"] else "not running"
    lines = [
        f"{found['done']:,} of {found['items']:,} items done, "
        f"{found['failed']:,} failed, {found['running']:,} running, "
        f"{found[LEFT]:,} left ({state})"
    ]
    if found["duplicates"]:
        lines.append(f"{found['duplicates']:,} duplicates, each solved once")
    if found["rate"]:
        to_go = found["seconds_to_go"] or 0
        lines.append(f"{found['rate']:.2f} items/s, {_clock(to_go)} to go")
    for reason, count in found["reasons"].items():
        lines.append(f"failed {count:,}: {reason}")
    return lines


def _clock(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"


def as_metrics(found: Mapping[str, Any]) -> str:
    """Return a status as Prometheus reads it."""
    lines = [
        "# HELP keruen_batch_items Items of the batch by state.",
        "# TYPE keruen_batch_items gauge",
        *(
            f'keruen_batch_items{{state="{state}"}} {found[state]}'
            for state in (DONE, FAILED, RUNNING, LEFT)
        ),
        "# HELP keruen_batch_duplicates Items that have the answer of another.",
        "# TYPE keruen_batch_duplicates gauge",
        f"keruen_batch_duplicates {found['duplicates']}",
        "# HELP keruen_batch_rate Items solved a second.",
        "# TYPE keruen_batch_rate gauge",
        f"keruen_batch_rate {found['rate']}",
        "# HELP keruen_batch_running Whether a batch is running.",
        "# TYPE keruen_batch_running gauge",
        f"keruen_batch_running {int(found['is_running'])}",
        "# HELP keruen_batch_failed Items that failed, by reason.",
        "# TYPE keruen_batch_failed gauge",
        *(
            f'keruen_batch_failed{{reason="{_escaped(reason)}"}} {count}'
            for reason, count in found["reasons"].items()
        ),
    ]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
