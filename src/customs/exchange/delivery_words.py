"""The words for states of deliveries (投递状态用语), in the order in which they are told.

>>> DELIVERY_WORDS[DeliveryState.PARKED].zh
'搁置'
"""

from collections.abc import Mapping
from typing import NamedTuple

from customs.exchange.standing import DeliveryState
from customs.fields.frozen import FrozenDict


class DeliveryWords(NamedTuple):
    """A state of a delivery in English and Chinese."""

    en: str
    zh: str


DELIVERY_WORDS: Mapping[DeliveryState, DeliveryWords] = FrozenDict(
    {
        DeliveryState.HANDED_OVER: DeliveryWords("handed over", "已送达"),
        DeliveryState.PREPARED: DeliveryWords("waiting", "待发"),
        DeliveryState.NOT_SENT: DeliveryWords("to be repeated", "待重发"),
        DeliveryState.CLAIMED: DeliveryWords("being sent", "发送中"),
        DeliveryState.UNKNOWN: DeliveryWords("unknown", "结果不明"),
        DeliveryState.PARKED: DeliveryWords("parked", "搁置"),
        DeliveryState.DEAD: DeliveryWords("dead", "作废"),
    }
)
