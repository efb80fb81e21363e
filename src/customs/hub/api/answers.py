"""The answers of the interface (接口应答): what each path gives, as OpenAPI describes it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from customs.fields.moments import CHINA_TIME
from customs.hub.gate import MayShip
from customs.hub.shown import OrderShown, OrderStanding, numbers_shown
from customs.receipts.next_step import NextStep
from customs.rules import Finding


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


class OrderPage(BaseModel):
    """Orders, newest first; ``next`` leads to those behind them."""

    orders: list[OrderInList]
    next: str | None


class StepAnswer(BaseModel):
    """The next step of an order."""

    kind: str
    zh: str
    en: str
    until: datetime | None
    by_machine: bool


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


def in_china(at: datetime | None) -> datetime | None:
    """Return a time with the zone of China, as the interface gives it."""
    return at.replace(tzinfo=CHINA_TIME) if at is not None and at.tzinfo is None else at


def finding_answer(found: Finding) -> FindingAnswer:
    """Return a finding as it is answered."""
    return FindingAnswer(
        code=found.code,
        path=found.path,
        severity=found.severity.value,
        zh=found.zh,
        en=found.en,
        advice_zh=found.advice_zh,
        advice_en=found.advice_en,
    )


def gate_answer(gate: MayShip) -> GateAnswer:
    """Return the gate's word as it is answered."""
    return GateAnswer(may_ship=gate.may, node=gate.node, since=in_china(gate.since), zh=gate.zh, en=gate.en)


def line_answer(line: OrderStanding) -> OrderInList:
    """Return an order of a list as it is answered."""
    received = in_china(line.received_at)
    assert received is not None
    return OrderInList(
        platform_code=line.platform_code,
        order_no=line.order_no,
        customs_code=line.customs_code,
        stage=line.stage.value,
        node=line.node,
        since=in_china(line.since),
        received_at=received,
    )


def order_answer(shown: OrderShown) -> OrderAnswer:
    """Return an order as it is answered."""
    zh, en = shown.words
    step = shown.step
    return OrderAnswer(
        order=line_answer(shown.line),
        stands=BothLanguages(zh=zh, en=en),
        gate=gate_answer(shown.gate),
        refund_asked=shown.refund,
        attempt=shown.attempt,
        findings=[FindingAnswer(**each) for each in shown.findings],
        nodes=[
            NodeAnswer(
                node=each.node,
                at=each.at.replace(tzinfo=CHINA_TIME),
                source=each.source,
                attempt=each.attempt,
                detail=each.detail,
            )
            for each in shown.nodes
        ],
        numbers=numbers_shown(shown.numbers),
        answers=[SaidAnswer(**each) for each in shown.answers()],
        next_step=None if step is None else _step_answer(step),
    )


def _step_answer(step: NextStep) -> StepAnswer:
    return StepAnswer(kind=step.kind.value, zh=step.zh, en=step.en, until=in_china(step.until), by_machine=step.machine)
