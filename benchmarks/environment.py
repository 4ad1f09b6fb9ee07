"""The environment of the peers: made on first use, with exact versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ROOT

VERSIONS = Path(__file__).parent / "peers.txt"
FOLDER = ROOT / ".venv-peers"


def peers_python() -> Path:
    """Return the Python of the peers' environment, made if it is not there."""
    made_from = FOLDER / "made-from"
    python = FOLDER / "bin" / "python"
    wanted = VERSIONS.read_text()
    if not made_from.exists() or made_from.read_text() != wanted:
        sys.stderr.write(f"Preparing the peers' environment in {FOLDER.name} ...\n")
        _run(sys.executable, "-m", "venv", "--clear", FOLDER)
        _run(python, "-m", "pip", "install", "--quiet", "--requirement", VERSIONS)
        made_from.write_text(wanted)
    return python


def _run(*words: str | Path) -> None:
    subprocess.run(list(map(str, words)), check=True)  # noqa: S603 - our own commands
