"""Checks of binding (清单绑定检查): each released retail list must be gathered by exactly one living out-list.

Parcels leave by release, the book falls by the out-list: what stands between is stock that is released and in no out-list yet.
Its age is the first figure to watch. Further: an out-list must take from each item what its lists say together, and must not
name a list that is cancelled, not released, or not known.

>>> BINDING_FAULTS["unbound"].en.format(days=3)
'released 3 days ago, and no out-list gathers it'
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from customs.fields.money import ZERO, exactly
from customs.ledger.book.flows import BookedList, BookPapers, RetailParcel
from customs.ledger.book.items import BookItem


class BindingWords(NamedTuple):
    """A fault of binding in Chinese and English."""

    zh: str
    en: str


BINDING_FAULTS: Mapping[str, BindingWords] = MappingProxyType(
    {
        "unbound": BindingWords(
            "已放行 {days} 天，未归入出区核注清单", "released {days} days ago, and no out-list gathers it"
        ),
        "bound-twice": BindingWords(
            "重复归入出区核注清单 {lists}：删除其中一份，或变更后移出",
            "gathered by several out-lists, {lists}: delete or change one of them",
        ),
        "cancelled": BindingWords(
            "清单已撤销，仍在出区核注清单 {lists} 中：删除或变更该核注清单",
            "cancelled, and still gathered by {lists}: delete or change that out-list",
        ),
        "not-released": BindingWords("清单未放行，已归入出区核注清单 {lists}", "not released, and gathered by {lists}"),
        "unknown": BindingWords(
            "出区核注清单 {lists} 所列清单未登记：导入其 CEB621、CEB622",
            "named by {lists}, and not known here: import its CEB621 and CEB622",
        ),
        "sum-differs": BindingWords(
            "备案序号 {item}：核注清单 {taken}，所列清单合计 {due}",
            "item {item}: the out-list takes {taken}, its lists say {due}",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingFault:
    """A fault of one retail list or out-list."""

    code: str
    number: str
    """The retail list, or the out-list whose sums differ."""
    order_no: str = ""
    lists: tuple[str, ...] = ()
    item: BookItem | None = None
    taken: Decimal | None = None
    due: Decimal | None = None
    days: int | None = None

    @property
    def zh(self) -> str:
        """The fault in Chinese."""
        return self._text(BINDING_FAULTS[self.code].zh, "、")

    @property
    def en(self) -> str:
        """The fault in English."""
        return self._text(BINDING_FAULTS[self.code].en, ", ")

    def _text(self, text: str, between: str) -> str:
        return text.format(
            days=self.days, lists=between.join(self.lists), item=self.item, taken=self.taken, due=self.due
        )


@exactly
def binding_faults(papers: BookPapers, on: datetime) -> tuple[BindingFault, ...]:
    """Return what is wrong with the binding of retail lists at a moment; unbound ones first, the oldest before."""
    parcels = {each.list_no: each for each in papers.parcels if each.list_no}
    bound: dict[str, list[BookedList]] = defaultdict(list)
    outs = [each for each in papers.lists if each.gathers_parcels and each.direction.value == "E"]
    for bond in outs:
        for number in bond.retail_list_nos:
            bound[number].append(bond)
    unbound = [
        BindingFault(
            code="unbound", number=number, order_no=each.order_no, days=(on.date() - each.released_at.date()).days
        )
        for number, each in parcels.items()
        if each.released_at and each.released_at <= on and not each.cancelled_at and number not in bound
    ]
    unbound.sort(key=lambda each: (-(each.days or 0), each.number))
    wrong = (fault for number in sorted(bound) for fault in _of_list(number, parcels.get(number), bound[number]))
    sums = (fault for bond in outs for fault in _sums(bond, parcels))
    return (*unbound, *wrong, *sums)


def _of_list(number: str, parcel: RetailParcel | None, bound: list[BookedList]) -> Iterator[BindingFault]:
    lists = tuple(each.shown for each in bound)
    order_no = parcel.order_no if parcel else ""
    codes = {
        "bound-twice": len(bound) > 1,
        "unknown": parcel is None,
        "cancelled": parcel is not None and parcel.cancelled_at is not None,
        "not-released": parcel is not None and not parcel.released_at and not parcel.cancelled_at,
    }
    for code, holds in codes.items():
        if holds:
            yield BindingFault(code=code, number=number, order_no=order_no, lists=lists)


def _sums(bond: BookedList, parcels: Mapping[str, RetailParcel]) -> Iterator[BindingFault]:
    """Compare the lines of an out-list with the sum of its lists, where all of them are known."""
    named = [parcels.get(number) for number in bond.retail_list_nos]
    due: dict[BookItem, Decimal] = defaultdict(Decimal)
    for each in named:
        if each is None:
            return
        for item, quantity in each.quantities.items():
            due[item] += quantity
    for item in sorted({*due, *bond.lines}):
        taken, wanted = bond.lines.get(item, ZERO), due.get(item, ZERO)
        if taken != wanted:
            yield BindingFault(code="sum-differs", number=bond.shown, item=item, taken=taken, due=wanted)
