"""Spelling (写法): two texts that say the same and are written differently, as names come from forms and cards.

Customs compares character by character, so the difference has to go; but it is no other person.

>>> spelt_apart("迪丽热巴·买买提", "迪丽热巴•买买提")
Spelling(zh='间隔点', en='dots')
>>> spelt_apart("Jia Baoyu", "JIA BAOYU ").en
'blanks, case'
>>> spelt_apart("贾宝玉", "王熙凤") is None
True
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from customs.rules.traditional import simplified


class Spelling(NamedTuple):
    """The ways in which two spellings of one text differ, in words."""

    zh: str
    en: str


#: Blanks, also those without width, and the dots between the parts of a name (间隔号).
_BLANKS = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")
_DOTS = re.compile("[.·•‧∙⋅・･．。｡ꞏ]")

#: Ways in which spellings differ, each with the form in which they no longer do.
_WAYS: dict[Spelling, Callable[[str], str]] = {
    Spelling("空格", "blanks"): lambda text: _BLANKS.sub("", text),
    Spelling("间隔点", "dots"): lambda text: _DOTS.sub("", text),
    Spelling("全角与半角", "full-width characters"): lambda text: unicodedata.normalize("NFKC", text),
    Spelling("繁体与简体", "traditional characters"): simplified,
    Spelling("大小写", "case"): str.casefold,
}


def spelt_apart(one: str, other: str) -> Spelling | None:
    """Return how two texts differ that are the same but for their spelling, None for different texts."""
    ways = list(_WAYS)
    if not _same(one, other, ways):
        return None
    needed = [way for way in ways if not _same(one, other, [each for each in ways if each != way])] or ways[:1]
    return Spelling("、".join(way.zh for way in needed), ", ".join(way.en for way in needed))


def _same(one: str, other: str, ways: list[Spelling]) -> bool:
    for way in ways:
        one, other = _WAYS[way](one), _WAYS[way](other)
    return one == other
