"""Pages of generated networks in a browser: what no one test has time for.

python -m tests.reports.page.campaign --count 5
npm install axe-core
python -m tests.reports.page.campaign --axe node_modules/axe-core/axe.min.js
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from playwright.sync_api import ViewportSize, sync_playwright

from tests.reports.page.browsing import ARGUMENTS, CHROMIUM, OVERLAPS, WIDTHS
from tests.reports.page.solved import ROOT, hostile_folder, run, solve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SERIOUS = {"serious", "critical"}


def folders(place: Path, count: int) -> Iterator[Path]:
    """Yield instances: Kazakhstan, hostile names, and generated networks."""
    yield ROOT / "instances" / "kazakhstan"
    yield hostile_folder(place / "hostile")
    for seed in range(count):
        folder = place / f"network-{seed}"
        words = ("--demands", 60 * (seed + 1) ** 2, "--seed", seed)
        assert run("generate", folder, *words, "--tightness", 0.6) == 0
        yield folder


def faults(browser: Browser, page: Path, axe: str | None) -> list[Any]:
    """Return what is wrong with a page, at both widths."""
    found: list[Any] = []

    def heard(error: object) -> None:
        found.append(str(error))

    for width in WIDTHS:
        size = ViewportSize(width=width, height=900)
        view = browser.new_context(
            viewport=size, offline=True, bypass_csp=axe is not None
        ).new_page()
        view.on("pageerror", heard)
        view.goto(page.as_uri())
        found += view.evaluate(OVERLAPS)
        wide = view.evaluate("document.documentElement.scrollWidth")
        found += [f"{wide} pixels wide at {width}"] if wide > width else []
        if axe is not None:
            view.add_script_tag(path=axe)
            told = view.evaluate("axe.run()")["violations"]
            found += [
                (fault["id"], fault["impact"], fault["nodes"][0]["html"][:120])
                for fault in told
                if fault["impact"] in SERIOUS
            ]
        view.context.close()
    return found


def main() -> int:
    """Make the pages, open them, and tell what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5, help="generated networks")
    parser.add_argument("--axe", help="axe.min.js of the npm package axe-core")
    given = parser.parse_args()
    wrong = 0
    with TemporaryDirectory() as folder, sync_playwright() as play:
        place = Path(folder)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for instance in folders(place, given.count):
            result = solve(instance, place / f"{instance.name}-result")
            page = place / f"{instance.name}.html"
            assert run("report", result, "-o", page) == 0
            found = faults(browser, page, given.axe)
            wrong += len(found)
            size = page.stat().st_size
            sys.stdout.write(f"{instance.name}: {size:,} bytes, {found or 'sound'}\n")
            sys.stdout.flush()
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
