"""``keruen doctor``: every solver found here, tried, and all versions."""

from __future__ import annotations

from solver.commands import options
from solver.console.terminal import say, say_json


@options.command(
    "keruen doctor",
    "keruen doctor --json",
    "Solve a known problem with every solver found here, and name all versions.",
)
@options.json
def doctor(*, as_json: bool) -> int:
    """Solve a known problem with every solver found here, and name all versions."""
    from solver.tasks.doctor import examine

    report = examine()
    if as_json:
        say_json(report.document())
    else:
        say("\n".join(report.lines()))
    return 0 if report.healthy else 70
