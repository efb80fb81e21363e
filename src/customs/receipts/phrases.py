"""Texts of the catalogue in what a receipt says (文字匹配), found through an index, never by trying each.

A text is compared without punctuation, blanks and the difference of small and large letters. A known text that stands
inside a longer known one does not count.

>>> [[each.code for each in found] for found in phrases_in("返回：［验签失败］", lambda each: each.receipts == ("CEB622",))]
[['-621029', '-621049']]
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from customs.receipts.catalogue import Meaning, errors, statuses
from customs.receipts.texts import MOST_CHARACTERS, plain

_SIGNS = re.compile(r"[\W_]+")

#: Letters and digits of full width.
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")


def folded(text: str) -> str:
    """Return a text without punctuation and blanks, in small letters.

    >>> folded("清单/订单 表体，项数［Ａ］不一致！")
    '清单订单表体项数a不一致'
    """
    text = _SIGNS.sub("", text[:MOST_CHARACTERS])
    return (plain(text) if _WIDE.search(text) else text).lower()


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A known text: its pieces in order, the longest of them, what it means."""

    pieces: tuple[str, ...]
    anchor: str
    meanings: tuple[Meaning, ...]


@cache
def _whole() -> dict[str, tuple[Meaning, ...]]:
    """Meanings by texts that have to be the whole."""
    return {pieces[0]: tuple(found) for pieces, found in _by_pieces(whole=True).items()}


@cache
def _inside() -> dict[str, tuple[_Phrase, ...]]:
    """Phrases by the first two characters of their longest piece."""
    found: dict[str, list[_Phrase]] = {}
    for pieces, meanings in _by_pieces(whole=False).items():
        anchor = max(pieces, key=len)
        found.setdefault(anchor[:2], []).append(_Phrase(pieces, anchor, tuple(meanings)))
    return {start: tuple(each) for start, each in found.items()}


def _by_pieces(*, whole: bool) -> dict[tuple[str, ...], list[Meaning]]:
    found: dict[tuple[str, ...], list[Meaning]] = {}
    for each in (*errors(), *statuses()):
        for is_whole, pieces in _pieces_of(each):
            if is_whole == whole:
                found.setdefault(pieces, []).append(each)
    return found


@cache
def _pieces_of(meaning: Meaning) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """The texts of a meaning: whether each has to be the whole, and its pieces."""
    return tuple((text.startswith("="), tuple(filter(None, map(folded, text.split("…"))))) for text in meaning.texts)


@cache
def _texts() -> frozenset[str]:
    return frozenset(text.removeprefix("=") for each in (*errors(), *statuses()) for text in each.texts)


def is_phrase(text: str) -> bool:
    """Return True if a text is one of the catalogue, sign by sign."""
    return text in _texts()


def length_of(meaning: Meaning, text: str) -> int:
    """Return how many characters of a folded text the longest of a meaning's texts takes, 0 if none stands there."""
    longest = 0
    for whole, pieces in _pieces_of(meaning):
        length = sum(map(len, pieces))
        if length > longest and (text == pieces[0] if whole else _stand_in(pieces, text)):
            longest = length
    return longest


def _stand_in(pieces: tuple[str, ...], text: str) -> bool:
    """True if all pieces stand in a text, in order."""
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def phrases_in(text: str, fits: Callable[[Meaning], bool]) -> tuple[tuple[Meaning, ...], ...]:
    """Return the meanings of the known texts in a text, in order: a tuple for each, of those that fit."""
    text = folded(text)
    if whole := tuple(filter(fits, _whole().get(text, ()))):
        return (whole,)
    spans = sorted(_spans(text, fits), key=lambda span: (span[0], -span[1]))
    found: list[tuple[Meaning, ...]] = []
    reach = 0
    for _, end, meanings in spans:
        if end > reach:
            found.append(meanings)
            reach = end
    return tuple(found)


def _spans(text: str, fits: Callable[[Meaning], bool]) -> Iterator[tuple[int, int, tuple[Meaning, ...]]]:
    """Begin, end and meanings of each phrase where it stands first."""
    inside, tried = _inside(), set[tuple[str, ...]]()
    for at in range(len(text) - 1):
        for phrase in inside.get(text[at : at + 2], ()):
            if phrase.pieces in tried or not text.startswith(phrase.anchor, at):
                continue
            tried.add(phrase.pieces)
            if (meanings := tuple(filter(fits, phrase.meanings))) and _stand_in(phrase.pieces, text):
                yield at, at + len(phrase.anchor), meanings
