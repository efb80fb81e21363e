"""Composing (组装): an order's rows, the goods records and a profile make one parcel, as JSON would give it.

A fact has one source, or its sources agree: where a row, a goods record and the enterprise file give it and differ, the
order is refused. For every value it is known where it was written.

>>> from datetime import date
>>> from decimal import Decimal
>>> from customs.intake.columns import columns_of
>>> from customs.intake.gathering import gather
>>> from customs.intake.goods import GoodsRecord
>>> from customs.intake.sheets import Sheet, SheetRow
>>> headings = ("订单号", "SKU", "数量", "单价")
>>> sheet = Sheet(file="orders.csv", kind="csv", headings=headings, rows=iter([SheetRow(2, ("A1", "S1", 3, "99.5"))]))
>>> columns = columns_of(headings)
>>> record = GoodsRecord(sku="S1", facts={"hs_code": "1901101090", "unit": "122"}, per_unit1=Decimal("0.8"))
>>> intake = Intake.of(sheet, columns, goods={"S1": record}.get, on=date(2026, 11, 11))
>>> (order,) = gather(sheet, columns)
>>> composed = compose(order, intake)
>>> composed.given["order"]["lines"]
[{'qty': '3', 'price': '99.50', 'hs_code': '1901101090', 'unit': '122', 'item_no': 'S1', 'legal_qty1': '2.4'}]
>>> composed.spot_of("order.lines[0].legal_qty1").en, composed.spot_of("order.lines[0].hs_code").en
('orders.csv, row 2, column 3 (数量)', 'goods record S1, hs_code')
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from customs.fields.money import exactly
from customs.intake.columns import Columns, OwnColumn, columns_of
from customs.intake.draft import Draft, Intake, WrittenAt
from customs.intake.gathering import Gathered, OrderRows, gather
from customs.intake.goods import FindGoods
from customs.intake.line_facts import compose_line
from customs.intake.profile import Profile
from customs.intake.profile_choice import add_profile, chosen_profile
from customs.intake.row_values import read_line, read_order
from customs.intake.sheets import Sheet
from customs.intake.spots import Spot
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.parcel import check_declaration, read_declaration

_LINE = re.compile(r"order\.lines\[(\d+)\](?:\.(.+))?")

#: Where to look for a value that is derived from others, the nearest first.
_DERIVED: Mapping[str, tuple[str, ...]] = {
    "payment.amount_paid": ("order.paid_amount",),
    "waybill.consignee": ("order.consignee",),
    "waybill.consignee_address": ("order.consignee_address",),
    "waybill.consignee_telephone": ("order.consignee_telephone",),
    "waybill.freight": ("order.freight",),
    "order.freight": ("waybill.freight",),
    "clearance.internal_no": ("order.order_no",),
    "clearance.net_weight": ("order.lines[0].qty",),
}

_DERIVED_IN_LINE: Mapping[str, tuple[str, ...]] = {
    "legal_qty1": ("qty",),
    "legal_qty2": ("qty",),
    "total_price": ("price", "qty"),
    "goods_name": ("item_name",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """One parcel composed of an order's rows: what a run is given, and what is wrong already.

    An order with errors is not given to a run: its findings hold those of reading as well.
    """

    order_no: str
    rows: tuple[int, ...]
    profile: Profile | None = field(default=None, repr=False)
    """The profile of its shop; None where it could not be told, or none was given."""
    given: Mapping[str, Any] = field(repr=False)
    findings: tuple[Finding, ...]
    origins: Mapping[str, WrittenAt] = field(repr=False, compare=False)
    placed: Mapping[Finding, WrittenAt] = field(repr=False, compare=False)
    intake: Intake = field(repr=False, compare=False)

    @property
    def refused(self) -> bool:
        """True if any finding is an error."""
        return any(each.is_error for each in self.findings)

    def spot_of(self, place: str | Finding) -> Spot:
        """Return where the value of a path was written; of a finding of intake, the very cell that it is about.

        Where nothing was written, it is the cell where it would stand, a value it is derived from, or the order
        number.
        """
        if isinstance(place, Finding):
            if place in self.placed:
                return self.intake.spot(self.placed[place])
            place = place.path
        return self.intake.spot(self._origin(place))

    def _origin(self, path: str) -> WrittenAt:
        if path in self.origins:
            return self.origins[path]
        line = _LINE.fullmatch(path)
        if line and int(line[1]) < len(self.rows):
            return self._in_line(int(line[1]), line[2] or "")
        for other in _DERIVED.get(path, ()):
            if other in self.origins:
                return self.origins[other]
        first = self.rows[0]
        return self._cell(path, first) or self._cell("order.order_no", first) or (first, 0)

    def _in_line(self, number: int, name: str) -> WrittenAt:
        row = self.rows[number]
        for other in _DERIVED_IN_LINE.get(name, ()):
            if (origin := self.origins.get(f"order.lines[{number}].{other}")) is not None:
                return origin
        names = (f"line.{name}", "sku", "line.item_no", "order.order_no")
        return next(filter(None, (self._cell(each, row) for each in names)), (row, 0))

    def _cell(self, path: str, row: int) -> tuple[int, int] | None:
        column = self.intake.columns.at(path)
        return (row, column.index) if column else None


@exactly
def compose(order: OrderRows, intake: Intake) -> Composed:
    """Return the parcel of an order."""
    draft = Draft(order, intake)
    if not order.order_no:
        return _composed(draft, None)
    read_order(draft)
    profile = chosen_profile(draft)
    if profile:
        add_profile(draft, profile)
    for number, row in enumerate(draft.looked_at):
        read_line(draft, number, row)
        compose_line(draft, number, profile)
    if draft.refused:
        _read_the_rest(draft)
    return _composed(draft, profile)


def _read_the_rest(draft: Draft) -> None:
    """Add what is wrong with the values that could be taken, so that all reasons are seen at once."""
    declaration, found = read_declaration(draft.given())
    if declaration is not None:
        found = check_declaration(declaration)
    explained = [each for each in found if draft.explains(each)]
    own = {(each.code, each.path) for each in draft.findings}
    for each in found:
        if each in explained or (each.code, each.path) in own or (explained and each.code == catalogue.MORE.code):
            continue
        draft.findings.append(each)


def _composed(draft: Draft, profile: Profile | None) -> Composed:
    order = draft.order
    return Composed(
        order_no=order.order_no,
        rows=tuple(row.number for row in order.rows),
        profile=profile,
        given=draft.given(),
        findings=tuple(dict.fromkeys(draft.findings)),
        origins=draft.origins,
        placed=draft.placed,
        intake=draft.intake,
    )


@dataclass(frozen=True, slots=True)
class OrderList:
    """The orders of a sheet, composed one by one as they are asked for; how many there are is known."""

    intake: Intake
    gathered: Gathered = field(repr=False)

    @property
    def columns(self) -> Columns:
        """The columns of the sheet."""
        return self.intake.columns

    def __len__(self) -> int:
        return len(self.gathered)

    def __iter__(self) -> Iterator[Composed]:
        return (compose(each, self.intake) for each in self.gathered)

    def by_profile(self) -> Iterator[tuple[Profile | None, Iterator[tuple[OrderRows, Composed]]]]:
        """Yield the orders of one profile after those of another, each with its rows; those of no profile come first.

        Where there are several profiles each order is composed twice, so that none has to be kept.
        """
        if len(self.intake.profiles) < 2:
            yield next(iter(self.intake.profiles), None), self._with_rows(self.gathered)
            return
        chosen = [composed.profile for composed in self]
        for profile in (None, *self.intake.profiles):
            if profile in chosen:
                yield profile, self._with_rows(self._chosen(chosen, profile))

    def _chosen(self, chosen: Sequence[Profile | None], profile: Profile | None) -> Iterator[OrderRows]:
        return (order for order, own in zip(self.gathered, chosen, strict=True) if own is profile)

    def _with_rows(self, orders: Iterable[OrderRows]) -> Iterator[tuple[OrderRows, Composed]]:
        return ((each, compose(each, self.intake)) for each in orders)


def orders_in(
    sheet: Sheet,
    own: Mapping[str, OwnColumn] | None = None,
    *,
    goods: FindGoods | None = None,
    profiles: Iterable[Profile] = (),
    on: date,
) -> OrderList:
    """Return the orders of a sheet, whose rows are read now and composed as they are asked for.

    Raises ``ColumnsError`` for headings that cannot be used.
    """
    columns = columns_of(sheet.headings, own, lines_from=sheet.lines_from)
    intake = Intake.of(sheet, columns, goods=goods, profiles=tuple(profiles), on=on)
    return OrderList(intake, gather(sheet, columns))


__all__ = ["Composed", "Intake", "OrderList", "compose", "orders_in"]
