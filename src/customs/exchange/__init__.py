"""The exchange (收发): messages go out and receipts come in, by the ways that destinations offer."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.exchange.contract import (
        Again,
        Delivery,
        ExchangeWay,
        HandedOver,
        HandOverOutcome,
        Item,
        SetAside,
        WayError,
    )
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {"contract": "Again Delivery ExchangeWay HandOverOutcome HandedOver Item SetAside WayError"},
    )

__all__ = ["Again", "Delivery", "ExchangeWay", "HandOverOutcome", "HandedOver", "Item", "SetAside", "WayError"]
