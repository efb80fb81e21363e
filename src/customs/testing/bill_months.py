"""Months of tax bills for tests (测试税单月份): parcels with their bills and charges, some of them wrong in a known way.

Each wrong one is computed from the trade's formulas by itself, or from a parcel that differs from the declared one. The
generator shares nothing with the reconciliation but the assessment.

>>> from customs.testing.bill_months import bill_month
>>> made = list(bill_month(100, seed=1))
>>> len(made), len({each.injected for each in made}) > 20
(100, True)
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from itertools import cycle

from customs.documents import TaxBill, TaxBillHead, TaxBillLine
from customs.fields.frozen import FrozenDict
from customs.reconciliation.three_way.sides import ConvertedPrices, OwnSide, ParcelCourse, StatedTransport
from customs.tax import law as laws
from customs.tax.assessment import compute
from customs.tax.case import Case, Goods, Measured
from customs.tax.method import Method
from customs.tax.rates import Rate, Rates
from customs.tax.refund import refund
from customs.tax.result import Regime, TaxAssessment

D = Decimal
NONE, ONE = D(0), D(1)

#: The exchange rates of the US dollar by month, as a test knows them.
EXCHANGE: Mapping[str, Mapping[str, Decimal]] = FrozenDict(
    {
        "502": FrozenDict(
            {
                "2026-08": D("7.1522"), "2026-09": D("7.1031"), "2026-10": D("7.0938"), "2026-11": D("7.0816"),
                "2026-12": D("7.0629"),
            }
        )
    }
)  # fmt: skip

_SINCE, _CHANGED = date(2016, 4, 8), date(2023, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    code: str
    vat: str = "standard"
    consumption: str | None = None
    units: tuple[str, str | None] = ("035", None)
    tariffs: tuple[str, str | None] = ("0.10", None)
    price: tuple[int, int]
    content: tuple[float, float]


_KINDS = (
    _Kind(code="2201101000", units=("095", "035"), tariffs=("0.05", None), price=(30, 400), content=(0.3, 6)),
    _Kind(code="1509100000", vat="low", price=(20, 400), content=(0.5, 5)),
    _Kind(code="6403990090", units=("035", "025"), tariffs=("0.10", "0.06"), price=(100, 900), content=(0.5, 2)),
    _Kind(code="3304100011", consumption="make_up", units=("035", "011"), tariffs=("0.05", "0.03"), price=(60, 400),
          content=(0.003, 0.04)),
    _Kind(code="3304990039", consumption="skin_care", units=("035", "011"), tariffs=("0.05", "0.01"), price=(200, 900),
          content=(0.02, 0.15)),
    _Kind(code="2204210000", consumption="wine", units=("095", "035"), tariffs=("0.14", None), price=(50, 900),
          content=(0.375, 1.5)),
    _Kind(code="2203000000", consumption="beer", units=("095", "035"), tariffs=("0", None), price=(20, 300),
          content=(0.3, 12)),
    _Kind(code="2208300000", consumption="spirits", units=("095", "035"), tariffs=("0.10", "0.05"), price=(90, 900),
          content=(0.35, 1.75)),
)  # fmt: skip


def _rows() -> Iterator[Rate]:
    for kind in _KINDS:
        mfn, provisional = kind.tariffs
        now = Rate(
            hs_code=kind.code,
            name="",
            legal_unit1=kind.units[0],
            legal_unit2=kind.units[1],
            vat=kind.vat,
            consumption=kind.consumption,
            valid_from=_CHANGED,
            valid_to=date.max,
            as_of=_CHANGED,
            source="test",
            mfn=D(mfn),
            provisional=D(provisional) if provisional else None,
            agreements={"110": D(mfn) / 2},
        )
        yield now
        before = {"1509100000": {"vat": "standard"}, "6403990090": {"consumption": "battery"}}.get(kind.code, {})
        yield replace(now, valid_from=_SINCE, valid_to=_CHANGED - timedelta(days=1), **before)  # type: ignore[arg-type]


#: The rates of the goods of ``bill_month``; some had others before 2023.
RATES = Rates(_rows())


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledParcel:
    """A parcel with its bills, and the name of the difference that was put into them.

    ``injected`` is a name of ``OWN_KINDS`` or ``FOREIGN_KINDS``, empty where all three sides agree. ``named`` are the
    codes of which a reconciliation names one, none where only "unknown" is right.
    """

    own: OwnSide | None = field(repr=False)
    bills: tuple[TaxBill, ...] = field(repr=False)
    injected: str = ""
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A right parcel, and the place of chance from which another is drawn."""

    chance: random.Random
    number: int
    case: Case
    assessment: TaxAssessment

    @property
    def right(self) -> BilledParcel:
        return self.billed(bill_of(self.assessment, self.number))

    def billed(self, *bills: TaxBill, injected: str = "", named: Sequence[str] = (), **own: object) -> BilledParcel:
        given = {"charged": self.assessment.due, **own}
        side = OwnSide(
            order_no=f"T{self.number:09d}",
            list_no=list_no(self.number),
            waybill_no=f"W{self.number:09d}",
            merchant_code=f"29912026{self.number % 7:02d}",
            guarantor_code="2991202601",
            assessment=self.assessment,
            released_on=date(2026, 11, 11),
            converted=ConvertedPrices("502", EXCHANGE["502"]["2026-11"]),
            **given,  # type: ignore[arg-type]
        )
        return BilledParcel(own=side, bills=bills, injected=injected, named=tuple(named))


def list_no(number: int) -> str:
    """Return the list number of a parcel of ``bill_month``."""
    return f"29912026I{number:09d}"


def bill_of(
    assessment: TaxAssessment,
    number: int,
    *,
    status: str = "1",
    second: bool = False,
    lines: Sequence[tuple[str, Decimal, Decimal, Decimal, Decimal]] | None = None,
    head: tuple[Decimal, Decimal, Decimal] | None = None,
) -> TaxBill:
    """Return the bill of a parcel: code, dutiable value, tariff, consumption tax and VAT of its lines, and their sums."""
    stated = lines or [
        (each.hs_code, each.dutiable_value, each.tariff_due, each.consumption_due, each.vat_due)
        for each in assessment.lines
    ]
    taxes = (
        assessment.taxes[:3] if lines is None else tuple(sum((line[at] for line in stated), NONE) for at in (2, 3, 4))
    )
    tariff, consumption, vat = head or taxes
    made_at = datetime(2026, 11, 12) + timedelta(seconds=number % 1_000_000)
    return TaxBill(
        head=TaxBillHead.model_construct(
            guid=f"00000000-0000-0000-0000-{number:012d}",
            returned_at=made_at,
            list_no=list_no(number),
            tax_bill_no=f"{list_no(number)}_{int(second)}",
            tax_status=status,
            tariff=tariff,
            consumption_tax=consumption,
            vat=vat,
            guarantor_code="2991202601",
            merchant_code=f"29912026{number % 7:02d}",
            payment_form_no=f"(2026){number // 20_000:06d}" if status == "2" else None,
            order_no=f"T{number:09d}",
            waybill_no=f"W{number:09d}",
            note=None,
        ),
        lines=tuple(
            TaxBillLine.model_construct(
                gnum=gnum, hs_code=code, dutiable_value=value, tariff=duty, consumption_tax=excise, vat=added
            )
            for gnum, (code, value, duty, excise, added) in enumerate(stated, 1)
        ),
    )


Injection = Callable[[_Made], BilledParcel | list[BilledParcel] | None]


def bill_month(count: int, seed: int, *, wrong: float = 0.5) -> Iterator[BilledParcel]:
    """Yield parcels with their bills, a share of them ``wrong``: half by ``OWN_KINDS``, half by ``FOREIGN_KINDS``.

    Two parcels whose bills were swapped come one after the other, so there may be one more than ``count``.
    """
    chance = random.Random(seed)  # noqa: S311  no secret: the seed gives the same months again
    own, foreign = cycle(OWN_KINDS.items()), cycle(FOREIGN_KINDS.items())
    number = 1
    while number <= count:
        if chance.random() >= wrong:
            yield _made(chance, number).right
            number += 1
            continue
        name, inject = next(own if chance.random() < 0.5 else foreign)
        for each in _injected(partial(_made, chance, number), name, inject):
            yield each
            number += 1


def _injected(draw: Callable[[], _Made], name: str, inject: Injection) -> list[BilledParcel]:
    """Return a parcel that the difference fits and changes."""
    while True:
        made = draw()
        try:
            found = inject(made)
        except LookupError:
            continue
        if found is None:
            continue
        parcels = [found] if isinstance(found, BilledParcel) else found
        bills = parcels[0].bills
        if name in OWN_KINDS and bills and _figures(bills[0]) == _figures(made.right.bills[0]):
            continue
        return [replace(each, injected=name) for each in parcels]


def _figures(bill: TaxBill) -> object:
    lines = [(each.hs_code, each.dutiable_value, each.tariff, each.consumption_tax, each.vat) for each in bill.lines]
    return lines, bill.head.tariff, bill.head.consumption_tax, bill.head.vat


def _money(chance: random.Random, low: float, high: float) -> Decimal:
    return D(chance.randint(int(low * 100), int(high * 100))) / 100


def _goods(chance: random.Random, on: date) -> Goods:
    kind = chance.choice(_KINDS)
    qty = D(chance.randint(1, 3))
    value = _money(chance, *kind.price)
    measured = [
        Measured(D(str(round(chance.uniform(*kind.content), 3))) * qty, kind.units[0]),
        Measured(qty if kind.units[1] else None, kind.units[1]),
    ]
    weight = D(str(round(chance.uniform(0.1, 3), 3)))
    origin = chance.choice(["116", "110"])
    return Goods(kind.code, "", value, qty, (measured[0], measured[1]), origin, RATES.rate(kind.code, on), weight)


def _made(chance: random.Random, number: int, on: date = date(2026, 11, 11)) -> _Made:
    while True:
        dear = chance.random() < 0.15  # one piece over the limit of a transaction
        goods = tuple(_goods(chance, on) for _ in range(1 if dear else chance.choice([1, 1, 2, 3])))
        if dear:
            goods = (goods[0]._replace(value=_money(chance, 5_100, 20_000), qty=ONE),)
        freight, insurance = (
            _money(chance, low, high) if chance.random() < 0.8 else NONE for low, high in ((12, 60), (1, 9))
        )
        case = Case(
            goods=goods,
            law=laws.on(on),
            freight=freight,
            insurance=insurance,
            used=_money(chance, 0, 5_000),
            exchange=FrozenDict({"502": EXCHANGE["502"]["2026-11"]}),
        )
        assessment = compute(case)
        if assessment.computed and assessment.due:
            return _Made(chance, number, case, assessment)


# differences that the reconciliation lists as its own


def _recomputed(*codes: str, change: Callable[[_Made], Case | None]) -> Injection:
    def inject(made: _Made) -> BilledParcel | None:
        case = change(made)
        found = compute(case) if case else None
        if found is None or not found.computed:
            return None
        return made.billed(bill_of(found, made.number), named=codes)

    return inject


def _method(**changes: object) -> Callable[[_Made], Case]:
    return lambda made: made.case._replace(method=replace(made.case.method, **changes))  # type: ignore[arg-type]


def _law_before(made: _Made) -> Case:
    law = laws.on(date(2016, 4, 8) + timedelta(days=made.chance.randrange(2_500)))
    return made.case._replace(law=law, exchange=FrozenDict({**law.exchange, **made.case.exchange}))


def _rates_before(made: _Made) -> Case:
    goods = (each._replace(rate=RATES.rate(each.hs_code, date(2022, 6, 1))) for each in made.case.goods)
    return made.case._replace(goods=tuple(goods))


def _transport(change: Callable[[Decimal, Decimal], tuple[Decimal, Decimal]]) -> Callable[[_Made], Case | None]:
    def changed(made: _Made) -> Case | None:
        freight, insurance = made.case.freight, made.case.insurance
        if not freight or not insurance:
            return None
        freight, insurance = change(freight, insurance)
        return made.case._replace(freight=freight, insurance=insurance)

    return changed


def _stated_elsewhere(made: _Made) -> BilledParcel | None:
    """The bill has the freight of the list, the assessment that of the waybill."""
    freight = _money(made.chance, 61, 90)
    found = compute(made.case._replace(freight=freight))
    if not found.computed:
        return None
    stated = (StatedTransport(freight, made.case.insurance),)
    return made.billed(bill_of(found, made.number), named=("transport-amount",), stated=stated)


def _one_line(made: _Made) -> Case | None:
    case = made.case
    if len(case.goods) == 1 or not case.freight:
        return None
    at = made.chance.randrange(len(case.goods))
    goods = case.goods[at]
    changed = case.with_goods(at, goods._replace(value=goods.value + case.freight + case.insurance))
    return changed._replace(freight=NONE, insurance=NONE)


def _quantity(factor: str) -> Callable[[_Made], Case | None]:
    def changed(made: _Made) -> Case | None:
        for at, goods in enumerate(made.case.goods):
            qty = goods.measured[0].qty
            if goods.rate.consumption in ("beer", "spirits", "skin_care", "make_up") and qty and goods.qty > 1:
                other = qty * goods.qty if factor == "pieces" else qty * D(factor)
                return made.case.with_goods(at, goods.with_quantity("legal_qty1", other))
        return None

    return changed


def _without_provisional(made: _Made) -> Case:
    goods = (each._replace(rate=replace(each.rate, provisional=None)) for each in made.case.goods)
    return made.case._replace(goods=tuple(goods))


def _other_code(made: _Made) -> Case:
    at = made.chance.randrange(len(made.case.goods))
    code = made.chance.choice([kind.code for kind in _KINDS if kind.units[0] == "035"])
    rate = RATES.rate(code, made.case.law.day)
    return made.case.with_goods(at, made.case.goods[at]._replace(hs_code=code, rate=rate))


def _other_limit(made: _Made) -> BilledParcel:
    full = made.assessment.regime is Regime.FULL
    found = compute(made.case, regime=Regime.WITHIN_LIMITS if full else Regime.FULL)
    return made.billed(bill_of(found, made.number), named=("full-tax", "within-limits"))


def _cents(amount: Fraction) -> Decimal:
    return D(int(amount * 100 + Fraction(1, 2))) / 100


Reckoned = tuple[Fraction, Fraction, Fraction]


def _formula(code: str, reckon: Callable[..., Reckoned]) -> Injection:
    """A formula of its own in fractions: of dutiable value, tariff, VAT, consumption tax, specific tax and factor."""

    def inject(made: _Made) -> BilledParcel | None:
        found, lines = made.assessment, []
        for each in found.lines:
            facts = each.dutiable_value, each.tariff_rate, each.vat_rate, each.consumption_rate, each.specific
            duty, excise, added = reckon(*map(Fraction, facts), Fraction(found.factor))
            lines.append((each.hs_code, each.dutiable_value, _cents(duty), _cents(excise), _cents(added)))
        return made.billed(bill_of(found, made.number, lines=lines), named=(code,))

    return inject


def _base(dv: Fraction, t: Fraction, r: Fraction, s: Fraction) -> Fraction:
    return (dv + dv * t + s) / (1 - r)


OWN_KINDS: Mapping[str, Injection] = {
    "the law of another day": _recomputed("law-day", "law-and-rates-day", change=_law_before),
    "the rates of another day": _recomputed("rates-day", "law-and-rates-day", change=_rates_before),
    "rounded for the declaration": _recomputed("rounding", change=_method(rounding="per_declaration")),
    "rounded in full first": _recomputed("rounding", change=_method(rounding="statutory_first")),
    "rounded down": _recomputed("rounding", change=_method(rounding="down")),
    "shares by weight": _recomputed("apportionment", change=_method(apportionment="by_weight")),
    "shares equal": _recomputed("apportionment", change=_method(apportionment="equally")),
    "thresholds on the price": _recomputed("threshold-on-price", change=_method(threshold_on_price=True)),
    "agreement tariffs": _recomputed("agreement-tariff", change=_method(agreement_tariff=True)),
    "no provisional tariffs": _recomputed("provisional-tariff-left-out", change=_without_provisional),
    "the other limit": _other_limit,
    "no freight": _recomputed("freight-left-out", change=_transport(lambda freight, insurance: (NONE, insurance))),
    "no insurance": _recomputed("insurance-left-out", change=_transport(lambda freight, insurance: (freight, NONE))),
    "no transport": _recomputed("transport-left-out", change=_transport(lambda freight, insurance: (NONE, NONE))),
    "insurance twice": _recomputed(
        "insurance-twice", change=_transport(lambda freight, insurance: (freight + insurance, insurance))
    ),
    "insurance in the freight": _recomputed(
        "insurance-in-freight", change=_transport(lambda freight, insurance: (freight - insurance, insurance))
    ),
    "the freight of another document": _stated_elsewhere,
    "transport on one line": _recomputed("transport-on-one-line", change=_one_line),
    "another code": _recomputed("commodity-code", change=_other_code),
    "quantity times the pieces": _recomputed("legal-quantity", "threshold", change=_quantity("pieces")),
    "a thousand times the quantity": _recomputed("legal-quantity", "threshold", change=_quantity("1000")),
    "no gross-up": _formula(
        "gross-up-missing",
        lambda dv, t, v, r, s, k: (dv * t, ((dv + dv * t + s) * r + s) * k, (dv + dv * t + s) * v * k),
    ),
    "VAT without consumption tax": _formula(
        "vat-without-consumption",
        lambda dv, t, v, r, s, k: (dv * t, (_base(dv, t, r, s) * r + s) * k, (dv + dv * t) * v * k),
    ),
    "the factor in the gross-up": _formula(
        "factor-in-gross-up",
        lambda dv, t, v, r, s, k: (dv * t, (_base(dv, t, r * k, s) * r + s) * k, _base(dv, t, r * k, s) * v * k),
    ),
    "the factor left out": _formula(
        "factor-left-out", lambda dv, t, v, r, s, k: (dv * t, _base(dv, t, r, s) * r + s, _base(dv, t, r, s) * v)
    ),
}


# differences of other kinds


def _another(made: _Made, goods: bool = False) -> TaxAssessment:
    """The assessment of another parcel; of the same goods at other prices where these are asked for."""
    if not goods:
        return _made(made.chance, made.number).assessment
    changed = tuple(each._replace(value=each.value + _money(made.chance, 1, 40)) for each in made.case.goods)
    return compute(made.case._replace(goods=changed))


def _anothers_bill(*, goods: bool = False) -> Injection:
    def inject(made: _Made) -> BilledParcel | None:
        other = _another(made, goods)
        return made.billed(bill_of(other, made.number)) if other.computed else None

    return inject


def _swapped(made: _Made) -> list[BilledParcel] | None:
    """The bills of two parcels, each under the numbers of the other."""
    other = _made(made.chance, made.number + 1)
    if made.assessment.taxes == other.assessment.taxes:
        return None
    bills = bill_of(other.assessment, made.number), bill_of(made.assessment, other.number)
    return [each.billed(bill, named=("another-parcel",)) for each, bill in zip((made, other), bills, strict=True)]


def _anothers_numbers(made: _Made) -> BilledParcel:
    bill = bill_of(_another(made), made.number)
    head = bill.head.model_copy(update={"order_no": "T-OTHER", "waybill_no": None})
    return made.billed(bill.model_copy(update={"head": head}), named=("numbers-differ",))


def _twice(made: _Made) -> BilledParcel:
    bills = bill_of(made.assessment, made.number), bill_of(made.assessment, made.number, second=True)
    return made.billed(*bills, named=("billed-twice",))


def _void_charged(made: _Made) -> BilledParcel:
    return made.billed(
        bill_of(made.assessment, made.number, status="3"), named=("void-charged",), course=ParcelCourse.CANCELLED
    )


def _void_alone(made: _Made) -> BilledParcel:
    return made.billed(bill_of(made.assessment, made.number, status="3"), named=("void-not-cancelled",))


def _not_void(made: _Made) -> BilledParcel:
    return made.billed(
        bill_of(made.assessment, made.number), named=("cancelled-not-void",), course=ParcelCourse.RETURNED, charged=NONE
    )


def _another_month(*, known: bool) -> Injection:
    """Prices converted at another month's rate, of those that are known or of a month long ago."""

    def inject(made: _Made) -> BilledParcel | None:
        mine = EXCHANGE["502"]["2026-11"]
        other = EXCHANGE["502"][made.chance.choice(["2026-08", "2026-09", "2026-10", "2026-12"])]
        other = other if known else D("6.8311")
        foreign = [_money(made.chance, 5, 90) for _ in made.case.goods]
        mine_goods, other_goods = (
            tuple(
                goods._replace(value=(price * rate).quantize(D("0.01"), ROUND_HALF_UP))
                for goods, price in zip(made.case.goods, foreign, strict=True)
            )
            for rate in (mine, other)
        )
        case = made.case._replace(goods=mine_goods)
        own, billed = compute(case), compute(case._replace(goods=other_goods, exchange=FrozenDict({"502": other})))
        if not own.computed or not billed.computed or own.taxes == billed.taxes:
            return None
        changed = _Made(made.chance, made.number, case, own)
        return changed.billed(
            bill_of(billed, made.number), named=("exchange-month",) if known and len(foreign) > 1 else ()
        )

    return inject


def _rounded_head(unit: str) -> Injection:
    def inject(made: _Made) -> BilledParcel | None:
        taxes = made.assessment.taxes[:3]
        tariff, consumption, vat = (each.quantize(D(unit), ROUND_DOWN) for each in taxes)
        if (tariff, consumption, vat) == taxes:
            return None
        lines = [
            (each.hs_code, each.dutiable_value, each.tariff_due, each.consumption_due, each.vat_due)
            for each in made.assessment.lines
        ]
        bill = bill_of(made.assessment, made.number, lines=lines, head=(tariff, consumption, vat))
        return made.billed(bill, named=("head-rounded",))

    return inject


def _record_changed(*, known: bool) -> Injection:
    """The bill is of another net content and of another unit price, as an older goods record had them."""

    def inject(made: _Made) -> BilledParcel | None:
        at = made.chance.randrange(len(made.case.goods))
        goods = made.case.goods[at]
        qty = goods.measured[0].qty or ONE
        value = goods.value + _money(made.chance, 3, 30)
        older = goods.with_quantity("legal_qty1", qty * D("1.37"))._replace(value=value)
        case = made.case.with_goods(at, older)
        found = compute(case)
        if not found.computed or found.taxes == made.assessment.taxes:
            return None
        named = ("record-changed",) if known else ()
        revised = FrozenDict({"3": case} if known else {})
        return made.billed(bill_of(found, made.number), named=named, revised=revised)

    return inject


def _partly_returned(made: _Made) -> BilledParcel | None:
    several = [each for each in made.assessment.lines if each.goods.qty > 1]
    if not several:
        return None
    returned = FrozenDict({several[0].gnum: ONE})
    if not refund(made.assessment, returned).due:
        return None
    return made.billed(bill_of(made.assessment, made.number), named=("return-not-reversed",), returned=returned)


def _charged(name: str, charge: Callable[[_Made], Decimal | None]) -> Injection:
    def inject(made: _Made) -> BilledParcel | None:
        charged = charge(made)
        if charged is None or charged == made.assessment.due:
            return None
        named = (name,) if name else ()
        return made.billed(bill_of(made.assessment, made.number), named=named, charged=charged)

    return inject


def _at_other_limit(made: _Made) -> Decimal:
    full = made.assessment.regime is Regime.FULL
    return compute(made.case, regime=Regime.WITHIN_LIMITS if full else Regime.FULL).due


def _stray(made: _Made) -> BilledParcel:
    """Cents of VAT that no rule gives."""
    lines = [
        (each.hs_code, each.dutiable_value, each.tariff_due, each.consumption_due, each.vat_due)
        for each in made.assessment.lines
    ]
    at = made.chance.randrange(len(lines))
    stray = D(made.chance.choice([7, 11, 13, 17])) / 100
    lines[at] = (*lines[at][:4], lines[at][4] + stray)
    return made.billed(bill_of(made.assessment, made.number, lines=lines))


def _no_own_list(made: _Made) -> BilledParcel:
    return BilledParcel(own=None, bills=(bill_of(made.assessment, made.number),), named=("no-own-list",))


def _no_bill(made: _Made) -> BilledParcel:
    return made.billed(named=("bill-missing",))


def _two_at_once(made: _Made) -> BilledParcel | None:
    """The law of another year, and prices changed beside it."""
    goods = tuple(each._replace(value=each.value + _money(made.chance, 1, 40)) for each in made.case.goods)
    found = compute(_law_before(made)._replace(goods=goods))
    return made.billed(bill_of(found, made.number)) if found.computed else None


FOREIGN_KINDS: Mapping[str, Injection] = {
    "another parcel's bill": _anothers_bill(),
    "another parcel's bill of the same goods": _anothers_bill(goods=True),
    "two bills swapped": _swapped,
    "another parcel's numbers": _anothers_numbers,
    "a bill twice": _twice,
    "a void bill charged": _void_charged,
    "void and not cancelled": _void_alone,
    "cancelled and not void": _not_void,
    "another month's exchange rate": _another_month(known=True),
    "an exchange rate nobody knows": _another_month(known=False),
    "head rounded to the yuan": _rounded_head("1"),
    "head rounded to the jiao": _rounded_head("0.1"),
    "a goods record changed": _record_changed(known=True),
    "a goods record changed, not told": _record_changed(known=False),
    "a partial return not reversed": _partly_returned,
    "charged by the wrong limit": _charged("charged-other-limit", _at_other_limit),
    "nothing charged": _charged("nothing-charged", lambda made: NONE),
    "charged by an engine of the shop": _charged(
        "", lambda made: made.assessment.due + D(made.chance.choice([137, 253, 371])) / 100
    ),
    "charged rounded": _charged("charge-rounded", lambda made: made.assessment.due.quantize(D("0.1"), ROUND_HALF_UP)),
    "stray cents": _stray,
    "a list of nobody": _no_own_list,
    "no bill": _no_bill,
    "two things at once": _two_at_once,
}

#: The method of the parcels of ``bill_month``.
METHOD = Method()
