"""Who does what to a case (操作), and which case as they saw it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAct:
    """An act on a case: by whom, when, and why."""

    by: str
    at: datetime
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as a person saw it before the act: its enterprise, number and version; without a version it never conflicts."""

    enterprise: str
    number: int
    version: int | None = None
