"""The program: a group of commands, each loaded when it is called.

Everything heavy is imported inside the commands, so that help is there at once.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.console.exit_codes import PROGRAM, guarded, leave
from solver.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_COMMANDS = (
    "batch",
    "breakeven",
    "check",
    "compare",
    "convert",
    "doctor",
    "example",
    "explain",
    "frontier",
    "generate",
    "init",
    "prices",
    "repair",
    "report",
    "scenarios",
    "schema",
    "solve",
    "status",
    "summarise",
    "template",
    "verify",
)
"""Commands, each the attribute of that name in the module of that name."""


_SHOWN_AT_ONCE = {"-h", "--help", "-V", "--version"}
"""Options that click answers, which says nothing where nothing can be printed."""


class Program(click.Group):
    """The commands, each ending with an exit code of `docs/commands.md`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, loaded now."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"solver.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; name the nearest to one unknown."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            from solver.messages import listed, shown, suggestion

            known = [*_COMMANDS, *ctx.help_option_names]
            remedy = suggestion(name, known, f"known: {listed(_COMMANDS)}")
            ctx.fail(f"unknown command {shown(name)}; {remedy}")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run a command and end the process, or return its exit code."""
        words = sys.argv[1:] if args is None else list(args)

        def run() -> Any:  # noqa: ANN401
            if sys.stdout is None and not _SHOWN_AT_ONCE.isdisjoint(words):
                from solver.console.terminal import say

                say("")  # Refuses: there is no standard output.
            return super(Program, self).main(
                args,
                prog_name or PROGRAM,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )

        code = guarded(run, as_json="--json" in words)
        if standalone_mode:
            sys.exit(code)
        return code


@click.group(
    cls=Program,
    context_settings=_CONTEXT,
    help=(
        "\b\nkeruen example quickstart quickstart\n"
        "keruen solve quickstart -o results/quickstart\n\n"
        "Allocate cargo to corridors at least cost, within their limits."
    ),
)
@click.version_option(VERSION, "-V", "--version", prog_name=PROGRAM)
def keruen() -> None:
    """Allocate cargo to corridors at least cost, within their limits."""


def main() -> None:
    """Run the program: the entry point ``keruen``."""
    # Packages name standard error while they are loaded; the shell may have closed it.
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    leave(keruen.main(standalone_mode=False))
