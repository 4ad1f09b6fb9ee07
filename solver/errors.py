"""Every exception Keruen raises, as one tree, each with its exit code.

KeruenError
├── UsageError          2   the call's words are wrong (unknown scenario, solver)
├── NoFrontierError 11 - 13   there is no optimum that a frontier could start from
├── NoPlanError    11, 13   a result holds no plan that could be explained
├── UnansweredError 11 - 13   a solve that a study needs has no proved plan
├── DataError          65   the instance is wrong; holds every fault found
├── InputError         66   a file is missing or cannot be read
├── InternalError      70   a fault in Keruen
│   └── UnverifiedError     a result failed its verification
├── MemoryLimitError   71   the machine has too little memory for this instance
├── OutputError        73   an output cannot be created
│   └── WriteError     74   an output could be created, but not written
├── LockedError        75   another run is writing there
└── Interrupted       130   stopped by the user (143: terminated)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_SHOWN = 20


class SheetFile(str):
    """The file of a fault that is a sheet: it knows in which cell a column stands.

    Parameters
    ----------
    file : str
        Name of the file, with that of the sheet, such as ``grain.xlsx#demand``.
    sheet : str
        Name of the sheet as references have it.
    columns : dict of str to str
        Letter of each column of a table.
    keys : dict of str to str
        For keys that rows of sheets give: where each stands, such as ``rules!F2``.
    """

    def __new__(
        cls,
        file: str,
        sheet: str = "",
        columns: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> SheetFile:
        """Return the name, with what it knows."""
        name = super().__new__(cls, file)
        name.sheet, name.columns, name.keys = sheet, columns or {}, keys or {}
        return name

    sheet: str
    columns: Mapping[str, str]
    keys: Mapping[str, str]

    def cell(self, row: int | None, column: str | None) -> str:
        """Return where a fault stands, as a spreadsheet program names it."""
        title = self.sheet if self.sheet.isidentifier() else f"'{self.sheet}'"
        if row is not None:
            return f"{title}!{self.columns.get(column or '', 'A')}{row}"
        if column is not None and column in self.columns:
            return f"{title}!{self.columns[column]}"
        key = column or ""
        while key and key not in self.keys:
            key = key.rpartition(".")[0]
        return self.keys[key] if key else title


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an instance: where it stands, and what to do.

    Parameters
    ----------
    file : str
        Name of the file inside the instance, such as ``demand.csv``, or a `SheetFile`.
    message : str
        What is wrong, such as ``-5 is negative``; holds the value.
    remedy : str
        What to do about it, such as ``give a number of 0 or more``.
    row : int, optional
        Line in the file (the header is line 1), or row of a JSON table from 1.
    column : str, optional
        Column, or key of a manifest or document.
    value : str, optional
        The value as it was given.
    """

    file: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def cell(self) -> str | None:
        """Where it stands in a workbook, such as ``demand!D5``."""
        if not isinstance(self.file, SheetFile):
            return None
        return self.file.cell(self.row, self.column)

    def document(self) -> dict[str, object]:
        """Return the fault as part of a JSON document."""
        return {
            "file": str(self.file),
            "cell": self.cell,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        place = self.cell
        if place is None:
            place = self.file if self.row is None else f"{self.file}:{self.row}"
        if self.column is not None:
            place = f"{place} {self.column}"
        return f"{place}: {self.message}; {self.remedy}"


class KeruenError(Exception):
    """Whatever Keruen tells its caller by an exception."""

    exit_code = 70


class UsageError(KeruenError):
    """The call's words are wrong: an unknown scenario or solver."""

    exit_code = 2


class DataError(KeruenError):
    """The instance is wrong; `faults` holds everything found at once."""

    exit_code = 65

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"... and {len(self.faults) - _SHOWN} more faults")
        super().__init__("\n".join(lines))


class NoFrontierError(KeruenError):
    """There is no optimum that a frontier could start from.

    The exit code is that of a solve that ends so.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class NoPlanError(KeruenError):
    """A result holds no plan; the exit code is that of the solve that ended so."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class UnansweredError(KeruenError):
    """A solve that a study needs ended without a proved plan.

    The exit code is that of a solve that ends so.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class InputError(KeruenError):
    """A file is missing or cannot be read."""

    exit_code = 66


class InternalError(KeruenError):
    """A fault in Keruen: please report it."""

    exit_code = 70


class UnverifiedError(InternalError):
    """A result failed its verification."""


class MemoryLimitError(KeruenError):
    """The machine has too little memory for this instance."""

    exit_code = 71


class OutputError(KeruenError):
    """An output cannot be created."""

    exit_code = 73


class WriteError(OutputError):
    """An output was begun but could not be written (disk full, input/output)."""

    exit_code = 74


class LockedError(KeruenError):
    """Another run is writing to the same folder."""

    exit_code = 75


class Interrupted(KeruenError):  # noqa: N818 - it is no error
    """The user (exit 130) or the system (exit 143) stopped the run."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        self.exit_code = exit_code
        super().__init__(message)
