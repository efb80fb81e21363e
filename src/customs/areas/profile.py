"""The profile of an area (关区配置): its names, the messages it takes, how many documents in one, its practice."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from customs.rules import Practice


class UnknownAreaError(LookupError):
    """No profile of that name. The text lists those that exist."""


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """One area: Chinese and English name, messages in the order of sending, documents in a message, practice."""

    name: str
    zh: str
    en: str
    messages: tuple[str, ...]
    documents_in_a_message: int
    sources: tuple[str, ...]
    practice: Practice = field(default_factory=Practice)


@cache
def find(name: str) -> AreaProfile:
    """The profile of that name. Raises ``UnknownAreaError``."""
    folder = files("customs.areas").joinpath(name, "profile.toml")
    if not name.isidentifier() or not folder.is_file():
        raise UnknownAreaError(f"no area is called {name!r}; known: {', '.join(names())}")
    data = tomllib.loads(folder.read_text(encoding="utf-8"))
    return AreaProfile(
        name=name,
        zh=data["zh"],
        en=data["en"],
        messages=tuple(data["messages"]),
        documents_in_a_message=data["documents_in_a_message"],
        sources=tuple(data["sources"]),
        practice=Practice(**data.get("practice", {})),
    )


def names() -> list[str]:
    """The areas that have a profile."""
    folders = files("customs.areas").iterdir()
    return sorted(folder.name for folder in folders if folder.joinpath("profile.toml").is_file())
