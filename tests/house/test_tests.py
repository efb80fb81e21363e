"""The tests themselves: what they may import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT, some
from support.hollow import hollow_tests

TESTS = ROOT / "tests"
MODULES = sorted(path for path in TESTS.rglob("*.py") if path.name != "__init__.py")


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every import as the module and the name taken from it, which is empty for a whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)


def test_all_test_modules_are_looked_at() -> None:
    assert Path(__file__) in MODULES
    assert len(MODULES) > 60


@pytest.fixture(scope="module")
def imported() -> list[tuple[str, str, str]]:
    """Every import of a module of the tests: that module, the module imported, and the name taken from it."""
    return [
        (str(path.relative_to(TESTS)), module, name)
        for path in MODULES
        for module, name in imports(ast.parse(path.read_text(encoding="utf-8")))
    ]


def test_no_test_module_imports_another_one(imported: list[tuple[str, str, str]]) -> None:
    found = [(path, module) for path, module, _ in some(imported) if module.rpartition(".")[2].startswith("test_")]
    assert found == [], "what two test modules need belongs in tests/support"


def test_no_test_module_imports_a_private_name(imported: list[tuple[str, str, str]]) -> None:
    found = [
        (path, module, name)
        for path, module, name in some(imported)
        if any(part.startswith("_") and not part.startswith("__") for part in (*module.split("."), name))
    ]
    assert found == [], "test what a module offers, or offer what is worth a test"


def test_no_test_passes_where_there_is_nothing_to_test() -> None:
    """A loop over what may be empty counts its cases: ``for line in exactly(3, lines)``, ``for code in some(codes)``."""
    found = {path: hollow_tests(path.read_text(encoding="utf-8")) for path in some(MODULES)}
    assert {str(path.relative_to(TESTS)): hollow for path, hollow in found.items() if hollow} == {}
