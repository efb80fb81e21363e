r"""Loading profiles (读取关区配置): TOML to ``AreaProfile``, inheritance included; every mistake with file, line and key.

>>> from pathlib import Path
>>> try:
...     load_text('zh = "示例"\nen = "Example"\nconfidence = "sure"\nsources = ["mine"]', "example", "profile.toml")
... except ProfileError as error:
...     print(error)
profile.toml:3: confidence: Input should be 'high', 'medium' or 'low'
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import ValidationError

from customs.areas.profile.fields import Path as Steps
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.references import mistakes


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a profile: file, line from 1, key such as ``messages[0].sections[1].fields[2].most``, reason."""

    file: str
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.key}: ' if self.key else ''}{self.reason}"


class ProfileError(ValueError):
    """A profile that cannot be used; ``problems`` says why, each with file, line and key."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Table(dict[str, Any]):
    """A table of TOML that remembers where each of its keys was written."""

    def __init__(self, origins: dict[str, "_Origin"], own: "_Origin", values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.origins = origins
        self.own = own


@dataclass(frozen=True, slots=True)
class _Origin:
    """A file, its text, and a key in it."""

    file: str
    text: str
    path: Steps


#: Finds the data of the profile that another inherits from.
Parents = Callable[[str], Table]


def load(file: Path | Traversable, name: str, parents: Parents | None = None) -> AreaProfile:
    """The profile in a file. Raises ``ProfileError``, and ``OSError`` where the file cannot be read."""
    return _validated(name, str(file), data_of(file, name, parents), parents)


def load_text(text: str, name: str, file: str, parents: Parents | None = None) -> AreaProfile:
    """The profile in a text, ``file`` being what problems call it. Raises ``ProfileError``."""
    return _validated(name, file, _data(text, file, parents), parents)


def data_of(file: Path | Traversable, name: str, parents: Parents | None = None) -> Table:
    """The data of a profile, inheritance done, for another that inherits from it."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ProfileError(
            (Problem(str(file), 1, "", f"is not UTF-8: {error.reason} at byte {error.start}"),)
        ) from None
    return _data(text, str(file), parents)


def _data(text: str, file: str, parents: Parents | None) -> Table:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = str(error).rpartition("at line ")[2].partition(",")[0]
        at = int(line) if line.isdecimal() else text.count("\n") + 1
        raise ProfileError((Problem(file, at, "", f"is no TOML: {error}"),)) from None
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of too many digits
        raise ProfileError((Problem(file, 1, "", f"is no TOML that can be read: {error}"),)) from None
    own: Table = _marked(raw, _Origin(file, text, ()))
    if "inherits" not in own:
        return own
    if parents is None:
        raise ProfileError(
            (_problem(_Origin(file, text, ("inherits",)), ("inherits",), "there is nothing to inherit from here"),)
        )
    try:
        base = parents(str(own["inherits"]))
    except LookupError as error:
        raise ProfileError((_problem(_Origin(file, text, ("inherits",)), ("inherits",), str(error)),)) from None
    return _inherited(base, own)


def _marked(value: Any, origin: _Origin) -> Any:
    if isinstance(value, dict):
        origins = {key: _Origin(origin.file, origin.text, (*origin.path, key)) for key in value}
        return Table(origins, origin, {key: _marked(each, origins[key]) for key, each in value.items()})
    if isinstance(value, list):
        return [_marked(each, _Origin(origin.file, origin.text, (*origin.path, at))) for at, each in enumerate(value)]
    return value


#: Lists whose tables are matched by a key: of messages the name, of sections their place, and so on.
_MATCHED_BY = {
    "messages": "name",
    "envelopes": "name",
    "receipts": "name",
    "rules": "code",
    "sections": "path",
    "fields": "name",
}

#: Identity is never inherited.
_OWN = (
    "districts",
    "sites",
    "valid_from",
    "valid_to",
    "days",
    "era",
    "gaps",
    "beside",
    "confidence",
    "sources",
    "zh",
    "en",
    "inherits",
)


def _inherited(base: Table, own: Table) -> Table:
    kept = _merged(Table(base.origins, base.own, {key: each for key, each in base.items() if key not in _OWN}), own)
    dropped = kept.pop("drop", [])
    if not isinstance(dropped, list) or not all(isinstance(each, str) for each in dropped):
        raise ProfileError((_problem(own.origins["drop"], ("drop",), "has to be a list of names of messages"),))
    messages = base.get("messages")
    names = [each.get("name") for each in messages] if _tables(messages) else []
    if unknown := [each for each in dropped if each not in names]:
        raise ProfileError(
            (_problem(own.origins["drop"], ("drop",), f"{own['inherits']} has no message {', '.join(unknown)}"),)
        )
    if dropped and _tables(kept.get("messages")):
        kept["messages"] = [each for each in kept["messages"] if each.get("name") not in dropped]
    return kept


def _merged(base: Table, own: Table) -> Table:
    merged = Table({**base.origins, **own.origins}, own.own, base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(before, Table) and isinstance(value, Table):
            merged[key] = _merged(before, value)
        elif key in _MATCHED_BY and _tables(before) and _tables(value):
            merged[key] = _matched(list(before or ()), value, _MATCHED_BY[key])
        else:
            merged[key] = value
    return merged


#: Where the value of a field comes from: a field that says it anew drops what the base said.
_VALUES = frozenset({"from", "or", "const", "template", "sum", "total", "default"})


def _without_value(field: Table) -> Table:
    return Table(field.origins, field.own, {key: value for key, value in field.items() if key not in _VALUES})


def _tables(value: Any) -> TypeGuard[list[Table]]:
    return isinstance(value, list) and all(isinstance(each, Table) for each in value)


def _matched(base: list[Any], own: list[Any], by: str) -> list[Any]:
    merged = list(base)
    for each in own:
        known = [at for at, other in enumerate(merged) if other.get(by) == each.get(by)]
        after = each.get("after")
        if known:
            before = merged[known[0]]
            merged[known[0]] = _merged(_without_value(before) if _VALUES & each.keys() else before, each)
        elif after is not None:
            places = [at for at, other in enumerate(merged) if other.get(by) == after]
            if not places:
                origin = each.origins["after"]
                raise ProfileError((_problem(origin, origin.path, f"there is no {by} {after!r} to stand after"),))
            merged.insert(
                places[0] + 1, Table(each.origins, each.own, {key: it for key, it in each.items() if key != "after"})
            )
        else:
            merged.append(each)
    return merged


#: What pydantic finds, in words of a profile; its own where they are as good.
_REASONS = {
    "extra_forbidden": "is not a key of a profile",
    "missing": "is missing",
    "string_type": "has to be text, in quotes",
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
    "int_parsing": "has to be a whole number",
    "int_from_float": "has to be a whole number",
    "int_type": "has to be a whole number",
    "decimal_parsing": "has to be a number, in quotes",
    "decimal_type": "has to be a number, in quotes",
    "tuple_type": "has to be a list",
    "mapping_type": "has to be a table",
    "model_type": "has to be a table",
    "model_attributes_type": "has to be a table",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "has to be a day without quotes, such as 2016-04-08",
    ),
}


def _validated(name: str, file: str, data: Table, parents: Parents | None) -> AreaProfile:
    try:
        profile = AreaProfile.model_validate({**data, "name": name})
    except ValidationError as error:
        found = []
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            found.append(
                _located(data, file, each["loc"], _REASONS.get(each["type"], each["msg"].removeprefix("Value error, ")))
            )
        raise ProfileError(tuple(sorted(found, key=lambda each: each.line))) from None
    found = [
        _located(data, file, path, reason) for path, reason in (*mistakes(profile), *_unknown_areas(profile, parents))
    ]
    if found:
        raise ProfileError(tuple(sorted(found, key=lambda each: each.line)))
    return profile


def _unknown_areas(profile: AreaProfile, parents: Parents | None) -> Iterator[tuple[Steps, str]]:
    for at, name in enumerate(profile.beside if parents else ()):
        try:
            assert parents is not None, "there is where to look"
            parents(name)
        except LookupError as error:
            yield ("beside", at), str(error)


def _located(data: Table, file: str, path: Steps, reason: str) -> Problem:
    """The problem at a key of the data, where that key was written; of a key that is missing, where its table was."""
    origin: _Origin = data.own
    value: Any = data
    for at, step in enumerate(path):
        if step == "[key]":  # pydantic's word for the key itself
            break
        if isinstance(value, Table) and (step in value or step in value.origins):
            origin = value.origins.get(str(step), value.own)
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
            origin = value.own if isinstance(value, Table) else _Origin(origin.file, origin.text, (*origin.path, step))
        elif isinstance(value, Table) and isinstance(step, str) and at == len(path) - 1:
            return _problem(value.own, (*value.own.path, step), reason)  # the key is missing: its table is shown
        else:
            continue  # a step of pydantic's own, such as the branch of a union
    return _problem(origin, origin.path, reason)


def _problem(origin: _Origin, path: Steps, reason: str) -> Problem:
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return Problem(origin.file, _line_of(origin.text, path), key, reason)


def _line_of(text: str, path: Steps) -> int:
    """The line on which a key was written: the first after which the text, cut there, holds it. 1 if none does.

    TOML is read by the standard library, which says no lines. A text that is cut inside a list is closed by brackets; one that
    still cannot be read is taken one line further.
    """
    lines = text.split("\n")
    while path:
        low, high = 1, len(lines)
        if _holds(_cut(text, high), path):
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if _holds(_cut(text, middle), path) else (middle + 1, high)
            return low
        path = path[:-1]
    return 1


#: What may close a text that is cut inside lists and inline tables, up to five deep.
_CLOSINGS = ("", *(f"\n]{''.join(rest)}" for deep in range(5) for rest in product("]}", repeat=deep)))


@lru_cache(maxsize=256)  # several problems of one text
def _cut(text: str, count: int) -> Mapping[str, Any]:
    lines = text.split("\n")
    for upto in range(count, 0, -1):
        part = "\n".join(lines[:upto])
        for closing in _CLOSINGS:
            try:
                return tomllib.loads(part + closing)
            except tomllib.TOMLDecodeError:
                continue
    return {}


def _holds(data: Any, path: Steps) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return False
        elif not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True


def problems(file: Path, name: str, parents: Parents | None = None) -> Iterator[Problem]:
    """What is wrong with a profile, nothing if it can be used."""
    try:
        load(file, name, parents)
    except ProfileError as error:
        yield from error.problems
