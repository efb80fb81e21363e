"""The site: its navigation, its reference of names, and that it needs nothing from elsewhere."""

import inspect
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import scoreboard
from tongues import EN, ZH
from website import reference
from website.navigation import entries, parts, trees

import customs
from support import ROOT, some

DOCS = ROOT / "docs"
SITE = DOCS / "website"


def test_a_page_of_the_navigation_exists() -> None:
    assert entries()
    assert {page for page in entries() if not (DOCS / page).is_file()} == set()


def test_a_page_stands_once_in_the_navigation() -> None:
    pages = Counter(each.page for part in parts() for each in part.everything() if each.page)
    assert [page for page, times in pages.items() if times > 1] == []


def test_every_room_has_its_line_and_its_place_in_the_picture() -> None:
    drawn = [room for row in scoreboard.ROWS for room in row]
    assert drawn == scoreboard.layers()
    assert set(drawn) == scoreboard.ROOMS.keys()
    for name, tongue in (("rooms.svg", EN), ("rooms.zh.svg", ZH)):
        picture = (DOCS / "images" / name).read_text(encoding="utf-8")
        assert picture == scoreboard.picture(tongue), "run: make tables"


def test_a_page_has_a_name_in_both_languages() -> None:
    for entry in some(entries().values()):
        assert entry.en
        assert entry.zh


def test_the_first_page_has_the_parts_of_the_navigation_in_its_language() -> None:
    english, chinese = trees("index.md", "en"), trees("index.md", "zh")
    assert re.findall("^:caption: (.+)$", english, re.MULTILINE) == ["Tutorial", "How-to", "Reference", "Explanation"]
    assert re.findall("^:caption: (.+)$", chinese, re.MULTILINE)
    assert "First declaration </howto/first-declaration>" in english


FILES = [path for path in sorted(SITE.rglob("*")) if path.suffix in {".css", ".html", ".js"}]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_of_the_site_is_fetched_from_elsewhere(file: Path) -> None:
    assert re.findall(r"(?:src|href)=[\"']https?:|url\(|@import|fetch\(", file.read_text(encoding="utf-8")) == []


def test_every_public_name_has_its_entry_in_the_reference() -> None:
    public = [(room, name) for room, names in reference.rooms().items() for name in names]
    listed = reference.entries()
    for room, name in some(public):
        assert f"{reference.home(room, name)}.{name}" in listed, f"{room}.{name}"


def test_a_class_or_function_has_one_entry_in_the_reference() -> None:
    whole: list[Any] = [resolved(entry) for entry in reference.entries()]
    made = [each for each in whole if inspect.isclass(each) or inspect.isroutine(each)]
    found = Counter(f"{each.__module__}.{each.__qualname__}" for each in some(made))
    assert [name for name, times in found.items() if times > 1] == []


def test_whatever_a_page_imports_has_its_entry_in_the_reference() -> None:
    listed = {id(resolved(entry)) for entry in reference.entries()}
    for module, name in some(reference.imported()):
        assert id(getattr(import_module(module), name)) in listed, f"{module}.{name}"


def resolved(entry: str) -> object:
    module, _, name = entry.rpartition(".")
    return getattr(import_module(module), name)


def test_the_reference_has_the_names_that_users_call_and_those_of_the_rooms() -> None:
    rooms = reference.rooms()
    assert rooms["customs"] == tuple(customs.__all__)
    assert {
        "customs.areas",
        "customs.documents",
        "customs.payments.agencies",
        "customs.signing",
        "customs.tax",
    } <= rooms.keys()


def test_a_value_is_explained_by_the_comment_above_it() -> None:
    page = reference.pages()["customs.rules.rst"]
    assert re.search(r"^\.\. py:data:: customs\.rules\.CATALOGUE\n\n   \w+", page, re.MULTILINE)
