"""The orders that an alarm does not name (告警涉及的其他订单): how many they are, and the list in which they stand.

>>> from customs.hub.alarms.condition import AlarmPlace
>>> list_of_alarm(AlarmPlace("overdue", "4600", "", "accepted")), list_of_alarm(AlarmPlace("circuit_open"))
('/orders?node=accepted', '')
"""

from collections.abc import Mapping
from typing import NamedTuple

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.alarm import HubAlarm
from customs.hub.alarms.condition import AlarmPlace

#: The list of orders of each rule whose alarms count orders; the subject of the alarm stands in the braces.
_LISTS: Mapping[str, str] = FrozenDict(
    {
        "undeclared": "stage=received",
        "unanswered": "stage=declared",
        "overdue": "node={}",
        "lacking": "stage=declared",
        "unattended/checks": "stage=refused",
        "unattended/customs": "node=rejected",
        "orders_aside": "stage=declared",
        "goods_late": "stage=declared",
        "rejections": "node=rejected",
        "rejections_unusual": "node=rejected",
        "quota_disagrees": "node=rejected",
    }
)


class MoreOrders(NamedTuple):
    """The orders of an alarm beyond those that are named: the alarm's number, how many, and the list in which they stand."""

    alarm: int
    orders: int
    path: str


def list_of_alarm(place: AlarmPlace) -> str:
    """Return the path of the list in which the orders of an alarm stand; empty if it counts none."""
    form = _LISTS.get(place.rule) or _LISTS.get(f"{place.rule}/{place.subject}", "")
    return f"/orders?{form.format(place.subject)}" if form else ""


def more_of_alarm(alarm: HubAlarm, named: int) -> MoreOrders | None:
    """Return the orders of an alarm that stands beyond so many that are named; None if there are none."""
    path = list_of_alarm(alarm.place)
    orders = alarm.count - named if path and alarm.living else 0
    return MoreOrders(alarm.id, orders, path) if orders > 0 else None
