"""The answers about deliveries, calls and receipts set aside (投递、回调与搁置回执应答)."""

from datetime import datetime

from pydantic import BaseModel

from customs.hub.api.answers import AnswerPage


class DestinationAnswer(BaseModel):
    """A destination: how many messages are in each state, and since when it is out of order, if it is."""

    destination: str
    counts: dict[str, int]
    outage_since: datetime | None


class DestinationsAnswer(BaseModel):
    """The destinations of the caller's enterprise."""

    destinations: list[DestinationAnswer]


class DeliveryAnswer(BaseModel):
    """A message as it stands; never its bytes."""

    destination: str
    id: str
    name: str
    file_name: str
    size: int
    state: str
    put_at: datetime
    due: datetime | None
    attempts: int
    said: str
    """Why it stands so, in both languages."""


class DeliveryPage(AnswerPage):
    """Messages in the order in which they were put; ``next`` leads to those behind them."""

    deliveries: list[DeliveryAnswer]


class DeliveryEventAnswer(BaseModel):
    """Something that happened to a message."""

    at: datetime
    happening: str
    state: str
    outcome: str | None
    said: str


class DeliveryShown(BaseModel):
    """A message with its documents and everything that happened to it."""

    delivery: DeliveryAnswer
    documents: list[dict[str, str]]
    """The business numbers of each document."""
    history: list[DeliveryEventAnswer]


class CallAnswer(BaseModel):
    """A call that tells a system of the enterprise of an order."""

    id: int
    hook: str
    platform_code: str
    order_no: str
    body: str
    standing: str
    attempts: int
    due: datetime | None
    said: str
    at: datetime


class CallPage(AnswerPage):
    """Calls, newest first; ``next`` leads to those before them."""

    calls: list[CallAnswer]


class CallRetried(BaseModel):
    """The outcome of a call that is made again."""

    id: int
    zh: str
    en: str


class AsideReceiptAnswer(BaseModel):
    """A receipt that was set aside: from which destination and when it came, and why, in both languages."""

    number: int
    destination: str
    name: str
    at: datetime
    zh: str
    en: str


class AsideReceiptPage(AnswerPage):
    """Receipts set aside, in the order in which they came; ``next`` leads to those behind them."""

    receipts: list[AsideReceiptAnswer]


class ReceiptTakenUp(BaseModel):
    """The outcome of taking a receipt up again: true if it was laid to its orders."""

    number: int
    taken_up: bool
    zh: str
    en: str
