"""Keruen and its peers on the same instances, in one sitting and in turn.

This process stays small (see `processes`): everything heavy happens in children.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.environment import peers_python
from benchmarks.processes import ROOT, Finished, finished

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PEERS = {
    "highs": ("highs",),
    "highs-plain": ("highs", "plain"),
    "pulp-cbc": ("pulp_arcs", "CBC"),
    "pulp-highs": ("pulp_arcs", "HiGHS"),
    "linopy-highs": ("linopy_arcs",),
    "glop": ("ortools_arcs", "GLOP"),
    "pdlp": ("ortools_arcs", "PDLP"),
    "clarabel": ("clarabel_arcs",),
}
"""Module of each peer, and what it is told besides the instance."""

KERUEN, SWEEP = "keruen", "sweep"
GENERATED = "generated-"
"""Start of an instance's name: then the demands, and the tightness if given."""


@dataclass(frozen=True, eq=False)
class Series:
    """The runs of one way on one instance.

    Parameters
    ----------
    way : str
        ``keruen`` or a peer.
    runs : list of Finished
        One for each repeat; a run that gave no answer is the last.
    answers : list of dict
        What those said that gave one.
    """

    way: str
    runs: list[Finished] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether every run gave an answer with a cost."""
        return len(self.answers) == len(self.runs) > 0

    @property
    def cost(self) -> float | None:
        """Cost of the last answer."""
        return self.answers[-1].get("cost") if self.answered else None

    @property
    def seconds(self) -> float:
        """Median of the whole process."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak(self) -> float:
        """Most memory of any run, MiB."""
        return max(run.peak for run in self.runs)

    def phase(self, name: str) -> float | None:
        """Return the median of a phase, in seconds."""
        found = [answer["seconds"].get(name) for answer in self.answers]
        told = [seconds for seconds in found if seconds is not None]
        return statistics.median(told) if told else None

    @property
    def failure(self) -> str:
        """Why there is no answer, in a few words."""
        last = self.runs[-1]
        if not last.in_time:
            return "not within the limit"
        if last.code < 0:
            return f"ended by signal {-last.code}, of too little memory perhaps"
        if last.code == 0:
            return "found no optimum"
        kind = last.errors.strip().rpartition("\n")[2].partition(":")[0]
        told = f" ({kind})" if kind.endswith("Error") else ""
        return f"failed with exit code {last.code}{told}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """All ways on one instance.

    Parameters
    ----------
    instance : str
        Its name.
    command : str
        The command that generates it; blank for a folder.
    sweeps : Series
        Runs of the yardstick.
    series : list of Series
        Keruen first.
    """

    instance: str
    command: str
    sweeps: Series
    series: list[Series]

    @property
    def reference(self) -> Series | None:
        """First of the ways that gave an answer."""
        return next((series for series in self.series if series.answered), None)

    def difference(self, series: Series) -> float | None:
        """Return how far a cost is from the reference's, as a share of that."""
        reference = self.reference
        if reference is None or reference.cost is None or series.cost is None:
            return None
        scale = max(1.0, abs(reference.cost))
        return (series.cost - reference.cost) / scale


def compare(
    instances: Sequence[str],
    peers: Sequence[str],
    repeats: int,
    limit: float,
    rules: str = "none",
) -> Iterator[Comparison]:
    """Yield how each way does on one instance after the other.

    Parameters
    ----------
    instances : sequence of str
        Folders, or names such as ``generated-10000`` or ``generated-10000-0.3``.
    peers : sequence of str
        Keys of `PEERS`.
    repeats : int
        How often each way is run; the order changes from one to the next.
    limit : float
        Seconds after which a run is ended.
    rules : str
        Rule of instances that are generated, as `keruen generate --rules` has it.
    """
    for name in instances:
        with tempfile.TemporaryDirectory() as room:
            folder, command = _folder(name, Path(room) / "instance", rules)
            sweeps = Series(SWEEP)
            series = [Series(way) for way in (KERUEN, *peers)]
            comparison = Comparison(folder_name(name), command, sweeps, series)
            for repeat in range(repeats):
                shift = repeat % len(series)
                for one in (sweeps, *series[shift:], *series[:shift]):
                    _run(one, folder, limit, comparison.instance)
            yield comparison


def folder_name(instance: str) -> str:
    """Return the name of an instance, without where it is."""
    return instance if instance.startswith(GENERATED) else Path(instance).resolve().name


def _folder(name: str, room: Path, rules: str) -> tuple[Path, str]:
    """Folder of an instance, and the command that generates it."""
    if not name.startswith(GENERATED):
        return Path(name).resolve(), ""
    demands, _, tightness = name.removeprefix(GENERATED).partition("-")
    words = ["--demands", demands, *(["--tightness", tightness] if tightness else [])]
    words += ["--rules", rules] if rules != "none" else []
    done = finished([sys.executable, ROOT / "cli.py", "generate", room, *words], 3600)
    if done.code:
        raise SystemExit(done.errors)
    return room, " ".join(["keruen generate DIR", *words])


def _run(series: Series, folder: Path, limit: float, instance: str) -> None:
    """Run a way once more, unless it gave no answer before."""
    if series.runs and not series.answered:
        return
    run = finished(_command(series.way, folder), limit)
    series.runs.append(run)
    answer = _answer(run, series.way)
    if answer is not None:
        series.answers.append(answer)
    told = f"{run.seconds:.2f} s" if series.answered else series.failure
    sys.stderr.write(f"{instance}: {series.way}: {told}\n")
    if not series.answered and run.in_time:
        sys.stderr.write(run.errors)


def _command(way: str, folder: Path) -> list[str | Path]:
    if way == KERUEN:
        return [sys.executable, ROOT / "cli.py", "solve", folder, "--json"]
    if way == SWEEP:
        return [sys.executable, "-m", "benchmarks.sweep", folder]
    module, *words = PEERS[way]
    return [peers_python(), "-m", f"benchmarks.peers.{module}", folder, *words]


def _answer(run: Finished, way: str) -> dict[str, Any] | None:
    """Read what a run said: the document of Keruen, the last line of the others."""
    # Keruen ends with 10 where firm demand is unmet; that is an answer.
    good = {0, 10} if way == KERUEN else {0}
    if not run.in_time or run.code not in good:
        return None
    text = run.output if way == KERUEN else run.output.strip().rpartition("\n")[2]
    answer: dict[str, Any] = json.loads(text)
    return answer if way == SWEEP or answer["cost"] is not None else None
