"""Where profiles were written (配置出处): tables of TOML that remember the file and line of each key, and mistakes that
name them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from customs.areas.profile.fields import Path
from customs.areas.profile.lines import lines_of


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

    def __init__(self, origins: dict[str, "Origin"], own: "Origin", values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.origins = origins
        self.own = own


@dataclass(frozen=True, slots=True)
class Origin:
    """A file, its text, and a key in it."""

    file: str
    text: str
    path: Path


def marked(value: Any, origin: Origin) -> Any:
    """The data of TOML, its tables as ``Table``."""
    if isinstance(value, dict):
        origins = {key: Origin(origin.file, origin.text, (*origin.path, key)) for key in value}
        return Table(origins, origin, {key: marked(each, origins[key]) for key, each in value.items()})
    if isinstance(value, list):
        return [marked(each, Origin(origin.file, origin.text, (*origin.path, at))) for at, each in enumerate(value)]
    return value


def are_tables(value: Any) -> TypeGuard[list[Table]]:
    """True for a list of tables."""
    return isinstance(value, list) and all(isinstance(each, Table) for each in value)


def located(data: Table, file: str, path: Path, reason: str) -> Problem:
    """The problem at a key of the data, where that key was written; of a key that is missing, where its table was."""
    origin: Origin = data.own
    value: Any = data
    for at, step in enumerate(path):
        if step == "[key]":  # pydantic's word for the key itself
            break
        if isinstance(value, Table) and (step in value or step in value.origins):
            origin = value.origins.get(str(step), value.own)
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
            origin = value.own if isinstance(value, Table) else Origin(origin.file, origin.text, (*origin.path, step))
        elif isinstance(value, Table) and isinstance(step, str) and at == len(path) - 1:
            return problem_at(value.own, (*value.own.path, step), reason)  # the key is missing: its table is shown
        else:
            continue  # a step of pydantic's own, such as the branch of a union
    return problem_at(origin, origin.path, reason)


def problem_at(origin: Origin, path: Path, reason: str) -> Problem:
    """The problem of a key of a file."""
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return Problem(origin.file, _line_of(origin.text, path), key, reason)


def _line_of(text: str, path: Path) -> int:
    """The line on which a key was written, or the nearest key that holds it; 1 if none does."""
    lines = lines_of(text)
    return next((lines[path[:upto]] for upto in range(len(path), 0, -1) if path[:upto] in lines), 1)
