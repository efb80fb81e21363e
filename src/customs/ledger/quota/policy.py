"""The parameters of the quota (额度参数): questions that no text settles, each with its default and why."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: Moments of a declaration list: stored by the e-port (120), released (800), the tax bill made.
QuotaMoment: TypeAlias = Literal["stored", "released", "billed"]


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """The way in which the quota is counted where no text says.

    >>> QuotaPolicy().take_at
    'stored'
    """

    take_at: QuotaMoment = "stored"
    """When a hold becomes use. No text states it; the e-port adjusts the quota when the list is declared (its error
    -621014), so its acceptance is taken."""
    year_of: Literal["order", "taking"] = "taking"
    """Which year an order across 31 December counts in: that of the order, or that of the moment it is taken. Not stated."""


PRACTICE = QuotaPolicy()
