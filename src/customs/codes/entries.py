"""A code list (代码表) and its entries, read-only mappings of code to entry.

>>> units = CodeList("units", {"035": CodeEntry("035", "千克"), "036": CodeEntry("036", "克")})
>>> units.by_name("克")
(CodeEntry(code='036', zh='克', ...),)
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from customs.codes.lists import LISTS, About

#: Everyday names of units, and the names that the list has.
_EVERYDAY = {
    "公斤": "千克", "kg": "千克", "g": "克", "t": "吨", "公里": "千米", "km": "千米", "m": "米", "公升": "升", "l": "升",
    "ml": "毫升",
}  # fmt: skip


class Name(NamedTuple):
    """A further name of a code (a small territory, or a second meaning): Chinese, English, alphabetic."""

    zh: str
    en: str = ""
    alpha: str = ""


class CodeEntry(NamedTuple):
    """One code with its names. Properties that a list does not have are empty.

    >>> CodeEntry("502", "美元", "US Dollar", alpha="USD").zh
    '美元'
    """

    code: str
    zh: str = ""
    """The Chinese name. Some error codes are known in English only."""
    en: str = ""
    alpha: str = ""
    """The alphabetic code of countries and currencies, as general trade uses it since 2018."""
    former: tuple[str, ...] = ()
    """Chinese names in older tables. Some name another office that had the code before."""
    also: tuple[Name, ...] = ()
    """Further names that share the code."""
    valid_from: date | None = None
    """The first day on which the code was in force, None where it is not known."""
    valid_to: date | None = None
    """The last day on which the code was in force, None while it is or where it is not known."""
    district: str = ""
    """For the office of a customs district: the code of the district (直属海关)."""
    level: str = ""
    """For districts: ``district`` for a district itself, ``site`` for an office in it."""
    older_code: str = ""
    """For the two-digit kinds of packaging: the one-digit code that the messages of this library carry."""
    retired: bool = False
    """True if the newest table no longer has the code."""
    state: str = ""
    """For statuses of receipts: the canonical state, one of ``customs.codes.states.State``."""
    application_state: str = ""
    """For statuses of receipts: the state of a cancellation or return, where it differs."""
    cause: str = ""
    """For errors: the class of the cause, one of ``customs.codes.errors.ErrorCause``."""
    standing: str = ""
    """For statuses and errors: ``official``, or ``seen`` in practice and in no official list."""
    note: str = ""

    def valid_on(self, day: date) -> bool:
        """Return True if the code was in force on a day, as far as its days are known.

        >>> CodeEntry("9710", valid_from=date(2020, 7, 1)).valid_on(date(2020, 6, 30))
        False
        """
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def names(self) -> tuple[str, ...]:
        """All Chinese names: the current one, those that share the code, the former ones."""
        return tuple(dict.fromkeys(filter(None, (self.zh, *(each.zh for each in self.also), *self.former))))


class Entries(Mapping[str, CodeEntry]):
    """The entries of a table by code. Each is made when it is first asked for; most parcels ask only if a code is there.

    ``make`` makes an entry of the rows of its code.
    """

    def __init__(self, rows: Mapping[str, list[list[str]]], make: Callable[[list[list[str]]], CodeEntry]) -> None:
        self._rows, self._make = rows, make
        self._made: dict[str, CodeEntry] = {}

    def __getitem__(self, code: str) -> CodeEntry:
        entry = self._made.get(code)
        if entry is None:
            entry = self._made[code] = self._make(self._rows[code])
        return entry

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True, eq=False, repr=False)
class CodeList(Mapping[str, CodeEntry]):
    """A code list: a read-only mapping of code to entry that also finds by name."""

    name: str
    entries: Mapping[str, CodeEntry]

    def __getitem__(self, code: str) -> CodeEntry:
        return self.entries[code]

    def __contains__(self, code: object) -> bool:
        return code in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self)} codes>"

    @property
    def about(self) -> About:
        """The name, source and date of the list."""
        return LISTS[self.name]

    def by_name(self, zh: str) -> tuple[CodeEntry, ...]:
        """Return the entries that have or had a Chinese name, current ones first; empty if the name is unknown.

        >>> offices = {"2232": CodeEntry("2232", "嘉定综保", former=("船监管处",))}
        >>> [entry.code for entry in CodeList("districts", offices).by_name("船监管处")]
        ['2232']
        """
        return self._by_name.get(zh, ())

    def by_alpha(self, alpha: str) -> CodeEntry | None:
        """Return the entry of an alphabetic code such as ``JPN`` or ``USD``, None if it is unknown.

        >>> CodeList("currencies", {"502": CodeEntry("502", "美元", alpha="USD")}).by_alpha("USD").code
        '502'
        """
        return self._by_alpha.get(alpha)

    def meant_by(self, text: str) -> tuple[CodeEntry, ...]:
        """Return the entries that are meant by a name in Chinese or English, an alphabetic code, or a code without its leading
        zeros or in full width; empty if none is.

        >>> units = {"035": CodeEntry("035", "千克"), "122": CodeEntry("122", "罐")}
        >>> [CodeList("units", units).meant_by(text)[0].code for text in ("罐", "公斤", "KG", "35")]
        ['122', '035', '035', '035']
        """
        name = unicodedata.normalize("NFKC", text).strip()
        if found := self.by_name(_EVERYDAY.get(name.casefold(), name)):
            return found
        length = len(next(iter(self.entries), ""))
        numbered = self.entries.get(name.zfill(length)) if name.isdecimal() else None
        entry = numbered or self._by_alpha.get(name.upper()) or self._by_english.get(name.casefold())
        return (entry,) if entry else ()

    @cached_property
    def _by_english(self) -> dict[str, CodeEntry]:
        return {entry.en.casefold(): entry for entry in self.entries.values() if entry.en}

    @cached_property
    def _by_name(self) -> dict[str, tuple[CodeEntry, ...]]:
        found: dict[str, list[CodeEntry]] = {}
        for entry in self.entries.values():
            for name in entry.names:
                found.setdefault(name, []).append(entry)
        return {name: tuple(sorted(each, key=lambda entry: entry.zh != name)) for name, each in found.items()}

    @cached_property
    def _by_alpha(self) -> dict[str, CodeEntry]:
        entries = self.entries.values()
        main = {entry.alpha: entry for entry in entries if entry.alpha}
        return {name.alpha: entry for entry in entries for name in entry.also if name.alpha} | main
