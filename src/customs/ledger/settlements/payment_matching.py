"""Payments compared with what was declared (支付对账): the differences of one order, each named with its cause.

A difference is looked for an explanation before it is called one: a coupon, a split, a refund, a fee. Source of the join:
payTransactionId is 微信订单号 or 支付宝交易号, orderNo is 商户订单号, amountPaid is 订单金额 before coupons.

>>> from customs.ledger.settlements.payment_case import DeclaredPayment
>>> at = datetime(2026, 11, 11, 9, 15, 22)
>>> row = PaymentRow(company="wechat", kind="paid", line=2, at=at, merchant="1999000001", transaction_no="W1",
...                  order_no="EX1", ordered=Decimal("256.00"), settled=Decimal("256.00"))
>>> declared = DeclaredPayment(order_no="EX1", payment_no="W1", amount=Decimal("255.00"), paid_at=at)
>>> [each.en for each in judged(PaymentCase(order_no="EX1", rows=(row,), declared=(declared,)), SettlementTerms(), at)]
['255.00 CNY were declared, the bill has 256.00: 1.00 CNY differ.']
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

from customs.fields.money import CENT, EXACT, ZERO, plus, product, to_cents
from customs.ledger.settlements import payment_kinds as kinds
from customs.ledger.settlements.bill_rows import PaymentRow
from customs.ledger.settlements.payment_case import (
    FAILED,
    DeclaredPayment,
    PaymentCase,
    SettlementTerms,
    company_of,
    total,
)
from customs.rules.finding import Finding

#: What may explain a difference of amounts.
_REASONS = {
    "free coupon": ("优惠券（免充值）", "a coupon that the merchant does not get"),
    "coupon": ("代金券", "a coupon"),
    "refund": ("申报前退款", "a refund before it was declared"),
    "fee": ("手续费", "the fee"),
}

#: How far a fee may be from the exact one: half a fen of a payment; parts of it are given back rounded one by one.
_FEE_TOLERANCE, _REFUNDED_FEE_TOLERANCE = Decimal("0.005"), CENT

_ONE_DAY = timedelta(days=1)

_Check = Callable[[PaymentCase, SettlementTerms, datetime], Iterator[Finding]]


def judged(case: PaymentCase, terms: SettlementTerms, at: datetime) -> tuple[Finding, ...]:
    """Return what differs for an order as of a time in China; nothing if bills and declaration agree."""
    return tuple(finding for check in _CHECKS for finding in check(case, terms, at))


def outcome_of(findings: tuple[Finding, ...]) -> str:
    """Return the outcome of an order: matched, explained, waiting or different."""
    weights = {each.severity.value for each in findings}
    for weight, outcome in (("error", "different"), ("warning", "waiting"), ("note", "explained")):
        if weight in weights:
            return outcome
    return "matched"


def _not_declared(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    if case.declared or not case.paid:
        return
    first = case.paid[0]
    facts = {"amount": first.ordered, "at": first.at}
    if total([each.asked for each in case.refunds]) == total([each.ordered for each in case.paid]):
        yield kinds.REFUNDED_BEFORE.at(case.order_no, **facts)
    elif at - first.at > terms.declare_within:
        yield kinds.NOT_DECLARED.at(case.order_no, **facts)
    else:
        yield kinds.NOT_DECLARED_YET.at(case.order_no, **facts)


def _not_paid(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for each in case.declared if not case.paid else ():
        facts = {"amount": each.amount, "at": each.paid_at}
        owner = case.owners.get(each.payment_no)
        if owner is not None:
            yield _other_number(each, "-", owner)
        elif not _is_billed(case, terms, each, each.paid_at.date()):
            yield kinds.BILL_MISSING.at(each.order_no, **facts)
        else:
            day = each.paid_at.date()
            absent = [
                beside for beside in (day - _ONE_DAY, day + _ONE_DAY) if not _is_billed(case, terms, each, beside)
            ]
            days = ", ".join(map(str, absent))
            missing = {
                "missing_zh": f"（{days} 的账单尚未导入）" if days else "",
                "missing_en": f" (no bill of {days} is here)" if days else "",
            }
            yield kinds.NOT_PAID.at(each.order_no, **facts, **missing)


def _is_billed(case: PaymentCase, terms: SettlementTerms, declared: DeclaredPayment, day: date) -> bool:
    """True if the bill of the payment's company for a day is here."""
    company = company_of(declared, terms)
    return any(day == its_day and company in (None, its) for its, its_day in case.billed_days)


def _matching(case: PaymentCase, row: PaymentRow) -> tuple[DeclaredPayment, ...]:
    """Return what was declared of a payment: by its number, or all where the order was paid once."""
    found = tuple(each for each in case.declared if each.payment_no == row.transaction_no)
    numbers = {each.transaction_no for each in case.paid}
    rest = tuple(each for each in case.declared if each.payment_no not in numbers)
    return (*found, *rest) if row == case.paid[0] else found


def _amount(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for row in case.paid:
        declared = _matching(case, row)
        if not declared:
            continue
        amount = total([each.amount for each in declared])
        if amount == row.ordered:
            if len(declared) > 1:
                yield kinds.SPLIT.at(case.order_no, billed=row.ordered, count=len(declared))
            continue
        facts = {"declared": amount, "billed": row.ordered}
        why = _explained(case, row, declared, EXACT.subtract(row.ordered, amount))
        if why:
            zh, en = ("、".join(_REASONS[each][0] for each in why), ", ".join(_REASONS[each][1] for each in why))
            yield kinds.AMOUNT_EXPLAINED.at(case.order_no, **facts, why_zh=zh, why_en=en)
        else:
            difference = abs(EXACT.subtract(row.ordered, amount))
            yield kinds.AMOUNT.at(case.order_no, **facts, difference=difference)


def _explained(
    case: PaymentCase, row: PaymentRow, declared: tuple[DeclaredPayment, ...], difference: Decimal
) -> tuple[str, ...]:
    """Return what makes up a difference to the fen, at most two things; nothing if nothing does."""
    amounts = {
        "free coupon": EXACT.subtract(row.ordered, row.settled),
        "coupon": row.coupon if row.coupon != EXACT.subtract(row.ordered, row.settled) else ZERO,
        "refund": total([each.asked for each in _before(case, row, declared)]),
        "fee": to_cents(row.fee),
    }
    amounts = {name: amount for name, amount in amounts.items() if amount > 0}
    for count in (1, 2):
        for why in combinations(amounts, count):
            if total([amounts[each] for each in why]) == difference:
                return why
    return ()


def _before(case: PaymentCase, row: PaymentRow, declared: tuple[DeclaredPayment, ...]) -> list[PaymentRow]:
    """Return the refunds of a payment that came before it was declared; all where nobody knows when that was."""
    times = [each.declared_at for each in declared if each.declared_at]
    return [each for each in case.refunds_of(row) if not times or each.at < max(times)]


def _twice(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    paid = case.paid
    if len(paid) < 2:
        return
    kept = [each for each in paid if total([refund.asked for refund in case.refunds_of(each)]) < each.ordered]
    if len(kept) < 2:
        yield kinds.PAID_TWICE_REFUNDED.at(case.order_no, count=len(paid))
        return
    numbers = ", ".join(each.transaction_no for each in paid)
    billed = total([each.ordered for each in paid])
    yield kinds.PAID_TWICE.at(case.order_no, count=len(paid), billed=billed, numbers=numbers)


def _number(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    numbers = {each.transaction_no for each in case.paid}
    for each in case.declared if numbers else ():
        if each.order_no == case.order_no and each.payment_no not in numbers:
            yield _other_number(each, ", ".join(sorted(numbers)), case.owners.get(each.payment_no, ""))


def _other_number(declared: DeclaredPayment, billed: str, owner: str) -> Finding:
    return kinds.NUMBER.at(
        declared.order_no,
        declared=declared.payment_no,
        billed=billed,
        owner_zh=f"；该交易号属于订单 {owner}" if owner else "",
        owner_en=f", and the number is that of order {owner}" if owner else "",
    )


def _refund_kept(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    released = [each for each in case.declared if each.standing == "released"]
    if not released or not case.refunds:
        return
    rows = [row for row in case.paid if any(each in released for each in _matching(case, row))]
    numbers = {row.transaction_no for row in rows} or {each.transaction_no for each in case.refunds}
    late = [each for each in case.refunds if each.transaction_no in numbers and not _is_netted(case, rows, each)]
    if late:
        yield kinds.REFUND_KEPT.at(case.order_no, refunded=total([each.asked for each in late]))


def _is_netted(case: PaymentCase, rows: list[PaymentRow], refund: PaymentRow) -> bool:
    """True if a refund came before the payment was declared, which was then declared without it."""
    for row in rows:
        declared = _matching(case, row)
        difference = EXACT.subtract(row.ordered, total([each.amount for each in declared]))
        if refund in _before(case, row, declared) and "refund" in _explained(case, row, declared, difference):
            return True
    return False


def _no_refund(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for each in case.declared if case.paid and not case.refunds else ():
        if each.standing in ("cancelled", "returned"):
            since = each.standing_since or each.paid_at
            kind = kinds.NO_REFUND if at - since > terms.refund_within else kinds.NO_REFUND_YET
            yield kind.at(each.order_no, at=since)


def _refund_over(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for row in case.paid:
        refunded = total([each.asked for each in case.refunds_of(row)])
        if refunded > row.ordered:
            yield kinds.REFUND_OVER.at(case.order_no, refunded=refunded, billed=row.ordered)
    paid = {each.transaction_no for each in case.paid}
    alone = [each.asked for each in case.refunds if each.transaction_no not in paid]
    if alone:
        yield kinds.REFUND_ALONE.at(case.order_no, refunded=total(alone))


def _refund_open(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for each in case.rows:
        facts = {"number": each.refund_no, "refunded": each.asked}
        if each.kind == "refunded" and each.state in FAILED:
            yield kinds.REFUND_FAILED.at(case.order_no, **facts, state=each.state)
        elif each.kind == "refunded" and each.state == "PROCESSING":
            yield kinds.REFUND_OPEN.at(case.order_no, **facts)


def _fee(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for row in case.rows:
        rate = row.rate if row.rate is not None else terms.rates.get(row.merchant)
        if rate is None or (row.kind == "refunded" and row.fee == 0):
            continue
        exact = product(rate, row.settled if row.kind == "paid" else -row.refunded)
        tolerance = _FEE_TOLERANCE if row.kind == "paid" else _REFUNDED_FEE_TOLERANCE
        if abs(plus(row.fee, -exact)) > tolerance:
            facts = {
                "fee": row.fee.normalize(EXACT),
                "due": to_cents(exact),
                "number": row.refund_no or row.transaction_no,
            }
            yield kinds.FEE.at(case.order_no, rate=f"{product(rate, Decimal(100)).normalize(EXACT):f}%", **facts)


def _merchant(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for merchant in sorted({each.merchant for each in case.rows}) if terms.merchants else ():
        if merchant and merchant not in terms.merchants:
            yield kinds.MERCHANT.at(case.order_no, merchant=merchant)


def _day(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for row in case.paid:
        for each in _matching(case, row):
            apart = abs(each.paid_at.date() - row.at.date())
            if apart == _ONE_DAY:
                yield kinds.DAY.at(each.order_no, declared=each.paid_at, billed=row.at)
            elif apart:
                missing = {"missing_zh": f"，账单为 {row.at}", "missing_en": f"; it was paid at {row.at}"}
                yield kinds.NOT_PAID.at(each.order_no, amount=each.amount, at=each.paid_at, **missing)


def _payer(case: PaymentCase, terms: SettlementTerms, at: datetime) -> Iterator[Finding]:
    for each in case.declared:
        if each.payer_is_buyer is False:
            yield kinds.PAYER.at(each.order_no)


#: The checks of an order in the order of their codes.
_CHECKS: tuple[_Check, ...] = (
    _not_declared, _not_paid, _amount, _twice, _number, _refund_kept, _no_refund, _refund_over, _refund_open, _fee,
    _merchant, _day, _payer,
)  # fmt: skip
