"""The tables of the docs hold exactly what the code says."""

import re
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customs.documents import MESSAGES
from customs.fields import Record, terms_of
from customs.rules import CATALOGUE
from support import ROOT

DOCS = ROOT / "docs"

sys.path.append(str(DOCS))
generate = runpy.run_path(str(DOCS / "generate.py"))
renewed: Callable[[str], str] = generate["renewed"]
PAGES: dict[str, str] = generate["pages"]()


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def records(parent: type[Record] = Record) -> Iterator[type[Record]]:
    """Every record of the library; those of tests, and of examples in docstrings, are not found in its modules."""
    for record in parent.__subclasses__():
        module = record.__module__
        if module.startswith("customs.") and getattr(sys.modules[module], record.__name__, None) is record:
            yield record
        yield from records(record)


FIELDS = {
    (term.zh, f"`{name}`", f"`{term.wire}`" if term.wire else "")
    for each in records()
    for name, term in terms_of(each).items()
}


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_the_tables_of_a_page_are_those_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: make tables"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_a_message_is_that_of_the_code(name: str) -> None:
    assert (DOCS / "messages" / name).read_text(encoding="utf-8") == PAGES[name], "run: make tables"


def test_every_message_has_its_page_and_no_page_is_left_over() -> None:
    assert {path.name for path in (DOCS / "messages").iterdir()} == PAGES.keys()
    overview = PAGES["index.md"]
    assert all(f"[{message}](" in overview for message in MESSAGES)


def test_every_table_has_its_page() -> None:
    tables = generate["TABLES"]
    marked = [
        name
        for page in DOCS.rglob("*.md")
        for name in re.findall("<!-- table: (.+) -->", page.read_text(encoding="utf-8"))
    ]
    assert sorted(marked) == sorted(tables)


def test_the_glossary_has_every_field_of_every_record_and_no_other() -> None:
    listed = {(cells[0], cells[1], cells[2]) for cells in rows("glossary.md") if len(cells) == 6}
    assert listed - {("中文", "Python name", "Wire name"), ("---", "---", "---")} == FIELDS


def test_the_findings_page_has_every_finding_once() -> None:
    listed = [tuple(cells) for cells in rows("findings.md") if len(cells) == 6 and cells[0].startswith("`")]
    assert listed == [
        (
            f"`{code}`",
            str(kind.severity),
            "" if kind.rule is None else str(kind.rule),
            f"{kind.en}<br>→ {kind.advice_en}",
            f"{kind.zh}<br>→ {kind.advice_zh}",
            kind.source,
        )
        for code, kind in CATALOGUE.items()
    ]


def test_a_word_of_the_code_has_one_row_and_one_meaning() -> None:
    words = [cells for cells in rows("glossary.md") if len(cells) == 5 and cells[0] not in ("Word", "---")]
    assert len(words) >= 30
    assert sorted({cells[0] for cells in words}) == sorted(cells[0] for cells in words)
    assert len({cells[2] for cells in words}) == len(words)
    assert all(all(cells[:4]) for cells in words)
