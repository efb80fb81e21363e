"""Answering (应答): what the hub found, as the answers of the interface."""

from datetime import datetime

from customs.fields.moments import CHINA_TIME
from customs.hub.api.answers import (
    BothLanguages,
    FindingAnswer,
    GateAnswer,
    NextStepAnswer,
    NodeAnswer,
    OrderAnswer,
    OrderInList,
    SaidAnswer,
    StepAnswer,
)
from customs.hub.orders.gate import MayShip
from customs.hub.shown.order import OrderShown, OrderStanding, numbers_shown
from customs.receipts.next_step import NextStep
from customs.rules import Finding


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
        answers=[SaidAnswer(**{**each, "at": in_china(each["at"])}) for each in shown.answers()],
        next_step=None if step is None else _step_answer(step),
    )


def next_step_answer(shown: OrderShown) -> NextStepAnswer:
    """Return the next step of an order as it is answered."""
    step = None if shown.step is None else _step_answer(shown.step)
    return NextStepAnswer(stage=shown.line.stage.value, node=shown.line.node, next_step=step)


def _step_answer(step: NextStep) -> StepAnswer:
    return StepAnswer(kind=step.kind.value, zh=step.zh, en=step.en, until=in_china(step.until), by_machine=step.machine)
