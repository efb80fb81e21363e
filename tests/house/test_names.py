"""One word, one thing: no class name and no module of a room is used for two things."""

import ast
from collections import defaultdict
from pathlib import Path

from support import ROOT

SOURCE = ROOT / "src" / "customs"

#: Names that two sides of the standard share on purpose: the same field in messages of the import and of the export
#: side.
FIELDS = SOURCE / "fields"


def modules() -> list[Path]:
    found = sorted(SOURCE.rglob("*.py"))
    assert len(found) > 150
    return found


def test_a_public_class_name_means_one_thing() -> None:
    places = defaultdict(list)
    for module in modules():
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module.relative_to(SOURCE).as_posix())
    assert len(places) > 200
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_a_public_alias_does_not_take_the_name_of_a_class() -> None:
    classes, aliases = set(), defaultdict(list)
    for module in modules():
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                classes.add(node.name)
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if (
                FIELDS not in module.parents
                and isinstance(target, ast.Name)
                and target.id.istitle()
                and not target.id.startswith("_")
            ):
                aliases[target.id].append(module.relative_to(SOURCE).as_posix())
    assert len(aliases) > 10
    assert {name: where for name, where in aliases.items() if name in classes} == {}
