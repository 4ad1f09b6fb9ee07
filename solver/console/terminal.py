"""Writing to standard output and standard error, whatever they are connected to.

Data goes to standard output, everything else to standard error. A reader that has
left is no fault; a full disk is one.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from solver.errors import WriteError

if TYPE_CHECKING:
    from collections.abc import Mapping


SCHEMA_VERSION = 1
"""Version of the documents that `--json` prints."""


_NARROW, _WIDE = 80, 100


def say(text: str) -> None:
    """Write a text, and a line break, to standard output.

    Raises
    ------
    WriteError
        Standard output cannot take it (a full disk).
    """
    if sys.stdout is None:
        message = "standard output is closed: nothing can be printed there"
        raise WriteError(message)
    try:
        sys.stdout.write(_encodable(text + "\n", sys.stdout))
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except (OSError, ValueError) as error:
        silence(sys.stdout)
        reason = getattr(error, "strerror", None) or error
        message = f"standard output cannot be written: {reason}"
        raise WriteError(message) from error


def say_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document to standard output."""
    text = json.dumps(
        {"schema_version": SCHEMA_VERSION, **document},
        indent=1,
        ensure_ascii=not unicode_wanted(sys.stdout),
        allow_nan=False,
    )
    say(text)


def note(text: str) -> None:
    """Write a text, and a line break, to standard error, if that is possible."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(_encodable(printable(text) + "\n", sys.stderr))
        sys.stderr.flush()


def printable(text: str) -> str:
    """Text without characters that would steer a terminal; line breaks stay.

    Tabs and the blanks of typesetting (such as one that breaks no line) are blanks.
    """
    if text.isprintable():
        return text
    return "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isprintable() or char == "\n":
        return char
    is_blank = char == "\t" or unicodedata.category(char) == "Zs"
    return " " if is_blank else "\N{REPLACEMENT CHARACTER}"


def color_wanted(stream: TextIO) -> bool:
    """Whether a stream gets colours: NO_COLOR, then FORCE_COLOR, then a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def unicode_wanted(stream: TextIO) -> bool:
    """Whether a stream's encoding holds every character."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower()
    return encoding.replace("-", "").startswith("utf")


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream is a terminal; a closed one is not."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def width() -> int:
    """Columns to fill: those of the terminal, within what reads well."""
    import shutil

    return min(max(shutil.get_terminal_size((_NARROW, 24)).columns, _NARROW), _WIDE)


def silence(stream: TextIO) -> None:
    """Send what is still buffered, and all that follows, nowhere.

    Otherwise the interpreter tries again as it ends, and complains.
    """
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
