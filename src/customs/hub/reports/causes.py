"""Causes (主要原因): why orders were refused by the own checks or by customs, each with its share.

A refusal is told by the detail of its node: the code of a finding, or code, class and party of what customs said. No
answer is opened.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import func, select

from customs.codes.states import State
from customs.hub.counts.providers import provider_to_act
from customs.hub.counts.refusals import refusal_in
from customs.hub.orders.nodes import HubNode
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.order_facts import PARTS, HealthBasis, is_within
from customs.hub.reports.windows import ReportWindow
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.ledger.database import LedgerConnection

#: Who refused an order: the own checks, or customs.
RefusedBy: TypeAlias = Literal["checks", "customs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseShare:
    """A cause of refusals: its code and class, who has to act, and its share of the refusals by the same."""

    by: RefusedBy
    code: str
    cause: str
    """A word of ``ErrorCause``, empty for the own checks and where it is not known."""
    zh: str
    en: str
    district: str
    provider: str
    """Who has to act, such as ``payer:3301000001``; empty where it is the declarant, customs, or not clear."""
    platform_code: str
    share: HealthShare


def causes_in(
    connection: LedgerConnection, enterprise: str, window: ReportWindow, basis: HealthBasis
) -> tuple[CauseShare, ...]:
    """Return the causes of refusals by district, platform and who has to act, most often first.

    A refusal counts once for each attempt of an order: those of orders taken in within the window, or those that came
    within it.
    """
    nodes, orders = HUB_NODES.c, HUB_ORDERS.c
    taken_in = select(orders.id).where(orders.enterprise == enterprise, is_within(orders.received_at, window))
    refusals = (
        select(nodes.order, nodes.node, nodes.attempt, func.max(nodes.detail).label("detail"))
        .where(nodes.node.in_((HubNode.REFUSED, State.REJECTED)))
        .where(nodes.order.in_(taken_in) if basis == "cohort" else is_within(nodes.at, window))
        .group_by(nodes.order, nodes.node, nodes.attempt)
        .subquery()
    )
    parts = [orders[each] for each in PARTS]
    query = (
        select(refusals.c.node, refusals.c.detail, *parts, func.count().label("times"))
        .join(HUB_ORDERS, orders.id == refusals.c.order)
        .where(orders.enterprise == enterprise)
        .group_by(refusals.c.node, refusals.c.detail, *parts)
    )
    counts: Counter[tuple[RefusedBy, str, str, str, str]] = Counter()
    for row in connection.sql.execute(query):
        by: RefusedBy = "checks" if row.node == HubNode.REFUSED else "customs"
        provider = provider_to_act(refusal_in(row.detail).party, row) if by == "customs" else ""
        counts[by, row.detail, row.customs_code, provider, row.platform_code] += row.times
    wholes = Counter[RefusedBy]()
    for (by, *_), count in counts.items():
        wholes[by] += count
    return tuple(
        _cause(key, HealthShare(count, wholes[key[0]]))
        for key, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )


def _cause(key: tuple[RefusedBy, str, str, str, str], share: HealthShare) -> CauseShare:
    by, detail, district, provider, platform_code = key
    refusal = refusal_in(detail)
    code, zh, en = refusal.words if by == "customs" else (detail, "本地校验未通过", "stopped by the own checks")
    return CauseShare(
        by=by,
        code=code,
        cause=refusal.cause or "" if by == "customs" else "",
        zh=zh,
        en=en,
        district=district,
        provider=provider,
        platform_code=platform_code,
        share=share,
    )


def by_code(causes: tuple[CauseShare, ...]) -> list[tuple[CauseShare, HealthShare]]:
    """Return causes by code alone, whatever the district, platform and provider, each with one as an example."""
    found: dict[tuple[str, str, str], tuple[CauseShare, HealthShare]] = {}
    for each in causes:
        key = (each.by, each.code, each.cause)
        first, share = found.get(key, (each, HealthShare(0, each.share.whole)))
        found[key] = first, HealthShare(share.part + each.share.part, each.share.whole)
    return sorted(found.values(), key=lambda each: (-each[1].part, each[0].by, each[0].code))
