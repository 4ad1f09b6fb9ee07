"""Standard output holds what Keruen says, whatever solvers write."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from solver.model.silence import silenced

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.versions


ROOT = Path(__file__).parent.parent.parent
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="C library of Unix")


def to_descriptor() -> None:
    """Write as a library in another language does."""
    os.write(1, b"solver speaking\n")


def through_c() -> None:
    """Write into the buffer of the C library, which is emptied whenever it is full."""
    ctypes.CDLL(None).printf(b"solver speaking\n")


@UNIX
@pytest.mark.parametrize("write", [to_descriptor, through_c])
def test_what_is_written_past_python_goes_nowhere(
    write: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    """Only what is said before and after is there, in its order."""
    sys.stdout.write("before\n")
    with silenced(), silenced():
        write()
    sys.stdout.write("after\n")
    assert capfd.readouterr().out == "before\nafter\n"


def test_two_threads_leave_standard_output_as_it_was(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The first to end puts nothing back that the second still needs silent."""
    inside, first_is_out = threading.Event(), threading.Event()

    def second() -> None:
        with silenced():
            inside.set()
            first_is_out.wait()
            to_descriptor()

    other = threading.Thread(target=second)
    with silenced():
        other.start()
        inside.wait()
    first_is_out.set()
    other.join()
    sys.stdout.write("after\n")
    assert capfd.readouterr().out == "after\n"


@UNIX
def test_a_closed_standard_output_stays_closed() -> None:
    """There is nothing to silence, and nothing is opened in its place."""
    script = "import os\nfrom solver.model.silence import silenced\nos.close(1)\n"
    script += "with silenced(): pass\ntry: os.fstat(1)\nexcept OSError: os._exit(3)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)  # noqa: S603
    assert done.returncode == 3


TALKATIVE = """
import os, sys
import highspy

class Talkative(highspy.Highs):
    def __init__(self):
        os.write(1, b"Running a solver: banner\\n")
        super().__init__()
    def run(self):
        os.write(1, b"iteration 1\\n")
        return super().run()

highspy.Highs = Talkative
sys.argv[0] = "keruen"
import cli
cli.main()
"""


@pytest.mark.parametrize("command", [["solve", "instances/quickstart"], ["doctor"]])
def test_json_is_one_document_beside_a_talkative_solver(command: list[str]) -> None:
    """A banner when the solver is made, and a log while it runs, are not in it."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", TALKATIVE, *command, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["schema_version"]) == (0, 1)
