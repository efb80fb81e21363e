"""Both languages: the same pages, headings, code and figures; the terms of the glossary; Chinese set as Chinese."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from website.anchors import headings

from support import ROOT
from support.pages import ENGLISH_ONLY, WITHOUT_CHINESE

DOCS = ROOT / "docs"
ENGLISH = [
    page
    for page in sorted(DOCS.rglob("*.md"))
    if not page.is_relative_to(DOCS / "zh") and not page.is_relative_to(DOCS / "adr") and page.name not in ENGLISH_ONLY
]
PAIRS = [
    pytest.param(page, DOCS / "zh" / page.relative_to(DOCS), id=page.relative_to(DOCS).as_posix())
    for page in ENGLISH
    if (DOCS / "zh" / page.relative_to(DOCS)).is_file()
]
GENERATED = "<!-- Generated from the code"
WRITTEN = [pair for pair in PAIRS if GENERATED not in str(pair.values[0].read_text(encoding="utf-8"))]  # type: ignore[union-attr]

both = pytest.mark.parametrize(("english", "chinese"), PAIRS)
both_written = pytest.mark.parametrize(("english", "chinese"), WRITTEN)

FENCED = re.compile(
    r"^(?P<fence>\s*`{3,})(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)\s*$", re.DOTALL | re.MULTILINE
)
TABLE = re.compile("<!-- table: .*?<!-- end of table -->", re.DOTALL)
LINK = re.compile(r"\]\([^)\s]*\)")
HAN = "\u4e00-\u9fff"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """What a page says in words: without blocks, generated tables and where links lead."""
    return LINK.sub("]", TABLE.sub("", FENCED.sub("", text_of(page))))


def code_of(page: Path) -> Iterator[tuple[str, str]]:
    """The blocks of a page without comments and docstrings, which may be in either language."""
    for found in FENCED.finditer(text_of(page)):
        language, text = found["language"], found["text"]
        if language == "python":
            yield language, ast.dump(without_docstrings(ast.parse(text)))
        else:
            yield language, re.sub(r"\s*#.*", "", text) if language in {"sh", "toml"} else text


def without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def names_of(page: Path) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", prose_of(page)))


def numbers_of(page: Path) -> set[str]:
    """The numbers in the words of a page, names aside."""
    words = re.sub(r"`[^`\n]*`", "", prose_of(page))
    return {found.strip(".,") for found in re.findall(r"\d[\d.,]*", words)}


def test_every_page_has_its_other_language() -> None:
    missing = {
        f"docs/zh/{page.relative_to(DOCS)}" for page in ENGLISH if not (DOCS / "zh" / page.relative_to(DOCS)).is_file()
    }
    assert missing - WITHOUT_CHINESE == set()
    there = {page.relative_to(ROOT).as_posix() for page in (DOCS / "zh").rglob("*.md")}
    assert there & WITHOUT_CHINESE == set(), "take it off the list"
    assert len(PAIRS) > 50


def test_no_chinese_page_lacks_an_english_one() -> None:
    pages = {page.relative_to(DOCS / "zh") for page in (DOCS / "zh").rglob("*.md")}
    assert pages
    assert {page for page in pages if not (DOCS / page).is_file()} == set()


@both
def test_both_languages_have_as_many_headings(english: Path, chinese: Path) -> None:
    assert len(headings(chinese)) == len(headings(english))


@both
def test_both_languages_have_the_same_code(english: Path, chinese: Path) -> None:
    assert list(code_of(chinese)) == list(code_of(english))


@both
def test_both_languages_have_the_same_tables(english: Path, chinese: Path) -> None:
    assert re.findall("<!-- table: (.+) -->", text_of(chinese)) == re.findall("<!-- table: (.+) -->", text_of(english))


@both_written
def test_both_languages_have_the_same_names(english: Path, chinese: Path) -> None:
    assert names_of(chinese) == names_of(english)


@both_written
def test_both_languages_have_the_same_figures(english: Path, chinese: Path) -> None:
    assert numbers_of(chinese) == numbers_of(english)


def terms() -> Iterator[tuple[str, list[str]]]:
    """The terms of the glossary that are several words in English, and so mean one thing, with their Chinese."""
    for line in text_of(DOCS / "glossary.md").partition("## Words of the code")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3:
            for english in re.split(", ", cells[1]):
                if re.search("[ -]", english) and english.islower():
                    yield english, [re.sub("（.*?）| ?[0-9]{4}$", "", each) for each in cells[0].split("、")]


@both_written
def test_a_term_is_that_of_the_glossary(english: Path, chinese: Path) -> None:
    said, written = prose_of(english).lower(), prose_of(chinese)
    used = [(term, words) for term, words in terms() if re.search(rf"\b{re.escape(term)}s?\b", said)]
    assert [(term, words) for term, words in used if not any(word in written for word in words)] == []


@both_written
def test_chinese_has_the_punctuation_of_chinese(english: Path, chinese: Path) -> None:
    words = re.sub(r"`[^`\n]*`", "`", prose_of(chinese))
    assert re.findall(rf".{{0,8}}[{HAN}][,;:?!](?![\w/]).{{0,8}}", words) == []
