"""Make `docs/kazakhstan.html` and the pictures of pages, with Chromium.

keruen solve instances/kazakhstan -o results/base
keruen solve instances/kazakhstan --scenario southern-case -o results/southern-case
keruen solve instances/kazakhstan --scenario diversified -o results/diversified
python docs/pictures.py results/base results/southern-case results/diversified

Needs the extra `dev`, Chromium, and `pdftoppm` (package poppler-utils).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOME = Path(__file__).parent
PAGE = HOME / "kazakhstan.html"
PRINTED = 6
ACROSS = 3


def report(folders: list[str], page: Path) -> None:
    """Write a page with the command itself."""
    keruen("report", *folders, "-o", str(page), "--quiet")


def keruen(*words: str) -> None:
    """Run the command itself."""
    command = [sys.executable, str(HOME.parent / "cli.py"), *words]
    subprocess.run(command, check=True)  # noqa: S603 - our own command


def opened(browser: Browser, page: Path, width: int, *, dark: bool = False) -> Page:
    """Open a page as a reader sees it."""
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=900),
        color_scheme="dark" if dark else "light",
        device_scale_factor=2 if width < 600 else 1,  # noqa: PLR2004
    )
    view = context.new_page()
    view.goto(page.absolute().as_uri())
    return view


def kept(image: Image.Image, name: str) -> None:
    """Write a picture with 256 colours: a third of the size, and as good to read."""
    few = image.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=0)
    few.save(HOME / name, optimize=True)


def taken(view: Page, name: str, height: int, place: Path) -> None:
    """Write the upper part of a page."""
    view.screenshot(path=place, full_page=True)
    scale = view.evaluate("devicePixelRatio")
    with Image.open(place) as image:
        kept(image.crop((0, 0, image.width, min(image.height, height * scale))), name)


def printed(view: Page, place: Path) -> None:
    """Write the first sheets of a page as a printer would."""
    pdf = place / "page.pdf"
    view.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    tool = shutil.which("pdftoppm") or "pdftoppm"
    command = [tool, "-r", "60", "-png", str(pdf), str(place / "p")]
    subprocess.run(command, check=True)  # noqa: S603 - our own command
    sheets = [Image.open(path) for path in sorted(place.glob("p-*.png"))[:PRINTED]]
    width, height = sheets[0].size
    down = -(-len(sheets) // ACROSS)
    joined = Image.new("RGB", (ACROSS * (width + 6), down * (height + 6)), "#8a8f94")
    for number, sheet in enumerate(sheets):
        y, x = divmod(number, ACROSS)
        joined.paste(sheet, (x * (width + 6) + 3, y * (height + 6) + 3))
    kept(joined, "page-print.png")


def spreadsheet(browser: Browser, place: Path) -> None:
    """Write the head of the page of `spreadsheet.md`: quickstart, free and capped."""
    instance = str(HOME.parent / "instances" / "quickstart")
    folders = [str(place / name) for name in ("base", "capped")]
    keruen("solve", instance, "-o", folders[0], "--quiet")
    capped = ("--scenario", "no-corridor-above-40")
    keruen("solve", instance, *capped, "-o", folders[1], "--quiet")
    page = place / "grain.html"
    report(folders, page)
    view = opened(browser, page, 1280)
    taken(view, "spreadsheet-page.png", 980, place / "shot.png")


def main() -> None:
    """Write the page of all results named, and pictures of that of the first."""
    report(sys.argv[1:], PAGE)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with TemporaryDirectory() as folder, sync_playwright() as play:
        place = Path(folder)
        single = place / "single.html"
        report(sys.argv[1:2], single)
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        shot = place / "shot.png"
        view = opened(browser, single, 1280)
        view.locator("figure").first.screenshot(path=shot)
        with Image.open(shot) as image:
            kept(image, "page-map.png")
        taken(view, "page-1280.png", 2_600, shot)
        taken(opened(browser, single, 390), "page-390.png", 1_900, shot)
        taken(opened(browser, single, 1280, dark=True), "page-dark.png", 2_600, shot)
        taken(opened(browser, PAGE, 1280), "page-compared.png", 1_000, shot)
        printed(view, place)
        spreadsheet(browser, place)
        browser.close()


if __name__ == "__main__":
    main()
