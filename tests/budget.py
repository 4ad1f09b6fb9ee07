"""The budget of a campaign: how many, or how many seconds; and how far it is."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

Item = TypeVar("Item")

_TELL_EVERY = 10.0
"""Seconds between two lines of progress."""


def add_seconds(parser: argparse.ArgumentParser) -> None:
    """Let a campaign be given its seconds."""
    words = "end when so many seconds are up, and tell how many were done"
    parser.add_argument("--seconds", type=float, default=None, metavar="S", help=words)


def within(items: Sequence[Item], seconds: float | None) -> Iterator[Item]:
    """Yield items until time is up; say on standard error how far that is.

    Parameters
    ----------
    items : sequence
        What is to be done.
    seconds : float, optional
        Time for it; by default as long as it takes.
    """
    began = told = time.monotonic()
    for number, item in enumerate(items):
        now = time.monotonic()
        if seconds is not None and now - began >= seconds:
            return
        if now - told >= _TELL_EVERY:
            told = now
            sys.stderr.write(f"{number} of {len(items)} in {now - began:.0f} s\n")
        yield item
