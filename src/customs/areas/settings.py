"""Settings of an area in a file (关区设置文件): what an enterprise fills in, as TOML.

``customs areas settings NAME`` prints a template.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from customs.areas.area import Area, SettingsError, configure
from customs.areas.keys import Key
from customs.areas.profile.model import AreaProfile
from customs.areas.serials import counting
from customs.fields.forgetting import forgetting

_SECTIONS = ("area", "parameters", "companies", "secrets", "serial", "beside")

#: Finds a profile by its name.
Find = Callable[[str], AreaProfile]


@forgetting
def load_settings(file: Path, find: Find) -> Area:
    """Settings from a TOML file: ``area``, ``[parameters]``, ``[companies.CODE]``, ``[secrets]``, ``serial`` to start
    with, and ``[[beside]]`` of the same form. A secret is a text, or ``{ file = "..." }`` relative to the settings,
    whose line end does not count.

    Raises ``SettingsError``, ``UnknownAreaError`` and ``OSError``.
    """
    data = _data(file)
    try:
        return _area(data, file, find)
    except SettingsError as error:
        raise SettingsError(f"{file.name}: {error}") from None


def _data(file: Path) -> dict[str, Any]:
    """The tables of the file. Its texts may be secrets: no error shows one, or keeps an error that does."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        reason = " is not in UTF-8"
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        reason = f"{f':{line[1]}' if line else ''} is no TOML"
    raise SettingsError(f"{file.name}{reason}")


def _area(data: Mapping[str, Any], file: Path, find: Find) -> Area:
    if unknown := sorted(set(data) - set(_SECTIONS)):
        raise SettingsError(f"{', '.join(unknown)} is no setting; there are {', '.join(_SECTIONS)}")
    if not isinstance(data.get("area"), str):
        raise SettingsError("`area` has to name the profile")
    beside, serial = data.get("beside", []), data.get("serial", 1)
    if not isinstance(beside, list) or not all(isinstance(each, dict) for each in beside):
        raise SettingsError("[[beside]] has to be tables, each with its `area`")
    if not isinstance(serial, int) or isinstance(serial, bool) or serial < 0:
        raise SettingsError("`serial` has to be a whole number, the first to use")
    companies = _table(data, "companies")
    for code, numbers in companies.items():
        if not isinstance(numbers, dict):
            raise SettingsError(f"[companies] has to have a table for each enterprise, {code} is none")
    return configure(
        find(data["area"]),
        parameters=_texts("parameters", _table(data, "parameters")),
        companies={code: _texts(f"companies.{code}", numbers) for code, numbers in companies.items()},
        secrets={name: _secret(name, value, file) for name, value in _table(data, "secrets").items()},
        serials=counting(serial),
        beside=[_area(each, file, find) for each in beside],
    )


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise SettingsError(f"[{name}] has to be a table")
    return found


def _texts(name: str, values: Mapping[str, Any]) -> dict[str, str]:
    for key, value in values.items():
        if not isinstance(value, str):
            raise SettingsError(f"{name}.{key} has to be text, in quotes")
    return dict(values)


def _secret(name: str, value: object, file: Path) -> Key | Path:
    """A secret as it was given: a text, or the path of its file, which is relative to the settings."""
    if isinstance(value, str):
        return value
    held = value.get("file") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(held, str):
        raise SettingsError(f'secrets.{name} has to be a text or {{ file = "..." }}')
    if "\0" in held:
        raise SettingsError(f"secrets.{name}: no file has such a name")
    return file.parent / held
