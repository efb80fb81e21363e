"""The house is tidy: how modules and docstrings begin, and where the formatter is told to leave a table alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT, some

SOURCE = ROOT / "src" / "customs"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.startswith("_") or path.name == "__init__.py")

DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a module, in line 0, and of its classes and functions, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 0), text


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_the_modules_of_all_rooms_are_looked_at() -> None:
    assert len(MODULES) > 150


@pytest.fixture(scope="module")
def documented() -> dict[str, list[tuple[int, str]]]:
    """The docstrings of every module, each with its line; that of the module itself is in line 0."""
    return {name_of(path): list(docstrings(ast.parse(path.read_text(encoding="utf-8")))) for path in MODULES}


def test_a_module_says_what_it_is(documented: dict[str, list[tuple[int, str]]]) -> None:
    assert [name for name, found in some(documented.items()) if 0 not in dict(found)] == []


def test_a_docstring_begins_with_a_verb_or_with_the_thing_it_names(
    documented: dict[str, list[tuple[int, str]]],
) -> None:
    found = [
        (name, line, text.partition("\n")[0])
        for name, texts in some(documented.items())
        for line, text in texts
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


def test_only_tables_of_a_module_are_left_unformatted() -> None:
    found = [
        (name_of(path), number, line)
        for path in some(MODULES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "# fmt: skip" in line and not line.startswith(("}", "]", ")"))
    ]
    assert found == []
