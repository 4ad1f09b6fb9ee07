"""How a running batch is told: a bar on a terminal, lines elsewhere, or JSON events."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from solver.console.terminal import is_terminal, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Tell = Callable[..., None]

_ERRORS = {"item_failed": "error", "item_retried": "warning", "stopping": "warning"}


@contextmanager
def watched(log_format: str, *, is_quiet: bool) -> Iterator[Tell]:
    """Yield what events of a batch are told to: a name, and what belongs to it."""
    if is_quiet and log_format != "json":
        yield lambda _event, **_rest: None
    elif log_format == "json":
        yield _told_as_json
    elif is_terminal(sys.stderr):
        with _bar() as tell:
            yield tell
    else:
        yield _told_as_text


def _told_as_json(event: str, **rest: Any) -> None:  # noqa: ANN401
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    level = _ERRORS.get(event, "info")
    line = {"event": event, "ts": now, "level": level, **rest}
    note(json.dumps(line, ensure_ascii=True))


def _told_as_text(event: str, **rest: Any) -> None:  # noqa: ANN401
    text = _line(event, rest)
    if text:
        note(text)


def _line(event: str, rest: dict[str, Any]) -> str:
    """Return an event as a line; blank: it is not told."""
    match event:
        case "progress":
            over = f"{rest['done']:,} of {rest['total']:,} done"
            rate = rest["rate"] or 0.0
            return f"{over}, {rest['failed']:,} failed, {rate:.2f} items/s"
        case "item_failed":
            return f"item {rest['item']} failed: {rest['reason']}"
        case "item_retried":
            return f"item {rest['item']} is tried again: {rest['reason']}"
        case "stopping":
            if not rest["running"]:
                return "stopping"
            return (
                f"stopping: {rest['running']} running items get {rest['seconds']:g} s"
            )
        case _:
            return ""


@contextmanager
def _bar() -> Iterator[Tell]:
    """Show how far a batch is on a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with progress:
        task = progress.add_task("batch", total=None)

        def tell(event: str, **rest: Any) -> None:  # noqa: ANN401
            if event == "batch_started":
                progress.update(task, total=rest["items"])
            elif event in {"item_done", "item_failed", "items_found"}:
                progress.advance(task, rest.get("number", 1))
            text = "" if event == "progress" else _line(event, rest)
            if text:
                progress.console.print(text, markup=False, highlight=False)

        yield tell
