"""Look-alikes among goods records (疑似同一商品): one product under two records that are taxed otherwise.

Whoever declares a cream once as 0.05 kg and once as 0.0835 kg, or under a code without consumption tax, may keep it
below a threshold. The pairs are shown; nobody here says which is right. Goods look alike if they have one bar code, or
nearly one name. Source of the thresholds: Cai Guan Shui [2016] 48, 10 CNY per ml or g, 15 CNY per piece or sheet.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from customs.fields.digits import plain_digits
from customs.fields.money import EXACT, to_cents
from customs.intake.goods import GoodsRecord
from customs.tax import Rate, law
from customs.tax.composite import composite_rates
from customs.tax.net_content import read_content

#: A record with the rate of its commodity code on the day.
RatedGoods = tuple[GoodsRecord, Rate | None]

#: How much two names have in common at least, and with how many neighbours in the order of names each is compared, read
#: from its beginning and from its end.
_ALIKE, _NEIGHBOURS = 0.9, 5

#: Characters of a name that are compared.
_LONGEST = 100

#: An amount in a name, which tells sizes of one product apart.
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:毫升|千克|公斤|克|升|ml|kg|g|l)?")


class BothWords(NamedTuple):
    """The same in English and Chinese."""

    en: str
    zh: str


class LookAlikes(NamedTuple):
    """Two records of what looks like one product, why, and how each is taxed."""

    record: GoodsRecord
    other: GoodsRecord
    field: str
    why: BothWords
    taxed: BothWords
    other_taxed: BothWords


def alike(rated: Sequence[RatedGoods], on: date) -> Iterator[LookAlikes]:
    """Yield pairs of records that look alike and are taxed otherwise on a day, each pair once."""
    seen: set[tuple[str, str]] = set()
    for (record, rate), (other, other_rate), why in _pairs(rated):
        pair = record.sku, other.sku
        if rate is None or other_rate is None or pair in seen or pair[::-1] in seen:
            continue
        seen.add(pair)
        differing = _differing(record, other, by_name=why is _NAMES)
        one, two = _taxed(record, rate, on), _taxed(other, other_rate, on)
        if differing and one != two:
            yield LookAlikes(record, other, differing, why, one, two)


_BAR_CODES = BothWords("the same bar code", "条形码相同")
_NAMES = BothWords("nearly the same name", "名称相近")


def _pairs(rated: Sequence[RatedGoods]) -> Iterator[tuple[RatedGoods, RatedGoods, BothWords]]:
    """Yield pairs with one bar code, each record with the first; then pairs with nearly one name."""
    by_bar_code: dict[str, RatedGoods] = {}
    for each in rated:
        if (code := each[0].facts.get("bar_code")) and (first := by_bar_code.setdefault(code, each)) is not each:
            yield each, first, _BAR_CODES
    names: dict[str, list[RatedGoods]] = defaultdict(list)
    for each in rated:
        if name := _name(each[0]):
            names[name].append(each)
    for several in names.values():
        yield from ((each, several[0], _NAMES) for each in several[1:])
    for one, other in _near(list(names)):
        yield names[other][0], names[one][0], _NAMES


def _name(record: GoodsRecord) -> str:
    """Return the name of goods without its sizes, blanks and signs."""
    plain = unicodedata.normalize("NFKC", record.facts.get("item_name", "")).casefold()
    return re.sub(r"[\W_]+", "", _AMOUNT.sub("", plain))[:_LONGEST]


def _near(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield names that are nearly the same, sought among the neighbours of each."""
    for order in (sorted(names), sorted(names, key=lambda name: name[::-1])):
        for at, name in enumerate(order):
            for other in order[at + 1 : at + 1 + _NEIGHBOURS]:
                if _is_near(name, other):
                    yield name, other


def _is_near(name: str, other: str) -> bool:
    """True if two names are nearly the same; the cheap bounds are asked first."""
    found = SequenceMatcher(None, name, other, autojunk=False)
    return all(bound() >= _ALIKE for bound in (found.real_quick_ratio, found.quick_ratio, found.ratio))


def _differing(record: GoodsRecord, other: GoodsRecord, *, by_name: bool) -> str:
    """Return the field in which two records differ so that it matters, an empty text if in none.

    Sizes of one product are other goods: by their names alone, records that state other contents are not compared by
    their quantities.
    """
    if record.facts.get("hs_code") != other.facts.get("hs_code"):
        return "hs_code"
    one, two = _stated(record), _stated(other)
    if by_name and one and two and one != two:
        return ""
    for field in ("per_unit1", "per_unit2"):
        if getattr(record, field) != getattr(other, field):
            return field
    return ""


def _stated(record: GoodsRecord) -> Decimal | None:
    """Return the kilograms or sheets that a record states, also in its name; None if it states none."""
    texts = (record.net_content, record.facts.get("model", ""), record.facts.get("item_name", ""))
    content = next(filter(None, map(read_content, texts)), None)
    return content and (content.kilograms or content.packages)


def _taxed(record: GoodsRecord, rate: Rate, on: date) -> BothWords:
    """Return in words how one traded unit is taxed: its highest rate, and the price from which that is due."""
    steps = composite_rates(rate, law.on(on))
    if not steps:
        return BothWords("by a VAT band of another day", "增值税率不适用于当日")
    highest = steps[0]
    share = f"{to_cents(EXACT.multiply(highest.within, Decimal(100)))} %"
    if highest.tested is None or highest.tier is None:
        return BothWords(f"{share} without consumption tax", f"综合税率 {share}，不征消费税")
    per = record.per_unit1 if highest.tested.per == "legal_qty1" else record.per_unit2
    least = highest.tier.at_least
    if least is None or highest.tier.currency or per is None:
        return BothWords(f"{share} with consumption tax", f"综合税率 {share}，含消费税")
    price = plain_digits(EXACT.multiply(least, per).normalize() + 0)
    return BothWords(
        f"{share} with consumption tax from {price} CNY a piece on", f"单件 {price} 元起征消费税，综合税率 {share}"
    )
