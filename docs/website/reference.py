"""The reference of every public name, written from ``__all__``: a page for ``customs`` and one for each room.

Sphinx takes signatures, types and docstrings from the code. A name stands on one page: that of ``customs`` if users find
it there, else that of the outermost room which lists it. What the pages of the docs import from a module of a room stands
there too.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import customs
from customs.fields import Record

#: Rooms that users call by other ways than names in Python.
_NOT_CALLED = frozenset({"customs.cli"})


def rooms() -> dict[str, tuple[str, ...]]:
    """The public names of ``customs`` and of each room that lists them."""
    names = ["customs", *(each.name for each in walk_packages(customs.__path__, "customs.") if each.ispkg)]
    called = [name for name in names if not any(name.startswith(other) for other in _NOT_CALLED)]
    modules = {name: import_module(name) for name in called}
    return {name: tuple(module.__all__) for name, module in modules.items() if hasattr(module, "__all__")}


_DOCS = Path(__file__).parent.parent
_IMPORT = re.compile(r"^from (customs[\w.]*) import (?:\(([^)]*)\)|([^\n(]+))$", re.MULTILINE)


def imported() -> list[tuple[str, str]]:
    """Module and name of whatever the pages import, apart from rooms that list their names."""
    found, listed = set[tuple[str, str]](), rooms()
    for page in sorted(_DOCS.rglob("*.md")):
        for module, several, few in _IMPORT.findall(page.read_text(encoding="utf-8")):
            found |= {(module, name) for name in re.findall(r"\w+", several or few)}
    return sorted(each for each in found if each[0] not in listed)


def further() -> dict[str, list[tuple[str, str]]]:
    """Names that the pages import from modules of a room, by the room; those that stand in a room already are left out."""
    listed = [getattr(import_module(room), name) for room, names in rooms().items() for name in names]
    known = {id(each) for each in listed if not _is_value(each)}
    found: dict[str, list[tuple[str, str]]] = {}
    for module, name in imported():
        if id(getattr(import_module(module), name)) not in known:
            found.setdefault(".".join(module.split(".")[:2]), []).append((module, name))
    return found


def pages() -> dict[str, str]:
    """The text of every page by its file name."""
    listed, more = rooms(), further()
    every = [*listed, *(room for room in more if room not in listed)]
    return {f"{room}.rst": _page(import_module(room), listed.get(room, ()), more.get(room, [])) for room in every}


def write(folder: Path) -> None:
    """Write the pages where they differ, and take away those of rooms that are gone."""
    folder.mkdir(exist_ok=True)
    made = pages()
    for old in folder.glob("*.rst"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _page(room: ModuleType, names: tuple[str, ...], more: list[tuple[str, str]]) -> str:
    title = room.__name__
    homes = {name: home(title, name) for name in sorted(names, key=str.lower)}
    here = [name for name, place in homes.items() if place == title]
    elsewhere = [f"{place}.{name}" for name, place in homes.items() if place != title]
    parts = [f"{title}\n{'=' * len(title)}", f".. automodule:: {title}\n   :no-members:"]
    if elsewhere:
        parts.append("Also here: " + ", ".join(f":py:obj:`{each}`" for each in elsewhere) + ".")
    for heading, kind in (("Classes", _is_class), ("Functions", inspect.isroutine), ("Values", _is_value)):
        if found := [name for name in here if kind(getattr(room, name))]:
            parts += [f"{heading}\n{'-' * len(heading)}", *(_entry(room, name) for name in found)]
    if more:
        heading = "In its modules"
        entries = (_entry(import_module(module), name) for module, name in more)
        parts += [f"{heading}\n{'-' * len(heading)}", *entries]
    return "\n\n".join(parts) + "\n"


def home(room: str, name: str) -> str:
    """The outermost room that lists a name of a room: it has the entry."""
    value, steps = getattr(import_module(room), name), room.split(".")
    for outer in (import_module(".".join(steps[:count])) for count in range(1, len(steps))):
        if name in getattr(outer, "__all__", ()) and getattr(outer, name) is value:
            return outer.__name__
    return room


def _is_class(value: object) -> bool:
    return inspect.isclass(value)


def _is_value(value: object) -> bool:
    return not inspect.isclass(value) and not inspect.isroutine(value)


def _entry(room: ModuleType, name: str) -> str:
    value = getattr(room, name)
    path = f"{room.__name__}.{name}"
    if inspect.isclass(value):
        kind = "exception" if issubclass(value, BaseException) else "class"
        options = [] if issubclass(value, Record) else ["   :members:", "   :undoc-members:"]
        return "\n".join([f".. auto{kind}:: {path}", *options])
    if inspect.isroutine(value):
        return f".. autofunction:: {path}"
    comment = _comment(room, name)
    return f".. py:data:: {path}" + (f"\n\n   {comment}" if comment else "")


def _comment(module: ModuleType, name: str) -> str:
    """The lines that begin with ``#:`` above the setting of a name, in its module or where that takes it from."""
    text = inspect.getsource(module)
    if found := re.search(rf"((?:^#: .*\n)+){name}\b[^\n]*=", text, re.MULTILINE):
        return " ".join(line.removeprefix("#: ") for line in found[1].splitlines())
    for source in re.findall(rf"^from (customs[\w.]*) import [^\n(]*\b{name}\b", text, re.MULTILINE) + [
        place
        for place, names in re.findall(r"^from (customs[\w.]*) import \(([^)]*)\)", text, re.MULTILINE)
        if name in names
    ]:
        return _comment(import_module(source), name)
    return ""


def entries() -> dict[str, Any]:
    """The full names that the pages have an entry for."""
    return {
        found: page
        for page, text in pages().items()
        for found in re.findall(r"^\.\. (?:auto(?!module)|py:)\w+:: (\S+)$", text, re.MULTILINE)
    }
