"""Points of a three-way reconciliation (核对要点): one thing that explains a difference, or that is not in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from customs.fields.frozen import FrozenDict
from customs.reconciliation.outcome import Cause
from customs.reconciliation.three_way.words import GROUP_OF, GROUPS, POINTS
from customs.reconciliation.trial import Figures, figures_of
from customs.reconciliation.words import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPoint:
    """One point: its ``code``, its ``facts``, and for the cause of a bill the ``figures`` that it gives.

    ``found`` is the cause of ``customs.reconciliation`` where it is one.
    """

    code: str
    facts: Mapping[str, object] = FrozenDict()
    figures: Figures | None = field(default=None, repr=False)
    found: Cause | None = field(default=None, repr=False)

    @property
    def group(self) -> str:
        """The class of the difference, one of ``GROUPS``."""
        return GROUP_OF[self.code] if self.found else POINTS[self.code].group

    @property
    def zh(self) -> str:
        """The point in Chinese."""
        return self.found.zh if self.found else sentence(POINTS[self.code].zh, self.facts, 0)

    @property
    def en(self) -> str:
        """The point in English."""
        return self.found.en if self.found else sentence(POINTS[self.code].en, self.facts, 1)

    @property
    def advice_zh(self) -> str:
        """The next step, in Chinese."""
        return self.found.advice_zh if self.found else POINTS[self.code].advice_zh

    @property
    def advice_en(self) -> str:
        """The next step, in English."""
        return self.found.advice_en if self.found else POINTS[self.code].advice_en

    @property
    def group_zh(self) -> str:
        """The class in Chinese."""
        return GROUPS[self.group][0]

    @property
    def group_en(self) -> str:
        """The class in English."""
        return GROUPS[self.group][1]


def point_of(cause: Cause) -> TaxPoint:
    """Return the point of a cause that gives every figure of the bill."""
    return TaxPoint(code=cause.code, facts=cause.facts, figures=figures_of(cause.assessment), found=cause)
