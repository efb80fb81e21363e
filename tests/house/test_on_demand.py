"""Names on demand: type checkers, the running package and its list of names say the same."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from support import ROOT, some

SOURCE = ROOT / "src"
ON_DEMAND = sorted(file for file in SOURCE.rglob("__init__.py") if "on_demand(" in file.read_text(encoding="utf-8"))


def _package(file: Path) -> str:
    return ".".join(file.parent.relative_to(SOURCE).parts)


def _for_type_checkers(tree: ast.Module) -> dict[str | None, set[str]]:
    """The names imported for type checkers alone, by module."""
    (block,) = [each for each in tree.body if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING"]
    return {each.module: {name.name for name in each.names} for each in block.body if isinstance(each, ast.ImportFrom)}


def _on_demand(tree: ast.Module, package: str) -> dict[str | None, set[str]]:
    """The names that the package gives when it runs, by module."""
    (call,) = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and ast.unparse(each.func) == "on_demand"]
    modules = ast.literal_eval(call.args[1])
    parent = package.rpartition(".")[0]
    return {
        f"{parent}{module}" if module.startswith(".") else f"{package}.{module}": set(names.split())
        for module, names in modules.items()
    }


@pytest.mark.parametrize("file", ON_DEMAND, ids=_package)
def test_a_package_gives_on_demand_exactly_what_type_checkers_see(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = _package(file)
    assert _on_demand(tree, package) == _for_type_checkers(tree)


@pytest.mark.parametrize("file", ON_DEMAND, ids=_package)
def test_every_name_of_a_package_on_demand_can_be_had_and_is_no_module(file: Path) -> None:
    package = import_module(_package(file))
    modules = {each.stem for each in file.parent.iterdir()}
    for name in some(package.__all__):
        assert name in dir(package)
        assert getattr(package, name) is not None
        assert name not in modules
