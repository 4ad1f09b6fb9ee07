"""The words of the field stand everywhere; those they took the place of nowhere."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(
    path
    for folder in ("solver", "keruen", "benchmarks", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")),
    *(p for p in (ROOT / "instances").rglob("*") if p.suffix in {".md", ".toml"}),
    *(ROOT / "benchmarks").glob("*.md"),
    *(ROOT / "solver" / "reports" / "page" / "templates").glob("*.html"),
]
OLDER = {
    "solver/commands/options.py",
    "solver/problem/tables.py",
    "solver/problem/instance.py",
    "solver/results/format_2.py",
    "benchmarks/reading.py",
    "docs/format.md",
    "tests/commands/test_renamed_options.py",
    "tests/fuzz.py",
    "tests/loaders/test_manifest.py",
    "tests/results/test_format_2.py",
    "tests/test_front_door.py",
    "tests/test_words.py",
}
"""Files that must know the words of older files, options and names."""

OTHER_CURVES = {"solver/studies/prices/curve.py"}
"""Modules of that name that are of no frontier."""

MODULES = {
    *("bundles", "curve", "dependence", "dial", "exits", "held", "lots", "measures"),
    *("places", "resort", "scopes", "spread", "spreads", "study", "trade"),
    *("ways", "whole"),
}
"""Names that no module bears."""

IDENTIFIERS = re.compile(
    r"(^|_)(bundled?|bundles|dial|lots|reluctant|scarcest|unavoidable|worth)(_|$)"
    r"|^(dependence|explored?|handed_out|lot|LOT|lot_of|lots_of|resort|spreads"
    r"|stay_behind)$"
    r"|(^|_)resort_(row|price)$"
    r"|^(Bundles|BundleProgram|Dial|Held|Lots|SpreadRow|Study|Trade|Watch|Ways)$"
    r"|^(FURTHER|NEARER|MUCH_NEARER|LAST_RESORT)$",
)
"""Names of code that none bears, whole or as a part."""

ACCEPTED = re.compile(r"^GOOD$")
"""Names of an acceptance ratio, which tests of other things may bear."""

NAMES = (IDENTIFIERS, ACCEPTED)

PHRASES = re.compile(
    r"last resort|scarcest|unavoidable|free optimum|stay(s|ed)? behind|cargo at home"
    r"|at 1 % more cost|dearest demand|kept by|handed out|\breluctant\b|\bbundles?\b"
    r"|is no number|no fault in|result of ours|warnings as faults|best plan so far"
    r"|prices are prices|(is|are) worth (adding|taking|having|most)|cost below worth"
    r"|worth of (a|the|leaving)|\bdependence\b|exposure rules?\b|\blots\b|\bdial\b"
    r"|(keep|kept|stay|stays|stayed|staying|left) at home|serves? first"
    r"|stands? in a line|is no \w+ that is known|\bexplor(e|es|ed|ing)\b|the band\b",
    re.IGNORECASE,
)
"""What no sentence of the code or the documentation says, in the sense meant here."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_code_speaks_the_words_of_the_field(path: Path) -> None:
    """Names, messages, docstrings and comments alike."""
    if _name(path) in OLDER:
        return
    assert path.stem.removeprefix("test_") not in MODULES or _name(path) in OTHER_CURVES
    refused = NAMES[:1] if path.is_relative_to(ROOT / "tests") else NAMES
    found = []
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        is_name = token.type == tokenize.NAME and any(
            names.search(token.string) for names in refused
        )
        is_said = token.type in {tokenize.STRING, tokenize.COMMENT}
        if is_name or (is_said and PHRASES.search(_in_one_line(token.string))):
            found.append((token.start[0], token.string))
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_pages_speak_the_words_of_the_field(page: Path) -> None:
    """Screens that a page shows are part of it, and what instances say."""
    if _name(page) not in OLDER:
        said = PHRASES.finditer(_in_one_line(page.read_text()))
        assert [match[0] for match in said] == []


def _in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_class_has_a_name_of_its_own() -> None:
    """A leading underscore tells nobody apart; a twin in the verifier has its own."""
    places = defaultdict(list)
    for path in (ROOT / "solver").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(_name(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_glossary_begins_with_the_term_of_the_field() -> None:
    """One line a term, in alphabetical order."""
    rows = (ROOT / "docs" / "glossary.md").read_text().split("|---|---|\n")[1]
    terms = [row.split("|")[1].strip() for row in rows.splitlines()]
    assert terms == sorted(terms, key=str.casefold)
    assert {"shadow price", "reduced cost", "captive share"} <= set(terms)


def test_the_architecture_names_files_that_are_there() -> None:
    """Ten questions end the page, each with a file that answers it."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    asked = re.findall(r"^\| .*\? \| `([\w/.]+)` \|$", page, re.MULTILINE)
    assert len(asked) == 10
    assert [name for name in asked if not (ROOT / name).exists()] == []
