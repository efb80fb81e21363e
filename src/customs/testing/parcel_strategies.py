"""Whole parcels, their documents and receipts (整单测试数据) as Hypothesis strategies: what customs would take.

Needs the extra ``testing``. Buyers, enterprises and numbers are those of ``sample_parcels``, which belong to nobody.

>>> from customs.testing import declarations
>>> parcels = declarations(mode="9610")
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any, TypeVar, overload

from hypothesis import strategies as st

from customs.codes import code_list
from customs.declaration import Declaration
from customs.documents import (
    MESSAGES,
    DeclarationList,
    Document,
    FormatError,
    Order,
    ParcelDocuments,
    Payment,
    Receipt,
    Waybill,
)
from customs.fields import part_type, terms_of
from customs.fields.money import ZERO, to_cents
from customs.fields.terms import Count, Text
from customs.road import build, seeded_guids
from customs.tax import assess
from customs.testing.parcels import NIGHT, Mode, sample_parcels
from customs.testing.strategies import documents_of, values_of
from customs.testing.violations import Facet, Invalid, Violation, violations_of

C = TypeVar("C", bound=Receipt)

Draw = Callable[[st.SearchStrategy[Any]], Any]

#: The goods of one parcel cost so much at most, in CNY: below the single limit, freight included.
MOST = Decimal(4500)

#: Every receipt of the standard.
RECEIPTS: tuple[type[Receipt], ...] = tuple(kind for kind in MESSAGES.values() if issubclass(kind, Receipt))

_WORDS = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789测试虚构"), min_size=1, max_size=10)


@st.composite
def declarations(draw: Draw, mode: Mode | None = None) -> Declaration:
    """Whole parcels that are declared without errors, of one trade mode or of either, on days near ``NIGHT``.

    Quantities vary, vouchers, freight and weights with them, and whatever may be left out is given now and then. The
    yearly quota leaves room for the parcel.
    """
    chosen = mode or draw(st.sampled_from(["1210", "9610"]))
    parcel = next(sample_parcels(1, seed=draw(st.integers(0, 9999)), mode=chosen))
    values: dict[str, Any] = parcel.model_dump(mode="json", exclude_none=True)
    order, waybill, clearance = values["order"], values["waybill"], values["clearance"]
    order["lines"] = lines = _lines(draw, order["lines"])
    goods_value = sum((Decimal(line["price"]) * int(line["qty"]) for line in lines), ZERO)
    net = sum((Decimal(line["legal_qty1" if line["legal_unit1"] == "035" else "legal_qty2"]) for line in lines), ZERO)
    costs = Decimal(waybill["freight"]) + Decimal(waybill["insured_fee"])
    order["discount"] = str(
        draw(st.sampled_from([ZERO, Decimal(5), to_cents(goods_value / 10)]).map(lambda each: min(each, goods_value)))
    )
    waybill["gross_weight"] = str((net * Decimal("1.1") + Decimal("0.1")).quantize(Decimal("0.001"), ROUND_UP))
    _vary(
        draw,
        order,
        goods_value=st.just(str(goods_value)),
        freight=st.just(str(costs)),
        note=_WORDS,
        batch_numbers=_WORDS,
    )
    _vary(
        draw,
        waybill,
        goods_info=_WORDS,
        note=_WORDS,
        consignee=st.just(order["consignee"]),
        consignee_address=st.just(order["consignee_address"]),
        consignee_telephone=st.just(order["consignee_telephone"]),
    )
    _vary(
        draw,
        clearance,
        net_weight=st.just(str(net)),
        site_code=_WORDS,
        licence_no=_WORDS,
        note=_WORDS,
        entry_day=st.just(f"{NIGHT - timedelta(days=1):%Y%m%d}"),
        wrap_type=st.sampled_from(sorted(code_list("wrap_types"))),
    )
    _vary(draw, values["payment"], note=_WORDS, payer_telephone=st.just(order["buyer_telephone"]))
    _vary(draw, values, quota_used=st.integers(0, 20_000).map(str))
    return Declaration.model_validate(values)


def _lines(draw: Draw, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some of the lines, with other quantities."""
    kept, room = lines[: draw(st.integers(1, len(lines)))], MOST
    for number, line in enumerate(kept, 1):
        least = sum((Decimal(each["price"]) for each in kept[number:]), ZERO)
        price, before = Decimal(line["price"]), int(line["qty"])
        qty = draw(st.integers(1, max(1, min(9, int((room - least) / price)))))
        room -= price * qty
        line["qty"] = str(qty)
        for name in ("legal_qty1", "legal_qty2"):
            if name in line:
                line[name] = str(Decimal(line[name]) / before * qty)
        _vary(
            draw,
            line,
            total_price=st.just(str(price * qty)),
            item_description=_WORDS,
            note=_WORDS,
            gnum=st.just(number),
            goods_name=_WORDS,
            trade_country=st.just(line["origin_country"]),
            item_no=st.just(line["item_no"]),
            bar_code=st.just(line["bar_code"]),
        )
    return kept


def _vary(draw: Draw, section: dict[str, Any], **optional: st.SearchStrategy[Any]) -> None:
    """Each optional field given or left out."""
    for name, values in optional.items():
        section.pop(name, None)
        if (value := draw(st.none() | values)) is not None:
            section[name] = value


@st.composite
def parcel_documents(draw: Draw, mode: Mode | None = None) -> ParcelDocuments:
    """The four documents of a parcel, which match each other, as they are declared within a month of ``NIGHT``."""
    parcel = draw(declarations(mode))
    submitted: datetime = NIGHT + timedelta(seconds=draw(st.integers(3600, 30 * 86_400)))
    guids = seeded_guids(draw(st.integers(0, 2**64)))
    due = assess(parcel, on=submitted.date()).due
    documents, findings = build(parcel, tax=due, on=submitted.date(), app_time=submitted, guids=guids)
    assert documents is not None, findings
    return documents


def orders(mode: Mode | None = None) -> st.SearchStrategy[Order]:
    """Orders of whole parcels, whose sums add up."""
    return parcel_documents(mode).map(lambda documents: documents.order)


def payments(mode: Mode | None = None) -> st.SearchStrategy[Payment]:
    """Payments of whole parcels."""
    return parcel_documents(mode).map(lambda documents: documents.payment)


def waybills(mode: Mode | None = None) -> st.SearchStrategy[Waybill]:
    """Waybills of whole parcels."""
    return parcel_documents(mode).map(lambda documents: documents.waybill)


def declaration_lists(mode: Mode | None = None) -> st.SearchStrategy[DeclarationList]:
    """Declaration lists of whole parcels."""
    return parcel_documents(mode).map(lambda documents: documents.declaration_list)


@overload
def receipts() -> st.SearchStrategy[Receipt]: ...
@overload
def receipts(kind: type[C], **own: st.SearchStrategy[Any]) -> st.SearchStrategy[C]: ...
def receipts(kind: type[Receipt] | None = None, **own: st.SearchStrategy[Any]) -> st.SearchStrategy[Receipt]:
    """Receipts of one type, or of any: their business keys are filled, their statuses are those of the code lists.

    Fields named in ``own`` take their values from there: ``receipts(OrderReceipt, order_no=st.just("A1"))``.
    """
    if kind is None:
        return st.sampled_from(RECEIPTS).flatmap(receipts)
    names = dict.fromkeys((*kind.key_fields, *kind.finds_by))
    return documents_of(kind, **({name: _numbers(kind, name) for name in names} | _answer(kind) | own))


def _numbers(kind: type[Receipt], name: str) -> st.SearchStrategy[Any]:
    """Numbers of a business key as enterprises and customs give them: digits and capitals, or whole numbers from 1."""
    head = part_type(kind, "head") if "head" in kind.model_fields else None
    match terms_of(head or kind)[name]:
        case Text(minimum=least, maximum=most):
            longest = max(least, 20)
            most = longest if most is None else min(longest, most)
            return st.text(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"), min_size=max(1, least), max_size=most)
        case Count() as term:
            return st.integers(1, term.most)
        case term:
            return values_of(term)


def _answer(kind: type[Receipt]) -> dict[str, st.SearchStrategy[Any]]:
    """A status of the code lists, and what is said with it, for the receipts that have one."""
    if "return_status" not in kind.model_fields:
        return {}
    lists = ["business_errors"] if kind is FormatError else ["return_statuses", "business_errors"]
    codes = [entry for name in lists for entry in code_list(name).values()]
    said = [f"[Code:{entry.code};Desc:{entry.zh or entry.en}]" for entry in codes]
    return {"return_status": st.sampled_from([entry.code for entry in codes]), "return_info": st.sampled_from(said)}


def invalid(kind: type[Document], facets: Collection[Facet] = ()) -> st.SearchStrategy[Invalid]:
    """Documents of one kind that are valid but for one facet of one field; ``facets`` limits which are broken.

    Raises ``ValueError`` where no field of the document has such a facet.
    """
    possible = [each for each in violations_of(kind) if not facets or each.facet in facets]
    if not possible:
        raise ValueError(f"no field of {kind.__name__} can break {', '.join(facets)}")
    documents = documents_of(kind).filter(_has_lines)
    return st.builds(Violation.of, st.sampled_from(possible), documents, st.integers(0, 2))


def _has_lines(document: Document) -> bool:
    return bool(getattr(document, "lines", True))
