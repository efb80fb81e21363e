"""Legal quantities of cosmetics (化妆品法定数量): the net content in kilograms, and the packages or sheets.

Consumption tax on goods of headings 3303 and 3304 is decided by dutiable value per legal quantity, so that the quantity decides
the tax. The first is the net content, one litre counting as one kilogram, never the weight with the bottle; the second is the
number of packages, or of sheets where the content is marked by piece or sheet. Whoever declares gross weight as content
dodges the tax: 50 ml at 700 CNY declared as 0.0835 kg pay 97.71 CNY too little. Sources: GACC announcement 55 of 2016, Cai Shui
[2016] 103.

The content is read from the specification (规格型号), which is free text, so conservatively: what may mean two things is not read.

>>> read_content("示例牌|50ml/瓶")
Content(kilograms=Decimal('0.050'), packages=Decimal('1'), marking=<Marking.VOLUME: 'volume'>, per='瓶')
>>> legal_quantities("3304990039", read_content("示例牌|50ml/瓶"), Decimal(2))
LegalQuantities(first=Decimal('0.100'), second=Decimal('2'))
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

from customs.codes import code_list
from customs.declaration import Line
from customs.fields.money import EXACT, ONE
from customs.tax.assessment import compute
from customs.tax.law import Quantity
from customs.tax.result import LineAssessment, TaxAssessment

#: Perfume and toilet water; make-up and skin care.
HEADINGS = ("3303", "3304")


class Marking(StrEnum):
    """How the package states its content (包装标注)."""

    WEIGHT = "weight"
    """以重量标注"""
    VOLUME = "volume"
    """以体积标注"""
    PIECE = "piece"
    """以片、张标注"""


class Content(NamedTuple):
    """净含量 what one traded piece holds by its specification.

    ``kilograms`` in all, one litre counting as one; None where only sheets are stated. ``packages`` are the separate packages
    in it, or the sheets of goods marked by piece. ``per`` is the Chinese word for the piece (瓶, 盒), None if not stated.
    """

    kilograms: Decimal | None
    packages: Decimal
    marking: Marking
    per: str | None = None


class LegalQuantities(NamedTuple):
    """第一、第二法定数量: kilograms (035), None where the specification states none, and packages or sheets (011)."""

    first: Decimal | None
    second: Decimal


#: Endings of 10-digit codes that say how the content is marked, by the digits before them. Read in tariffs of 2024 and in
#: declarations; a code that is not here does not say.
_ENDINGS: Mapping[str, Mapping[str, Marking]] = {
    "33030000": {"20": Marking.VOLUME},
    "33042000": {"91": Marking.WEIGHT, "92": Marking.VOLUME},
    "33049900": {
        "21": Marking.WEIGHT, "29": Marking.WEIGHT, "39": Marking.VOLUME, "41": Marking.PIECE, "49": Marking.PIECE,
    },
}  # fmt: skip


def marking_of(hs_code: str) -> Marking | None:
    """How goods of a 10-digit code state their content, None where the code does not say.

    >>> marking_of("3304990049"), marking_of("3304990099")
    (<Marking.PIECE: 'piece'>, None)
    """
    return _ENDINGS.get(hs_code[:8], {}).get(hs_code[8:])


def legal_quantities(hs_code: str, content: Content, pieces: Decimal) -> LegalQuantities:
    """The legal quantities of ``pieces`` traded pieces of cosmetics. Weight and volume come to the same in kilograms.

    Raises ``ValueError`` for other headings, and where the code is one of sheets and the content is not, or the other way.
    """
    if not hs_code.startswith(HEADINGS):
        raise ValueError(
            f"legal quantities by net content are those of headings {' and '.join(HEADINGS)}, not of {hs_code}"
        )
    marking = marking_of(hs_code)
    if marking and (marking is Marking.PIECE) is not (content.marking is Marking.PIECE):
        raise ValueError(
            f"code {hs_code} is for content marked by {marking}, the content is marked by {content.marking}"
        )
    first = None if content.kilograms is None else EXACT.multiply(content.kilograms, pieces)
    return LegalQuantities(first, EXACT.multiply(content.packages, pieces))


# reading a specification

#: Units of content, in kilograms or litres.
_UNITS: Mapping[str, tuple[Decimal, Marking]] = {
    "ml": (Decimal("0.001"), Marking.VOLUME), "毫升": (Decimal("0.001"), Marking.VOLUME),
    "l": (ONE, Marking.VOLUME), "升": (ONE, Marking.VOLUME),
    "g": (Decimal("0.001"), Marking.WEIGHT), "克": (Decimal("0.001"), Marking.WEIGHT),
    "kg": (ONE, Marking.WEIGHT), "千克": (ONE, Marking.WEIGHT), "公斤": (ONE, Marking.WEIGHT),
}  # fmt: skip

#: Words for sheets, and for packages.
_SHEETS = "片张"
_PACKAGES = "瓶罐支管盒袋包只个件枚粒贴块条组箱桶筒套"

_NUMBER = r"\d+(?:\.\d+)?"
_COUNTER = f"[{_SHEETS}{_PACKAGES}]"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_TIMES = r"\s*[*×x]\s*"

#: An amount of content with what multiplies it: 50ml/瓶, 2*30g, 25克/片×10片/盒.
_MEASURE = re.compile(
    rf"(?:(?P<before>\d+){_TIMES})?(?P<amount>{_NUMBER})\s*(?P<unit>{_UNIT})(?:\s*/\s*(?P<each>{_COUNTER}))?"
    rf"(?:{_TIMES}(?P<after>\d+)\s*(?P<counted>{_COUNTER})?)?(?:\s*/\s*(?P<per>{_COUNTER}))?"
)
#: A number of packages or sheets: 10片/盒, 5片装.
_COUNT = re.compile(rf"(?P<number>\d+)\s*(?P<counted>{_COUNTER})(?:\s*/\s*(?P<per>{_COUNTER}))?装?")

#: The same content in ounces, which stands beside many a metric one.
_OUNCES = re.compile(
    rf"[/(]?\s*(?<![\d.])(?:{_NUMBER}|\.\d+)\s*(?:us\s*)?(?:fl\.?\s*)?(?:oz|液?盎司)\.?(?![a-z])\s*\)?"
)

#: Words and signs beside which a number is no net content of one piece: gross weight, shares, sets, gifts, several in words, a
#: thousands sign or decimal comma, a range, an ingredient with its amount.
_DOUBTFUL = re.compile(
    "|".join((
        "毛重", "gross", "连瓶", "每", "约", "左右", "±", "赠", "送", "礼", "套", "组合", "混", rf"[一二两三四五六七八九十双]\s*{_COUNTER}",
        r"\+\s*[\d\u4e00-\u9fff]", r"\d,\d", rf"\d\s*[~–—至-]\s*{_NUMBER}\s*(?:{_UNIT})",
        r"(?:(?<!净)含(?!量)|成分|浓度)[^|;,]*\d",
    ))
)  # fmt: skip

#: Whatever looks like an amount, in units that are not read too.
_ANY_AMOUNT = re.compile(rf"\d\s*(?:{_UNIT}|mg|毫克|微克|cl|dl|cc|lb|磅|斤|两)")

#: What may not stand before an amount, or after it: parts of other words, numbers and products.
_JOINED_BEFORE = re.compile(r"[a-z\d.*×/%+-]$|[*×/+-]\s*$")
_JOINED_AFTER = re.compile(r"[a-z\d.%±-]|\s*[*×/+]|\s*x\s*\d")


@lru_cache(maxsize=4096)
def read_content(specification: str) -> Content | None:
    """The net content of one traded piece by its specification, None where the text is silent or may mean two things.

    Full-width digits and letters count as plain ones. Several amounts, ranges, sets, gifts and gross weights are not read.

    >>> read_content("２５克／片｜１０片／盒")
    Content(kilograms=Decimal('0.250'), packages=Decimal('10'), marking=<Marking.PIECE: 'piece'>, per='盒')
    >>> read_content("30g*2").kilograms, read_content("0.5L").kilograms
    (Decimal('0.060'), Decimal('0.5'))
    """
    text = _OUNCES.sub(" ", unicodedata.normalize("NFKC", specification).lower())
    if _DOUBTFUL.search(text):
        return None
    amounts = list(_MEASURE.finditer(text))
    if len(amounts) > 1 or len(_ANY_AMOUNT.findall(text)) != len(amounts):
        return None
    rest = _MEASURE.sub("|", text)
    counts = list(_COUNT.finditer(rest))
    joined = [each for each in (*amounts, *counts) if not _stands_alone(each)]
    if joined or len(counts) > 1:
        return None
    if not amounts:
        return _sheets(counts[0]) if counts else None
    return _measured(amounts[0], counts[0] if counts else None)


def _stands_alone(found: re.Match[str]) -> bool:
    """Whether nothing beside an amount makes something else of it."""
    return not _JOINED_BEFORE.search(found.string[: found.start()]) and not _JOINED_AFTER.match(
        found.string, found.end()
    )


def _sheets(count: re.Match[str]) -> Content | None:
    """A content that states sheets alone."""
    number = Decimal(count["number"])
    return Content(None, number, Marking.PIECE, count["per"]) if count["counted"] in _SHEETS and number else None


def _measured(amount: re.Match[str], count: re.Match[str] | None) -> Content | None:
    """A content by weight or volume, times what multiplies it; a count beside it has to count what the amount is of."""
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
    if (each or counted or "-") in _SHEETS:
        marking = Marking.PIECE
    return Content(kilograms, packages, marking, per or (None if numbers else each))


# doubts about what is declared


class Doubt(NamedTuple):
    """A declared legal quantity that keeps goods below a threshold which their stated content reaches (法定数量存疑)."""

    gnum: int
    per: Quantity
    """Which legal quantity is meant."""
    declared: Decimal
    stated: Decimal
    """The quantity by the specification."""


def doubts(line: Line, assessed: LineAssessment) -> Doubt | None:
    """Whether the declared legal quantity of a line dodges a threshold: it is not reached as declared, but is with the content
    that the specification states. None where there is no doubt, or where the specification cannot be read surely.
    """
    tested, tier = assessed.tested, assessed.tier
    if tested is None or tested.at_least is None or tier is tested.tiers[0] or not line.hs_code.startswith(HEADINGS):
        return None
    declared, unit = assessed.goods.quantity(tested.per)
    stated = _stated(line, tested.per) if declared is not None and unit == tested.unit else None
    if stated is None or declared is None or declared <= stated:
        return None
    reached = assessed.dutiable_value >= EXACT.multiply(tested.at_least, stated)
    return Doubt(assessed.gnum, tested.per, declared, stated) if reached else None


def short_paid(assessment: TaxAssessment, doubt: Doubt) -> Decimal:
    """How much more tax is due in CNY if the stated quantity is right, all else being as it was assessed."""
    case = assessment.case
    goods = list(case.goods)
    goods[doubt.gnum - 1] = goods[doubt.gnum - 1].with_quantity(doubt.per, doubt.stated)
    again = compute(case._replace(goods=tuple(goods)), regime=assessment.regime)
    return EXACT.subtract(again.due, assessment.due)


def _stated(line: Line, per: Quantity) -> Decimal | None:
    """The legal quantity that the specification of a line states, None where it may be that of less than what is traded."""
    content = read_content(line.model)
    if (
        content is None
        or (content.marking is Marking.PIECE) is not (per == "legal_qty2")
        or not _is_of_one(line, content)
    ):
        return None
    try:
        first, second = legal_quantities(line.hs_code, content, line.qty)
    except ValueError:
        return None
    # more packages than the text knows of, or heavier sheets: then it speaks of something smaller
    stated, beside, declared = (
        (first, second, line.second_legal_qty) if per == "legal_qty1" else (second, first, line.first_legal_qty)
    )
    return None if beside is not None and declared is not None and declared > beside else stated


#: Traded units that may be any package, and packages that are one unless a text says otherwise.
_ANY_PIECE, _ONE_PACKAGE = "个只件", "瓶罐支管盒袋包"


def _is_of_one(line: Line, content: Content) -> bool:
    """Whether a content is that of one traded unit: what it says of a bottle tells nothing of a case or a kilogram of them."""
    unit = code_list("units").get(line.unit)
    word, per = (unit.zh if unit else ""), content.per
    if per == word:
        return True
    if word in tuple(_ANY_PIECE):
        return per is None or per not in _SHEETS
    return per is None and word in tuple(_ONE_PACKAGE)
