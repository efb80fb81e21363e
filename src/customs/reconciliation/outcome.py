"""The outcome of a reconciliation (税单核对结果): its differences, their causes and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from customs.fields.digits import plain_digits
from customs.fields.money import ZERO
from customs.reconciliation.words import FITTED, KINDS, NEAREST, TEXTS, VERDICTS, sentence
from customs.tax.law import dutiable_value_term
from customs.tax.result import TaxAssessment


class Difference(NamedTuple):
    """差异: one figure that differs, at a ``path`` in the bill (lines count from 0); ``kind`` is one of ``KINDS``.

    A line that only one side has is None on the other. For totals that do not add up the lines (``sum``),
    ``assessed`` is the sum of the lines.
    """

    path: str
    kind: str
    assessed: Decimal | str | None
    billed: Decimal | str | None

    @property
    def zh(self) -> str:
        """The difference in Chinese."""
        return sentence(KINDS[self.kind][0], self._asdict(), 0)

    @property
    def en(self) -> str:
        """The difference in English."""
        return sentence(KINDS[self.kind][1], self._asdict(), 1)


class Cause(NamedTuple):
    """原因: one thing that may have been computed otherwise: its ``code``, its ``lines`` by gnum, its ``facts``.

    Without ``lines`` it concerns the whole parcel. ``assessment`` is the case computed so. ``off`` is by how many CNY
    in all it misses the bill: 0 for a cause, more for the nearest supposition. The two causes of a pair share one
    assessment, made with both.
    """

    code: str
    lines: tuple[int, ...]
    facts: Mapping[str, object]
    assessment: TaxAssessment
    off: Decimal = ZERO

    @property
    def zh(self) -> str:
        """The supposition in Chinese."""
        return self._text(0)

    @property
    def en(self) -> str:
        """The supposition in English."""
        return self._text(1)

    @property
    def advice_zh(self) -> str:
        """The next step, in Chinese."""
        return TEXTS[self.code].advice_zh

    @property
    def advice_en(self) -> str:
        """The next step, in English."""
        return TEXTS[self.code].advice_en

    @property
    def reproduces(self) -> bool:
        """True if its assessment gives every figure of the bill."""
        return not self.off

    @property
    def fitted(self) -> bool:
        """True if an amount or a quantity of it was read off the bill: it then fits many bills, and proves little."""
        return bool(self.facts.get(FITTED))

    def _text(self, language: int) -> str:
        lines = ("、" if language == 0 else ", ").join(map(str, self.lines))
        facts = {**self.facts, "lines": lines, "term": dutiable_value_term(self.assessment.law.day)}
        text = sentence(TEXTS[self.code][language], facts, language)
        return text if self.reproduces else NEAREST[language].format(text=text, off=plain_digits(self.off))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The result of comparing an assessment with a bill.

    Each of ``causes`` gives every figure of the bill; ``pairs`` are two that do so together. Where nothing does,
    ``nearest`` is the supposition that misses the bill by least, if it comes nearer than the assessment; it is not a
    cause. ``untried`` names suppositions that could not be computed because a fact, such as a tariff, is missing.
    ``cut_short`` is True if not all pairs were tried.
    """

    assessment: TaxAssessment = field(repr=False)
    differences: tuple[Difference, ...]
    verdict: str
    """One of ``VERDICTS``."""
    causes: tuple[Cause, ...] = ()
    pairs: tuple[tuple[Cause, Cause], ...] = ()
    nearest: Cause | None = None
    untried: tuple[str, ...] = ()
    cut_short: bool = False

    @property
    def agrees(self) -> bool:
        """True if the bill equals the assessment."""
        return not self.differences

    @property
    def zh(self) -> str:
        """The verdict in Chinese."""
        return VERDICTS[self.verdict][0]

    @property
    def en(self) -> str:
        """The verdict in English."""
        return VERDICTS[self.verdict][1]
