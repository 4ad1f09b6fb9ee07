"""Every way out has its exit code, and leaves nothing half done."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cli
from solver.errors import UnverifiedError
from solver.solution.form import FILES, SUMMARY
from solver.storage.files import OURS, UNFINISHED, locked
from tests.folders import launch, start, write_instance

if TYPE_CHECKING:
    from click.testing import Result

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix")

STUCK = """
import sys, threading, time
import cli, solver.tasks.solve

def stuck(*args, **kwargs):
    # A solver that holds its thread, as a library written in C does.
    thread = threading.Thread(target=time.sleep, args=(60,))
    thread.start()
    print("stuck", file=sys.stderr, flush=True)
    while thread.is_alive():
        thread.join(0.05)

{patch}
sys.argv[0] = "keruen"
cli.main()
"""
IN_SOLVE = STUCK.format(patch="solver.tasks.solve.solve = stuck")
IN_VERIFY = STUCK.format(
    patch="import solver.solving.prepared as prepared; prepared.verify = stuck"
)
IN_LOAD = STUCK.format(
    patch="import solver.loaders.instance_files as files; files.load = stuck"
)
IN_WRITE = STUCK.format(
    patch=("import os, solver.storage.files\nsolver.storage.files.os.fsync = stuck")
)


def run(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.keruen, [str(word) for word in words])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return an instance with two corridors, all of whose demand is met."""
    return write_instance(tmp_path / "tiny")


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let every solve raise an error."""

    def solve(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("solver.tasks.solve.solve", solve)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), 71),
        (UnverifiedError("no"), 70),
        (ZeroDivisionError("division by zero"), 70),
        (RecursionError("too deep"), 70),
        (OSError(5, "Input/output error"), 74),
        (KeyboardInterrupt(), 130),
        (SystemExit(1), 0),
    ],
)
def test_whatever_is_raised_has_a_code_and_one_line(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    """Never exit code 1, never a traceback."""
    raising(monkeypatch, error)
    done = run("solve", tiny, "-o", tiny.parent / "out")
    assert done.exit_code == code
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == (code > 0)
    assert not (tiny.parent / "out").exists()


def test_an_interrupt_while_a_class_is_made_is_one(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python gives it as the cause of an error of its own."""

    class Named:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def stopped(*_: object, **__: object) -> None:
        type("Owner", (), {"field": Named()})

    monkeypatch.setattr("solver.tasks.solve.solve", stopped)
    done = run("solve", tiny)
    assert done.exit_code == 130
    assert done.stderr == "keruen: interrupted\n"


def test_a_fault_of_ours_shows_its_traceback_on_demand(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KERUEN_DEBUG=1 is for reports."""
    raising(monkeypatch, ZeroDivisionError("division by zero"))
    assert "a fault in Keruen" in run("solve", tiny).stderr
    monkeypatch.setenv("KERUEN_DEBUG", "1")
    assert "Traceback" in run("solve", tiny).stderr


def test_a_failure_is_one_document_too(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --json standard output parses, whatever happens."""
    raising(monkeypatch, MemoryError())
    done = run("solve", tiny, "--json")
    assert done.exit_code == 71
    assert json.loads(done.stdout)["error"]["exit_code"] == 71
    assert json.loads(run("solve", "--json").stdout)["error"]["exit_code"] == 2


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@UNIX
@pytest.mark.parametrize("script", [IN_LOAD, IN_SOLVE, IN_VERIFY, IN_WRITE])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_the_run_within_two_seconds(
    tiny: Path, tmp_path: Path, script: str, number: int, code: int
) -> None:
    """At every stage, though a thread goes on; no file is left."""
    done = start("-c", script, "solve", tiny, "-o", tmp_path / "out")
    assert done.stderr is not None
    assert done.stderr.readline() == "stuck\n"
    began = time.monotonic()
    done.send_signal(number)
    _, told = done.communicate(timeout=10)
    assert time.monotonic() - began < 2
    assert done.returncode == code
    assert told.strip() == f"keruen: {'interrupted' if code == 130 else 'terminated'}"
    assert _left(tmp_path / "out") == set()


@UNIX
def test_a_second_signal_changes_nothing(tiny: Path, tmp_path: Path) -> None:
    """Impatience does no harm."""
    done = start("-c", IN_WRITE, "solve", tiny, "-o", tmp_path / "out")
    assert done.stderr is not None
    done.stderr.readline()
    done.send_signal(signal.SIGINT)
    done.send_signal(signal.SIGTERM)
    done.communicate(timeout=10)
    assert done.returncode == 130
    assert _left(tmp_path / "out") == set()


@UNIX
def test_a_killed_run_leaves_a_folder_that_can_be_written(
    tiny: Path, tmp_path: Path
) -> None:
    """What kill -9 left is no result, and the next run sweeps it."""
    out = tmp_path / "out"
    done = start("-c", IN_WRITE, "solve", tiny, "-o", out)
    assert done.stderr is not None
    done.stderr.readline()
    done.kill()
    done.communicate(timeout=10)
    assert _left(out)
    assert run("verify", out).exit_code == 66
    assert run("solve", tiny, "-o", out).exit_code == 0
    assert _left(out) == {*FILES, SUMMARY}


def test_a_torn_folder_can_be_written_again(tiny: Path, tmp_path: Path) -> None:
    """A run killed between two moves has left its mark."""
    out = tmp_path / "out"
    assert run("solve", tiny, "-o", out).exit_code == 0
    (out / SUMMARY).unlink()
    assert run("solve", tiny, "-o", out).exit_code == 73
    (out / UNFINISHED).touch()
    assert run("solve", tiny, "-o", out).exit_code == 0
    assert _left(out) == {*FILES, SUMMARY}


@UNIX
def test_a_reader_that_leaves_is_no_fault(tiny: Path) -> None:
    """A pipe into head ends quietly, with the code of the answer."""
    done = start("cli.py", "solve", tiny, "--json")
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()
    assert done.wait(60) == 0
    assert done.stderr.read() == ""
    done.stderr.close()


@UNIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["solve", "x"], ["solve", "x", "--json"], ["-h"]])
def test_a_full_disk_on_standard_output_is_74(tiny: Path, words: list[str]) -> None:
    """One line says so."""
    words = [str(tiny) if word == "x" else word for word in words]
    command = f"{sys.executable} cli.py {' '.join(words)} > /dev/full"
    script = f"import os, sys; sys.exit(os.system({command!r}) >> 8)"
    done = launch("-c", script)
    assert done.returncode == 74
    assert len(done.stderr.splitlines()) == 1


@UNIX
def test_closed_streams_are_no_fault_of_ours(tiny: Path) -> None:
    """Without standard output there is nowhere to print: 74, unless nothing is."""
    for redirect, code in (("2>&-", 0), (">&-", 74), (">&- --quiet", 0)):
        command = f"{sys.executable} cli.py solve {tiny} {redirect}"
        script = f"import os, sys; sys.exit(os.system({command!r}) >> 8)"
        done = launch("-c", script)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False)


def test_a_folder_that_is_no_result_is_73(tiny: Path, tmp_path: Path) -> None:
    """Neither an instance, nor a folder with other files, nor a file is written to."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    file = tmp_path / "file"
    file.write_text("mine")
    for folder in (tiny, other, file, file / "below"):
        before = _left(folder) if folder.is_dir() else None
        done = run("solve", tiny, "-o", folder)
        assert done.exit_code == 73, done.output
        assert len(done.stderr.splitlines()) == 1
        assert before is None or _left(folder) == before


def test_a_stranger_beside_a_result_is_73(tiny: Path, tmp_path: Path) -> None:
    """A file that is not ours is neither kept nor lost without a word."""
    out = tmp_path / "out"
    assert run("solve", tiny, "-o", out).exit_code == 0
    (out / "notes.txt").write_text("mine")
    assert run("solve", tiny, "-o", out).exit_code == 73
    assert (out / "notes.txt").read_text() == "mine"


def test_a_summary_of_others_makes_no_result(tiny: Path, tmp_path: Path) -> None:
    """Only a summary of ours marks a folder of ours."""
    out = tmp_path / "out"
    out.mkdir()
    for content in ("{}", "[]", "nonsense", '{"format": 1}'):
        (out / SUMMARY).write_text(content)
        assert run("solve", tiny, "-o", out).exit_code == 73


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder_is_73(tiny: Path, tmp_path: Path) -> None:
    """Where nothing can be created."""
    tmp_path.chmod(0o500)
    try:
        assert run("solve", tiny, "-o", tmp_path / "out").exit_code == 73
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_under_way_is_75(tiny: Path, tmp_path: Path) -> None:
    """Two runs do not write to one folder."""
    out = tmp_path / "out"
    out.mkdir()
    with locked(out):
        done = run("solve", tiny, "-o", out)
    assert done.exit_code == 75
    assert not [name for name in _left(out) if name.startswith(OURS)]


def test_a_time_limit_is_12_or_13(tiny: Path, tmp_path: Path) -> None:
    """Stopped at once there is a plan to show, or none; neither is called optimal."""
    done = run("solve", tiny, "-o", tmp_path / "out", "--time-limit", "1e-9")
    assert done.exit_code in {12, 13}, done.output
    assert run("verify", tmp_path / "out").exit_code == 0


@UNIX
def test_an_interrupt_while_modules_load_is_130_and_one_line() -> None:
    """Whoever changes their mind at once sees no traceback."""
    script = (
        "import os, signal\n"
        "from solver.console.start import begin\n"
        "begin()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "import numpy\n"
    )
    done = launch("-c", script)
    assert (done.returncode, done.stderr) == (130, "keruen: interrupted\n")


@UNIX
@pytest.mark.parametrize("entry", ["solver.__main__", "cli"])
def test_an_interrupt_before_any_module_of_ours_ends_without_a_word(entry: str) -> None:
    """The signal ends the process as the system does: a shell shows 130."""
    script = (
        "import os, runpy, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'solver.console.start':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder)\n"
        "sys.argv = ['keruen', 'schema']\n"
        f"runpy.run_module({entry!r}, run_name='__main__')\n"
    )
    done = launch("-c", script)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


@UNIX
@pytest.mark.parametrize("words", ["check --help", "-V"])
def test_help_that_cannot_be_printed_is_told_too(words: str) -> None:
    """Nothing would be there to read, and nobody would know why."""
    command = f"{sys.executable} cli.py {words} >&-"
    done = launch("-c", f"import os, sys; sys.exit(os.system({command!r}) >> 8)")
    told = "keruen: standard output is closed: nothing can be printed there\n"
    assert (done.returncode, done.stderr) == (74, told)


@UNIX
def test_a_closed_output_is_told_in_one_line(tiny: Path) -> None:
    """And its number is not given to the next file opened."""
    command = f"{sys.executable} cli.py check {tiny} >&-"
    done = launch("-c", f"import os, sys; sys.exit(os.system({command!r}) >> 8)")
    told = "keruen: standard output is closed: nothing can be printed there\n"
    assert (done.returncode, done.stderr) == (74, told)
    script = (
        "import os, sys\n"
        "from solver.console.start import begin\n"
        "os.close(1)\n"
        "begin()\n"
        "sys.exit(os.open(os.devnull, os.O_RDONLY))\n"
    )
    assert launch("-c", script).returncode > 2
