"""The command line: parses, calls one function, prints, and ends with an exit code.

Everything heavy is imported inside the commands, so that help is there at once.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.errors import Fault, UsageError
from solver.exits import PROGRAM, guarded, leave
from solver.terminal import (
    color_wanted,
    is_terminal,
    note,
    say,
    say_json,
    unicode_wanted,
    width,
)
from solver.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.loaders.instance_files import Loaded
    from solver.reports.sheet import Style
    from solver.run import Run

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


_MOST_WARNINGS = 5


class Program(click.Group):
    """The commands, each ending with an exit code of the table in the design."""

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
        code = guarded(
            lambda: super(Program, self).main(
                args,
                prog_name or PROGRAM,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            ),
            as_json="--json" in words,
        )
        if standalone_mode:
            sys.exit(code)
        return code


def _help(first: str, second: str, text: str) -> str:
    """Help that begins with two examples, each on its own line."""
    return f"\b\n{first}\n{second}\n\n{text}"


@click.group(
    cls=Program,
    context_settings=_CONTEXT,
    help=_help(
        "keruen solve instances/quickstart",
        "keruen solve instances/quickstart -o results/quickstart",
        "Allocate cargo to corridors at least cost, within their limits.",
    ),
)
@click.version_option(VERSION, "-V", "--version", prog_name=PROGRAM)
def keruen() -> None:
    """Allocate cargo to corridors at least cost, within their limits."""


def _command(
    first: str, second: str, text: str
) -> Callable[[Callable[..., int]], click.Command]:
    """Make a function a command, whose help begins with two examples."""
    return keruen.command(help=_help(first, second, text), short_help=text)


def main() -> None:
    """Run the program: the entry point ``keruen``."""
    leave(keruen.main(standalone_mode=False))


def _seconds(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and not 0 < value < float("inf"):
        message = f"{value} is no number of seconds above 0"
        raise click.BadParameter(message)
    return value


def _model_file(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and value.suffix.lower() not in {".lp", ".mps"}:
        message = f"`{value}` ends neither with .lp nor with .mps"
        raise click.BadParameter(message)
    return value


def _points(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is not None and value < 2:  # noqa: PLR2004
        message = f"{value} is too few: a curve has two ends, give 2 or more"
        raise click.BadParameter(message)
    return value


_path = click.argument("path", type=click.Path(path_type=Path))
_scenarios = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="Apply a change from scenarios.toml; may be repeated, in order.",
)
_strict = click.option("--strict", is_flag=True, help="Take warnings as faults.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_quiet = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
_solver = click.option(
    "--solver", default="HiGHS", metavar="NAME", help="Solver of the linear programs."
)


@_command(
    "keruen check instances/quickstart",
    "keruen check instances/quickstart --strict",
    "Read an instance and report everything that is wrong or odd about it.",
)
@_path
@_scenarios
@_strict
@_json
def check(
    path: Path, scenarios: tuple[str, ...], *, strict: bool, as_json: bool
) -> int:
    """Read an instance and report everything that is wrong or odd about it."""
    loaded = _load(path, scenarios, strict=strict)
    if as_json:
        say_json({**_sizes(loaded), "warnings": [_fault(f) for f in loaded.warnings]})
        return 0
    _warn(loaded)
    sizes = ", ".join(
        f"{size:,} {table}" for table, size in _sizes(loaded)["tables"].items() if size
    )
    say(f"{path}: no fault in {sizes}")
    return 0


@_command(
    "keruen solve instances/quickstart",
    "keruen solve instances/quickstart -o results/quickstart --time-limit 60",
    "Find the allocation of least cost, prove it and verify it.",
)
@_path
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the result there: a new or empty folder, or an earlier result.",
)
@_scenarios
@_solver
@click.option(
    "--time-limit",
    type=float,
    callback=_seconds,
    metavar="S",
    help="Seconds after which the best plan so far is kept.",
)
@click.option(
    "--dependence",
    type=click.Choice(["none", "some", "all"]),
    default="some",
    show_default=True,
    help="Questions about what the plan depends on: as many as bounded work answers.",
)
@click.option(
    "--write-model",
    type=click.Path(path_type=Path),
    callback=_model_file,
    metavar="FILE",
    help="Write the linear program to FILE.lp or FILE.mps.",
)
@_strict
@_json
@_quiet
def solve(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Find the allocation of least cost, prove it and verify it."""
    run = _solved(path, given)
    status = run.result.summary["status"]
    if given["as_json"]:
        from solver.reports.answer import answer

        say_json(answer(run.result, run.instance, run.beside))
    elif not given["quiet"]:
        say(_screen(run))
        if given["output"]:
            note(f"the result is in {given['output']}")
    from solver.status import Status

    return Status(status).exit_code


@_command(
    "keruen frontier instances/quickstart",
    "keruen frontier instances/quickstart --rule max_share -o results/frontier",
    "Draw the whole curve of least cost against diversification.",
)
@_path
@click.option(
    "--rule",
    default="max_hhi",
    metavar="RULE",
    show_default=True,
    help="What is made stricter: max_hhi, max_share or min_share.",
)
@click.option(
    "--by",
    default="corridor",
    metavar="BY",
    show_default=True,
    help="What shares are counted of: corridor, country, port, node, mode, tag or leg.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="KEY=A,B",
    help="Cargo it covers, by product, group, origin, market or period; repeatable.",
)
@click.option("--value", metavar="NAME", help="The one whose share it is; default all.")
@click.option(
    "--points",
    type=int,
    callback=_points,
    metavar="N",
    help="How many; by default as many as the curve needs.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the curve and its plans there: a new or empty folder, or a frontier.",
)
@_scenarios
@_solver
@click.option(
    "--time-limit",
    type=float,
    callback=_seconds,
    metavar="S",
    help="Seconds for each point.",
)
@_strict
@_json
@_quiet
def frontier(path: Path, **given: Any) -> int:  # noqa: ANN401
    """Draw the whole curve of least cost against diversification."""
    document = _drawn(path, given)
    if given["as_json"]:
        say_json(document)
    elif not given["quiet"]:
        from solver.reports.frontier_text import frontier_screen

        say(frontier_screen(document, _style()))
        if given["output"]:
            note(f"the frontier is in {given['output']}")
    if given["output"] and not given["quiet"]:
        from solver.reports.frontier_folder import without_picture

        if without_picture(document):
            note("frontier.svg is left out: it needs `pip install 'keruen[plot]'`")
    from solver.status import Status

    return Status(document["status"]).exit_code


@_command(
    "keruen verify results/quickstart",
    "keruen verify results/quickstart --instance instances/quickstart",
    "Check a result from its files alone: plan, rules, cost and proof.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--instance",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Check too that this is the instance that was solved.",
)
@_json
def verify(folder: Path, instance: Path | None, *, as_json: bool) -> int:
    """Check a result from its files alone: plan, rules, cost and proof."""
    from solver.audit import audit

    verdict = audit(folder, instance)
    if as_json:
        say_json(verdict.document())
    else:
        say("\n".join(verdict.lines()))
    return 0 if verdict.passed else 70


@_command(
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
    from solver import schema as form

    if as_json:
        import json

        say(json.dumps(form.json_schema(), indent=1))
    else:
        say(form.format_page().rstrip("\n"))
    return 0


@_command(
    "keruen doctor",
    "keruen doctor --json",
    "Solve a known problem with every solver found here, and name all versions.",
)
@_json
def doctor(*, as_json: bool) -> int:
    """Solve a known problem with every solver found here, and name all versions."""
    from solver.doctor import examine

    report = examine()
    if as_json:
        say_json(report.document())
    else:
        say("\n".join(report.lines()))
    return 0 if report.healthy else 70


def _count(name: str, text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Option for how many of something are generated."""
    return click.option(f"--{name}", type=click.IntRange(min=1), metavar="N", help=text)


@_command(
    "keruen generate networks/small --demands 100",
    "keruen generate networks/large --demands 100000 --tightness 0.3 --seed 7",
    "Write an instance that looks like freight, of any size.",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_count("demands", "Rows of demand (default 100).")
@_count("origins", "Where cargo starts; these and what follows: by the demands.")
@_count("markets", "Where it ends.")
@_count("products", "What is carried.")
@_count("corridors", "Directions with trunk lines.")
@_count("nodes", "Places in all.")
@_count("legs", "Legs in all.")
@_count("periods", "Years from 2026 (default 1).")
@click.option(
    "--tightness",
    type=float,
    default=0.5,
    metavar="T",
    show_default=True,
    help="0: no limit binds; 0.5: many do, all is carried; 1: some may stay unmet.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    show_default=True,
    help="Another number, another instance.",
)
@_json
def generate(
    folder: Path, *, tightness: float, seed: int, as_json: bool, **counts: int | None
) -> int:
    """Write an instance that looks like freight, of any size."""
    from solver.generation import generate as write_instance
    from solver.generation import order

    tables = write_instance(folder, order(counts, seed=seed, tightness=tightness))
    if as_json:
        say_json({"folder": str(folder), "tables": tables})
        return 0
    sizes = ", ".join(f"{size:,} {table}" for table, size in tables.items())
    say(f"{folder}: {sizes}")
    return 0


def _load(path: Path, scenarios: Sequence[str], *, strict: bool) -> Loaded:
    from solver.references import load

    return load(path, scenarios, strict=strict)


def _warn(loaded: Loaded, most: int | None = None) -> None:
    for warning in loaded.warnings[:most]:
        note(f"warning: {warning}")
    more = len(loaded.warnings) - (most or len(loaded.warnings))
    if more > 0:
        note(f"warning: ... and {more} more, which `{PROGRAM} check` lists")


def _sizes(loaded: Loaded) -> dict[str, Any]:
    from solver.instance import DEFINITIONS

    instance = loaded.instance
    tables = {name: len(getattr(instance, name)) for name in DEFINITIONS}
    return {
        "instance": {"name": instance.name, "scenarios": list(instance.scenarios)},
        "tables": {
            **tables,
            "rules": len(instance.diversification),
            "periods": len(instance.periods),
        },
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.file,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "message": fault.message,
        "remedy": fault.remedy,
    }


def _solved(path: Path, given: dict[str, Any]) -> Run:
    """Load, solve, verify and write."""
    began = time.monotonic()
    from solver.options import Options
    from solver.reports.folder import claimed_for_result, write
    from solver.run import Clock, run

    clock = Clock(began)
    clock.stop("start")
    loaded = _load(path, given["scenarios"], strict=given["strict"])
    silent = given["quiet"] or given["as_json"]
    if not given["quiet"]:
        _warn(loaded, _MOST_WARNINGS)
    clock.stop("load")
    options = Options(
        solver=given["solver"],
        time_limit=given["time_limit"],
        dependence=given["dependence"],
    )
    with ExitStack() as stack:
        if given["output"]:
            stack.enter_context(claimed_for_result(given["output"]))
        model_file = None
        if given["write_model"]:
            from solver.files import replacing

            model_file = stack.enter_context(replacing(given["write_model"]))
        tell = None if silent else stack.enter_context(_live())
        finished = run(
            loaded.instance, options, clock, model_file=model_file, tell=tell
        )
        if given["output"]:
            write(given["output"], finished.files)
    return finished


def _drawn(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Load, draw and write a frontier."""
    began = time.monotonic()
    from solver.curve import drawn, published
    from solver.dial import asked
    from solver.options import Options
    from solver.reports.frontier_folder import claimed
    from solver.run import Clock

    clock = Clock(began)
    clock.stop("start")
    loaded = _load(path, given["scenarios"], strict=given["strict"])
    if not given["quiet"]:
        _warn(loaded, _MOST_WARNINGS)
    words = (given["rule"], given["by"], given["where"], given["value"])
    dial = asked(loaded.instance, *words)
    clock.stop("load")
    options = Options(solver=given["solver"], time_limit=given["time_limit"])
    with ExitStack() as stack:
        if given["output"]:
            stack.enter_context(claimed(given["output"]))
        silent = given["quiet"] or given["as_json"]
        tell = None if silent else stack.enter_context(_live())
        found = drawn(loaded.instance, dial, options, given["points"], tell)
        clock.stop("draw")
        return published(found, loaded.instance, options, clock, given["output"], tell)


def _live() -> Any:  # noqa: ANN401
    """Show a status line on a terminal, nothing elsewhere."""
    from contextlib import nullcontext

    if not is_terminal(sys.stderr):
        return nullcontext()
    from solver.reports.live import live

    return live()


def _screen(run: Run) -> str:
    from solver.reports.answer import answer
    from solver.reports.as_text import screen

    return screen(
        answer(run.result, run.instance, run.beside), run.instance.units, _style()
    )


def _style() -> Style:
    from solver.reports.sheet import Style

    return Style(
        width=width(),
        color=color_wanted(sys.stdout),
        unicode=unicode_wanted(sys.stdout),
    )


if __name__ == "__main__":
    main()
