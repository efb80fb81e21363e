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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import Any, TypeVar

from customs.areas.gateway.cipher_keys import KEYS, CipherError, Key
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.profile.model import AreaProfile
from customs.fields.terms import XML_TEXT

#: Gives the serial number of each message; whoever keeps it sees to it that none comes twice.
Serials = Callable[[], int]


class SettingsError(ValueError):
    """Settings that do not fit the area. The text names the setting and what is allowed, never a secret."""


@dataclass(frozen=True, eq=False, repr=False)
class Area:
    """A profile with settings; made by ``configure``.

    ``companies`` leads from an enterprise's customs code to its numbers by numbering. ``beside`` are further areas that every
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
    def parameter_texts(self) -> Mapping[str, str | None]:
        """Every parameter that the profile has, as ``parameter`` gives it."""
        return {name: self.parameter(name) for name in self.profile.parameters}

    @cached_property
    def asks_for_a_serial(self) -> bool:
        """Whether something in the area's messages or forms holds a serial number."""
        return any("{serial" in text or "message.serial" in text for text in texts_of(self.profile))

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, str]]:
        """By numbering: the number of each customs code."""
        return _by_numbering(self.companies, reverse=False)

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, str]]:
        """By numbering: the customs code of each number."""
        return _by_numbering(self.companies, reverse=True)


def texts_of(profile: AreaProfile) -> list[str]:
    """Every source and template that messages, envelopes and the gateway of a profile draw on."""
    trees = (*profile.messages, *profile.envelopes)
    specs = [spec for tree in trees for section in tree.sections for spec in section.fields]
    found = [
        text for spec in specs for text in (spec.from_, spec.or_, spec.template, spec.total, *(spec.sum or ())) if text
    ]
    found += [text for tree in trees for text in (tree.lead, *tree.attributes.values())]
    found += [text for each in profile.messages for text in (each.id, each.file_name)]
    if profile.gateway:
        found += [
            *profile.gateway.form.values(),
            *(part for step in (*profile.gateway.before_message, *profile.gateway.steps) for part in step.input),
        ]
    return found


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


def _by_numbering(companies: Mapping[str, Mapping[str, str]], *, reverse: bool) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, numbers in companies.items():
        for numbering, number in numbers.items():
            one, other = (number, code) if reverse else (code, number)
            found.setdefault(numbering, {})[one] = other
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

    Raises ``SettingsError`` for a name that the profile does not have, and for a number that its numbering does not admit.
    """
    for what, given, known in (
        ("parameter", parameters or {}, profile.parameters),
        ("secret", secrets or {}, profile.secrets),
        ("numbering", {numbering for each in (companies or {}).values() for numbering in each}, profile.numberings),
    ):
        for name in given:
            if name not in known:
                raise SettingsError(f"{profile.name} has no {what} {name!r}; it has {', '.join(known) or 'none'}")
    for code, numbers in (companies or {}).items():
        for numbering, number in numbers.items():
            pattern = profile.numberings[numbering].pattern
            text = number if isinstance(number, str) and re.fullmatch(XML_TEXT, number) else ""
            if not text or (pattern and not re.fullmatch(pattern, text)):
                raise SettingsError(
                    f"companies.{code}.{numbering}: {number!r} is no number of the numbering {numbering} ({pattern or 'not empty'})"
                )
    for name, value in (parameters or {}).items():
        allowed = profile.parameters[name].values
        if not isinstance(value, str) or not re.fullmatch(XML_TEXT, value):
            raise SettingsError(f"parameters.{name}: has to be text without control characters")
        if allowed and value and value not in allowed:
            raise SettingsError(f"parameters.{name}: has to be one of {', '.join(allowed)}")
    _check_keys(profile, secrets or {})
    beside = tuple(beside)
    _check_beside(profile, beside)
    return Area(profile, dict(parameters or {}), dict(companies or {}), dict(secrets or {}), serials, beside)


def _check_beside(profile: AreaProfile, beside: Iterable[Area]) -> None:
    """Areas in one declaration are told by their names, and stand beside one."""
    names = [profile.name, *(each.name for each in beside)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise SettingsError(f"beside: {twice[0]} stands twice, and is told by its name: give each area once")
    if further := [each.name for each in beside if each.beside]:
        raise SettingsError(
            f"beside: {further[0]} has areas beside it of its own: give all of them beside {profile.name}"
        )


def _check_keys(profile: AreaProfile, secrets: Mapping[str, Key]) -> None:
    """Every key can be loaded; what it is for says the cipher that uses it."""
    if profile.gateway is None:
        return
    for step in (*profile.gateway.before_message, *profile.gateway.steps):
        secret = secrets.get(step.secret or "")
        if secret and step.cipher is not None:
            try:
                KEYS[CIPHERS[step.cipher].needs_key](secret)
            except CipherError as error:
                raise SettingsError(f"secrets.{step.secret}: {error}") from None
