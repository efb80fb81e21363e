"""Conditions by rule (告警条件一览): who looks for each; few questions for all orders together, each by an index.

>>> sorted(CONDITIONS) == sorted(alarm_rules())
True
"""

from collections.abc import Mapping

from customs.fields.frozen import FrozenDict
from customs.hub.alarms import backlogs, gateways, late_orders, means, refusals
from customs.hub.alarms.condition import LookFor
from customs.hub.alarms.rules import alarm_rules

_LOOKS: tuple[LookFor, ...] = (
    late_orders.undeclared,
    late_orders.unanswered,
    late_orders.overdue,
    late_orders.lacking,
    late_orders.unattended,
    late_orders.goods_late,
    gateways.silent_gateway,
    gateways.unknown_receipt,
    gateways.strays,
    gateways.clock_skew,
    refusals.rejections,
    refusals.rejections_unusual,
    refusals.releases_unusual,
    refusals.quota_disagrees,
    backlogs.outbox_backlog,
    backlogs.dead_letters,
    backlogs.circuit_open,
    backlogs.inbox_backlog,
    backlogs.receipts_aside,
    backlogs.orders_aside,
    backlogs.calls_backlog,
    means.guarantee_low,
    means.guarantee_runs_out,
    means.papers_end,
    means.papers_ended,
    means.certificate_ends,
    means.key_lost,
    means.write_off_due,
)

#: Who looks whether each rule holds.
CONDITIONS: Mapping[str, LookFor] = FrozenDict({each.__name__: each for each in _LOOKS})

__all__ = ["CONDITIONS", "alarm_rules"]
