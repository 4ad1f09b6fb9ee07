"""``keruen schema``: the form of an instance."""

from __future__ import annotations

import click

from solver.commands import options
from solver.console.terminal import say
from solver.errors import UsageError


@options.command(
    "keruen schema --markdown",
    "keruen schema --json",
    "Describe the form of an instance.",
)
@click.option("--markdown", is_flag=True, help="Print a page to read (the default).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON Schema.")
def schema(*, markdown: bool, as_json: bool) -> int:
    """Describe the form of an instance."""
    if markdown and as_json:
        message = "--markdown and --json cannot be given together"
        raise UsageError(message)
    from solver.loaders import schema as form

    if as_json:
        import json

        say(json.dumps(form.json_schema(), indent=1))
    else:
        say(form.format_page().rstrip("\n"))
    return 0
