"""How a command ends: every way out has an exit code of its own, and one line."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

import click

from solver.console import interrupts
from solver.console.terminal import note, say_json, silence
from solver.errors import (
    DataError,
    Interrupted,
    KeruenError,
    MemoryLimitError,
    UsageError,
    WriteError,
)

if TYPE_CHECKING:
    from collections.abc import Callable


PROGRAM = "keruen"


DEBUG = "KERUEN_DEBUG"


def guarded(call: Callable[[], Any], *, as_json: bool) -> int:
    """Exit code of a command, whatever it raises.

    Parameters
    ----------
    call : callable
        Runs the command; returns its exit code.
    as_json : bool
        Whether a failure is told as a JSON document on standard output.
    """
    with interrupts.handled():
        try:
            code = call()
            _flush()
        except SystemExit as done:
            # Only click exits by itself, once the reader of its help has left.
            return done.code if isinstance(done.code, int) and done.code > 1 else 0
        except BaseException as raised:  # noqa: BLE001 - the last line of defence
            with interrupts.held_for_good():
                _discard_temporary()
                return _told(raised, as_json=as_json)
    return code if isinstance(code, int) else 0


def _flush() -> None:
    # Without a standard output Python has no stream at all.
    if sys.stdout is not None:
        sys.stdout.flush()


def leave(code: int) -> NoReturn:
    """End the process at once, whatever threads still do.

    Taking all that it has loaded apart would take longer than a small solve.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            silence(stream)
    os._exit(code)


def _discard_temporary() -> None:
    # Only a run that has written has anything to discard.
    files = sys.modules.get("solver.storage.files")
    if files is not None:
        files.discard_temporary()


def _told(raised: BaseException, *, as_json: bool) -> int:
    """Exit code of what was raised, once it has been told."""
    if os.environ.get(DEBUG):
        note("".join(traceback.format_exception(raised)).rstrip())
    error = _translated(raised)
    message = str(error)
    if as_json:
        try:
            say_json({"error": _document(error)})
        except WriteError as failed:
            error, message = failed, str(failed)
    is_help = isinstance(raised, click.exceptions.NoArgsIsHelpError)
    for line in message.splitlines():
        note(line if is_help else f"{PROGRAM}: {line}")
    return error.exit_code


def _translated(raised: BaseException) -> KeruenError:
    """Say what was raised in the words of our own errors."""
    if isinstance(raised, KeruenError):
        return raised
    match raised:
        case (
            click.Abort()
            | KeyboardInterrupt()
            # Python wraps what is raised while it makes a class.
            | RuntimeError(__cause__=KeyboardInterrupt())
        ):
            code = interrupts.exit_code()
            return Interrupted("interrupted" if code == 130 else "terminated", code)  # noqa: PLR2004
        case click.ClickException():
            return _usage(raised)
        case MemoryError():
            return MemoryLimitError(
                "out of memory: this instance needs a larger machine"
            )
        case OSError():
            silence(sys.stdout)
            return WriteError(f"cannot be read or written: {raised}")
        case _:
            return _unexpected(raised)


def _unexpected(raised: BaseException) -> KeruenError:
    what = " ".join(f"{type(raised).__name__}: {raised}".split())
    return KeruenError(
        f"a fault in Keruen, please report it: {what} (set {DEBUG}=1 for the traceback)"
    )


def _usage(raised: click.ClickException) -> UsageError:
    context = getattr(raised, "ctx", None)
    message = raised.format_message()
    is_help = isinstance(raised, click.exceptions.NoArgsIsHelpError)
    if context is not None and not is_help:
        message = f"{message}\ntry `{context.command_path} --help`"
    return UsageError(message)


def _document(error: KeruenError) -> dict[str, Any]:
    faults = error.faults if isinstance(error, DataError) else ()
    return {
        "kind": type(error).__name__,
        "exit_code": error.exit_code,
        "message": str(error),
        "faults": [fault.document() for fault in faults],
    }
