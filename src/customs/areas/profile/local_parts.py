"""The parts of a profile that only local formats have (地方报文部分), by the names under which ``AreaProfile`` refers to them."""

from customs.areas.profile.fields import LocalEnvelope, LocalMessage
from customs.areas.profile.gateway import Gateway
from customs.areas.profile.receipts import ReceiptSpec
from customs.areas.profile.rules import Condition, Rule

__all__ = ["Condition", "Gateway", "LocalEnvelope", "LocalMessage", "ReceiptSpec", "Rule"]
