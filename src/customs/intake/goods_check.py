"""The check of goods records as a whole (商品备案检查): what would be refused or taxed wrongly, before an order is declared.

>>> from datetime import date
>>> from customs.intake.goods import goods_of_rows
>>> records = goods_of_rows([{"sku": "A1", "hs_code": "3304990039", "item_name": "面霜", "model": "示例牌|50ml/瓶", "unit": "142",
...     "legal_unit1": "035", "per_unit1": "0.0835", "legal_unit2": "011", "per_unit2": "1", "origin_country": "110"}])
>>> for each in check_goods(records, on=date(2026, 11, 11)):
...     print(each.sku, each.finding.code, each.field, each.finding.en)
A1 goods-content per_unit1 SKU A1: 第一法定数量换算 per_unit1 is 0.0835, and the net content 示例牌|50ml/瓶 is 0.05.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customs.codes import code_list
from customs.codes.named import KILOGRAM
from customs.declaration import Line
from customs.fields import terms_of
from customs.fields.digits import plain_digits
from customs.fields.money import EXACT, ONE
from customs.intake.facts import unfit
from customs.intake.goods import GoodsRecord
from customs.intake.goods_alike import BothWords, LookAlikes, alike
from customs.intake.goods_headings import OWN_LABELS
from customs.intake.spots import Spot
from customs.rules import Finding, Severity, catalogue
from customs.tax import Rate, RateMissingError, RateTable, shipped
from customs.tax.net_content import read_content
from customs.tax.statutory_quantity import HEADINGS, statutory_quantities


class GoodsFinding(NamedTuple):
    """A finding on a goods record: its SKU, the field, and where it was written."""

    sku: str
    field: str
    spot: Spot
    finding: Finding


class _Known(NamedTuple):
    """A record with what the rate table knows of its commodity code on the day, None if nothing."""

    record: GoodsRecord
    rate: Rate | None
    on: date


_Check = Callable[[_Known], Iterator[tuple[str, Finding]]]

#: Fields without which no order of the goods can be declared, unless its rows have them.
_NEEDED = ("hs_code", "item_name", "model", "unit", "legal_unit1", "origin_country")

#: Kilograms or litres in one unit of weight or volume.
_SIZES: Mapping[str, Decimal] = {
    "035": ONE, "036": Decimal("0.001"), "070": Decimal(1000), "095": ONE, "096": Decimal("0.001"), "063": Decimal(1000),
}  # fmt: skip
_WEIGHTS = frozenset({"035", "036", "070"})

#: How far a conversion to weight may be from the net content, which may be stated by volume: a litre of oil has 0.9 kg.
_NEAR = (Decimal("0.66"), Decimal("1.5"))


def check_goods(
    records: Mapping[str, GoodsRecord] | Iterable[GoodsRecord], *, on: date, rates: RateTable | None = None
) -> list[GoodsFinding]:
    """Return the findings on goods records on a declaration day, those of each record before those between records.

    ``rates`` is the table that taxes are assessed by; the shipped example if left out. Look-alikes that are taxed
    otherwise, of which one may dodge a threshold, are warnings that name both SKUs.
    """
    table = rates or shipped()
    every = list(records.values() if isinstance(records, Mapping) else records)
    known = [_Known(each, _rate(table, each, on), on) for each in every]
    found = [_placed(each.record, *told) for each in known for check in _CHECKS for told in check(each)]
    return [*found, *_between(known), *map(_told, alike([(each.record, each.rate) for each in known], on))]


def _placed(record: GoodsRecord, field: str, finding: Finding) -> GoodsFinding:
    return GoodsFinding(record.sku, field, record.spot(field), finding)


def _rate(table: RateTable, record: GoodsRecord, on: date) -> Rate | None:
    try:
        return table.rate(record.facts.get("hs_code", ""), on)
    except RateMissingError:
        return None


def _label(field: str) -> str:
    term = terms_of(Line).get(field)
    return f"{term.zh if term else OWN_LABELS.get(field, '')} {field}".lstrip()


def _facts(known: _Known) -> Iterator[tuple[str, Finding]]:
    """Each fact fits its field; records that come from a function were never looked at."""
    record = known.record
    for name, value in record.facts.items():
        if name in terms_of(Line) and (why := unfit(value, Line, name)):
            yield (
                name,
                catalogue.GOODS_FACT.at(name, sku=record.sku, name=_label(name), why=why.en, why_zh=why.zh),
            )
    if lacking := [name for name in _NEEDED if not record.facts.get(name)]:
        yield lacking[0], catalogue.GOODS_LACKS.at(lacking[0], sku=record.sku, names=", ".join(map(_label, lacking)))
    if len(record.sku) > 20:
        yield "sku", catalogue.ITEM_NO_LENGTH.at("sku")


def _code(known: _Known) -> Iterator[tuple[str, Finding]]:
    """The commodity code has a rate on the day, and the statutory units are those of the tariff."""
    facts, rate = known.record.facts, known.rate
    if "hs_code" not in facts:
        return
    if rate is None:
        yield "hs_code", catalogue.RATE_MISSING.at("hs_code", hs_code=facts["hs_code"], day=known.on)
        return
    for name, expected in (("legal_unit1", rate.legal_unit1), ("legal_unit2", rate.legal_unit2)):
        given = facts.get(name)
        if expected and given and given != expected:
            yield name, _tariff_unit(name, given, expected, rate)
        elif name == "legal_unit2" and bool(expected) != bool(given):
            en, zh = (
                (
                    f"the tariff has {_unit(expected)} for {rate.hs_code}",
                    f"税则 {rate.hs_code} 有第二单位 {_unit(expected)}",
                )
                if expected
                else (f"the tariff has none for {rate.hs_code}", f"税则 {rate.hs_code} 没有第二单位")
            )
            if expected or len(rate.hs_code) == 10:
                yield name, catalogue.GOODS_SECOND_UNIT.at(name, sku=known.record.sku, why=en, why_zh=zh)


def _tariff_unit(name: str, given: str, expected: str, rate: Rate) -> Finding:
    return catalogue.TARIFF_UNIT.at(
        name, name=_label(name), given=_unit(given), expected=_unit(expected), hs_code=rate.hs_code
    )


def _unit(code: str | None) -> str:
    entry = code_list("units").get(code or "")
    return f"{code} {entry.zh}" if entry else str(code)


def _conversions(known: _Known) -> Iterator[tuple[str, Finding]]:
    """Each statutory unit has a conversion that fits the traded unit."""
    record = known.record
    traded = record.facts.get("unit")
    for name, unit, factor in _factors(record):
        if unit is None:
            if factor is not None and name == "per_unit2":
                why = {"why": "there is a conversion and no unit", "why_zh": "有换算而没有单位"}
                yield name, catalogue.GOODS_SECOND_UNIT.at(name, sku=record.sku, **why)
            continue
        expected = _ratio(traded, unit)
        if factor is None and expected != ONE:
            yield name, catalogue.GOODS_NOT_CONVERTED.at(name, sku=record.sku, unit=_unit(unit), name=_label(name))
        elif factor is not None and expected is not None and factor != expected:
            same = ("both units are the same", "两个单位相同")
            ratio = (f"one {_unit(traded)} in {_unit(unit)}", f"一{_unit(traded)[4:]}折合{_unit(unit)[4:]}")
            en, zh = same if expected == ONE else ratio
            yield (
                name,
                catalogue.GOODS_CONVERSION.at(
                    name, sku=record.sku, name=_label(name), given=factor, expected=expected, why=en, why_zh=zh
                ),
            )


def _factors(record: GoodsRecord) -> tuple[tuple[str, str | None, Decimal | None], ...]:
    """Both conversions of a record: the field, the statutory unit, the factor."""
    facts = record.facts
    return (
        ("per_unit1", facts.get("legal_unit1"), record.per_unit1),
        ("per_unit2", facts.get("legal_unit2"), record.per_unit2),
    )


def _ratio(traded: str | None, unit: str) -> Decimal | None:
    """Return the one possible conversion between two units, None where it depends on the goods."""
    if traded == unit:
        return ONE
    if traded and traded in _SIZES and unit in _SIZES and (traded in _WEIGHTS) is (unit in _WEIGHTS):
        return (_SIZES[traded] / _SIZES[unit]).normalize() + 0
    return None


def _content(known: _Known) -> Iterator[tuple[str, Finding]]:
    """The conversions fit the net content that the record states, or its specification."""
    record = known.record
    stated = record.net_content or record.facts.get("model", "")
    content = read_content(stated)
    if content is None or record.facts.get("unit") in _SIZES:
        return
    for name, unit, factor in _factors(record):
        expected = _expected(record, stated, name, unit)
        if factor is None or expected is None:
            continue
        cosmetic = record.facts.get("hs_code", "").startswith(HEADINGS)
        if factor != expected if cosmetic else not _NEAR[0] <= factor / expected <= _NEAR[1]:
            yield (
                name,
                catalogue.GOODS_CONTENT.at(
                    name,
                    sku=record.sku,
                    name=_label(name),
                    given=factor,
                    content=stated,
                    expected=plain_digits(expected.normalize() + 0),
                ),
            )


def _expected(record: GoodsRecord, stated: str, name: str, unit: str | None) -> Decimal | None:
    """Return a conversion by the stated content, None where that says nothing of the unit."""
    content = read_content(stated)
    if content is None:
        return None
    hs_code = record.facts.get("hs_code", "")
    if hs_code.startswith(HEADINGS):
        try:
            first, second = statutory_quantities(hs_code, content, ONE)
        except ValueError:
            return None
        return second if name == "per_unit2" else first if unit == KILOGRAM else None
    if content.kilograms is None or unit is None or unit not in _SIZES:
        return None
    return EXACT.divide(content.kilograms, _SIZES[unit])


def _standing(known: _Known) -> Iterator[tuple[str, Finding]]:
    """The record is approved and holds on the day; a list may hold others, so that these are warnings."""
    record, on = known.record, known.on
    if record.state and record.state != "approved":
        zh = STATES_ZH.get(record.state, record.state)
        yield "state", _warning(catalogue.GOODS_STATE.at("state", sku=record.sku, state=record.state, state_zh=zh))
    begins, ends = record.valid_from, record.valid_until
    if (begins and on < begins) or (ends and on > ends):
        days = {
            "from_en": f" from {begins}" if begins else "",
            "until_en": f" until {ends}" if ends else "",
            "from_zh": f"自 {begins} 起" if begins else "",
            "until_zh": f"至 {ends} 止" if ends else "",
        }
        field = "valid_from" if begins and on < begins else "valid_until"
        yield field, _warning(catalogue.GOODS_DAY.at(field, sku=record.sku, day=on, **days))


#: The states in which goods may not be declared, in Chinese.
STATES_ZH = {"pending": "待备案", "refused": "未通过", "suspended": "停用"}


def _warning(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARNING)


_CHECKS: tuple[_Check, ...] = (_facts, _code, _conversions, _content, _standing)


def _between(known: list[_Known]) -> Iterator[GoodsFinding]:
    """Records that share what belongs to one, and records of one commodity code with other units."""
    bar_codes: dict[str, GoodsRecord] = {}
    numbers: dict[tuple[str, str], GoodsRecord] = {}
    units: dict[str, GoodsRecord] = {}
    for record, rate, _ in known:
        if code := record.facts.get("bar_code"):
            yield from _twice(bar_codes.setdefault(code, record), record, "bar_code")
        if number := record.facts.get("record_no"):
            yield from _twice(numbers.setdefault((record.account_book_no or "", number), record), record, "record_no")
        if rate is None and (code := record.facts.get("hs_code")):
            other = units.setdefault(code, record)
            given, expected = _units(record), _units(other)
            if given != expected:
                facts = {"hs_code": code, "sku": record.sku, "given": given, "other": other.sku, "expected": expected}
                yield _placed(record, "legal_unit1", catalogue.GOODS_UNITS_DIFFER.at("legal_unit1", **facts))


def _units(record: GoodsRecord) -> str:
    return ", ".join(_unit(each) for each in (record.facts.get("legal_unit1"), record.facts.get("legal_unit2")) if each)


def _twice(first: GoodsRecord, record: GoodsRecord, field: str) -> Iterator[GoodsFinding]:
    if first is not record:
        facts = {"sku": record.sku, "other": first.sku, "name": _label(field)}
        yield _placed(record, field, catalogue.GOODS_TWICE.at(field, **facts))


def _told(found: LookAlikes) -> GoodsFinding:
    record, other = found.record, found.other
    (given, given_zh), (expected, expected_zh) = _named(record, found.taxed), _named(other, found.other_taxed)
    finding = catalogue.GOODS_ALIKE.at(
        found.field,
        sku=record.sku,
        other=other.sku,
        why=found.why.en,
        why_zh=found.why.zh,
        given=given,
        given_zh=given_zh,
        expected=expected,
        expected_zh=expected_zh,
    )
    return _placed(record, found.field, finding)


def _named(record: GoodsRecord, taxed: BothWords) -> BothWords:
    name = f"{record.sku} {record.facts.get('hs_code', '')}"
    return BothWords(f"{name}, {taxed.en}", f"{name}，{taxed.zh}")
