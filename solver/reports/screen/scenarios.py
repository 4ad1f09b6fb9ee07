"""Scenarios of an instance on a screen: name, description, what each includes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from solver.console.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.reports.screen.sheet import Style

_INDENT = "    "


def scenarios_screen(found: Sequence[Mapping[str, Any]], style: Style) -> str:
    """Return a screen about scenarios, in their order.

    Parameters
    ----------
    found : sequence of dict
        Scenarios, each with `name`, `description` and `includes`.
    """
    if not found:
        return "no scenarios: the instance has none in scenarios.toml"
    lines = []
    for entry in found:
        lines.append(printable(entry["name"]))
        told = [entry["description"]]
        if entry["includes"]:
            told.append(f"includes {', '.join(entry['includes'])}")
        for text in filter(None, told):
            lines += textwrap.wrap(
                printable(text),
                style.width,
                initial_indent=_INDENT,
                subsequent_indent=_INDENT,
                break_on_hyphens=False,
            )
    return "\n".join(lines)
