"""Files of settlements that people upload (对账文件上传): looked at first, then entered as one change, or not at all."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select

from customs.fields.money import ZERO, plus
from customs.hub.shown.masked_numbers import masked_in_text
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import money, number
from customs.hub.web.settled import part_of, place_of
from customs.hub.web.uploads import KeptUpload, as_file
from customs.hub.web.visits import PageError, Visit
from customs.intake.sheets import SheetError
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parts import in_parts
from customs.ledger.settlements.bill_rows import BillFault, FundRow, PaymentBill
from customs.ledger.settlements.bills_kept import has_bill, take_bill
from customs.ledger.settlements.charges_kept import (
    amounts_charged,
    enter_own_figures,
    has_charges,
    own_figures_in,
    take_charges,
)
from customs.ledger.settlements.own_payments import (
    enter_payments,
    enter_refund_states,
    payments_in_table,
    refunds_in_table,
)
from customs.ledger.settlements.payment_bills import open_payment_bills
from customs.ledger.settlements.provider_profiles import ProviderProfile
from customs.ledger.settlements.settlement_tables import PAYMENTS

#: The name that a file has here while it is read.
_NAME = "uploaded"

#: Faults of a bill that are shown.
_FAULTS = 50

_COMPANIES = {"wechat": BothTexts("微信支付", "WeChat Pay"), "alipay": BothTexts("支付宝", "Alipay")}
_KINDS = {"trade": BothTexts("交易账单", "trade bill"), "funds": BothTexts("资金账单", "fund bill")}


class SettlementFileKind(NamedTuple):
    """The kind of a file: ``payments``, ``declared``, ``refunds``, or ``bill`` and ``own`` of a provider."""

    kind: str
    profile: ProviderProfile | None = None

    @property
    def value(self) -> str:
        """The kind as forms and addresses have it."""
        return f"{self.kind}:{self.profile.name}" if self.profile else self.kind

    @property
    def words(self) -> BothTexts:
        """The kind in words."""
        return console_text(f"settle.file.{self.kind}", name=self.profile.name if self.profile else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFilePart:
    """A part of a file as it is shown before it is entered: facts by their words, and why it does not hold."""

    name: str
    facts: Sequence[tuple[BothTexts, BothTexts | str]]
    faults: Sequence[BillFault] = ()
    is_known: bool = False
    """True if the ledger has it: entering it changes nothing."""


def kinds_of_files(visit: Visit) -> list[SettlementFileKind]:
    """Return the kinds of files that an enterprise may upload; providers settle where everything is its own."""
    found = [SettlementFileKind(each) for each in ("payments", "declared", "refunds")]
    if visit.shop.belongings.everything:
        providers = place_of(visit).providers.values()
        found += [SettlementFileKind(kind, each) for each in providers for kind in ("bill", "own")]
    return found


def kind_asked(visit: Visit, value: str) -> SettlementFileKind:
    """Return a kind by its value. Raises ``PageError``."""
    for each in kinds_of_files(visit):
        if each.value == value:
            return each
    raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))


@contextmanager
def _readable(upload: KeptUpload) -> Iterator[Path]:
    """A file on disk meanwhile. Raises ``SheetError``, which names the file as the person does."""
    with as_file(upload.content, _NAME) as path:
        try:
            yield path
        except SheetError as error:
            raise SheetError(error.en.replace(_NAME, upload.name), error.zh.replace(_NAME, upload.name)) from None


def look_at_settlement(
    connection: LedgerConnection, visit: Visit, upload: KeptUpload, asked: SettlementFileKind, day: date | None
) -> list[SettlementFilePart]:
    """Return what stands in a file. Raises ``SheetError`` for one that is no such file, ``PageError`` for another's."""
    with _readable(upload) as path:
        if asked.kind == "payments":
            with open_payment_bills(path) as bills:
                return [_bill(connection, visit, _named(each, upload), day) for each in bills]
        if asked.kind == "declared":
            return [_declared(connection, visit, upload, path)]
        if asked.kind == "refunds":
            return [_refunds(connection, visit, upload, path)]
        assert asked.profile is not None, "a bill or own figures are of a provider"
        if asked.kind == "bill":
            known = has_charges(connection, path, asked.profile)
            return [_charged(upload, amounts_charged(path, asked.profile), is_known=known)]
        return [_charged(upload, ((each[1], None) for each in own_figures_in(path, asked.profile)))]


def enter_settlement(
    connection: LedgerConnection, visit: Visit, upload: KeptUpload, asked: SettlementFileKind, day: date | None
) -> int:
    """Enter a file that was looked at, and return how many rows are new. Raises ``SheetError`` and ``PageError``."""
    look_at_settlement(connection, visit, upload, asked, day)
    cause, at = EntryCause("file", upload.digest, by=visit.person.name), visit.now
    with _readable(upload) as path:
        if asked.kind == "payments":
            with open_payment_bills(path) as bills:
                taken = [take_bill(connection, _named(each, upload), at=at, day=day) for each in bills]
            return sum(each.rows - each.repeated for each in taken)
        if asked.kind == "declared":
            return enter_payments(connection, payments_in_table(path), cause=cause, at=at)
        if asked.kind == "refunds":
            return enter_refund_states(connection, refunds_in_table(path), cause=cause, at=at)
        assert asked.profile is not None, "a bill or own figures are of a provider"
        if asked.kind == "bill":
            return take_charges(connection, path, asked.profile, cause=cause, at=at, name=_kept_name(upload)) or 0
        return enter_own_figures(connection, path, asked.profile, cause=cause, at=at)


def _kept_name(upload: KeptUpload) -> str:
    """Return the name of a file as the settlements keep it: people know it again, and no number of a person stands in it."""
    return masked_in_text(upload.name)


def _named(bill: PaymentBill, upload: KeptUpload) -> PaymentBill:
    """Return a bill with the name that the person gave to its file; a member of an archive has its own."""
    return replace(bill, file=_kept_name(upload)) if bill.file == _NAME else bill


def _bill(connection: LedgerConnection, visit: Visit, bill: PaymentBill, day: date | None) -> SettlementFilePart:
    rows, merchants, days = Counter[str](), set[str](), set[date]()
    paid = refunded = fee = booked = ZERO
    for row in bill.rows:
        merchants.add(row.merchant)
        days.add(row.at.date())
        if isinstance(row, FundRow):
            rows["booked"] += 1
            booked = plus(booked, row.amount)
            continue
        rows[row.kind] += 1
        paid, refunded, fee = plus(paid, row.settled), plus(refunded, row.refunded), plus(fee, row.fee)
    if part_of(visit) is not None and (merchants - set(place_of(visit).terms.merchants)):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("settle.foreign_merchant"))
    covered = bill.days or ((day, day) if day else (min(days), max(days)) if days else None)
    amounts = [("booked", booked)] if bill.kind == "funds" else [("paid", paid), ("refunded", refunded), ("fee", fee)]
    facts: list[tuple[BothTexts, BothTexts | str]] = [
        (console_text("settle.company"), _COMPANIES[bill.company]),
        (console_text("settle.bill_kind"), _KINDS[bill.kind]),
        (console_text("settle.days"), _span(covered)),
        *((console_text(f"settle.rows_{kind}"), number(count)) for kind, count in sorted(rows.items())),
        *((console_text(f"settle.sum_{name}"), money(each)) for name, each in amounts),
    ]
    faults = list(bill.faults[:_FAULTS])
    if not covered:
        faults.append(BillFault(0, "name the day of this bill: it has no rows", "请填写账单日期：该账单没有明细"))
    return SettlementFilePart(name=bill.file, facts=facts, faults=faults, is_known=has_bill(connection, bill, day))


def _span(days: Iterable[date] | None) -> str:
    """Return the first and the last of some days."""
    found = sorted(days or ())
    return " – ".join(map(str, dict.fromkeys((found[0], found[-1])))) if found else "–"


def _declared(connection: LedgerConnection, visit: Visit, upload: KeptUpload, path: Path) -> SettlementFilePart:
    count, total, days, orders = 0, ZERO, set[date](), set[str]()
    for each in payments_in_table(path):
        count, total = count + 1, plus(total, each.amount)
        days.add(each.paid_at.date())
        orders.add(each.order_no)
    own = select(HUB_ORDERS.c.order_no).where(HUB_ORDERS.c.enterprise == visit.shop.name)
    _own_alone(connection, visit, own, HUB_ORDERS.c.order_no, orders)
    facts: list[tuple[BothTexts, BothTexts | str]] = [
        (console_text("settle.rows_declared"), number(count)),
        (console_text("settle.sum_declared"), money(total)),
        (console_text("settle.days"), _span(days)),
    ]
    return SettlementFilePart(name=upload.name, facts=facts)


def _refunds(connection: LedgerConnection, visit: Visit, upload: KeptUpload, path: Path) -> SettlementFilePart:
    states, part = refunds_in_table(path), part_of(visit)
    if part is not None:
        own = select(PAYMENTS.c.refund_no).where(PAYMENTS.c.order_no.in_(part.orders))
        _own_alone(connection, visit, own, PAYMENTS.c.refund_no, states)
    facts: list[tuple[BothTexts, BothTexts | str]] = [
        (BothTexts(state, state), number(count)) for state, count in sorted(Counter(states.values()).items())
    ]
    return SettlementFilePart(name=upload.name, facts=facts)


def _own_alone(
    connection: LedgerConnection,
    visit: Visit,
    own: Select[tuple[str]],
    column: ColumnElement[str],
    numbers: Collection[str],
) -> None:
    """Raise ``PageError`` if a file has numbers that are not the enterprise's, unless everything is."""
    if visit.shop.belongings.everything:
        return
    there = 0
    for part in in_parts(sorted(numbers)):
        there += len(set(connection.sql.execute(own.where(column.in_(part))).scalars()))
    if there < len(set(numbers)):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("settle.foreign_orders"))


def _charged(
    upload: KeptUpload, lines: Iterable[tuple[date | None, Decimal | None]], *, is_known: bool = False
) -> SettlementFilePart:
    count, total, days = 0, ZERO, set[date]()
    has_amounts = False
    for day, amount in lines:
        count += 1
        if amount is not None:
            total, has_amounts = plus(total, amount), True
        if day:
            days.add(day)
    facts: list[tuple[BothTexts, BothTexts | str]] = [(console_text("settle.rows_lines"), number(count))]
    if has_amounts:
        facts.append((console_text("settle.sum_lines"), money(total)))
    if days:
        facts.append((console_text("settle.days"), _span(days)))
    return SettlementFilePart(name=upload.name, facts=facts, is_known=is_known)
