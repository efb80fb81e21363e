r"""Lines of keys (键所在行): where each key of a TOML text stands, found in one pass over its tokens.

The standard library reads TOML and says no lines. A text is given here only once it could be read, so that its tokens
need no second check.

>>> lines_of("a = 1\n[b]\nc = [\n  { d = 2 },\n  { d = 3 },\n]\n")[("b", "c", 1, "d")]
5
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from customs.areas.profile.fields import Path

_TOKEN = re.compile(
    r'''
    (?P<long>"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}|'{3}(?:[^']|'(?!''))*+'{3,5})
    | (?P<quoted>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')
    | (?P<comment>\#[^\n]*+)
    | (?P<sign>[\[\]{},=.\n])
    | (?P<word>[^\s\[\]{},=."'\#]++)
    ''',
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


@lru_cache(maxsize=16)
def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, on which each key and each entry of a list begins, by its path."""
    return _Reading(text).lines


class _Reading:
    """Reads the tokens of one text; ``lines`` holds what was found."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._entries: Counter[Path] = Counter()
        self._tokens = [*_tokens(text), _Token("sign", "\n", 0), _Token("end", "", 0)]
        self._at = 0
        table: Path = ()
        while self._next.kind != "end":
            if self._next.text == "[" and self._next.kind == "sign":
                table = self._header()
            elif self._next.text == "\n":
                self._at += 1
            else:
                self._pair(table)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]`` and return the path of the table."""
        line = self._next.line
        several = self._tokens[self._at + 1].text == "["
        self._at += 2 if several else 1
        *above, last = self._key("]")
        self._at += 1 if several else 0
        table: Path = ()
        for step in above:
            table = self._noted((*table, step), line)
            table = (*table, self._entries[table] - 1) if self._entries[table] else table
        table = self._noted((*table, last), line)
        if several:
            self._entries[table] += 1
        return self._noted((*table, self._entries[table] - 1), line) if self._entries[table] else table

    def _pair(self, table: Path) -> None:
        """Read ``key = value``."""
        line = self._next.line
        for step in self._key("="):
            table = self._noted((*table, step), line)
        self._value(table)

    def _key(self, end: str) -> list[str]:
        """Read the names of a dotted key as far as the sign behind it."""
        names = []
        while not (self._next.kind == "sign" and self._next.text == end):
            if self._next.kind != "sign":
                names.append(_name(self._next))
            self._at += 1
        self._at += 1
        return names

    def _value(self, path: Path) -> None:
        opening = self._next.text if self._next.kind == "sign" else ""
        if opening == "[":
            self._at += 1
            self._list(path)
        elif opening == "{":
            self._at += 1
            while not self._ends("}"):
                self._pair(path)
        else:
            while self._next.kind != "end" and not (self._next.kind == "sign" and self._next.text in ",]}\n"):
                self._at += 1

    def _list(self, path: Path) -> None:
        number = 0
        while not self._ends("]"):
            self._value(self._noted((*path, number), self._next.line))
            number += 1

    def _ends(self, closing: str) -> bool:
        """Skip what stands between the entries of a list or table; True if it ends here, and skip its end."""
        while self._next.kind == "sign" and self._next.text in ",\n":
            self._at += 1
        ends = self._next.kind == "end" or self._next.text == closing
        self._at += self._next.text == closing
        return ends

    def _noted(self, path: Path, line: int) -> Path:
        self.lines.setdefault(path, line)
        return path


def _tokens(text: str) -> list[_Token]:
    """The tokens of a text without comments, each with its line."""
    found, line, last = [], 1, 0
    for each in _TOKEN.finditer(text):
        line += text.count("\n", last, each.start())
        last = each.start()
        if each.lastgroup and each.lastgroup != "comment":
            found.append(_Token(each.lastgroup, each[0], line))
    return found


def _name(token: _Token) -> str:
    """A name of a key, quotes taken off."""
    if token.text.startswith("'"):
        return token.text[1:-1]
    return str(json.loads(token.text)) if token.text.startswith('"') and "\\U" not in token.text else token.text
