"""``keruen batch``: many items, each solved, proved and verified, none lost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.console.terminal import note, say, say_json
from solver.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.jobs.run import BatchPlan
    from solver.jobs.workers.pool import Pool

SOME_FAILED = 14
"""Exit code of a batch of which some items failed."""

_LEAST_MEMORY = 1024


def _shard(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    """Return ``K/N`` as two numbers."""
    if value is None:
        return (1, 1)
    first, slash, count = value.partition("/")
    if slash and first.isdecimal() and count.isdecimal():
        part = (int(first), int(count))
        if 1 <= part[0] <= part[1]:
            return part
    message = f"`{value}` is not a shard; give K/N with K from 1 to N, such as 1/3"
    raise click.BadParameter(message)


def _memory(_context: click.Context, _option: click.Parameter, value: Any) -> Any:  # noqa: ANN401
    if value < _LEAST_MEMORY:
        message = (
            f"{value} MB is too little: an idle worker maps 450; give 1024 or more"
        )
        raise click.BadParameter(message)
    return value


@options.command(
    "keruen batch sweep.toml --dry-run",
    "keruen batch sweep.toml -o out --workers 2 --resume",
    "Solve many instances, or the items of a sweep: none lost, each proved.",
)
@click.argument("jobs", nargs=-1, required=True, metavar="JOB...")
@options.output("Write all there; a batch that stands there goes on by --resume.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes; by default as many as this process has cores.",
)
@click.option("--resume", is_flag=True, help="Go on with the batch in DIR, if any.")
@click.option(
    "--retry-failed", is_flag=True, help="Try items that failed again, by --resume."
)
@options.time_limit("Seconds for each item; by default 3600.")
@click.option(
    "--memory-limit",
    type=int,
    default=4096,
    callback=_memory,
    metavar="MB",
    show_default=True,
    help="Megabytes for each worker.",
)
@click.option(
    "--shard",
    callback=_shard,
    metavar="K/N",
    help="Only the K-th of N parts, in a DIR of its own.",
)
@click.option("--fail-fast", is_flag=True, help="Start no item once one has failed.")
@click.option(
    "--keep",
    type=click.Choice(["summary", "tables", "all"]),
    default="all",
    show_default=True,
    help="What of each verified result is kept.",
)
@click.option(
    "--sensitivity",
    type=click.Choice(["none", "some", "all"]),
    default="none",
    show_default=True,
    help="Questions about what each plan depends on.",
)
@options.solver
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Send items to the Dask scheduler there, over a shared file system.",
)
@click.option("--dry-run", is_flag=True, help="Count the items, and solve none.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How progress is told on standard error: lines, or JSON events.",
)
@options.json
@options.quiet
def batch(**given: Any) -> int:  # noqa: ANN401
    """Solve many instances, or the items of a sweep: none lost, each proved."""
    from solver.jobs.run import planned

    if given["output"] is None and not given["dry_run"]:
        message = "-o DIR is missing; give it, or only count by --dry-run"
        raise UsageError(message)
    plan = planned(_order(given), _listed)
    if given["dry_run"]:
        return _count(plan, as_json=given["as_json"])
    return _run(plan, given)


def _order(given: dict[str, Any]) -> Any:  # noqa: ANN401
    from solver.jobs.run import LONGEST, BatchOrder

    return BatchOrder(
        words=given["jobs"],
        folder=given["output"],
        resume=given["resume"],
        retry_failed=given["retry_failed"],
        fail_fast=given["fail_fast"],
        time_limit=given["time_limit"] or LONGEST,
        memory_limit=given["memory_limit"],
        shard=given["shard"],
        keep=given["keep"],
        sensitivity=given["sensitivity"],
        solver=given["solver"],
    )


def _listed() -> bytes:
    """Read the list of paths from standard input."""
    return sys.stdin.buffer.read()


def _count(plan: BatchPlan, *, as_json: bool) -> int:
    from solver.jobs.run import counted

    counts = counted(plan)
    if as_json:
        say_json(counts)
        return 0
    same = counts["duplicates"]
    text = "duplicates not counted" if same is None else f"{same:,} of them duplicates"
    say(f"{counts['items']:,} items, {text}")
    say(
        f"{counts['done']:,} done, {counts['failed']:,} failed, {counts['left']:,} left"
    )
    return 0


def _run(plan: BatchPlan, given: dict[str, Any]) -> int:
    """Run a batch, and say how it ended."""
    from solver.commands.watch import watched
    from solver.console import interrupts
    from solver.jobs.run import run

    is_quiet = given["quiet"]
    with (
        interrupts.counted() as stops,
        watched(given["log_format"], is_quiet=is_quiet) as tell,
    ):
        counts = run(plan, _pool(given), tell, stops)
    if given["as_json"]:
        say_json(counts)
    elif not is_quiet:
        say(f"{counts['done']:,} done, {counts['failed']:,} failed")
        note(f"summary.csv and the items are in {given['output']}")
    return SOME_FAILED if counts["failed"] else 0


def _pool(given: dict[str, Any]) -> Callable[[], Pool]:
    """Return what makes the workers; those of a cluster are looked at already."""
    from solver.jobs.workers.work import work

    if given["cluster"]:
        from solver.jobs.workers.cluster import ClusterPool

        cluster = ClusterPool(given["cluster"], work)
        folder = Path(given["output"]).absolute()

        def probed() -> Pool:
            cluster.probe(folder)
            return cluster

        return probed
    from solver.jobs.workers.machine import cores
    from solver.jobs.workers.pool import LocalPool

    workers = given["workers"] or cores()
    return lambda: LocalPool(workers, given["memory_limit"], work)
