"""The rates of goods (商品税率) as a table has them, as a finance clerk and as a program read them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.codes import code_list
from customs.fields.money import ONE, ZERO
from customs.tax import Rate, RateMissingError, Rates
from customs.tax.formula import composite_rate, taxes
from customs.tax.law import ConsumptionTax, Law, Tier

#: Units of the tariff in English; the code list has them in Chinese.
_UNITS: Mapping[str, str] = {
    "007": "piece", "008": "piece", "011": "piece", "025": "pair", "035": "kilogram", "036": "gram", "084": "carat", "095": "litre",
}  # fmt: skip

NOT_SHOWN = "–"


def rates_on(table: Rates, code: str, day: date) -> list[Rate]:
    """The rows in force on a day: the one that counts for a whole code, all that begin with a shorter one."""
    if len(code) == 10:
        try:
            return [table.rate(code, day)]
        except RateMissingError:
            return []
    return [row for row in _related(table, code) if row.valid_from <= day <= row.valid_to]


def _related(table: Rates, code: str) -> Iterator[Rate]:
    return (row for row in table.rows() if row.hs_code.startswith(code) or code.startswith(row.hs_code))


def neighbours(table: Rates, code: str) -> list[Rate]:
    """What a table has instead of a code that it lacks: its rows of other days, otherwise those of its heading."""
    return list(_related(table, code)) or table.rows(code[:4])


class _Step(NamedTuple):
    """A step of the tax on goods: when it applies, its consumption tax, and what is paid in all of the value and by quantity,
    within the limits and at full tax (None where the table states no tariff).
    """

    when: str
    within: Decimal
    within_by_quantity: Decimal
    full: Decimal | None
    full_by_quantity: Decimal | None


def _steps(rate: Rate, law: Law) -> list[_Step]:
    """What is paid in all, for each tier of the goods' consumption tax from the highest down."""
    if rate.vat not in law.vat:
        return []
    tested = law.consumption.get(rate.consumption or "")
    tiers = list(tested.tiers) if tested else []
    open_below = not tiers or tiers[-1].at_least is not None
    return [_step(rate, law, tested, tier) for tier in [*tiers, *([None] if open_below else [])]]


def _step(rate: Rate, law: Law, tested: ConsumptionTax | None, tier: Tier | None) -> _Step:
    vat, tariff = law.vat[rate.vat][0], rate.tariff()
    consumption = tier.rate if tier else ZERO
    unit = rate.legal_unit1 if not tested or tested.per == "legal_qty1" else rate.legal_unit2
    amount = tier.amount(unit) if tier and tier.specific else ZERO
    by_quantity = taxes(ZERO, ZERO, vat, consumption, amount).total
    return _Step(
        _when(tested, tier, rate),
        composite_rate(vat, consumption, law.factor),
        by_quantity * law.factor,
        None if tariff is None else composite_rate(vat, consumption, ONE, tariff),
        None if tariff is None else by_quantity,
    )


def _when(tested: ConsumptionTax | None, tier: Tier | None, rate: Rate) -> str:
    if tested is None or tested.at_least is None:
        return "always"
    if tier is None or tier.at_least is None:
        return "below"
    return f"from {threshold(tested, tier, rate)}"


def threshold(tested: ConsumptionTax, tier: Tier, rate: Rate | None = None) -> str:
    """The threshold of a tier in words: an amount of dutiable value for a legal quantity.

    >>> from customs.tax import law
    >>> beer = law.on(date(2026, 1, 1)).consumption["beer"]
    >>> threshold(beer, beer.tiers[0])
    '370 US Dollar per 988 litre 升'
    """
    currency = code_list("currencies")[tier.currency].en if tier.currency else "CNY"
    code = tested.unit or (rate and (rate.legal_unit1 if tested.per == "legal_qty1" else rate.legal_unit2))
    divisor = f"{tier.divisor} " if tier.divisor != 1 else ""
    which = {"legal_qty1": "first", "legal_qty2": "second"}[tested.per]
    return f"{tier.at_least:,} {currency} per {divisor}{unit_name(code) if code else f'{which} legal quantity'}"


def tier_in_words(tested: ConsumptionTax, tier: Tier, rate: Rate | None = None) -> str:
    """A tier of consumption tax in words: what it asks, and from which threshold on.

    >>> from customs.tax import law
    >>> now = law.on(date(2026, 1, 1)).consumption
    >>> [tier_in_words(now[name], now[name].tiers[0]) for name in ("wine", "skin_care", "spirits")]
    ['10%', '15% from 10,000 CNY per kilogram 千克', '20% and 0.912 CNY per litre 升 or 1 CNY per kilogram 千克']
    """
    amounts = " or ".join(f"{amount} CNY per {unit_name(unit)}" for unit, amount in tier.specific.items())
    asked = " and ".join(filter(None, (percent(tier.rate) if tier.rate else "", amounts)))
    return asked if tier.at_least is None else f"{asked} from {threshold(tested, tier, rate)}"


def consumption_in_words(tested: ConsumptionTax, rate: Rate | None = None) -> str:
    """A class of consumption tax in words, tier by tier.

    >>> from customs.tax import law
    >>> now = law.on(date(2026, 1, 1)).consumption
    >>> consumption_in_words(now["mask"])
    '15% from 15 CNY per piece 件; below: none'
    >>> consumption_in_words(now["beer"])
    '0.253 CNY per litre 升 from 370 US Dollar per 988 litre 升; below: 0.2227 CNY per litre 升'
    """
    words = [tier_in_words(tested, tier, rate) for tier in tested.tiers]
    return "; below: ".join([*words, *(["none"] if tested.tiers[-1].at_least is not None else [])])


def rate_of(rate: Rate, law: Law, *, shipped: bool) -> dict[str, Any]:
    """A row of a rate table by the law of a day, for JSON: rates as text, 0.13 for 13 %."""
    vat = law.vat.get(rate.vat)
    tested = law.consumption.get(rate.consumption or "")
    units = [unit for unit in (rate.legal_unit1, rate.legal_unit2) if unit]
    return {
        "hs_code": rate.hs_code,
        "name": rate.name,
        "day": str(law.day),
        "units": [{"code": unit, "zh": unit_zh(unit), "en": _UNITS.get(unit)} for unit in units],
        "vat": {"band": rate.vat, "rate": optional(vat and vat[0]), "source": vat and vat[1]},
        "consumption": {
            "class": rate.consumption,
            "words": consumption_in_words(tested, rate) if tested else None,
            "tiers": [_tier_of(tier) for tier in tested.tiers] if tested else [],
            "per": tested and tested.per,
            "source": tested and tested.source,
        },
        "tariff": {
            "applied": optional(rate.tariff()),
            "mfn": optional(rate.mfn),
            "provisional": optional(rate.provisional),
            "agreements": {origin: str(each) for origin, each in rate.agreements.items()},
        },
        "postal_category": rate.postal,
        "composite": [
            {name: f"{value:.6f}" if isinstance(value, Decimal) else value for name, value in each._asdict().items()}
            for each in _steps(rate, law)
        ],
        "valid_from": str(rate.valid_from),
        "valid_to": last_day(rate) or None,
        "as_of": str(rate.as_of),
        "source": rate.source,
        "shipped_example": shipped,
    }


def _tier_of(tier: Tier) -> dict[str, Any]:
    specific = {unit: str(amount) for unit, amount in tier.specific.items()}
    threshold_of = {"at_least": optional(tier.at_least), "currency": tier.currency, "divisor": str(tier.divisor)}
    return {"rate": str(tier.rate), "specific": specific, **threshold_of}


def rate_card(rate: Rate, law: Law) -> Table:
    """All that a table says of one commodity code, and what is paid in all by the law of a day."""
    table = Table(
        title=Text(f"{rate.hs_code}  {rate.name}"), title_justify="left", show_header=False, box=SIMPLE, expand=True
    )
    table.add_column("what", no_wrap=True)
    table.add_column("says", ratio=1, overflow="fold")
    units = ", ".join(unit_name(unit) for unit in (rate.legal_unit1, rate.legal_unit2) if unit)
    rows = {
        "legal units 法定单位": units,
        **_taxes_in_words(rate, law),
        "in force 有效期": f"{rate.valid_from} – {last_day(rate)}",
        "read on 查阅日": str(rate.as_of),
        "source 来源": rate.source,
    }
    for what, says in rows.items():
        table.add_row(what, Text(says))
    return table


def _taxes_in_words(rate: Rate, law: Law) -> dict[str, str]:
    if law.postal:
        category = rate.postal
        known = category is not None and 1 <= category <= len(law.postal.rates)
        says = (
            f"category {category}: {percent(law.postal.rates[category - 1])}"
            if known and category
            else "category not stated"
        )
        return {"postal articles 行邮税": says}
    steps = _steps(rate, law)
    vat = law.vat.get(rate.vat)
    return {
        "VAT 增值税": f"{percent(vat[0])}, {rate.vat} band" if vat else f"band {rate.vat} is not known on {law.day}",
        "consumption tax 消费税": _class_in_words(rate, law),
        "tariff 关税": _tariff_in_words(rate),
        "within the limits 限额以内": "\n".join(
            _paid(each.when, each.within, each.within_by_quantity, rate) for each in steps
        ),
        "at full tax 全额征税": "\n".join(_paid(each.when, each.full, each.full_by_quantity, rate) for each in steps),
    }


def _class_in_words(rate: Rate, law: Law) -> str:
    if not rate.consumption:
        return "none"
    tested = law.consumption.get(rate.consumption)
    return (
        f"{rate.consumption}: {consumption_in_words(tested, rate)}"
        if tested
        else f"none on {law.day} ({rate.consumption})"
    )


def _tariff_in_words(rate: Rate) -> str:
    """The tariffs of a row, each by its name; at full tax the lower of the first two is due."""
    if rate.tariff() is None and not rate.agreements:
        return "not stated"
    named = {"MFN 最惠国": rate.mfn, "provisional 暂定": rate.provisional}
    agreed = {f"agreement with {code} {_country(code)} 协定": each for code, each in rate.agreements.items()}
    return ", ".join(f"{name} {percent(each)}" for name, each in {**named, **agreed}.items() if each is not None)


def _paid(when: str, share: Decimal | None, by_quantity: Decimal | None, rate: Rate) -> str:
    """What is paid in all, in words."""
    if share is None:
        return "not known, the table states no tariff"
    asked = f"{share:.2%} of the dutiable value"
    if by_quantity:
        asked += f" and {by_quantity:.4f} CNY per {unit_name(rate.legal_unit1)}"
    return asked if when == "always" else f"{when}: {asked}"


def rates_table(rates: Iterable[Rate], law: Law) -> Table:
    """Several rows of a rate table, with what is paid in all within the limits and at full tax."""
    table = Table(box=SIMPLE, expand=True)
    table.caption = Text(
        "two rates: from the threshold on, and below it; +: a tax by quantity comes on top\n两行：达到起征点、未达到；+：另有从量税"
    )
    table.add_column("code\n商品编码", no_wrap=True)
    table.add_column("name\n品名", ratio=1, overflow="fold")
    for title in ("VAT\n增值税", "tariff\n关税", "limits\n限额以内", "full\n全额"):
        table.add_column(title, justify="right", no_wrap=True)
    for rate in rates:
        vat, tariff, steps = law.vat.get(rate.vat), rate.tariff(), _steps(rate, law)
        name = f"{rate.name}\n{rate.consumption}" if rate.consumption else rate.name
        within, full = (
            ("\n".join(filter(None, column)) for column in zip(*map(_short, steps), strict=True)) if steps else ("", "")
        )
        table.add_row(
            rate.hs_code,
            Text(name),
            percent(vat[0]) if vat else NOT_SHOWN,
            NOT_SHOWN if tariff is None else percent(tariff),
            within,
            full,
        )
    return table


def _short(step: _Step) -> tuple[str, str]:
    """The two composite rates of a step; a plus where a tax by quantity comes on top."""
    shares = ((step.within, step.within_by_quantity), (step.full, step.full_by_quantity))
    within, full = (NOT_SHOWN if share is None else f"{share:.2%}" + ("+" if more else "") for share, more in shares)
    return within, full


def unit_name(code: str) -> str:
    """A unit of the tariff in both languages, as far as they are known.

    >>> unit_name("095"), unit_name("012"), unit_name("999")
    ('litre 升', '支', '999')
    """
    return f"{_UNITS.get(code, '')} {unit_zh(code)}".strip()


def unit_zh(code: str | None) -> str:
    units = code_list("units")
    return units[code].zh if code and code in units else code or ""


def _country(code: str) -> str:
    countries = code_list("countries")
    return countries[code].zh if code in countries else ""


def last_day(rate: Rate) -> str:
    """The last day of a row, nothing while it is in force."""
    return "" if rate.valid_to == date.max else str(rate.valid_to)


def optional(value: object) -> str | None:
    return None if value is None else str(value)


def percent(rate: Decimal) -> str:
    """A rate in per cent, without needless zeros.

    >>> percent(Decimal("0.130"))
    '13%'
    """
    return f"{(rate * 100).normalize():f}%"
