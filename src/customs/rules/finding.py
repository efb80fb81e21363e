"""Findings (问题): everything that customs would refuse or question, as values.

A finding has a stable code, the path of the field, what is wrong and what to do, in Chinese and English. It never shows
personal data.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from customs.fields.digits import plain_digits


class Severity(StrEnum):
    """The weight of a finding. An error stops the parcel: no bytes are made for it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(NamedTuple):
    """One entry of the catalogue: code, severity, texts with ``{placeholders}``, and the source of the rule.

    ``rule`` is the number of the consistency rule of the unified edition, if there is one.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    advice_zh: str
    advice_en: str
    source: str
    rule: int | None = None

    def at(self, path: str, **facts: object) -> "Finding":
        """Return a finding of this kind at a field path, with the placeholders filled in."""
        shown = {name: plain_digits(fact) if isinstance(fact, Decimal) else fact for name, fact in facts.items()}
        texts = (self.zh, self.en, self.advice_zh, self.advice_en)
        zh, en, advice_zh, advice_en = (text.format(**shown) for text in texts)
        return Finding(self.code, self.severity, path, zh, en, advice_zh, advice_en)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: ``path`` such as ``order.lines[0].qty``, what is wrong (``zh``, ``en``), what to do
    (``advice_...``).
    """

    code: str
    severity: Severity
    path: str
    zh: str
    en: str
    advice_zh: str
    advice_en: str

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return {name: str(value) for name, value in asdict(self).items()}

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.path or 'the parcel'}: {self.en} {self.advice_en}"
