"""An area in use (所用关区): a profile with the settings of one enterprise.

Settings are what no parcel knows: parameters that the platform gave, the numbers under which it knows enterprises, keys. Keys and
passwords are held, never shown.

>>> from customs.areas.registry import find
>>> area = configure(find("ningbo_kjb2c"), companies={"91000000000000003W": {"ningbo_payer": "02"}}, secrets={"password": "..."})
>>> area
Area(profile='ningbo_kjb2c', parameters=[], companies=1, secrets=['password'], beside=())
>>> configure(find("ningbo_kjb2c"), parameters={"colour": "blue"})
Traceback (most recent call last):
    ...
customs.areas.area.SettingsError: ningbo_kjb2c has no parameter 'colour'; it has ...
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from customs.areas.profile import AreaProfile
from customs.areas.scheme_keys import Key

#: Gives the serial number of each message; whoever keeps it sees to it that none comes twice.
Serials = Callable[[], int]


class SettingsError(ValueError):
    """Settings that do not fit the area. The text names the setting and what is allowed, never a secret."""


@dataclass(frozen=True, eq=False, repr=False)
class Area:
    """A profile with settings; made by ``configure``.

    ``companies`` leads from an enterprise's customs code to its numbers by scheme. ``beside`` are further areas that every
    parcel goes to as well.
    """

    profile: AreaProfile
    parameters: Mapping[str, str] = field(default_factory=dict)
    companies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Key] = field(default_factory=dict)
    serials: Serials | None = None
    beside: tuple["Area", ...] = ()
    made: dict[Any, Any] = field(default_factory=dict)
    """What was compiled for this area (``kept``)."""

    def __repr__(self) -> str:
        beside = tuple(each.profile.name for each in self.beside)
        return (
            f"Area(profile={self.profile.name!r}, parameters={sorted(self.parameters)}, companies={len(self.companies)}, "
            f"secrets={sorted(self.secrets)}, beside={beside})"
        )

    @property
    def name(self) -> str:
        """The name of the profile."""
        return self.profile.name

    def parameter(self, name: str) -> str | None:
        """A parameter as set, or its default; None if it has neither."""
        return self.parameters.get(name) or self.profile.parameters[name].default

    @cached_property
    def asks_for_a_serial(self) -> bool:
        """Whether something in the area's messages holds a serial number."""
        trees = (*self.profile.messages, *self.profile.envelopes)
        fields = [spec.text or spec.from_ or "" for tree in trees for section in tree.sections for spec in section.fields]
        names = [text for each in self.profile.messages for text in (each.id, each.file_name)]
        return any("{serial" in text or text == "message.serial" for text in (*fields, *names))

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        """By scheme: the number of each customs code."""
        return _by_scheme(self.companies, reverse=False)

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, str]]:
        """By scheme: the customs code of each number."""
        return _by_scheme(self.companies, reverse=True)


K = TypeVar("K")
T = TypeVar("T")


def kept(make: Callable[[Area, K], T]) -> Callable[[Area, K], T]:
    """Makes something once for an area in use and a part of its profile; it goes when the area goes."""

    def get(area: Area, of: K) -> T:
        found = area.made.get((make, of))
        if found is None:
            found = area.made[make, of] = make(area, of)
        return found

    return get


def _by_scheme(companies: Mapping[str, Mapping[str, str]], *, reverse: bool) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, numbers in companies.items():
        for scheme, number in numbers.items():
            one, other = (number, code) if reverse else (code, number)
            found.setdefault(scheme, {})[one] = other
    return MappingProxyType(found)


def counting(start: int = 1) -> Serials:
    """Serial numbers that count upwards, for one process; several processes need one that they share."""
    counter = count(start)
    return lambda: next(counter)


def configure(
    profile: AreaProfile,
    *,
    parameters: Mapping[str, str] | None = None,
    companies: Mapping[str, Mapping[str, str]] | None = None,
    secrets: Mapping[str, Key] | None = None,
    serials: Serials | None = None,
    beside: Iterable[Area] = (),
) -> Area:
    """The area with its settings. What is left out is reported for each parcel that needs it.

    Raises ``SettingsError`` for a name that the profile does not have, and for a number that its scheme does not admit.
    """
    for what, given, known in (
        ("parameter", parameters or {}, profile.parameters),
        ("secret", secrets or {}, profile.secrets),
        ("scheme", {scheme for each in (companies or {}).values() for scheme in each}, profile.schemes),
    ):
        for name in given:
            if name not in known:
                raise SettingsError(f"{profile.name} has no {what} {name!r}; it has {', '.join(known) or 'none'}")
    for code, numbers in (companies or {}).items():
        for scheme, number in numbers.items():
            pattern = profile.schemes[scheme].pattern
            if not number or (pattern and not re.fullmatch(pattern, number)):
                raise SettingsError(f"companies.{code}.{scheme}: {number!r} is no number of the scheme {scheme} ({pattern or 'not empty'})")
    return Area(profile, dict(parameters or {}), dict(companies or {}), dict(secrets or {}), serials, tuple(beside))


_SECTIONS = ("area", "parameters", "companies", "secrets", "serial", "beside")


def load_settings(file: Path, find: Callable[[str], AreaProfile]) -> Area:
    """Settings from a TOML file: ``area``, ``[parameters]``, ``[companies.CODE]``, ``[secrets]``, ``serial`` to start with, and
    ``[[beside]]`` of the same form. A secret is a text, or ``{ file = "..." }`` relative to the settings, whose line end does not count.

    Raises ``SettingsError``, ``UnknownAreaError`` and ``OSError``.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # what stands there may be a secret: neither it nor the parser's words are shown
        raise SettingsError(f"{file.name} is no TOML in UTF-8") from None
    return _configured(data, file, find)


def _configured(data: Mapping[str, Any], file: Path, find: Callable[[str], AreaProfile]) -> Area:
    if unknown := sorted(set(data) - set(_SECTIONS)):
        raise SettingsError(f"{file.name}: {', '.join(unknown)} is no setting; there are {', '.join(_SECTIONS)}")
    if not isinstance(data.get("area"), str):
        raise SettingsError(f"{file.name}: `area` has to name the profile")
    tables = {name: data.get(name, {}) for name in ("parameters", "companies", "secrets")}
    for name, values in tables.items():
        if not isinstance(values, dict) or (name == "companies" and not all(isinstance(each, dict) for each in values.values())):
            raise SettingsError(f"{file.name}: [{name}] has to be a table")
    for name in ("parameters", "companies"):
        for key, value in tables[name].items():
            if not all(isinstance(each, str) for each in (value.values() if isinstance(value, dict) else (value,))):
                raise SettingsError(f"{file.name}: {name}.{key} has to be text, in quotes")
    secrets = {name: _secret(name, value, file) for name, value in tables["secrets"].items()}
    beside = data.get("beside", [])
    if not isinstance(beside, list) or not all(isinstance(each, dict) for each in beside):
        raise SettingsError(f"{file.name}: [[beside]] has to be tables, each with its `area`")
    serial = data.get("serial", 1)
    if not isinstance(serial, int) or isinstance(serial, bool) or serial < 0:
        raise SettingsError(f"{file.name}: `serial` has to be a whole number, the first to use")
    return configure(
        find(data["area"]),
        parameters=tables["parameters"],
        companies=tables["companies"],
        secrets=secrets,
        serials=counting(serial),
        beside=[_configured(each, file, find) for each in beside],
    )


def _secret(name: str, value: object, file: Path) -> Key:
    if isinstance(value, str):
        return value
    held = value.get("file") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(held, str):
        content = (file.parent / held).read_bytes()
        return content.decode("ascii").rstrip("\r\n") if content.isascii() else content
    raise SettingsError(f'{file.name}: secrets.{name} has to be a text or {{ file = "..." }}')
