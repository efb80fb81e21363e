"""Net content (净含量) of one traded piece, read from its specification (规格型号).

The specification is free text, so it is read conservatively: an ambiguous text is not read.

>>> read_content("示例牌|50ml/瓶")
Content(kilograms=Decimal('0.050'), packages=Decimal('1'), marking=<Marking.VOLUME: 'volume'>, per='瓶')
>>> read_content("30-50ml") is None
True
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from customs.fields.money import EXACT, ONE, exactly


class Marking(StrEnum):
    """How the package states its content (包装标注)."""

    WEIGHT = "weight"
    """以重量标注"""
    VOLUME = "volume"
    """以体积标注"""
    PIECE = "piece"
    """以片、张标注"""


class Content(NamedTuple):
    """净含量: the net content of one traded piece.

    ``kilograms`` is the total, one litre counting as one kilogram; None where only sheets are stated. ``packages``
    are the separate packages in the piece, or the sheets of goods marked by piece. ``per`` is the Chinese word for
    the piece (瓶, 盒), None if not stated.
    """

    kilograms: Decimal | None
    packages: Decimal
    marking: Marking
    per: str | None = None


#: Units of content, in kilograms or litres.
_UNITS: Mapping[str, tuple[Decimal, Marking]] = {
    "ml": (Decimal("0.001"), Marking.VOLUME), "毫升": (Decimal("0.001"), Marking.VOLUME),
    "l": (ONE, Marking.VOLUME), "升": (ONE, Marking.VOLUME),
    "g": (Decimal("0.001"), Marking.WEIGHT), "克": (Decimal("0.001"), Marking.WEIGHT),
    "kg": (ONE, Marking.WEIGHT), "千克": (ONE, Marking.WEIGHT), "公斤": (ONE, Marking.WEIGHT),
}  # fmt: skip

#: Words for sheets, and for packages.
SHEETS = "片张"
_PACKAGES = "瓶罐支管盒袋包只个件枚粒贴块条组箱桶筒套"

_NUMBER = r"\d+(?:\.\d+)?"
_COUNTER = f"[{SHEETS}{_PACKAGES}]"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_TIMES = r"\s*[*×x]\s*"

#: Characters of a specification in the standard (gmodel); expressions that look for amounts take longer than that allows
#: for longer texts.
_LONGEST = 510

#: An amount of content with its multipliers: 50ml/瓶, 2*30g, 25克/片×10片/盒.
_MEASURE = re.compile(
    rf"(?:(?P<before>\d+){_TIMES})?(?P<amount>{_NUMBER})\s*(?P<unit>{_UNIT})(?:\s*/\s*(?P<each>{_COUNTER}))?"
    rf"(?:{_TIMES}(?P<after>\d+)\s*(?P<counted>{_COUNTER})?)?(?:\s*/\s*(?P<per>{_COUNTER}))?"
)
#: A number of packages or sheets: 10片/盒, 5片装.
_COUNT = re.compile(rf"(?P<number>\d+)\s*(?P<counted>{_COUNTER})(?:\s*/\s*(?P<per>{_COUNTER}))?装?")

#: The same content in ounces, often given beside the metric one.
_OUNCES = re.compile(
    rf"[/(]?\s*(?<![\d.])(?:{_NUMBER}|\.\d+)\s*(?:us\s*)?(?:fl\.?\s*)?(?:oz|液?盎司)\.?(?![a-z])\s*\)?"
)

#: Words and signs that show a number is not the net content of one piece: gross weight, shares, sets, gifts, numbers in
#: words, a thousands sign or decimal comma, a range, an ingredient with its amount.
_DOUBTFUL = re.compile(
    "|".join((
        "毛重", "gross", "连瓶", "每", "约", "左右", "±", "赠", "送", "礼", "套", "组合", "混",
        rf"[一二两三四五六七八九十双]\s*{_COUNTER}",
        r"\+\s*[\d\u4e00-\u9fff]", r"\d,\d", rf"\d\s*[~–—至-]\s*{_NUMBER}\s*(?:{_UNIT})",
        r"(?:(?<!净)含(?!量)|成分|浓度)[^|;,]*\d",
    ))
)  # fmt: skip

#: Anything that looks like an amount, also in units that are not read.
_ANY_AMOUNT = re.compile(rf"\d\s*(?:{_UNIT}|mg|毫克|微克|cl|dl|cc|lb|磅|斤|两)")

#: Signs that join an amount to the text before or after it: parts of words, numbers and products.
_JOINED_BEFORE = re.compile(r"[a-z\d.*×/%+-]$|[*×/+-]\s*$")
_JOINED_AFTER = re.compile(r"[a-z\d.%±-]|\s*[*×/+]|\s*x\s*\d")


@lru_cache(maxsize=4096)
@exactly
def read_content(specification: str) -> Content | None:
    """Return the net content of one traded piece, None where its specification is silent or ambiguous.

    Full-width digits and letters count as plain ones. Several amounts, ranges, sets, gifts and gross weights are not
    read.

    >>> read_content("２５克／片｜１０片／盒")
    Content(kilograms=Decimal('0.250'), packages=Decimal('10'), marking=<Marking.PIECE: 'piece'>, per='盒')
    >>> read_content("30g*2").kilograms, read_content("0.5L").kilograms
    (Decimal('0.060'), Decimal('0.5'))
    """
    if len(specification) > _LONGEST:
        return None
    text = _OUNCES.sub(" ", unicodedata.normalize("NFKC", specification).lower())
    if _DOUBTFUL.search(text):
        return None
    amounts = list(_MEASURE.finditer(text))
    if len(amounts) > 1 or len(_ANY_AMOUNT.findall(text)) != len(amounts):
        return None
    rest = _MEASURE.sub("|", text)
    counts = list(_COUNT.finditer(rest))
    joined = [each for each in (*amounts, *counts) if not _is_separate(each)]
    if joined or len(counts) > 1:
        return None
    if not amounts:
        return _sheets(counts[0]) if counts else None
    return _measured(amounts[0], counts[0] if counts else None)


def _is_separate(amount: re.Match[str]) -> bool:
    """True if no neighbouring sign or word changes the meaning of an amount."""
    before, text = amount.string[: amount.start()], amount.string
    return not _JOINED_BEFORE.search(before) and not _JOINED_AFTER.match(text, amount.end())


def _sheets(count: re.Match[str]) -> Content | None:
    """Return a content that states sheets only."""
    number = Decimal(count["number"])
    return Content(None, number, Marking.PIECE, count["per"]) if count["counted"] in SHEETS and number else None


def _measured(amount: re.Match[str], count: re.Match[str] | None) -> Content | None:
    """Return a content by weight or volume, multiplied out. A count beside it must count the unit of the amount."""
    each, counted, per = amount["each"], amount["counted"], amount["per"]
    numbers = [number for number in (amount["before"], amount["after"]) if number]
    if count:
        if numbers or per or count["counted"] != each:
            return None
        numbers, counted, per = [count["number"]], count["counted"], count["per"]
    if len(numbers) > 1 or (each and counted and each != counted):
        return None
    packages = Decimal(numbers[0]) if numbers else ONE
    size, marking = _UNITS[amount["unit"]]
    kilograms = EXACT.multiply(EXACT.multiply(Decimal(amount["amount"]), size), packages)
    if not kilograms:
        return None
    if (each or counted or "-") in SHEETS:
        marking = Marking.PIECE
    return Content(kilograms, packages, marking, per or (None if numbers else each))
