"""Causes of a difference between stock and book (库存差异原因), and the reasons of adjustments that lead to them.

The causes have the codes that reports use. A cause is named only where documents account for the whole difference; what
they leave is CA99 and goes to the clearing of responsibility (判责).

>>> StockCause.NOT_DEDUCTED.value, StockCause.NOT_DEDUCTED.zh
('CA01', '已放行出区，出区核注清单未核扣')
>>> ADJUSTMENTS["34"]
AdjustmentReason(zh='海关抽样', en='sampled by customs')
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class StockCause(StrEnum):
    """差异原因代码."""

    NOT_DEDUCTED = "CA01"
    STILL_INSIDE = "CA02"
    CANCELLED = "CA03"
    RETURNED = "CA04"
    TALLY = "CA05"
    UNIT = "CA06"
    OTHER_ITEM = "CA07"
    SAMPLED = "CA08"
    DAMAGED = "CA09"
    TWICE = "CA10"
    ONE_SYSTEM = "CA11"
    TRANSFER = "CA12"
    CUT_OFF = "CA13"
    UNKNOWN = "CA99"

    @property
    def zh(self) -> str:
        """The cause in Chinese."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The cause in English."""
        return _WORDS[self][1]


_WORDS: Mapping[StockCause, tuple[str, str]] = MappingProxyType(
    {
        StockCause.NOT_DEDUCTED: ("已放行出区，出区核注清单未核扣", "taken from stock, the out-list is not deducted"),
        StockCause.STILL_INSIDE: (
            "出区核注清单已核扣，货物仍在库",
            "the out-list is deducted, the goods are still in stock",
        ),
        StockCause.CANCELLED: ("已撤单，账册与货架未同步恢复", "cancelled, not restored on both sides"),
        StockCause.RETURNED: (
            "退货上架与账册调增不同步，或退入其他货位",
            "returned, entered on one side or as other stock",
        ),
        StockCause.TALLY: (
            "入区核注清单与理货上架数量不一致",
            "the in-list and what was tallied and shelved are apart",
        ),
        StockCause.UNIT: ("计量单位换算错误", "counted in another unit"),
        StockCause.OTHER_ITEM: ("同一货号串项（备案序号错误）", "another item of the book than the list names"),
        StockCause.SAMPLED: ("海关抽样", "sampled by customs"),
        StockCause.DAMAGED: ("破损、过期、变质或销毁", "damaged, expired, spoiled or destroyed"),
        StockCause.TWICE: ("超发或重复扣减", "taken twice, or more than the list says"),
        StockCause.ONE_SYSTEM: (
            "赠品、包材、耗材仅在一方系统计数",
            "gifts, packaging or consumables that one system counts",
        ),
        StockCause.TRANSFER: ("调拨仅一方入账", "a transfer of which one side is entered"),
        StockCause.CUT_OFF: ("截止时间不同", "the two sides end at other times"),
        StockCause.UNKNOWN: ("原因不明，待判责", "unknown, to be cleared"),
    }
)


class AdjustmentReason(NamedTuple):
    """Why stock or book was adjusted, in Chinese and English."""

    zh: str
    en: str


#: Reasons of adjustments and conversions by their codes, as warehouse systems of platforms send them.
ADJUSTMENTS: Mapping[str, AdjustmentReason] = MappingProxyType(
    {
        "31": AdjustmentReason("仓库作业", "operation of the warehouse"),
        "32": AdjustmentReason("盘点", "stocktake"),
        "33": AdjustmentReason("到货差异", "difference on arrival"),
        "34": AdjustmentReason("海关抽样", "sampled by customs"),
        "35": AdjustmentReason("其他", "other"),
        "36": AdjustmentReason("出库错误", "outbound error"),
        "51": AdjustmentReason("在库破损", "damaged in store"),
        "52": AdjustmentReason("效期到期", "shelf life ended"),
        "53": AdjustmentReason("修复转良", "repaired"),
    }
)

#: Reasons that are a cause themselves. A stocktake says that something was found, not why.
CAUSE_OF_REASON: Mapping[str, StockCause] = MappingProxyType(
    {
        "33": StockCause.TALLY,
        "34": StockCause.SAMPLED,
        "36": StockCause.TWICE,
        "51": StockCause.DAMAGED,
        "52": StockCause.DAMAGED,
    }
)
