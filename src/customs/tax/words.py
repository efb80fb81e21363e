"""Rates and classes of consumption tax in words (税率的文字表述), for tables and documentation.

>>> from datetime import date
>>> from customs.tax import law
>>> consumption_in_words(law.on(date(2026, 1, 1)).consumption["mask"])
'15% from 15 CNY per piece 件; below: none'
"""

from collections.abc import Mapping
from decimal import Decimal

from customs.codes import code_list
from customs.tax.law import ConsumptionTax, Tier
from customs.tax.rates import Rate

#: Units of the tariff in English; the code list has them in Chinese.
_UNITS: Mapping[str, str] = {
    "007": "piece", "008": "piece", "011": "piece", "025": "pair", "035": "kilogram", "036": "gram", "084": "carat",
    "095": "litre",
}  # fmt: skip


def percent(rate: Decimal) -> str:
    """Return a rate in per cent, without trailing zeros.

    >>> percent(Decimal("0.130"))
    '13%'
    """
    return f"{(rate * 100).normalize():f}%"


def unit_zh(code: str | None) -> str:
    """Return the Chinese name of a unit, or its code where the code list lacks it."""
    units = code_list("units")
    return units[code].zh if code and code in units else code or ""


def unit_en(code: str) -> str | None:
    """Return the English name of a unit, None where it is not known."""
    return _UNITS.get(code)


def unit_name(code: str) -> str:
    """Return the name of a unit in both languages, as far as they are known.

    >>> unit_name("095"), unit_name("012"), unit_name("999")
    ('litre 升', '支', '999')
    """
    return f"{unit_en(code) or ''} {unit_zh(code)}".strip()


def threshold_in_words(tested: ConsumptionTax, tier: Tier, rate: Rate | None = None) -> str:
    """Return the threshold of a tier: an amount of dutiable value per statutory quantity.

    ``rate`` names the unit where the class does not.

    >>> from datetime import date
    >>> from customs.tax import law
    >>> beer = law.on(date(2026, 1, 1)).consumption["beer"]
    >>> threshold_in_words(beer, beer.tiers[0])
    '0.3745 US Dollar per litre 升'
    """
    currency = code_list("currencies")[tier.currency].en if tier.currency else "CNY"
    unit = tested.unit or (rate.unit(tested.per) if rate else None)
    which = {"legal_qty1": "first", "legal_qty2": "second"}[tested.per]
    return f"{tier.at_least:,} {currency} per {unit_name(unit) if unit else f'{which} statutory quantity'}"


def when_in_words(tested: ConsumptionTax | None, tier: Tier | None, rate: Rate) -> str:
    """Return when a tier applies to goods: always, from its threshold on, or below the thresholds."""
    if tested is None or tested.at_least is None:
        return "always"
    if tier is None or tier.at_least is None:
        return "below"
    return f"from {threshold_in_words(tested, tier, rate)}"


def tier_in_words(tested: ConsumptionTax, tier: Tier, rate: Rate | None = None) -> str:
    """Return the rate, the amounts and the threshold of a tier of consumption tax.

    >>> from datetime import date
    >>> from customs.tax import law
    >>> now = law.on(date(2026, 1, 1)).consumption
    >>> [tier_in_words(now[name], now[name].tiers[0]) for name in ("wine", "skin_care", "spirits")]
    ['10%', '15% from 10,000 CNY per kilogram 千克', '20% and 0.912 CNY per litre 升 or 1 CNY per kilogram 千克']
    """
    amounts = " or ".join(f"{amount} CNY per {unit_name(unit)}" for unit, amount in tier.specific.items())
    charged = " and ".join(filter(None, (percent(tier.rate) if tier.rate else "", amounts)))
    return charged if tier.at_least is None else f"{charged} from {threshold_in_words(tested, tier, rate)}"


def consumption_in_words(tested: ConsumptionTax, rate: Rate | None = None) -> str:
    """Return a class of consumption tax, tier by tier.

    >>> from datetime import date
    >>> from customs.tax import law
    >>> consumption_in_words(law.on(date(2026, 1, 1)).consumption["beer"])
    '0.253 CNY per litre 升 from 0.3745 US Dollar per litre 升; below: 0.2227 CNY per litre 升'
    """
    tiers = [tier_in_words(tested, tier, rate) for tier in tested.tiers]
    return "; below: ".join([*tiers, *(["none"] if tested.tiers[-1].at_least is not None else [])])
