"""The client (客户端): a method for each path of the interface, with typed answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from customs.hub.api.answers import (
    CancelAnswer,
    CheckedOrders,
    GateAnswer,
    NextStepAnswer,
    OrderAnswer,
    OrderInList,
    OrderPage,
    QuotaAnswered,
    RefundAnswer,
    ReturnAnswer,
    TakenOrders,
    ToldAnswer,
)
from customs.hub.api.tax_answers import Explained, OrderTaxes
from customs.hub.client.client_of_cases import CaseCalls
from customs.hub.client.client_of_ledger import LedgerCalls
from customs.hub.client.link import HubLink, LinkLimits, hub_link, segment

#: An order as ``customs schema`` describes it.
GivenOrder = Mapping[str, Any]


class HubClient(LedgerCalls, CaseCalls):
    """A client of one enterprise's hub; threads may share it.

    What changes something takes a ``key``: the idempotency key, made anew for each call if left out. Whoever wants to repeat
    a call after a restart of its own gives one that it keeps. Every method raises ``HubProblemError`` and
    ``HubUnreachableError``.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        ca_file: str | Path | None = None,
        plain: bool = False,
        limits: LinkLimits | None = None,
    ) -> None:
        self._link = hub_link(address, token, ca_file=ca_file, plain=plain, limits=limits)

    @classmethod
    def over(cls, link: HubLink) -> Self:
        """Return a client over a link of its own making, such as one whose pauses a test sees."""
        found = cls.__new__(cls)
        found._link = link
        return found

    def __repr__(self) -> str:
        return f"HubClient({self._link.address!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._link.connections.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # orders

    def take(self, orders: Sequence[GivenOrder], *, profile: str = "", key: str = "") -> TakenOrders:
        """接单: Give orders, each taken in once."""
        return self._link.post(TakenOrders, "/v1/orders", {"orders": list(orders), "profile": profile}, key=key)

    def check(self, orders: Sequence[GivenOrder], *, profile: str = "") -> CheckedOrders:
        """检查: Return what customs would refuse or question; nothing is kept."""
        return self._link.post(CheckedOrders, "/v1/check", {"orders": list(orders), "profile": profile}, key=None)

    def tax(self, orders: Sequence[GivenOrder], *, profile: str = "") -> OrderTaxes:
        """计税: Return the tax of orders by the law of today; nothing is kept."""
        return self._link.post(OrderTaxes, "/v1/tax", {"orders": list(orders), "profile": profile}, key=None)

    def orders(self, *, number: str = "", stage: str = "", node: str = "") -> Iterator[OrderInList]:
        """查询: Yield orders, newest first, by any number of theirs, by stage or node."""
        for page in self._link.pages(OrderPage, "/v1/orders", number=number, stage=stage, node=node, limit=200):
            yield from page.orders

    def order(self, platform_code: str, order_no: str) -> OrderAnswer:
        """状态: Return an order with everything that happened to it."""
        return self._link.get(OrderAnswer, _of(platform_code, order_no))

    def may_ship(self, platform_code: str, order_no: str) -> GateAnswer:
        """放行闸口: Return whether the goods of an order may leave the warehouse."""
        return self._link.get(GateAnswer, f"{_of(platform_code, order_no)}/may-ship")

    def next_step(self, platform_code: str, order_no: str) -> NextStepAnswer:
        """下一步: Return what to do next with an order."""
        return self._link.get(NextStepAnswer, f"{_of(platform_code, order_no)}/next-step")

    def refund(self, platform_code: str, order_no: str, *, key: str = "") -> RefundAnswer:
        """退款: Hold an order back, or have it cancelled, since its refund is asked for."""
        return self._link.post(RefundAnswer, f"{_of(platform_code, order_no)}/refund", {}, key=key)

    def cancel(self, platform_code: str, order_no: str, reason: str, *, key: str = "") -> CancelAnswer:
        """撤单: Take an order back for a reason."""
        path = f"{_of(platform_code, order_no)}/cancel"
        return self._link.post(CancelAnswer, path, {"reason": reason}, key=key)

    def give_back(
        self,
        platform_code: str,
        order_no: str,
        reason: str,
        *,
        items: Mapping[int, str] | None = None,
        number: str = "",
        key: str = "",
    ) -> ReturnAnswer:
        """退货: Have goods come back, quantities by line number; everything that is left without them."""
        given = [{"line": line, "qty": qty} for line, qty in (items or {}).items()]
        body = {"reason": reason, "items": given, "number": number}
        return self._link.post(ReturnAnswer, f"{_of(platform_code, order_no)}/returns", body, key=key)

    # nodes, quota, explanations

    def tell(self, nodes: Sequence[tuple[str, str, str, datetime]], *, key: str = "") -> ToldAnswer:
        """节点上报: Tell nodes: the platform's code, the order's number, the node, and when, with a zone."""
        given = [
            {"platform_code": platform, "order_no": order_no, "node": node, "at": at.isoformat()}
            for platform, order_no, node, at in nodes
        ]
        return self._link.post(ToldAnswer, "/v1/nodes", {"nodes": given}, key=key)

    def may_buy(self, id_number: str, amount: str, *, id_type: str = "1") -> QuotaAnswered:
        """可购查询: Return whether a buyer may buy for an amount in CNY."""
        body = {"id_type": id_type, "id_number": id_number, "amount": amount}
        return self._link.post(QuotaAnswered, "/v1/quota/may-buy", body, key=None)

    def explain(
        self, said: str, *, code: str = "", receipt: str = "", direction: Literal["import", "export"] | None = None
    ) -> Explained:
        """回执解释: Return what a receipt's text or code means, and what to do."""
        body = {"said": said, "code": code, "receipt": receipt, "direction": direction}
        return self._link.post(Explained, "/v1/explain", body, key=None)


def _of(platform_code: str, order_no: str) -> str:
    return f"/v1/orders/{segment(platform_code)}/{segment(order_no)}"
