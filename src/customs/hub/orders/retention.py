"""How long the hub keeps personal data (保存期限, table ``[retention]``): as long as the law asks, and otherwise while it is of use.

Declarations and what they rest on are kept for three years from release (Customs Law, article 45; Regulations on Customs
Inspection, article 2), and transactions for three years from their completion (E-Commerce Law, article 31). Personal data is
erased once it is of no more use and no law asks to keep it (Personal Information Protection Law, articles 19 and 47).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from customs.intake.enterprise_reading import Reading, Steps

#: Three years from any day, with the longest leap.
THREE_YEARS = 1096

#: Days after which an order that never went to customs is of no more use; this is the library's choice.
OF_USE = 90

#: Days after which nobody asks any more what people were told; this is the library's choice.
ASKED_FOR = 90

#: Days for which notices are kept at least, so that a repeat of one is known.
KNOWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """How long personal data of an order is kept after its last event, and a notice after it ended."""

    declared: timedelta = timedelta(days=THREE_YEARS)
    """Of orders that were declared."""
    undeclared: timedelta = timedelta(days=OF_USE)
    """Of orders that never went to customs: closed before, or refused by the checks."""
    notices: timedelta = timedelta(days=ASKED_FOR)
    """Of notices that were told, refused or given up; they hold no personal data."""


def read_retention(reading: Reading, table: Mapping[str, Any], steps: Steps) -> RetentionSettings:
    """Read the table ``[retention]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, ("declared_days", "undeclared_days", "notices_days"), steps)
    declared = _days(reading, table, (*steps, "declared_days"), THREE_YEARS, THREE_YEARS)
    undeclared = _days(reading, table, (*steps, "undeclared_days"), OF_USE, 1)
    notices = _days(reading, table, (*steps, "notices_days"), ASKED_FOR, KNOWN)
    return RetentionSettings(declared=declared, undeclared=undeclared, notices=notices)


def _days(reading: Reading, table: Mapping[str, Any], steps: Steps, usual: int, least: int) -> timedelta:
    days = table.get(str(steps[-1]), usual)
    if not isinstance(days, int) or isinstance(days, bool) or not least <= days <= 36_500:
        reading.wrong(
            steps,
            f"this is a number of days from {least} to 36500" + _WHY_EN * (least == THREE_YEARS),
            f"此处为 {least} 至 36500 的天数" + _WHY_ZH * (least == THREE_YEARS),
        )
        days = usual
    return timedelta(days=days)


_WHY_EN = ": the law asks to keep declarations for three years from release"
_WHY_ZH = "：法律要求报关单证自放行之日起保存三年"
