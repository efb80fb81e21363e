"""Tax on postal articles (行邮税): what e-commerce parcels paid before 2016-04-08, and private parcels still pay.

One rate by category; up to 50 CNY of tax is waived. Until 2024-11-30 the value is that of the table of entry articles,
unless the price really paid is at least twice or at most half of it; since then the price comes first. Waiver and
limits do not apply to retail import. Sources: GACC 2010 No. 43, the table of 2012; Tariff Commission announcement 11 of
2024, GACC 2024 No. 175 and 176.

>>> from datetime import date
>>> law = postal_on(date(2016, 4, 8))
>>> postal_tax(Decimal("200"), 1, law), postal_tax(Decimal("400"), 2, law)
(Decimal('0.00'), Decimal('120.00'))
"""

from decimal import Decimal

from customs.fields.money import EXACT, ZERO, Amount, exactly, to_cents
from customs.tax.case import Case, Goods, RatesMissingError, pieces_of
from customs.tax.formula import NO_TAX, NOTHING, Taxes
from customs.tax.law import PostalArticles, postal_on
from customs.tax.result import LineAssessment, Regime, TaxAssessment

__all__ = ["assess_postal", "assessed_value", "may_come_by_post", "postal_on", "postal_tax"]


@exactly
def postal_tax(value: Decimal, category: int, law: PostalArticles) -> Decimal:
    """Return the tax on one value, to the cent; 0 where it is waived.

    ``category`` counts from 1. Raises ``ValueError`` for an unknown category.
    """
    tax = statutory_tax(value, category, law)
    return NOTHING if tax <= law.waived_up_to else tax


@exactly
def statutory_tax(value: Amount, category: int, law: PostalArticles) -> Amount:
    """Return the tax on one value before any waiver, to the cent."""
    if not 1 <= category <= len(law.rates):
        raise ValueError(f"there are {len(law.rates)} categories of postal articles, no category {category}")
    return to_cents(EXACT.multiply(value, law.rates[category - 1]))


@exactly
def assessed_value(price: Amount | None, table_value: Amount | None, law: PostalArticles) -> Amount:
    """Return the dutiable value of a postal article by the law of a day.

    Since 2024-12-01 it is the price, and the table's value where no price can be established. Before, it is the
    table's value, or the price where that is at least twice or at most half of it. Raises ``ValueError`` for neither.

    >>> from datetime import date
    >>> [assessed_value(Decimal(300), Decimal(500), postal_on(day)) for day in (date(2024, 11, 30), date(2024, 12, 1))]
    [Decimal('500'), Decimal('300')]
    """
    if price is None:
        if table_value is None:
            raise ValueError("a postal article has a price or a value in the table of entry articles")
        return table_value
    if law.first == "price" or table_value is None or price >= 2 * table_value or 2 * price <= table_value:
        return price
    return table_value


@exactly
def may_come_by_post(value: Decimal, pieces: Decimal, law: PostalArticles, *, near: bool) -> bool:
    """True if a parcel is within the limit; one indivisible piece for personal use may exceed it.

    ``near`` is True for a parcel from Hong Kong, Macao or Taiwan.
    """
    return value <= law.limits["near" if near else "far"] or pieces == 1


def assess_postal(case: Case, law: PostalArticles) -> TaxAssessment:
    """Return the assessment of a parcel before retail import began, by the prices paid.

    Raises ``RatesMissingError`` for goods whose category of postal articles the rate table does not state.
    """
    missing = [position for position, each in enumerate(case.goods) if each.rate.postal is None]
    if missing:
        raise RatesMissingError(missing, case.law.day, "category of postal articles")
    exact = [Taxes(ZERO, ZERO, ZERO, statutory_tax(each.value, each.rate.postal or 0, law)) for each in case.goods]
    value, pieces = sum((each.value for each in case.goods), ZERO), pieces_of(case.goods)
    due = Taxes(NOTHING, NOTHING, NOTHING, sum((each.postal for each in exact), NOTHING))
    fits = may_come_by_post(value, pieces, law, near=False)
    waived = not fits or due.postal <= law.waived_up_to
    lines = (
        _line(position, goods, tax, law)._replace(taxes=NO_TAX if waived else tax)
        for position, (goods, tax) in enumerate(zip(case.goods, exact, strict=True))
    )
    return TaxAssessment(
        case=case,
        regime=Regime.POSTAL if fits else Regime.OUTSIDE,
        pieces=pieces,
        lines=tuple(lines),
        dutiable_value=value,
        taxes=NO_TAX if waived else due,
    )


def _line(position: int, goods: Goods, tax: Taxes, law: PostalArticles) -> LineAssessment:
    """Return the assessment of a line at its postal rate, before the waiver."""
    return LineAssessment(
        gnum=position + 1,
        goods=goods,
        freight=ZERO,
        insurance=ZERO,
        dutiable_value=goods.value,
        tariff_rate=ZERO,
        vat_rate=ZERO,
        tested=None,
        tier=None,
        specific=ZERO,
        exact=tax,
        taxes=tax,
        postal_rate=law.rates[(goods.rate.postal or 1) - 1],
    )
