"""The rates of goods (商品税率) on the command line: tables for people, JSON for programs."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.codes import code_list
from customs.tax import Rate
from customs.tax.composite import CompositeRate, composite_rates
from customs.tax.law import Law, PostalArticles, Tier
from customs.tax.words import consumption_in_words, percent, unit_en, unit_name, unit_zh, when_in_words

NOT_SHOWN = "–"


# for programs


def rate_of(rate: Rate, law: Law, *, shipped: bool) -> dict[str, Any]:
    """Return a row of a rate table by the law of a day, for JSON: rates as text, 0.13 for 13 %."""
    vat = law.vat.get(rate.vat)
    tested = law.consumption.get(rate.consumption or "")
    units = [unit for unit in (rate.legal_unit1, rate.legal_unit2) if unit]
    return {
        "hs_code": rate.hs_code,
        "name": rate.name,
        "day": str(law.day),
        "units": [{"code": unit, "zh": unit_zh(unit), "en": unit_en(unit)} for unit in units],
        "vat": {"band": rate.vat, "rate": optional(vat and vat.rate), "source": vat and vat.source},
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
        "composite": [_composite_of(each, rate) for each in composite_rates(rate, law)],
        "valid_from": str(rate.valid_from),
        "valid_to": last_day(rate) or None,
        "as_of": str(rate.as_of),
        "source": rate.source,
        "shipped_example": shipped,
    }


def _tier_of(tier: Tier) -> dict[str, Any]:
    return {
        "rate": str(tier.rate),
        "specific": {unit: str(amount) for unit, amount in tier.specific.items()},
        "at_least": optional(tier.at_least),
        "currency": tier.currency,
    }


def _composite_of(each: CompositeRate, rate: Rate) -> dict[str, Any]:
    return {
        "when": when_in_words(each.tested, each.tier, rate),
        "within": f"{each.within:.6f}",
        "within_by_quantity": f"{each.within_by_quantity:.6f}",
        "full": None if each.full is None else f"{each.full:.6f}",
        "full_by_quantity": None if each.full_by_quantity is None else f"{each.full_by_quantity:.6f}",
    }


# for people


def rate_card(rate: Rate, law: Law) -> Table:
    """Return a row of a rate table as a card, with its composite rates by the law of a day."""
    title = Text(f"{rate.hs_code}  {rate.name}")
    table = Table(title=title, title_justify="left", show_header=False, box=SIMPLE, expand=True)
    table.add_column("name", no_wrap=True)
    table.add_column("value", ratio=1, overflow="fold")
    rows = {
        "statutory units 法定单位": ", ".join(unit_name(unit) for unit in (rate.legal_unit1, rate.legal_unit2) if unit),
        **(_postal_tax(rate, law.postal) if law.postal else _taxes(rate, law)),
        "in force 有效期": f"{rate.valid_from} – {last_day(rate)}",
        "read on 查阅日": str(rate.as_of),
        "source 来源": rate.source,
    }
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


def _postal_tax(rate: Rate, law: PostalArticles) -> dict[str, str]:
    category = rate.postal
    if category is None or not 1 <= category <= len(law.rates):
        return {"postal articles 行邮税": "category not stated"}
    return {"postal articles 行邮税": f"category {category}: {percent(law.rates[category - 1])}"}


def _taxes(rate: Rate, law: Law) -> dict[str, str]:
    steps, vat = composite_rates(rate, law), law.vat.get(rate.vat)
    within = [_paid(each, each.within, each.within_by_quantity, rate) for each in steps]
    full = [_paid(each, each.full, each.full_by_quantity, rate) for each in steps]
    return {
        "VAT 增值税": f"{percent(vat.rate)}, {rate.vat} band" if vat else f"band {rate.vat} is not known on {law.day}",
        "consumption tax 消费税": _consumption(rate, law),
        "tariff 关税": _tariffs(rate),
        "within the limits 限值以内": "\n".join(within),
        "at full tax 全额征税": "\n".join(full),
    }


def _consumption(rate: Rate, law: Law) -> str:
    if not rate.consumption:
        return "none"
    tested = law.consumption.get(rate.consumption)
    if tested is None:
        return f"none on {law.day} ({rate.consumption})"
    return f"{rate.consumption}: {consumption_in_words(tested, rate)}"


def _tariffs(rate: Rate) -> str:
    """Return the tariffs of a row, each by its name; at full tax the lower of the first two is due."""
    if rate.tariff() is None and not rate.agreements:
        return "not stated"
    agreed = {f"agreement with {code} {_country(code)} 协定": each for code, each in rate.agreements.items()}
    named = {"MFN 最惠国": rate.mfn, "provisional 暂定": rate.provisional, **agreed}
    return ", ".join(f"{name} {percent(each)}" for name, each in named.items() if each is not None)


def _paid(step: CompositeRate, share: Decimal | None, by_quantity: Decimal | None, rate: Rate) -> str:
    """Return a composite rate in words."""
    if share is None:
        return "not known, the table states no tariff"
    charged = f"{share:.2%} of the dutiable value"
    if by_quantity:
        charged += f" and {by_quantity:.4f} CNY per {unit_name(rate.legal_unit1)}"
    when = when_in_words(step.tested, step.tier, rate)
    return charged if when == "always" else f"{when}: {charged}"


def rates_table(rates: Iterable[Rate], law: Law) -> Table:
    """Return several rows of a rate table, with the composite rates within the limits and at full tax."""
    table = Table(box=SIMPLE, expand=True)
    table.caption = Text(
        "two rates: from the threshold on, and below it; +: plus a tax by quantity\n两行：达到征收标准、未达到；+：另有从量税"
    )
    table.add_column("code\n商品编码", no_wrap=True)
    table.add_column("name\n品名", ratio=1, overflow="fold")
    for title in ("VAT\n增值税", "tariff\n关税", "limits\n限值以内", "full\n全额"):
        table.add_column(title, justify="right", no_wrap=True)
    for rate in rates:
        vat, tariff, steps = law.vat.get(rate.vat), rate.tariff(), composite_rates(rate, law)
        table.add_row(
            rate.hs_code,
            Text(f"{rate.name}\n{rate.consumption}" if rate.consumption else rate.name),
            percent(vat.rate) if vat else NOT_SHOWN,
            NOT_SHOWN if tariff is None else percent(tariff),
            "\n".join(_short(each.within, each.within_by_quantity) for each in steps),
            "\n".join(_short(each.full, each.full_by_quantity) for each in steps),
        )
    return table


def _short(share: Decimal | None, by_quantity: Decimal | None) -> str:
    """Return a composite rate, with a plus where a tax by quantity is added."""
    return NOT_SHOWN if share is None else f"{share:.2%}" + ("+" if by_quantity else "")


def _country(code: str) -> str:
    countries = code_list("countries")
    return countries[code].zh if code in countries else ""


def last_day(rate: Rate) -> str:
    """Return the last day of a row, an empty text while it is in force."""
    return "" if rate.valid_to == date.max else str(rate.valid_to)


def optional(value: object) -> str | None:
    """Return a value as text, None for None."""
    return None if value is None else str(value)
