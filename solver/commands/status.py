"""``keruen status``: how far a batch is, while it runs or afterwards."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from solver.commands import options
from solver.console.terminal import say, say_json
from solver.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EVERY = 2.0


@options.command(
    "keruen status out",
    "keruen status out1 out2 out3 --json",
    "Say how far a batch is: done, failed by reason, left, rate, time to go.",
)
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR...",
)
@click.option("--follow", is_flag=True, help="Say it every two seconds until it ends.")
@click.option("--metrics", is_flag=True, help="Print Prometheus text.")
@click.option(
    "--export",
    "exported",
    is_flag=True,
    help="Write summary.csv, failed.csv, log.ndjson.",
)
@click.option("--parquet", is_flag=True, help="With --export: summary.parquet too.")
@options.output("With --export: write there, not to the first DIR.")
@options.json
def status(folders: tuple[Path, ...], output: Path | None, **given: bool) -> int:
    """Say how far a batch is: done, failed by reason, left, rate, time to go."""
    from solver.jobs.records.status import read_status

    if given["metrics"] and (given["as_json"] or given["follow"]):
        message = "--metrics stands alone; leave out --json and --follow"
        raise UsageError(message)
    if given["exported"] or given["parquet"]:
        _export(folders, parquet=given["parquet"], output=output)
    found = read_status(folders)
    while given["follow"] and found["is_running"]:
        _say(found, given)
        time.sleep(_EVERY)
        found = read_status(folders)
    _say(found, given)
    return 0


def _export(folders: Sequence[Path], *, parquet: bool, output: Path | None) -> None:
    from solver.jobs.records.status import export_all

    export_all(folders, parquet=parquet, output=output)


def _say(found: Mapping[str, Any], given: Mapping[str, bool]) -> None:
    from solver.jobs.records.status import as_lines, as_metrics

    if given["as_json"] and given["follow"]:
        import json

        say(json.dumps(found))
    elif given["as_json"]:
        say_json(found)
    elif given["metrics"]:
        say(as_metrics(found))
    else:
        say("\n".join(as_lines(found)))
