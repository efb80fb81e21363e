"""The surroundings of a parcel (核对依据): what is known beside its three sides, and the rules that are not settled."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from customs.fields.frozen import FrozenDict
from customs.tax.rates import RateTable


def _nobody(_: str) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRules:
    """The rules of tax bills that no text settles, with the library's choices."""

    window: tuple[int, int] = (31, 45)
    """``tax.window``: the first and the last day after release on which the tax is paid. Source: commonly said of
    announcement 194 of 2018, in no text that was read."""
    bill_expected_after: int = 15
    """``tax.bill_expected_after``: after how many days from release a bill that did not come is missing. Source: customs
    gathers bills every half month (practice of one port)."""
    release_day_counts: bool = False
    """``return.day_count``: True if the day of release is day 1. No text that was read says."""


DEFAULT_RULES = BillRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The facts that a comparison may ask beside the three sides.

    ``owners`` gives the orders whose assessment has the figures of a key (``figures_key``), ``billed`` those whose bill has
    them. ``exchange`` are customs
    exchange rates by currency and month (2026-11). ``on`` is the day of the comparison.
    """

    on: date
    rates: RateTable | None = field(default=None, repr=False)
    exchange: Mapping[str, Mapping[str, Decimal]] = FrozenDict()
    owners: Callable[[str], Collection[str]] = field(default=_nobody, repr=False)
    billed: Callable[[str], Collection[str]] = field(default=_nobody, repr=False)
    rules: BillRules = DEFAULT_RULES
