"""Keruen in processes of their own whose modules are loaded already.

    python -m tests.forked SOCKET

loads all of Keruen and waits. Each call of `CLIENT` is then a process that ends as the
command of the same words would: with the caller's folder, standard streams and exit
code. Only what takes longest in a small run is not done again.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import socket
import subprocess
import sys
import traceback
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

CLIENT = """\
import json, os, socket, sys
wire = socket.socket(socket.AF_UNIX)
wire.connect(sys.argv[1])
words = json.dumps([os.getcwd(), *sys.argv[2:]]).encode()
socket.send_fds(wire, [words], [0, 1, 2])
sys.exit(wire.recv(1)[0])
"""
"""Program that runs a command: the socket, then the command's words."""

_MOST = 1 << 16


@contextmanager
def keruen(folder: Path) -> Iterator[list[str]]:
    """Return how a command begins that runs in such a process, while a block lasts."""
    client, place = folder / "client.py", str(folder / "socket")
    client.write_text(CLIENT)
    words = [sys.executable, "-m", "tests.forked", place]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE) as server:  # noqa: S603
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield [sys.executable, "-ISB", str(client), place]
        finally:
            server.terminate()


def _load() -> None:
    """Load all modules of Keruen, and what they load when they are called."""
    import solver

    for module in pkgutil.walk_packages(solver.__path__, "solver."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.freeze()


def _serve(wire: socket.socket) -> None:
    """Run one command in a child of this process, and tell its exit code."""
    words, streams, *_ = socket.recv_fds(wire, _MOST, 3)
    child = os.fork()
    if not child:
        try:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            _run(*json.loads(words))
        except BaseException:  # noqa: BLE001 - nothing may go on in the child
            traceback.print_exc()
        os._exit(1)
    for stream in streams:
        os.close(stream)
    _, status = os.waitpid(child, 0)
    wire.send(bytes([os.waitstatus_to_exitcode(status) % 256]))


def _run(folder: str, *words: str) -> None:
    """Do as `python cli.py` does with these words."""
    from solver.__main__ import main

    os.chdir(folder)
    sys.argv = ["cli.py", *words]
    main()


def main() -> None:
    """Serve commands, one after the other."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(sys.argv[1])
    server.listen()
    _load()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        wire, _ = server.accept()
        with wire:
            _serve(wire)


if __name__ == "__main__":
    main()
