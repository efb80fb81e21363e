"""The answers about orders (订单应答): what each path gives, as OpenAPI describes it and as the client reads it.

These are forms alone; nothing here needs a server or a database.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel


class AnswerPage(BaseModel):
    """A page; ``next`` leads to the one behind it, and is none on the last."""

    next: str | None


class BothLanguages(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class FindingAnswer(BaseModel):
    """Something that customs would refuse or question, with what to do."""

    code: str
    path: str
    severity: Literal["error", "warning", "note"]
    zh: str
    en: str
    advice_zh: str
    advice_en: str


class TakenOrder(BaseModel):
    """The outcome of an order that was given."""

    place: int
    """Its place in the request, from 0."""
    platform_code: str | None
    order_no: str | None
    outcome: Literal["new", "known", "amended", "conflict", "unreadable"]
    stage: str | None
    zh: str
    en: str
    findings: list[FindingAnswer]


class TakenOrders(BaseModel):
    """The outcomes of the orders of a request, in their order."""

    orders: list[TakenOrder]


class CheckedOrders(BaseModel):
    """The findings of orders that were checked alone; nothing is kept of them."""

    orders: list[list[FindingAnswer]]


class GateAnswer(BaseModel):
    """The gate's word on the goods of an order."""

    may_ship: bool
    node: str
    since: datetime | None
    zh: str
    en: str


class NodeAnswer(BaseModel):
    """A node that an order reached."""

    node: str
    at: datetime
    source: str
    attempt: int
    detail: str


class OrderInList(BaseModel):
    """An order as a list shows it."""

    platform_code: str
    order_no: str
    customs_code: str
    stage: str
    node: str
    since: datetime | None
    received_at: datetime


class OrderPage(AnswerPage):
    """Orders, newest first; ``next`` leads to those behind them."""

    orders: list[OrderInList]


class StepAnswer(BaseModel):
    """The next step of an order."""

    kind: str
    zh: str
    en: str
    until: datetime | None
    by_machine: bool


class NextStepAnswer(BaseModel):
    """The next step of an order; none before it is declared and once nothing is left to do."""

    stage: str
    node: str
    next_step: StepAnswer | None


class SaidAnswer(BaseModel):
    """An answer to a document, explained."""

    document: str
    receipt: str
    code: str
    at: datetime | None
    zh: str
    en: str
    cause_zh: str
    cause_en: str
    action_zh: str
    action_en: str


class OrderAnswer(BaseModel):
    """An order with everything that happened to it, and what to do next."""

    order: OrderInList
    stands: BothLanguages
    gate: GateAnswer
    refund_asked: bool
    attempt: int
    findings: list[FindingAnswer]
    nodes: list[NodeAnswer]
    numbers: dict[str, list[str]]
    answers: list[SaidAnswer]
    next_step: StepAnswer | None


class RefundAnswer(BaseModel):
    """The outcome of a request for a refund."""

    outcome: Literal["closed", "cancelling", "known", "over"]
    zh: str
    en: str


class CancelAnswer(BaseModel):
    """The outcome of a cancellation: done at once, sent as soon as may be, asked for before, or not allowed as it stands."""

    outcome: Literal["closed", "cancelling", "known", "over", "refused"]
    zh: str
    en: str
    findings: list[FindingAnswer]


class ReturnAnswer(BaseModel):
    """The outcome of a return: it goes to customs, was asked for before, or is not allowed as it stands."""

    outcome: Literal["returning", "known", "refused"]
    number: str
    """The number of the application (copNo); that of the list where it is empty."""
    zh: str
    en: str
    findings: list[FindingAnswer]
    tax: str | None
    """The tax that it gives back, in CNY."""
    apply_by: date | None
    """The last day to apply for it."""
    back_by: date | None
    """The last day for the goods to be back."""


class ToldAnswer(BaseModel):
    """How many nodes were new, and which orders are not known."""

    new: int
    unknown: list[str]


class QuotaAnswered(BaseModel):
    """The answer to a purchase, as far as this installation knows of the buyer."""

    allowed: bool
    zh: str
    en: str


class ServiceHealth(BaseModel):
    """That the service runs, and whether its database answers."""

    status: Literal["ok"]
