"""Every scenario of an instance folder, solved, proved and verified, one by one.

python -m tests.scenario_campaign instances/kazakhstan
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from solver.loaders.references import load
from solver.options import Options
from solver.tasks.clock import Clock
from solver.tasks.solve import run
from tests.table_flow import least_cost

AGREE = 1e-9
"""Largest difference of cost to the program over the tables, relative."""


def main(folder: Path) -> int:
    """Run every scenario; return how many cost less by the tables alone, or more.

    A run that does not verify raises. Scenarios with rules or unmet demand have no
    counterpart over the tables; they are verified only.
    """
    entries = tomllib.loads((folder / "scenarios.toml").read_text(encoding="utf-8"))
    wrong = 0
    for name in entries:
        instance = load(folder, [name]).instance
        summary = run(instance, Options(sensitivity="none"), Clock()).result.summary
        cost, compared = float(summary["cost"]), "verified"
        if not instance.diversification and not summary["unmet"]:
            gap = abs(least_cost(folder, [name]) / cost - 1)
            wrong += gap > AGREE
            compared = f"verified, and {gap:.0e} from the program over the tables"
        print(f"{name:34} {summary['status']:8} {cost / 1e6:10.3f}  {compared}")  # noqa: T201
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
