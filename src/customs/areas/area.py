"""An area in use (所用关区): a profile with the settings of one enterprise.

Settings are what no parcel knows: parameters that the platform gave, the numbers under which it knows enterprises,
keys. Keys and passwords are held, never shown. An area is a value; it can be pickled if its secrets are files, which
are read again where it is loaded.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from customs.areas import registry
from customs.areas.keys import KEYS, CipherError, Key
from customs.areas.profile.base import ProfilePart
from customs.areas.profile.ciphers import CIPHER_KEYS
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.number_forms import number_form
from customs.areas.serials import Counting, Serials
from customs.fields.terms import XML_TEXT
from customs.rules import Finding, catalogue

#: The numbers of an enterprise by numbering, for each customs code.
Companies = Mapping[str, Mapping[str, str]]


class SettingsError(ValueError):
    """Settings that do not fit the area. The text names the setting and what is allowed, never a secret."""


class Missing(NamedTuple):
    """A secret that the gateway needs and the settings do not have."""

    name: str
    zh: str


@dataclass(frozen=True, repr=False)
class Area:
    """A profile with settings; made by ``configure``.

    ``companies`` leads from an enterprise's customs code to its numbers by numbering. ``secret_files`` names the
    secrets that were read from files. ``beside`` are further areas that every parcel goes to as well.
    """

    profile: AreaProfile
    parameters: Mapping[str, str] = field(default_factory=dict)
    companies: Companies = field(default_factory=dict)
    secrets: Mapping[str, Key] = field(default_factory=dict)
    secret_files: Mapping[str, Path] = field(default_factory=dict)
    serials: Serials | None = None
    beside: tuple["Area", ...] = ()

    def __repr__(self) -> str:
        beside = tuple(each.profile.name for each in self.beside)
        return (
            f"Area(profile={self.profile.name!r}, parameters={sorted(self.parameters)}, companies={len(self.companies)}, "
            f"secrets={sorted(self.secrets)}, beside={beside})"
        )

    def __hash__(self) -> int:
        return hash(self.profile)

    def __reduce__(self) -> tuple[Callable[..., "Area"], tuple[object, ...]]:
        if held := sorted(self.secrets.keys() - self.secret_files.keys()):
            raise TypeError(
                f"the area {self.name} holds the secret {held[0]!r} itself and cannot be pickled: "
                "give the path of a file instead, and each process reads its own"
            )
        found = registry.find(self.name) if self.name in registry.names() else None
        profile = self.name if found is self.profile else self.profile
        return _restored, (profile, self.parameters, self.companies, self.secret_files, self.serials, self.beside)

    @property
    def name(self) -> str:
        """The name of the profile."""
        return self.profile.name

    def parameter(self, name: str) -> str | None:
        """The parameter as it was set, or its default; None if it has neither."""
        return self.parameters.get(name) or self.profile.parameters[name].default

    @cached_property
    def parameter_texts(self) -> dict[str, str | None]:
        """Every parameter that the profile has, as ``parameter`` gives it."""
        return {name: self.parameter(name) for name in self.profile.parameters}

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        """The number of each customs code, by numbering."""
        found: dict[str, dict[str, str]] = {}
        for code, numbers in self.companies.items():
            for numbering, number in numbers.items():
                found.setdefault(numbering, {})[code] = number
        return MappingProxyType(found)

    @cached_property
    def missing_secrets(self) -> tuple[Missing, ...]:
        """The secrets that the gateway uses and that are not set."""
        used = self.profile.gateway.secrets if self.profile.gateway else ()
        return tuple(Missing(name, self.profile.secrets[name].zh) for name in used if not self.secrets.get(name))

    @cached_property
    def _kept(self) -> dict[tuple[Callable[..., Any], int], tuple[ProfilePart, Any]]:
        """The results of functions that are marked ``kept``; no part of the value, and never pickled."""
        return {}


K = TypeVar("K", bound=ProfilePart)
T = TypeVar("T")


def kept(make: Callable[[Area, K], T]) -> Callable[[Area, K], T]:
    """Compute a result once for an area in use and a part of its profile. It lives as long as the area."""

    def get(area: Area, part: K) -> T:
        results = area._kept
        found = results.get((make, id(part)))
        if found is None:
            found = results[make, id(part)] = (part, make(area, part))
        result: T = found[1]
        return result

    return get


def check_day(profile: AreaProfile, on: date) -> list[Finding]:
    """A warning for a profile that is named on a day on which it is not in force."""
    if profile.in_force(on):
        return []
    days = f"{profile.valid_from or '...'} - {profile.valid_to or '...'}"
    return [catalogue.AREA_NOT_IN_FORCE.at("", area=profile.zh, name=profile.name, days=days, day=on)]


def _restored(
    profile: AreaProfile | str,
    parameters: Mapping[str, str],
    companies: Companies,
    secret_files: Mapping[str, Path],
    serials: Serials | None,
    beside: tuple[Area, ...],
) -> Area:
    """An area that was pickled: a profile that the registry knows by its name, secrets read from their files."""
    found = registry.find(profile) if isinstance(profile, str) else profile
    return configure(
        found, parameters=parameters, companies=companies, secrets=secret_files, serials=serials, beside=beside
    )


def configure(
    profile: AreaProfile,
    *,
    parameters: Mapping[str, str] | None = None,
    companies: Companies | None = None,
    secrets: Mapping[str, Key | Path] | None = None,
    serials: Serials | None = None,
    beside: Iterable[Area] = (),
) -> Area:
    """The area with its settings. A setting that is left out is reported for each parcel that needs it.

    A secret is its text or bytes, or the path of a file that holds it. Raises ``SettingsError`` for a name that the
    profile does not have, a number that its numbering does not admit and a key that cannot be read, and ``OSError``
    for a file that cannot be read.
    """
    parameters, companies, secrets, beside = parameters or {}, companies or {}, secrets or {}, tuple(beside)
    numberings = {numbering for each in companies.values() for numbering in each}
    _check_names(profile, "parameter", parameters, profile.parameters)
    _check_names(profile, "secret", secrets, profile.secrets)
    _check_names(profile, "numbering", numberings, profile.numberings)
    _check_companies(profile, companies)
    _check_parameters(profile, parameters)
    _check_beside(profile, beside)
    files = {name: value for name, value in secrets.items() if isinstance(value, Path)}
    read = {name: _read(name, value) if isinstance(value, Path) else value for name, value in secrets.items()}
    _check_keys(profile, read)
    return Area(profile, dict(parameters), dict(companies), read, files, serials, beside)


def _read(name: str, file: Path) -> Key:
    """The secret in a file: a text without its line end, or bytes."""
    content = file.read_bytes()
    if not content.strip():
        raise SettingsError(f"secrets.{name}: the file {file.name} is empty")
    return content.decode("ascii").rstrip("\r\n") if content.isascii() else content


def _check_names(profile: AreaProfile, what: str, given: Iterable[str], known: Mapping[str, object]) -> None:
    for name in given:
        if name not in known:
            raise SettingsError(f"{profile.name} has no {what} {name!r}; it has {', '.join(known) or 'none'}")


def _check_companies(profile: AreaProfile, companies: Companies) -> None:
    for code, numbers in companies.items():
        for numbering, number in numbers.items():
            pattern = profile.numberings[numbering].pattern
            text = number if isinstance(number, str) and re.fullmatch(XML_TEXT, number) else ""
            if not text or (pattern and not number_form(pattern)(text)):
                raise SettingsError(
                    f"companies.{code}.{numbering}: {number!r} is no number of the numbering {numbering} ({pattern or 'not empty'})"
                )


def with_counters(area: Area, changed: Callable[[Sequence[str], Counting], Counting]) -> Area:
    """Return the area, and those beside it, with other counters of serial numbers; itself if none of them counts.

    ``changed`` gets each counter with the names of the areas that share it; they go on sharing one.
    """
    found: dict[int, tuple[list[str], Counting]] = {}
    for each in (area, *area.beside):
        if isinstance(each.serials, Counting):
            found.setdefault(id(each.serials), ([], each.serials))[0].append(each.name)
    counters = {number: changed(names, counter) for number, (names, counter) in found.items()}

    def moved(each: Area) -> Area:
        return replace(each, serials=counters.get(id(each.serials), each.serials))

    return replace(moved(area), beside=tuple(map(moved, area.beside))) if counters else area


def _check_parameters(profile: AreaProfile, parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        allowed = profile.parameters[name].values
        if not isinstance(value, str) or not re.fullmatch(XML_TEXT, value):
            raise SettingsError(f"parameters.{name}: has to be text without control characters")
        if allowed and value and value not in allowed:
            raise SettingsError(f"parameters.{name}: has to be one of {', '.join(allowed)}")


def _check_beside(profile: AreaProfile, beside: Iterable[Area]) -> None:
    """Areas in one declaration are told apart by their names, and are all beside one area."""
    names = [profile.name, *(each.name for each in beside)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise SettingsError(f"beside: {twice[0]} appears twice, and is told by its name: give each area once")
    if further := [each.name for each in beside if each.beside]:
        raise SettingsError(f"beside: {further[0]} has areas beside it as well: give all of them beside {profile.name}")


def _check_keys(profile: AreaProfile, secrets: Mapping[str, Key]) -> None:
    """Every key can be loaded as the kind that its cipher takes."""
    for step in profile.gateway.all_steps if profile.gateway else ():
        secret = secrets.get(step.secret or "")
        if secret and step.cipher is not None:
            try:
                KEYS[CIPHER_KEYS[step.cipher]](secret)
            except CipherError as error:
                raise SettingsError(f"secrets.{step.secret}: {error}") from None
