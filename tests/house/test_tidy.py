"""The house is tidy: how modules and docstrings begin, and where the formatter is told to leave a table alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT

SOURCE = ROOT / "src" / "customs"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.startswith("_") or path.name == "__init__.py")

DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a module, its classes and functions, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text


def test_the_modules_of_all_rooms_are_looked_at() -> None:
    assert len(MODULES) > 150


@every_module
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@every_module
def test_a_docstring_begins_with_a_verb_or_with_the_thing_it_names(path: Path) -> None:
    found = [
        (line, text.partition("\n")[0])
        for line, text in docstrings(ast.parse(path.read_text(encoding="utf-8")))
        if text.split()[0].rstrip(",.:") in ("What", "Whether")
    ]
    assert found == [], "Return the ..., Read ..., The tax of ..., True if ..."


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_number_a_date_and_a_status(path: Path) -> None:
    title, _, dated, status, *_ = path.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {path.stem[:4]}. ")
    assert re.fullmatch(r"Date: 20\d\d-\d\d-\d\d", dated.rstrip())
    assert re.fullmatch(r"Status: (accepted|superseded by \d{4})", status.rstrip())


def test_the_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert len(DECISIONS) >= 14


@every_module
def test_only_tables_of_a_module_are_left_unformatted(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if "# fmt: skip" in line and not line.startswith(("}", "]", ")"))
    ]
    assert found == []
