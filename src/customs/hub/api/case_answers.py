"""The answers about cases (工单应答): as OpenAPI describes them and as the client reads them.

In titles and words identity and mobile numbers are masked. What a change answers has neither.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from customs.hub.api.answers import AnswerPage

CaseStateName = Literal[
    "new",
    "triaged",
    "assigned",
    "working",
    "waiting_customs",
    "waiting_buyer",
    "waiting_provider",
    "resolved",
    "closed",
    "reopened",
    "merged",
    "cancelled",
]

CaseLinkKind = Literal["order", "list", "alarm", "code", "bill", "goods", "party", "article", "case"]


class CaseAnswer(BaseModel):
    """A case as it stands, without what was said in it."""

    number: int
    version: int
    """How often it was changed: give it with a change, so that the change of another is not passed over."""
    state: CaseStateName
    open: bool
    case_class: str
    """Phase and cause, as ``phase/cause``."""
    priority: int
    """From 1 (first) to 4."""
    impact: Literal["parcel", "shop", "area", "all"]
    urgency: Literal["none", "law", "goods"]
    queue: str
    """The group that deals with it."""
    assignee: str
    level: int
    """The level of escalation that was reached."""
    source: str
    opened_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    merged_into: int | None


class CaseInList(CaseAnswer):
    """A case of a list, with its title; an empty one once it was erased."""

    title: str


class CasePage(AnswerPage):
    """Cases, those of the first priority first; ``next`` leads to those behind them."""

    cases: list[CaseInList]


class CaseLinkAnswer(BaseModel):
    """A thing that a case is tied to, such as ``order`` and ``PLATFORM/ORDER``."""

    kind: str
    target: str


class CaseEntryAnswer(BaseModel):
    """An entry of the log of a case: what changed, from what, to what, or what was said."""

    at: datetime
    by: str
    kind: str
    before: str
    after: str
    outside: bool
    """True if the one who asked sees it."""
    words: str


class CaseShown(BaseModel):
    """A case with its title, what it is tied to, and its log."""

    case: CaseInList
    text: str
    links: list[CaseLinkAnswer]
    entries: list[CaseEntryAnswer]


class CaseOpened(BaseModel):
    """The case of a report; it was there already if its cause had an open one."""

    case: CaseAnswer
    is_new: bool
