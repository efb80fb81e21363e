"""Fictitious shops (虚构店铺): an enterprise file, a goods list and an order list, as an enterprise would fill them in.

>>> shop = sample_shop(2, seed=7, mode="1210")
>>> shop.answers["declarant_name"], len(shop.goods), len(shop.orders)
('示例报关服务有限公司', 5, 5)
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count as numbers
from itertools import islice
from typing import Any, NamedTuple

from customs.declaration import Declaration, Line
from customs.fields.digits import plain_digits
from customs.fields.money import exactly
from customs.intake.columns import columns_of
from customs.intake.first_file import QUESTIONS
from customs.intake.goods_headings import field_of
from customs.intake.templates import goods_template, order_template
from customs.testing.parcels import Mode, sample_parcels


class SampleShop(NamedTuple):
    """A shop: what ``customs init`` asks for, and the rows of its lists, a value for each heading of the template."""

    answers: dict[str, str]
    goods: list[list[str]]
    orders: list[list[str]]


def sample_shop(count: int, *, seed: int, mode: Mode, lines: int | None = None) -> SampleShop:
    """Return a shop with some orders, always the same for the same seed; with ``lines`` each order has that many."""
    parcels = list(islice(_with_lines(seed, mode, lines), count))
    return shop_of(parcels, mode)


def _with_lines(seed: int, mode: Mode, lines: int | None) -> Iterable[Declaration]:
    """Parcels without end, all of them of one declaration run."""
    for each in numbers(seed):
        for parcel in sample_parcels(2_000, seed=each, mode=mode):
            if lines is None or len(parcel.order.lines) == lines:
                yield parcel


def shop_of(parcels: Iterable[Declaration], mode: Mode) -> SampleShop:
    """Return the shop that declares parcels, such as those of ``sample_parcels``."""
    every = list(parcels)
    given = {each.name: getattr(getattr(every[0], each.table, None), each.name, None) for each in QUESTIONS}
    articles = {line.item_no: line for parcel in every for line in parcel.order.lines}
    goods, orders = goods_template(mode).headings, order_template(mode).headings
    return SampleShop(
        answers={name: str(value) for name, value in given.items() if value is not None},
        goods=[_record(line, goods) for _, line in sorted(articles.items(), key=lambda each: each[0] or "")],
        orders=[row for parcel in every for row in _rows(parcel, orders)],
    )


def _record(line: Line, headings: Iterable[str]) -> list[str]:
    """The goods record of a line."""
    facts: dict[str, Any] = {name: getattr(line, name) for name in Line.model_fields}
    facts |= {"sku": line.item_no}
    facts |= {"per_unit1": _of_one(line.first_legal_qty, line), "per_unit2": _of_one(line.second_legal_qty, line)}
    return [_text(facts.get(field_of(each))) for each in headings]


@exactly
def _of_one(quantity: Decimal | None, line: Line) -> Decimal | None:
    return None if quantity is None else quantity / line.qty


def _rows(parcel: Declaration, headings: Iterable[str]) -> list[list[str]]:
    paths = [each.path for each in columns_of(list(headings)).known]
    return [[_text(_value(parcel, line, path)) for path in paths] for line in parcel.order.lines]


def _value(parcel: Declaration, line: Line, path: str) -> Any:
    part, _, name = path.partition(".")
    return line.item_no if path == "sku" else getattr(line if part == "line" else getattr(parcel, part), name)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_digits(value)
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}" if hasattr(value, "hour") else str(value)
