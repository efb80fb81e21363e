"""The tables of the docs hold exactly what the code says."""

import re
import runpy
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from customs.documents import MESSAGES
from customs.fields import Record, terms_of
from customs.rules import CATALOGUE
from support import ROOT
from support.pages import ENGLISH_ONLY, WITHOUT_CHINESE

DOCS = ROOT / "docs"

sys.path.append(str(DOCS))
generate = runpy.run_path(str(DOCS / "generate.py"))
tongue_of, renewed = generate["tongue_of"], generate["renewed"]
TONGUES = {"en": generate["EN"], "zh": generate["ZH"]}
PAGES: dict[str, dict[str, str]] = {language: generate["pages"](tongue) for language, tongue in TONGUES.items()}
MESSAGE_PAGES = [(language, name) for language, pages in PAGES.items() for name in pages]


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
    assert renewed(text, tongue_of(page)) == text, "run: make tables"


def folder_of(language: str) -> Path:
    return DOCS / "zh" if language == "zh" else DOCS


@pytest.mark.parametrize(("language", "name"), MESSAGE_PAGES)
def test_the_page_of_a_message_is_that_of_the_code(language: str, name: str) -> None:
    page = folder_of(language) / "messages" / name
    assert page.read_text(encoding="utf-8") == PAGES[language][name], "run: make tables"


@pytest.mark.parametrize("language", PAGES)
def test_every_message_has_its_page_and_no_page_is_left_over(language: str) -> None:
    assert {path.name for path in (folder_of(language) / "messages").iterdir()} == PAGES[language].keys()
    overview = PAGES[language]["index.md"]
    assert all(f"[{message}](" in overview for message in MESSAGES)


def tables_on(pages: Iterable[Path]) -> list[str]:
    return sorted(
        name for page in pages for name in re.findall("<!-- table: (.+) -->", page.read_text(encoding="utf-8"))
    )


def test_every_table_has_its_page() -> None:
    pages = sorted(DOCS.rglob("*.md"))
    english = [page for page in pages if tongue_of(page).language == "en"]
    translated = [
        page
        for page in english
        if page.name not in ENGLISH_ONLY and f"docs/zh/{page.relative_to(DOCS)}" not in WITHOUT_CHINESE
    ]
    assert tables_on(english) == sorted(generate["TABLES"])
    assert tables_on(page for page in pages if page not in english) == tables_on(translated)


def test_the_glossary_has_every_field_of_every_record_and_no_other() -> None:
    listed = {(cells[0], cells[1], cells[2]) for cells in rows("glossary.md") if len(cells) == 6}
    assert listed - {("中文", "Python name", "Wire name"), ("---", "---", "---")} == FIELDS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_findings_page_has_every_finding_once(language: str) -> None:
    page = "zh/findings.md" if language == "zh" else "findings.md"
    listed = [cells[:1] + cells[2:4] for cells in rows(page) if len(cells) == 5 and cells[0].startswith("`")]
    assert listed == [
        [
            f"`{code}`",
            "" if kind.rule is None else str(kind.rule),
            f"{kind.zh}<br>→ {kind.advice_zh}" if language == "zh" else f"{kind.en}<br>→ {kind.advice_en}",
        ]
        for code, kind in CATALOGUE.items()
    ]


def test_a_word_of_the_code_has_one_row_and_one_meaning() -> None:
    words = [cells for cells in rows("glossary.md") if len(cells) == 5 and cells[0] not in ("Word", "---")]
    assert len(words) >= 30
    assert sorted({cells[0] for cells in words}) == sorted(cells[0] for cells in words)
    assert len({cells[2] for cells in words}) == len(words)
    assert all(all(cells[:4]) for cells in words)
