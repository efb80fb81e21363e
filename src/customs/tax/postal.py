"""Tax on postal articles (行邮税): what parcels of e-commerce paid before 2016-04-08, and private parcels pay to this day.

One rate by category, none asked up to 50 CNY. The value is that of the table of entry articles, unless the price really paid is
at least twice or at most half of it. Its waiver and limits are not those of retail import. Sources: GACC 2010 No. 43, the
table of 2012, the measures of 2024.

>>> from datetime import date
>>> law = postal_on(date(2016, 4, 8))
>>> postal_tax(Decimal("200"), 1, law), postal_tax(Decimal("400"), 2, law)
(Decimal('0.00'), Decimal('120.00'))
"""

from decimal import Decimal

from customs.fields.money import EXACT, ZERO, to_cents
from customs.tax.case import Case, RatesMissingError, pieces_of
from customs.tax.formula import NO_TAX, NOTHING, Taxes
from customs.tax.law import PostalArticles, postal_on
from customs.tax.result import LineAssessment, Regime, TaxAssessment

__all__ = ["assess_postal", "assessed_value", "may_come_by_post", "postal_on", "postal_tax"]


def postal_tax(value: Decimal, category: int, law: PostalArticles) -> Decimal:
    """The tax on one value, to the cent; 0 where it is waived. ``category`` counts from 1. Raises ``ValueError`` for none."""
    tax = statutory_tax(value, category, law)
    return NOTHING if tax <= law.waived_up_to else tax


def statutory_tax(value: Decimal, category: int, law: PostalArticles) -> Decimal:
    """The tax on one value before any waiver, to the cent."""
    if not 1 <= category <= len(law.rates):
        raise ValueError(f"there are {len(law.rates)} categories of postal articles, no category {category}")
    return to_cents(EXACT.multiply(value, law.rates[category - 1]))


def assessed_value(price: Decimal, table_value: Decimal | None) -> Decimal:
    """完税价格 of a postal article: the table's value, or the price where it is at least twice or at most half of that."""
    if table_value is None or price >= 2 * table_value or 2 * price <= table_value:
        return price
    return table_value


def may_come_by_post(value: Decimal, pieces: Decimal, law: PostalArticles, *, near: bool) -> bool:
    """Whether a parcel is within the limit; one piece for own use that cannot be divided may exceed it.

    ``near`` says that it comes from Hong Kong, Macao or Taiwan.
    """
    return value <= law.limits["near" if near else "far"] or pieces == 1


def assess_postal(case: Case, law: PostalArticles) -> TaxAssessment:
    """The assessment of a parcel before the regime of retail import, by the prices paid. Raises ``RatesMissingError`` for
    goods whose category of postal articles the rate table does not state.
    """
    missing = [position for position, each in enumerate(case.goods) if each.rate.postal is None]
    if missing:
        raise RatesMissingError(missing, case.law.day, "category of postal articles")
    exact = [Taxes(ZERO, ZERO, ZERO, statutory_tax(each.value, each.rate.postal or 0, law)) for each in case.goods]
    whole, pieces = sum((each.value for each in case.goods), ZERO), pieces_of(case.goods)
    due = Taxes(NOTHING, NOTHING, NOTHING, sum((each.postal for each in exact), NOTHING))
    fits = may_come_by_post(whole, pieces, law, near=False)
    waived = not fits or due.postal <= law.waived_up_to
    lines = tuple(
        LineAssessment(
            position + 1,
            goods,
            ZERO,
            ZERO,
            goods.value,
            ZERO,
            ZERO,
            None,
            None,
            ZERO,
            tax,
            NO_TAX if waived else tax,
            postal_rate=law.rates[(goods.rate.postal or 1) - 1],
        )
        for position, (goods, tax) in enumerate(zip(case.goods, exact, strict=True))
    )
    return TaxAssessment(
        case, Regime.POSTAL if fits else Regime.OUTSIDE, pieces, lines, whole, NO_TAX if waived else due
    )
