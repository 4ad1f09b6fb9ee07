"""``keruen scenarios``: what an instance's scenarios are, and what they include."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.commands import options
from solver.commands.screens import style
from solver.console.terminal import say, say_json

if TYPE_CHECKING:
    from pathlib import Path


@options.command(
    "keruen scenarios quickstart",
    "keruen scenarios quickstart --json",
    "List the scenarios of an instance, and what they include.",
)
@options.path
@options.json
def scenarios(path: Path, *, as_json: bool) -> int:
    """List the scenarios of an instance, and what they include."""
    from solver.tasks.instances.scenarios import listed_scenarios

    found = listed_scenarios(path)
    if as_json:
        say_json({"scenarios": found})
        return 0
    from solver.reports.screen.scenarios import scenarios_screen

    say(scenarios_screen(found, style()))
    return 0
