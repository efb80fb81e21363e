"""Quota (额度库): how much of a buyer's yearly limit is used and in flight, before the order is paid.

Each order holds its dutiable value from ``reserve`` on; customs' acceptance turns it into use, a refusal that is given up
frees it, a cancellation or return gives it back, and a new year begins with nothing used. What customs prints is
observed, and kept beside. So "allowed" says only that nothing we know stands against it: what a buyer bought elsewhere
is not seen here. Rules: Cai Guan Shui [2018] 49.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.quota.answer import InFlight, QuotaAnswer, QuotaVerdict
    from customs.ledger.quota.asking import QuotaStanding, may_buy, quota_entries, quota_of
    from customs.ledger.quota.counting import quota_beside
    from customs.ledger.quota.following import QuotaMove, follow_parcel, follow_parcels, observe_refusals
    from customs.ledger.quota.observing import correct, observe
    from customs.ledger.quota.orders import (
        OrderUnknownError,
        QuotaOrder,
        QuotaOrderStanding,
        close_year,
        free_lapsed,
        order_standing,
        order_standings,
        put_back,
        reserve,
        restore,
        take,
        void,
    )
    from customs.ledger.quota.parcels import order_key, orders_numbered, quota_order_of
    from customs.ledger.quota.policy import QuotaPolicy
    from customs.ledger.quota.tables import QUOTA
    from customs.ledger.quota.together import LockedBuyers, lock_buyers, reserve_all, reserve_new, take_all
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "answer": "InFlight QuotaAnswer QuotaVerdict",
            "asking": "QuotaStanding may_buy quota_entries quota_of",
            "counting": "quota_beside",
            "following": "QuotaMove follow_parcel follow_parcels observe_refusals",
            "observing": "correct observe",
            "orders": (
                "OrderUnknownError QuotaOrder QuotaOrderStanding close_year free_lapsed order_standing order_standings put_back "
                "reserve restore take void"
            ),
            "parcels": "order_key orders_numbered quota_order_of",
            "policy": "QuotaPolicy",
            "tables": "QUOTA",
            "together": "LockedBuyers lock_buyers reserve_all reserve_new take_all",
        },
    )

__all__ = [
    "QUOTA",
    "InFlight",
    "LockedBuyers",
    "OrderUnknownError",
    "QuotaAnswer",
    "QuotaMove",
    "QuotaOrder",
    "QuotaOrderStanding",
    "QuotaPolicy",
    "QuotaStanding",
    "QuotaVerdict",
    "close_year",
    "correct",
    "follow_parcel",
    "follow_parcels",
    "free_lapsed",
    "lock_buyers",
    "may_buy",
    "observe",
    "observe_refusals",
    "order_key",
    "order_standing",
    "order_standings",
    "orders_numbered",
    "put_back",
    "quota_beside",
    "quota_entries",
    "quota_of",
    "quota_order_of",
    "reserve",
    "reserve_all",
    "reserve_new",
    "restore",
    "take",
    "take_all",
    "void",
]
