"""Limits of a report (时限参数): until when a step is in time, and how long an order may wait at a node.

No rule of customs says how fast parcels go, and platforms' deadlines differ: all of these are parameters (``[reports.limits]``).
A return has to be applied for within 30 days of the release (announcement 194 of 2018).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from customs.codes.states import State
from customs.fields.frozen import FrozenDict
from customs.receipts.timeouts import DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLimits:
    """How long each step may last to be in time."""

    received: timedelta = timedelta(minutes=10)
    """From the payment to the intake (接单)."""
    declared: timedelta = timedelta(minutes=10)
    """From the intake to the first declaration (推单)."""
    packed: timedelta = timedelta(hours=12)
    """From the release to the packing (打包)."""
    left: timedelta = timedelta(hours=24)
    """From the release to leaving the zone (出区)."""
    collected: timedelta = timedelta(hours=12)
    """From leaving the zone to the collection by the carrier (揽收)."""
    signed: timedelta = timedelta(days=5)
    """From the collection to the delivery (签收)."""
    fulfilled: timedelta = timedelta(days=7)
    """From the payment to the delivery, or to the return (履约)."""
    returned: timedelta = timedelta(days=30)
    """From the release to the application for a return (退货申请)."""
    waits: Mapping[str, timedelta] = field(default=FrozenDict(), repr=False)
    """How long an order may wait at a node, where it is not ``WAITS``."""

    def wait_of(self, node: str) -> timedelta | None:
        """Return how long an order may wait at a node; None where nothing is waited for."""
        return self.waits.get(node, WAITS.get(node))


#: How long an order may wait at each node until it is overdue: those of ``customs.receipts.timeouts`` at customs.
WAITS: Mapping[str, timedelta] = FrozenDict(
    {
        "received": timedelta(minutes=30),
        "held": timedelta(days=1),
        "refused": timedelta(days=1),
        "declared": DEFAULT.unanswered,
        **{each.value: limit for each in State if (limit := DEFAULT.of(each)) is not None},
        "rejected": timedelta(days=1),
        "released": timedelta(hours=24),
        "picked": timedelta(hours=12),
        "packed": timedelta(hours=12),
        "weighed": timedelta(hours=12),
        "left_zone": timedelta(hours=12),
        "collected": timedelta(days=5),
    }
)
