"""The first hour of someone new, as the README tells it, from an installed wheel.

Run it with ``python -m tests.newcomer``: the wheel is built and unpacked beside the
packages of this environment. ``--fresh`` makes an environment of its own instead, and
lets pip fetch what Keruen needs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

IN_PYTHON = """\
import keruen
import matplotlib

matplotlib.use("Agg")
result = keruen.read("results/dearer")
shares = result.corridors.query("scope == 'all' and by == 'corridor'")
assert abs(shares["share"].sum() - 1) < 1e-9
shares.plot.bar(x="value", y="share").figure.savefig("shares.png")
print(result.cost)
"""


@dataclass(frozen=True, slots=True)
class Home:
    """An empty folder, and the Python that has Keruen installed.

    Parameters
    ----------
    folder : Path
        Where every command runs: no checkout is above it.
    python : Path
        The interpreter.
    packages : Path or None
        Where the wheel is unpacked, if not in the interpreter's own environment.
    """

    folder: Path
    python: Path
    packages: Path | None

    def run(self, *words: str) -> str:
        """Return what a command of the installed program prints; it must end with 0."""
        return self.execute("-m", "keruen", *words)

    def execute(self, *words: str) -> str:
        """Return what the interpreter prints."""
        env = {**os.environ, "NO_COLOR": "1"}
        if self.packages is not None:
            env["PYTHONPATH"] = str(self.packages)
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [str(self.python), *words],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"{' '.join(words)}: {done.returncode}\n{done.stderr}"
            raise AssertionError(message)
        return done.stdout


def installed(folder: Path, *, fresh: bool) -> Home:
    """Build the wheel and install it."""
    wheels = folder / "wheels"
    _pip(Path(sys.executable), "wheel", str(ROOT), "--no-deps", "-w", str(wheels))
    (wheel,) = wheels.glob("keruen-*.whl")
    home = folder / "home"
    home.mkdir()
    if fresh:
        place = folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)  # noqa: S603
        python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
        _pip(python, "install", f"{wheel}[plot]")
        return Home(home, python, None)
    packages = folder / "packages"
    words = ("--no-deps", "--target", str(packages), str(wheel))
    _pip(Path(sys.executable), "install", *words)
    return Home(home, Path(sys.executable), packages)


def first_hour(home: Home) -> None:
    """Take the steps: an example, a dearer tariff, Python, an instance of one's own."""
    assert home.run("--version").startswith("keruen")
    home.run("example", "quickstart", "mine")
    before = json.loads(home.run("solve", "mine", "--json"))["cost"]
    legs = home.folder / "mine" / "legs.csv"
    legs.write_text(
        legs.read_text().replace("rail,northern,,,60", "rail,northern,,,66")
    )
    dearer = home.run("solve", "mine", "-o", "results/dearer", "--json")
    after = json.loads(dearer)["cost"]
    assert after > before
    assert home.run("verify", "results/dearer").rstrip().endswith("verified")
    assert float(home.execute("-c", IN_PYTHON)) == after
    assert (home.folder / "shares.png").stat().st_size > 1000
    home.run("init", "own")
    for name, row in (("legs", "A,B,rail,north,,5"), ("demand", "oats,A,B,2")):
        with (home.folder / "own" / f"{name}.csv").open("a") as file:
            file.write(f"{row}\n")
    home.run("check", "own", "--strict")
    assert json.loads(home.run("solve", "own", "--json"))["cost"] == 10
    assert json.loads(home.run("scenarios", "mine", "--json"))["scenarios"]


def _pip(python: Path, *words: str) -> None:
    command = [str(python), "-m", "pip", "--quiet", *words]
    subprocess.run(command, check=True)  # noqa: S603 - our own interpreter


def main() -> None:
    """Take the steps in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="a fresh environment")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        first_hour(installed(Path(name), fresh=given.fresh))
    sys.stdout.write("the first hour of someone new: every step works\n")


if __name__ == "__main__":
    main()
