"""The facts of an assessment as text (计税要素文本): kept with a parcel, so that its tax is computed again in any later month.

The rates are kept with them, since a rate table may have changed since.

>>> from datetime import date
>>> from customs.tax import assess, compute
>>> from customs.testing import sample_parcels
>>> case = assess(next(sample_parcels(1, seed=1, mode="1210")), on=date(2026, 11, 11)).case
>>> case_of(json.loads(json.dumps(case_facts(case)))) == case._replace(order_day=None)
True
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from customs.fields.frozen import FrozenDict
from customs.reconciliation.three_way.sides import ConvertedPrices, StatedTransport
from customs.reconciliation.trial import LineFigures
from customs.tax import law as laws
from customs.tax.case import Case, Goods, Measured
from customs.tax.method import Method
from customs.tax.rates import Rate


def case_facts(case: Case) -> dict[str, Any]:
    """Return a case as values of JSON; the day on which it was ordered decides nothing and is left out."""
    law = case.law.exchange
    return {
        "day": case.law.day.isoformat(),
        "freight": str(case.freight),
        "insurance": str(case.insurance),
        "used": _text(case.used),
        "method": asdict(case.method),
        "exchange": {name: str(rate) for name, rate in case.exchange.items() if law.get(name) != rate},
        "goods": [_goods_facts(each) for each in case.goods],
    }


def _goods_facts(goods: Goods) -> list[Any]:
    measured = [[_text(each.qty), each.unit] for each in goods.measured]
    rate = {
        name: value if name == "postal" or value is None else _rate_fact(value)
        for name, value in asdict(goods.rate).items()
        if name != "source"
    }
    value, qty, weight = str(goods.value), str(goods.qty), _text(goods.weight)
    return [
        goods.hs_code,
        goods.item_no,
        value,
        qty,
        measured,
        goods.origin,
        weight,
        rate | {"source": goods.rate.source},
    ]


def _rate_fact(value: Any) -> Any:
    return {name: str(each) for name, each in value.items()} if isinstance(value, Mapping) else str(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def case_of(facts: Mapping[str, Any]) -> Case:
    """Return the case of such values."""
    law = laws.on(date.fromisoformat(facts["day"]))
    given = {name: Decimal(rate) for name, rate in facts["exchange"].items()}
    return Case(
        goods=tuple(map(_goods_of, facts["goods"])),
        law=law,
        freight=Decimal(facts["freight"]),
        insurance=Decimal(facts["insurance"]),
        used=_number(facts["used"]),
        method=Method(**facts["method"]),
        exchange=FrozenDict({**law.exchange, **given}),
    )


def _goods_of(facts: list[Any]) -> Goods:
    hs_code, item_no, value, qty, measured, origin, weight, rate = facts
    days = {name: date.fromisoformat(rate[name]) for name in ("valid_from", "valid_to", "as_of")}
    tariffs = {name: _number(rate[name]) for name in ("mfn", "provisional")}
    agreements = {country: Decimal(tariff) for country, tariff in rate["agreements"].items()}
    first, second = (Measured(_number(each), unit) for each, unit in measured)
    row = Rate(**{**rate, **days, **tariffs, "agreements": agreements})
    return Goods(hs_code, item_no, Decimal(value), Decimal(qty), (first, second), origin, row, _number(weight))


def lines_text(lines: Mapping[int, LineFigures]) -> str:
    """Return the lines of a bill as text."""
    return json.dumps([[gnum, line.hs_code, *map(str, line[1:])] for gnum, line in sorted(lines.items())])


def lines_of(text: str) -> dict[int, LineFigures]:
    """Return the lines of a bill from such a text."""
    return {gnum: LineFigures(code, *map(Decimal, amounts)) for gnum, code, *amounts in json.loads(text)}


def transport_facts(stated: tuple[StatedTransport, ...]) -> list[list[str]]:
    """Return freight and insurance, as other documents state them, as values of JSON."""
    return [[str(each.freight), str(each.insurance)] for each in stated]


def transport_of(facts: list[list[str]]) -> tuple[StatedTransport, ...]:
    """Return freight and insurance of such values."""
    return tuple(StatedTransport(Decimal(freight), Decimal(insurance)) for freight, insurance in facts)


def converted_of(facts: list[str] | None) -> ConvertedPrices | None:
    """Return the currency and the rate of such values."""
    return None if facts is None else ConvertedPrices(facts[0], Decimal(facts[1]))
