"""The page in a browser: what a reader sees, at both widths, with scripts and without.

Skipped only where there is no Chromium; `.ci/run` installs it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import ViewportSize, sync_playwright

from tests.reports.page.browsing import ARGUMENTS, CHROMIUM, OVERLAPS, WIDTHS
from tests.reports.page.solved import ROOT, hostile_folder, run, solve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

KAZAKHSTAN = ROOT / "instances" / "kazakhstan"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
    # One browser and one solve serve all tests: they belong to one worker.
    pytest.mark.xdist_group("browser"),
]

BOXES = """(pictures) => pictures.map((picture) => {
  const box = picture.getBoundingClientRect(), frame = picture.parentNode;
  return [box.left, box.right, box.height, frame.scrollWidth - frame.clientWidth];
})"""


NAMES = """() => [...document.querySelectorAll("#r0m .names text")]
  .filter((text) => getComputedStyle(text).visibility === "visible")
  .map((text) => {
    const map = text.ownerSVGElement.getBoundingClientRect();
    const box = text.getBoundingClientRect();
    return [text.textContent, box.height, box.left >= map.left - 1
      && box.right <= map.right + 1 && box.top >= map.top - 1
      && box.bottom <= map.bottom + 1];
  })"""
"""Names in view on the first map: text, height, and whether they are whole."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the browser."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with Kazakhstan's result and its page, and a hostile one."""
    folder = tmp_path_factory.mktemp("pages")
    solve(KAZAKHSTAN, folder / "kazakhstan")
    assert run("report", folder / "kazakhstan", "-o", folder / "page.html") == 0
    solve(hostile_folder(folder / "in"), folder / "hostile")
    assert run("report", folder / "hostile", "-o", folder / "hostile.html") == 0
    return folder


def opened(
    browser: Browser, path: Path, width: int, **options: Any
) -> tuple[Page, list[str]]:
    """Open a page, and gather what it complains of or asks for."""
    size = ViewportSize(width=width, height=900)
    page = browser.new_context(viewport=size, offline=True, **options).new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on(
        "request",
        lambda request: (
            None if request.is_navigation_request() else heard.append(request.url)
        ),
    )
    page.goto(path.as_uri())
    return page, heard


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["page.html", "hostile.html"])
def test_the_page_asks_for_nothing_and_fits(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    """No request, no word on the console, no dialog, no sideways scroll, no overlap."""
    page, heard = opened(browser, folder / name, width)
    assert heard == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert page.evaluate(OVERLAPS) == []
    assert page.locator("img, iframe, b b").count() == 0
    page.context.close()


def test_without_scripts_everything_is_there(browser: Browser, folder: Path) -> None:
    """Map, flows and tables are no work of the script."""
    page, _ = opened(browser, folder / "page.html", 1280, java_script_enabled=False)
    assert page.locator("svg.map:visible").count() == 2
    assert page.locator("svg.sankey:visible").count() == 1
    assert page.locator("table:visible").count() >= 2
    assert page.locator(".ctl:visible").count() == 0
    page.context.close()


def test_choosing_a_group_leaves_the_legs_it_uses(
    browser: Browser, folder: Path
) -> None:
    """Counted against `allocation.csv`; its flows and its picture follow."""
    page, heard = opened(browser, folder / "page.html", 1280)
    used, rows = legs_of_groups(folder / "kazakhstan")
    for group, legs in used.items():
        page.locator(".cargo").select_option(label=group)
        assert page.locator(".ctl output").inner_text() == f"{len(legs)} legs shown"
        assert page.locator(".sk:visible").count() == 1
        listed = page.locator("tbody tr[data-g]:not(.off)").count()
        assert listed == min(rows[group], 400)
    page.locator(".key input").first.uncheck()
    assert page.locator("#r0m .s.k0:not(.off)").count() == 0
    assert heard == []
    page.context.close()


def legs_of_groups(result: Path) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Return the legs that each group of cargo takes, and its rows, from the files."""
    with (KAZAKHSTAN / "products.csv").open(newline="") as file:
        groups = {row["product"]: row["group"] for row in csv.DictReader(file)}
    legs: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, int] = defaultdict(int)
    with (result / "allocation.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            legs[groups[row["product"]]] |= set(row["legs"].split(" > "))
            rows[groups[row["product"]]] += 1
    return legs, rows


def test_tables_sort_and_search(browser: Browser, folder: Path) -> None:
    """A head sorts by number, downwards first; the field keeps rows that match."""
    page, _ = opened(browser, folder / "page.html", 1280)
    table = page.locator("table.find:visible").first
    head = table.locator("th.n button").first
    column = table.locator("th").evaluate_all(
        "(heads) => heads.findIndex((head) => head.classList.contains('n'))"
    )
    for order in (True, False):
        head.click()
        cells = table.locator(f"tbody td:nth-child({column + 1})").all_inner_texts()
        found = [float(cell.replace(",", "")) for cell in cells]
        assert found == sorted(found, reverse=order)
    name = table.locator("tbody tr td").first.inner_text()
    page.locator("input[type=search]:visible").first.fill(name)
    assert table.locator("tbody tr:visible").count() >= 1
    assert table.locator("tbody tr:visible").count() < len(found)
    page.context.close()


def test_the_map_enlarges_and_says_what_is_pointed_at(
    browser: Browser, folder: Path
) -> None:
    """Buttons change the part shown; a leg in focus tells what it carries."""
    page, _ = opened(browser, folder / "page.html", 1280)
    whole = page.locator("#r0m").get_attribute("viewBox")
    page.locator("[data-z='1.5']").click()
    assert page.locator("#r0m").get_attribute("viewBox") != whole
    page.locator("[data-z='0']").click()
    assert page.locator("#r0m").get_attribute("viewBox") == whole
    page.locator("#r0m .s[tabindex='0']").focus()
    first = page.locator("#tip").inner_text()
    page.keyboard.press("ArrowRight")
    assert "Mt" in first
    assert page.locator("#tip").inner_text() != first
    page.context.close()


def test_names_keep_their_size_and_are_never_cut(
    browser: Browser, folder: Path
) -> None:
    """At every step names in view are whole, 12 pixels high, and more of them come."""
    page, heard = opened(browser, folder / "page.html", 1280)
    counts = []
    for _ in range(6):
        shown = page.evaluate(NAMES)
        counts.append(len(shown))
        for name, size, inside in shown:
            assert inside, name
            assert 8 < size < 22, name
        assert page.evaluate(OVERLAPS) == []
        page.locator("[data-z='1.5']").click()
    named = page.locator("#r0m .names text[data-deep]")
    assert named.count() > 20
    page.locator("[data-z='0']").click()
    assert len(page.evaluate(NAMES)) == counts[0]
    assert heard == []
    page.context.close()


def test_a_choice_quiets_what_it_does_not_use(browser: Browser, folder: Path) -> None:
    """Names in view are those of the ends of legs in view; other marks are faint."""
    page, _ = opened(browser, folder / "page.html", 1280)
    every = len(page.evaluate(NAMES))
    page.locator(".cargo").select_option(label="ore")
    names = {name for name, *_ in page.evaluate(NAMES)}
    assert {"China", "Urumqi", "Russia (Urals)", "eastern", "northern"} <= names
    assert len(names) < every / 3
    faint = page.locator("#r0m .dots .idle").count()
    assert faint > page.locator("#r0m .dots :not(.idle, .off)").count()
    page.locator(".cargo").select_option(index=0)
    assert page.locator("#r0m .dots .idle").count() == 0
    page.context.close()


def test_a_phone_starts_at_the_busiest_part(browser: Browser, folder: Path) -> None:
    """The map scrolls in its frame, and not from its left edge."""
    page, _ = opened(browser, folder / "page.html", 390)
    frame = page.locator(".frame").first
    assert frame.evaluate("(node) => node.scrollLeft") > 100
    page.context.close()


def test_print_crops_no_picture(browser: Browser, folder: Path) -> None:
    """On A4 every picture is as wide as the page, at most, and as high."""
    page, _ = opened(browser, folder / "page.html", 1010)
    page.emulate_media(media="print")
    boxes = page.locator("figure svg:visible").evaluate_all(BOXES)
    assert len(boxes) >= 4
    for left, right, height, hidden in boxes:
        assert left >= 0
        assert right <= 1010
        assert height <= 700
        assert hidden <= 1
    page.context.close()
