"""The registry (关区登记): profiles by name and by customs code, shipped ones and those of other packages.

Another package adds an area by an entry point of the group ``customs.areas``: a function without parameters that
gives the path of its ``profile.toml``. One that is broken, or that has the name of a shipped area, is left out and
listed by ``broken``: it never stops the declarations of other areas. A code that no area has on the day leads to the
unified edition.

>>> from datetime import date
>>> of("2991", on=date(2026, 11, 11)).name, of("5100", on=date(2016, 6, 1)).name, of("5349", on=date(2026, 11, 11)).name
('zhejiang_jkf', 'guangzhou_kj', 'unified')
>>> find("atlantis")
Traceback (most recent call last):
    ...
customs.areas.registry.UnknownAreaError: no area is called 'atlantis'; known: ...
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from customs.areas import profile as language
from customs.areas.profile.model import CUSTOMS_CODE, AreaProfile
from customs.areas.profile.unified import unified
from customs.fields.clearance import DistrictCode
from customs.fields.moments import a_day

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from importlib.resources.abc import Traversable

    from customs.areas.profile import Parents, Problem, ProfileError, Table

#: The base: every area that has no format of its own.
UNIFIED = "unified"

#: The entry point group of areas in other packages.
GROUP = "customs.areas"


class UnknownAreaError(LookupError):
    """No profile of that name. The text lists those that exist."""


@cache
def find(name: str) -> AreaProfile:
    """The profile of that name. Raises ``UnknownAreaError``, and ``ProfileError`` for a profile of another package
    that is broken.
    """
    if name == UNIFIED:
        return unified()
    if name in _shipped():
        return language.load(_shipped()[name], name, _parents(name))
    if name not in _points():
        raise UnknownAreaError(
            f"no area is called {name!r}; known: {', '.join(names())} 没有名为 {name} 的关区格式，见上列名称"
        )
    found = _plugged(name)
    if isinstance(found, language.ProfileError):
        raise language.ProfileError(found.problems)
    return found


def load(file: Path) -> AreaProfile:
    """The profile in a file, under the name of its folder: one that is being written, or that no package carries.

    Raises ``ProfileError``, and ``OSError`` where the file cannot be read.
    """
    name = file.absolute().parent.name
    return language.load(file, name, _parents(name))


def names() -> list[str]:
    """The areas that have a profile which can be used."""
    return sorted({*_shipped(), *(name for name in _points() if isinstance(_found(name), AreaProfile))})


def broken() -> "dict[str, ProfileError]":
    """The areas of other packages that cannot be used, each with the reason."""
    found = {name: _found(name) for name in sorted(_points())}
    return {name: each for name, each in found.items() if isinstance(each, language.ProfileError)}


def of(code: DistrictCode, *, on: date) -> AreaProfile:
    """The profile of a customs code, a district or one of its offices, on a day; the unified edition where there is
    no other.

    Where several profiles of a code are in force, the youngest is taken. Raises ``ValueError`` for a text that does
    not have the form of a code, and ``TypeError`` for a day that is a text; the code list ``districts``, which may be
    older, says which codes exist.
    """
    if not CUSTOMS_CODE(code):
        raise ValueError(f"a customs code has four digits, the first may be a letter, not {code!r}")
    day = a_day(on)
    found = [each for each in _by_code().get(code, ()) if each.in_force(day)]
    return max(found, key=lambda each: each.valid_from or date.min, default=find(UNIFIED))


def check(file: Path) -> "tuple[Problem, ...]":
    """The mistakes of a profile in a file; empty if it can be used. Raises ``OSError`` if it cannot be read."""
    return tuple(language.problems(file, file.parent.name, _parents(file.parent.name)))


@cache
def _by_code() -> Mapping[str, tuple[AreaProfile, ...]]:
    found: dict[str, list[AreaProfile]] = {}
    for profile in map(find, names()):
        for code in profile.codes:
            found.setdefault(code, []).append(profile)
    return {code: _alone(profiles) for code, profiles in found.items()}


def _alone(profiles: list[AreaProfile]) -> tuple[AreaProfile, ...]:
    """The profiles of a code without those to which its parcels go beside another of them."""
    beside = {name for each in profiles for name in each.beside}
    return tuple(each for each in profiles if each.name not in beside) or tuple(profiles)  # two that name each other


def _parents(*heirs: str) -> "Parents":
    """Finds what a profile inherits from; ``heirs`` are those that ask, so that none is its own ancestor."""

    def parent(name: str) -> "Table":
        if name in heirs:
            raise LookupError(f"{name} leads back to itself: {' inherits from '.join((*heirs, name))}")
        if name not in {*_shipped(), *_families(), *_points()}:
            raise LookupError(f"no area is called {name!r}")
        try:
            file = _shipped().get(name) or _families().get(name) or _path(name)
            return language.data_of(file, _parents(*heirs, name))
        except (language.ProfileError, LookupError):
            raise
        except (Exception, SystemExit) as error:  # of another package
            raise LookupError(f"the area {name} cannot be loaded: {type(error).__name__}: {error}") from None

    return parent


@cache
def _shipped() -> "Mapping[str, Traversable]":
    """The profiles of this library by the names of their folders."""
    return _files("profile.toml")


@cache
def _families() -> "Mapping[str, Traversable]":
    """The families by name, from which several profiles inherit and which are no areas: files ``family.toml``."""
    return _files("family.toml")


def _files(name: str) -> "Mapping[str, Traversable]":
    from importlib.resources import files  # slow to load, and not needed for the unified edition

    folders = files("customs.areas").joinpath("profiles").iterdir()
    return {each.name: each.joinpath(name) for each in folders if each.joinpath(name).is_file()}


@cache
def _points() -> "Mapping[str, tuple[EntryPoint, ...]]":
    """The entry points of other packages by the name of the area; there should be one each."""
    from importlib.metadata import entry_points  # slow to load, and not needed for the unified edition

    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=GROUP):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def _found(name: str) -> "AreaProfile | ProfileError":
    """The area of another package, or why it cannot be used."""
    if name in _shipped():
        return _refused(name, "is the name of an area that this library ships; its authors have to choose another")
    return _plugged(name)


@cache
def _plugged(name: str) -> "AreaProfile | ProfileError":
    try:
        return language.load(_path(name), name, _parents(name))
    except language.ProfileError as error:
        return error
    except (Exception, SystemExit) as error:  # whatever other people's code does, it must not stop the areas of others
        return _refused(name, f"cannot be loaded: {type(error).__name__}: {error}")


def _path(name: str) -> Path:
    """The file of an area of another package, which its function names."""
    point, *others = _points()[name]
    if others:
        raise _refused(name, "is the name of areas in several packages: uninstall all but one")
    path: object = point.load()()
    if not isinstance(path, Path):
        raise _refused(name, f"has to give the path of its profile.toml, not {type(path).__name__}")
    return path


def _refused(name: str, reason: str) -> "ProfileError":
    """The error for an area of another package; the function that its entry point names stands for the file."""
    value = " and ".join(point.value for point in _points()[name])
    return language.ProfileError((language.Problem(value, 0, "", f"area {name!r} {reason}"),))
