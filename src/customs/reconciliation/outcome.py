"""What a reconciliation comes to (对税单结果): differences, causes, and the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from customs.fields.digits import plain_digits
from customs.fields.money import ZERO
from customs.reconciliation.words import KINDS, NEAREST, TEXTS, VERDICTS, said
from customs.tax.result import TaxAssessment


class Difference(NamedTuple):
    """差异 one figure that is not the same: ``path`` as in the bill, lines counted from 0 by gnum; ``kind`` is one of ``KINDS``.

    For a line that only one side has, the other side is None. For a head that is not the sum of its lines (``sum``), ``assessed`` is
    that sum.
    """

    path: str
    kind: str
    assessed: Decimal | str | None
    billed: Decimal | str | None

    @property
    def zh(self) -> str:
        """The difference in Chinese."""
        return said(KINDS[self.kind][0], self._asdict(), 0)

    @property
    def en(self) -> str:
        """The difference in English."""
        return said(KINDS[self.kind][1], self._asdict(), 1)


class Cause(NamedTuple):
    """原因 what may have been reckoned otherwise: ``code`` says what, ``lines`` where, by gnum (none: the whole parcel), ``facts``
    with what.

    ``assessment`` is the case so reckoned and ``off`` by how many CNY it misses the figures of the bill in all: 0 for what is named
    as a cause, more for what is only nearest. Two causes of a pair have one assessment, that with both.
    """

    code: str
    lines: tuple[int, ...]
    facts: Mapping[str, object]
    assessment: TaxAssessment
    off: Decimal = ZERO

    @property
    def zh(self) -> str:
        """What is supposed, in Chinese."""
        return self._text(0)

    @property
    def en(self) -> str:
        """What is supposed, in English."""
        return self._text(1)

    @property
    def advice_zh(self) -> str:
        """What to do, in Chinese."""
        return TEXTS[self.code].advice_zh

    @property
    def advice_en(self) -> str:
        """What to do, in English."""
        return TEXTS[self.code].advice_en

    @property
    def reproduces(self) -> bool:
        """Whether its assessment comes to every figure of the bill."""
        return not self.off

    def _text(self, language: int) -> str:
        lines = ("、" if language == 0 else ", ").join(map(str, self.lines))
        text = said(TEXTS[self.code][language], {**self.facts, "lines": lines}, language)
        return text if self.reproduces else NEAREST[language].format(text=text, off=plain_digits(self.off))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of holding an assessment against a bill.

    ``causes`` each come to every figure of the bill, ``pairs`` are two that do so together. ``nearest`` is the supposition that misses
    the bill by least, where nothing comes to it and something comes nearer than the assessment; it is no cause. ``untried`` names
    suppositions that could not be reckoned for want of a fact, such as a tariff. ``cut_short`` says that not all pairs were tried.
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
        """Whether the bill is as assessed."""
        return not self.differences

    @property
    def zh(self) -> str:
        """The outcome in Chinese."""
        return VERDICTS[self.verdict][0]

    @property
    def en(self) -> str:
        """The outcome in English."""
        return VERDICTS[self.verdict][1]
