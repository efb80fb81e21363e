"""The navigation of the site, read from ``docs/navigation.toml``: one line for each page, both languages in it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the navigation, or a part of it (without a page of its own)."""

    page: str = ""
    en: str
    zh: str
    also: str = ""
    english_only: bool = False
    below: str = ""
    listed: bool = False
    pages: tuple["Entry", ...] = ()

    @property
    def name(self) -> str:
        """The path of the page without its ending."""
        return self.page.removesuffix(".md")

    def title(self, language: str) -> str:
        """The name of the page in a language."""
        return self.zh if language == "zh" else self.en

    def everything(self) -> Iterator["Entry"]:
        """The entry itself and all under it."""
        yield self
        for each in self.pages:
            yield from each.everything()


def parts() -> list[Entry]:
    """The parts of the navigation in order."""
    return [_entry(part) for part in tomllib.loads((DOCS / "navigation.toml").read_text(encoding="utf-8"))["part"]]


def entries() -> dict[str, Entry]:
    """Every entry by its page."""
    return {each.page: each for part in parts() for each in part.everything() if each.page}


def _entry(given: dict[str, Any]) -> Entry:
    return Entry(**{**given, "pages": tuple(map(_entry, given.get("pages", ())))})


def folder(language: str) -> Path:
    """The folder with the pages of a language."""
    return DOCS / "zh" if language == "zh" else DOCS


def trees(page: str, language: str) -> str:
    """The Markdown of the trees that stand on a page: on the first page one for each part, elsewhere what is below."""
    if page == "index.md":
        return "".join(_tree(part.pages, language, part.title(language)) for part in parts())
    entry = entries().get(page)
    if not entry:
        return ""
    return _tree(entry.pages, language) + _below(entry)


def _below(entry: Entry) -> str:
    """A tree of all pages in the folder below a page."""
    if not entry.below:
        return ""
    hidden = [":hidden:"] if entry.listed else []
    lines = [f"{_FENCE}{{toctree}}", ":glob:", ":maxdepth: 1", *hidden, "", f"{entry.below}/*", _FENCE]
    return "\n".join(["", *lines, ""])


_FENCE = "```"


def _tree(pages: tuple[Entry, ...], language: str, caption: str = "") -> str:
    """A tree of the pages that exist in a language."""
    there = [each for each in pages if (folder(language) / each.page).is_file()]
    if not there:
        return ""
    options = [f":caption: {caption}"] if caption else []
    lines = [f"{each.title(language)} </{each.name}>" for each in there]
    return "\n".join(["", f"{_FENCE}{{toctree}}", ":hidden:", *options, "", *lines, _FENCE, ""])
