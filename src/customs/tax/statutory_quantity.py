"""Statutory quantities of cosmetics (化妆品法定数量): the net content in kilograms, and the packages or sheets.

Consumption tax on goods of headings 3303 and 3304 depends on the dutiable value per statutory quantity, so a wrong
quantity is a wrong tax. The first quantity is the net content, one litre counting as one kilogram, never the weight
with the bottle. The second is the number of packages, or of sheets where the content is marked by piece or sheet.
Declaring gross weight as content understates the tax: 50 ml at 700 CNY declared as 0.0835 kg pay 97.71 CNY too
little. Sources: GACC announcement 55 of 2016, Cai Shui [2016] 103.

>>> statutory_quantities("3304990039", read_content("示例牌|50ml/瓶"), Decimal(2))
StatutoryQuantities(first=Decimal('0.100'), second=Decimal('2'))
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from customs.codes import code_list
from customs.declaration import Line
from customs.fields.goods import HsCode
from customs.fields.money import EXACT, exactly
from customs.tax.assessment import compute
from customs.tax.law import Measure
from customs.tax.net_content import SHEETS, Content, Marking, read_content
from customs.tax.result import LineAssessment, TaxAssessment

#: Perfume and toilet water; make-up and skin care.
HEADINGS = ("3303", "3304")

#: Endings of 10-digit codes that say how the content is marked, by the first eight digits. Read in tariffs of 2024
#: and in declarations; other codes do not say.
_ENDINGS: Mapping[str, Mapping[str, Marking]] = {
    "33030000": {"20": Marking.VOLUME},
    "33042000": {"91": Marking.WEIGHT, "92": Marking.VOLUME},
    "33049900": {
        "21": Marking.WEIGHT, "29": Marking.WEIGHT, "39": Marking.VOLUME, "41": Marking.PIECE, "49": Marking.PIECE,
    },
}  # fmt: skip

#: Traded units that may be any package, and packages that are single unless a text says otherwise.
_ANY_PIECE, _ONE_PACKAGE = "个只件", "瓶罐支管盒袋包"


class StatutoryQuantities(NamedTuple):
    """第一、第二法定数量: kilograms (035), None where the specification states none, and packages or sheets (011)."""

    first: Decimal | None
    second: Decimal


class Doubt(NamedTuple):
    """法定数量存疑: a declared statutory quantity that keeps goods below a threshold which their stated content reaches."""

    gnum: int
    per: Measure
    """The first or the second statutory quantity."""
    declared: Decimal
    stated: Decimal
    """The quantity by the specification."""


def marking_of(hs_code: HsCode) -> Marking | None:
    """Return how goods of a 10-digit code state their content, None where the code does not say.

    >>> marking_of("3304990049"), marking_of("3304990099")
    (<Marking.PIECE: 'piece'>, None)
    """
    return _ENDINGS.get(hs_code[:8], {}).get(hs_code[8:])


@exactly
def statutory_quantities(hs_code: HsCode, content: Content, pieces: Decimal) -> StatutoryQuantities:
    """Return the statutory quantities of ``pieces`` traded pieces of cosmetics; a litre counts as a kilogram.

    Raises ``ValueError`` for other headings, and where code and content do not agree on being marked by piece.
    """
    if not hs_code.startswith(HEADINGS):
        raise ValueError(
            f"statutory quantities by net content are for headings {' and '.join(HEADINGS)}, not for {hs_code}"
        )
    marking = marking_of(hs_code)
    if marking and (marking is Marking.PIECE) is not (content.marking is Marking.PIECE):
        raise ValueError(
            f"code {hs_code} is for content marked by {marking}, the content is marked by {content.marking}"
        )
    first = None if content.kilograms is None else EXACT.multiply(content.kilograms, pieces)
    return StatutoryQuantities(first, EXACT.multiply(content.packages, pieces))


@exactly
def doubts(line: Line, assessed: LineAssessment) -> Doubt | None:
    """Return a doubt if the threshold is reached by the content that the specification states, but not as declared.

    None where there is no doubt, or where the specification cannot be read with certainty.
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


@exactly
def short_paid(assessment: TaxAssessment, doubt: Doubt) -> Decimal:
    """Return how much more tax is due in CNY if the stated quantity is right and all else is as assessed."""
    case, position = assessment.case, doubt.gnum - 1
    goods = case.goods[position].with_quantity(doubt.per, doubt.stated)
    again = compute(case.with_goods(position, goods), regime=assessment.regime)
    return EXACT.subtract(again.due, assessment.due)


def _stated(line: Line, per: Measure) -> Decimal | None:
    """Return the statutory quantity by the specification of a line, None where it may cover less than is traded."""
    content = read_content(line.model)
    if content is None or (content.marking is Marking.PIECE) is not (per == "legal_qty2"):
        return None
    if not _is_of_one(line, content):
        return None
    try:
        first, second = statutory_quantities(line.hs_code, content, line.qty)
    except ValueError:
        return None
    # more packages than the text mentions, or heavier sheets: then the text describes something smaller
    if per == "legal_qty2":
        return None if _exceeds(line.first_legal_qty, first) else second
    return None if _exceeds(line.second_legal_qty, second) else first


def _exceeds(declared: Decimal | None, stated: Decimal | None) -> bool:
    """True if both quantities are known and the declared one is larger."""
    return declared is not None and stated is not None and declared > stated


def _is_of_one(line: Line, content: Content) -> bool:
    """True if a content is that of one traded unit; the content of a bottle tells nothing about a case of bottles."""
    unit = code_list("units").get(line.unit)
    word, per = (unit.zh if unit else ""), content.per
    if per == word:
        return True
    if word in tuple(_ANY_PIECE):
        return per is None or per not in SHEETS
    return per is None and word in tuple(_ONE_PACKAGE)
