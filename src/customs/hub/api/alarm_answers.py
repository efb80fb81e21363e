"""The answers about alarms (告警应答): as OpenAPI describes them and as the client reads them; nothing in them is personal."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from customs.hub.api.answers import AnswerPage


class AlarmAnswer(BaseModel):
    """An alarm of the hub as it stands."""

    id: int
    rule: str
    state: Literal["pending", "open", "closed"]
    severity: Literal["info", "warning", "serious"]
    district: str
    """The code of the customs district, empty where it is about all of them."""
    provider: str
    """The provider who is to act, such as ``carrier:4401000001``."""
    subject: str
    count: int
    peak: int
    """The highest count so far."""
    since: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    explained_by: str
    """The rule whose alarm is the cause of this one."""
    examples: list[str]
    """Some order numbers."""
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    acked_by: str
    acked_at: datetime | None
    note: str


class AlarmPage(AnswerPage):
    """Alarms, newest first; ``next`` leads to those behind them."""

    alarms: list[AlarmAnswer]
