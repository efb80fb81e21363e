"""The words of the console (控制台文字): files of ``texts``, one for each concern, with each text in Chinese and English.

Words for states, stages, nodes, alarms and findings stand where these are defined, and are not repeated here.

>>> console_text("console.more")
BothTexts(zh='下一页', en='Next page')
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.shipped import text_of

#: The files of the catalogue.
TEXT_FILES = (
    "common",
    "people",
    "orders",
    "watching",
    "reports",
    "cases",
    "absences",
    "aside",
    "ask",
    "knowledge",
    "quota",
    "goods",
    "bills",
    "settlements",
    "books",
    "districts",
)


class BothTexts(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@cache
def console_texts() -> Mapping[str, BothTexts]:
    """Return all texts by their keys, such as ``sign_in.title``."""
    found: dict[str, BothTexts] = {}
    for name in TEXT_FILES:
        data = tomllib.loads(text_of("customs.hub.web", f"texts/{name}.toml"))
        for key, text in _leaves("", data):
            assert key not in found, f"the text {key} stands twice"
            found[key] = text
    return FrozenDict(found)


def console_text(key: str, **values: object) -> BothTexts:
    """Return a text with its values put in, of a value in both languages the one of each.

    Raises ``KeyError`` for a text that is not in the catalogue.
    """
    text = console_texts()[key]
    return BothTexts(text.zh.format(**_in("zh", values)), text.en.format(**_in("en", values))) if values else text


def _in(language: str, values: Mapping[str, object]) -> dict[str, object]:
    return {name: each.in_language(language) if isinstance(each, BothTexts) else each for name, each in values.items()}


def _leaves(path: str, table: Mapping[str, Any]) -> Iterator[tuple[str, BothTexts]]:
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        if set(value) == {"zh", "en"} and all(isinstance(each, str) for each in value.values()):
            yield key, BothTexts(value["zh"], value["en"])
        else:
            yield from _leaves(key, value)
