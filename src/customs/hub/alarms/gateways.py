"""Gateways (通道): receipts that do not come, that nobody knows, that name no order, or whose times cannot be."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from customs.codes.states import State
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.counted import CODE, DISTRICT, SOURCE, counted, first_seen, last_counted
from customs.hub.alarms.spans import in_words
from customs.hub.alarms.waiting import Wait, WaitingOrders, too_long
from customs.hub.counts.tallies import TallyName
from customs.hub.orders.nodes import HubNode
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS

_ORDERS, _NODES = HUB_ORDERS.c, HUB_NODES.c

#: How far back the last receipt of a district is looked for.
_A_DAY = timedelta(days=1)


def silent_gateway(looking: Looking) -> Iterator[AlarmCondition]:
    """Districts of which no answer has come for a while, though lists wait for a machine's."""
    silence = looking.rule.times["silence"]
    last = last_counted(looking, TallyName.ANSWERED, _A_DAY)
    for district, parts in _open_lists(looking, silence).items():
        count = sum(each.count for each in parts)
        begun = max(min(each.since for each in parts), last.get(district, datetime.min))
        if count < looking.cases or looking.now - begun < silence:
            continue
        zh, en = in_words(looking.now - begun)
        yield AlarmCondition(
            place=AlarmPlace(looking.rule.name, district),
            count=count,
            since=begun,
            figures={"silence": en, "silence_zh": zh},
            examples=tuple(number for each in parts for number in each.examples)[:5],
        )


def _open_lists(looking: Looking, span: timedelta) -> dict[str, list[WaitingOrders]]:
    """Return the lists that have waited so long for a machine's answer, by district."""
    event = and_(_NODES.order == _ORDERS.id, _NODES.node == HubNode.DECLARED, _NODES.attempt == _ORDERS.attempt)
    declared = select(_ORDERS.id).where(_ORDERS.stage == OrderStage.DECLARED)
    waits = (
        Wait(limit="", orders=declared.join(HUB_NODES, event).where(_ORDERS.node == ""), since=_NODES.at, span=span),
        Wait(limit="", orders=declared.where(_ORDERS.node == State.SENT), since=_ORDERS.node_at, span=span),
    )
    found: dict[str, list[WaitingOrders]] = {}
    for each in [group for wait in waits for group in too_long(looking, wait)]:
        found.setdefault(each.district, []).append(each)
    return found


def unknown_receipt(looking: Looking) -> Iterator[AlarmCondition]:
    """Codes that the catalogue lacks, when they appear for the first time."""
    window = looking.rule.times["window"]
    for (district, code), group in counted(looking, [TallyName.UNKNOWN], [DISTRICT, CODE], window).items():
        if first_seen(looking, code, looking.now - window):
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, district, "", code),
                count=group.count,
                since=group.last_at,
                figures={"code": code},
                examples=group.examples,
            )


def strays(looking: Looking) -> Iterator[AlarmCondition]:
    """Sources whose answers name no order."""
    window = looking.rule.times["window"]
    for (source,), group in counted(looking, [TallyName.STRAY], [SOURCE], window).items():
        if group.count >= looking.cases:
            zh, en = in_words(window)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=source),
                count=group.count,
                figures={"window": en, "window_zh": zh},
            )


_HOW = {
    TallyName.AHEAD: ("later than this machine's clock", "晚于本机时间"),
    TallyName.EARLY: ("earlier than the submission", "早于报送时间"),
}


def clock_skew(looking: Looking) -> Iterator[AlarmCondition]:
    """Districts whose answers are of a time that cannot be: one of the clocks is wrong."""
    window, least = looking.rule.times["window"], looking.rule.times["most"]
    for name, (how, how_zh) in _HOW.items():
        for (district,), group in counted(looking, [name], [DISTRICT], window).items():
            if group.count < looking.cases or group.most < least.total_seconds():
                continue
            (window_zh, window_en), (most_zh, most) = in_words(window), in_words(timedelta(seconds=group.most))
            figures = {"how": how, "how_zh": how_zh, "window": window_en, "window_zh": window_zh}
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, district, "", name.value),
                count=group.count,
                figures={**figures, "most": most, "most_zh": most_zh},
                examples=group.examples,
            )
