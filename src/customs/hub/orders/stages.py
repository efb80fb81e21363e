"""The stages of an order in the hub (订单阶段): what the hub itself has to do with it; what customs says is its node."""

from enum import StrEnum


class OrderStage(StrEnum):
    """Where an order stands in the hub."""

    RECEIVED = "received"
    """已接单: taken in, to be checked and declared."""
    HELD = "held"
    """暂缓: kept back before declaration, since its refund was asked for or a person holds it."""
    REFUSED = "refused"
    """未通过检查: its findings say what to correct; an amended order goes on."""
    DECLARED = "declared"
    """已申报: its messages are in the outbox or beyond; its node follows from the receipts."""
    CLOSED = "closed"
    """已关闭: given up before anything was sent, cancelled, or returned."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return _NAMES[self]


_NAMES = {
    OrderStage.RECEIVED: "已接单",
    OrderStage.HELD: "暂缓",
    OrderStage.REFUSED: "未通过检查",
    OrderStage.DECLARED: "已申报",
    OrderStage.CLOSED: "已关闭",
}
