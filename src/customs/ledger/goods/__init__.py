"""Goods records (商品备案中心): the states of each article with its history, versions, and what a change would touch.

A record belongs to a SKU in an account book, if there is one. A change is a new version; the version on record holds until
the new one is. So what may be declared on a day, and why, can be told at any time. Sources: the receipts of the e-port
(-625007, -625010 to -625012, -621001); for states and versions what public systems keep.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.goods.answering import GoodsOfBook, LedgerGoods
    from customs.ledger.goods.checking import check_parcel_goods, expiring
    from customs.ledger.goods.content import GoodsDifference, differences
    from customs.ledger.goods.kept import GoodsEntered, GoodsMove, GoodsMoveError, enter_goods, mark_used, move_goods
    from customs.ledger.goods.listing import goods_list
    from customs.ledger.goods.policy import RecordPolicy
    from customs.ledger.goods.standings import (
        GoodsChange,
        GoodsStanding,
        find_goods,
        goods_numbered,
        goods_of_sku,
        history_of,
        kept_goods,
        version_of,
    )
    from customs.ledger.goods.states import MOVES, GoodsState
    from customs.ledger.goods.touching import GoodsUse, declared_uses, note_uses, touched, uses_of
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "answering": "GoodsOfBook LedgerGoods",
            "checking": "check_parcel_goods expiring",
            "content": "GoodsDifference differences",
            "kept": "GoodsEntered GoodsMove GoodsMoveError enter_goods mark_used move_goods",
            "listing": "goods_list",
            "policy": "RecordPolicy",
            "standings": "GoodsChange GoodsStanding find_goods goods_numbered goods_of_sku history_of kept_goods version_of",
            "states": "MOVES GoodsState",
            "touching": "GoodsUse declared_uses note_uses touched uses_of",
        },
    )

__all__ = [
    "MOVES",
    "GoodsChange",
    "GoodsDifference",
    "GoodsEntered",
    "GoodsMove",
    "GoodsMoveError",
    "GoodsOfBook",
    "GoodsStanding",
    "GoodsState",
    "GoodsUse",
    "LedgerGoods",
    "RecordPolicy",
    "check_parcel_goods",
    "declared_uses",
    "differences",
    "enter_goods",
    "expiring",
    "find_goods",
    "goods_list",
    "goods_numbered",
    "goods_of_sku",
    "history_of",
    "kept_goods",
    "mark_used",
    "move_goods",
    "note_uses",
    "touched",
    "uses_of",
    "version_of",
]
