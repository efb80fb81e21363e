"""Orders over HTTP (订单接口): given, checked, looked at."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from customs.declaration import Declaration
from customs.hub.api.answering import finding_answer, gate_answer, line_answer, next_step_answer, order_answer
from customs.hub.api.answers import (
    CheckedOrders,
    FindingAnswer,
    GateAnswer,
    NextStepAnswer,
    OrderAnswer,
    OrderPage,
    TakenOrder,
    TakenOrders,
)
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.named import OrderNo, PlatformCode, no_such_order, profiled
from customs.hub.api.paging import next_page
from customs.hub.api.problems import READS, WRITES, may_answer
from customs.hub.calls.traceparents import keep_traceparent
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.orders.gate import OrderNotTakenInError, may_ship
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.shown.order import MOST_SHOWN, OrderShown, list_orders, show_order
from customs.rules.parcel import read_checked

#: Orders in one request at most.
MOST_ORDERS = 1000


class OrdersGiven(BaseModel):
    """Orders, each a parcel in JSON as ``customs schema`` describes it."""

    model_config = ConfigDict(extra="forbid")
    orders: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_ORDERS)
    profile: str = Field(default="", max_length=100)
    """The profile of the enterprise file under which they are declared; the first if left out."""


def order_paths(service: HubService) -> APIRouter:
    """Return the paths of orders."""
    paths = APIRouter(prefix="/v1", tags=["orders 订单"])
    writer, reader = caller_with(service, TokenScope.ORDERS), caller_with(service, TokenScope.READ)
    once = caller_once(service, TokenScope.ORDERS)

    @paths.post("/orders", responses=may_answer(*WRITES, 404))
    def take(given: OrdersGiven, request: Request, caller: Caller = once) -> TakenOrders:
        """接单: Take in orders, each once however often it is given; the same content gives the same answer."""
        return _taken(service, caller, given, request.headers.get("traceparent", ""))

    @paths.post("/check", responses=may_answer(*READS, 404))
    def check(given: OrdersGiven, caller: Caller = writer) -> CheckedOrders:
        """检查: Say what customs would refuse or question about parcels; nothing is kept of them."""
        now = service.clock()
        run = profiled(caller, given.profile).run(given.profile, now.date())
        found = [[finding_answer(each) for each in prepared.findings] for prepared in run.examine(given.orders)]
        return CheckedOrders(orders=found)

    @paths.get("/orders", responses=may_answer(*READS))
    def list_(
        number: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",
        stage: OrderStage | None = None,
        node: Annotated[str, Query(max_length=30, pattern=r"^[a-z_]*$")] = "",
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = 50,
        caller: Caller = reader,
    ) -> OrderPage:
        """查询: Return orders, newest first, by any number of theirs, by stage or node."""
        with service.ledger.read() as connection:
            lines = list_orders(
                connection,
                caller.enterprise.name,
                number=number,
                stage=stage,
                node=node,
                after=after,
                most=limit,
            )
        asked = {"number": number, "stage": stage, "node": node, "limit": limit}
        last = lines[-1].id if len(lines) == limit else None
        return OrderPage(orders=[line_answer(each) for each in lines], next=next_page("/v1/orders", last, asked))

    @paths.get("/orders/{platform_code}/{order_no}", responses=may_answer(*READS, 404))
    def show(platform_code: PlatformCode, order_no: OrderNo, caller: Caller = reader) -> OrderAnswer:
        """状态: Return where an order stands, all that happened to it, and what to do next."""
        return order_answer(_shown(service, caller, platform_code, order_no))

    @paths.get("/orders/{platform_code}/{order_no}/may-ship", responses=may_answer(*READS, 404))
    def gate(platform_code: PlatformCode, order_no: OrderNo, caller: Caller = reader) -> GateAnswer:
        """放行闸口: Return whether the goods of an order may leave the warehouse."""
        with service.ledger.read() as connection:
            try:
                return gate_answer(may_ship(connection, caller.enterprise.name, platform_code, order_no))
            except OrderNotTakenInError:
                raise no_such_order() from None

    @paths.get("/orders/{platform_code}/{order_no}/next-step", responses=may_answer(*READS, 404))
    def following(platform_code: PlatformCode, order_no: OrderNo, caller: Caller = reader) -> NextStepAnswer:
        """下一步: Return what to do next with an order, by whom and until when."""
        return next_step_answer(_shown(service, caller, platform_code, order_no))

    return paths


def _taken(service: HubService, caller: Caller, given: OrdersGiven, traceparent: str) -> TakenOrders:
    """Take in the orders of a request that can be read; the others are answered with their findings."""
    enterprise, now = profiled(caller, given.profile), service.clock()
    read: dict[int, Declaration] = {}
    answers: dict[int, TakenOrder] = {}
    findings: dict[int, list[FindingAnswer]] = {}
    for place, parcel in enumerate(given.orders):
        declaration, found = read_checked(parcel)
        findings[place] = [finding_answer(each) for each in found]
        if declaration is None:
            answers[place] = TakenOrder(
                place=place,
                platform_code=None,
                order_no=None,
                outcome="unreadable",
                stage=None,
                zh="无法读取，未接单：请按问题提示改正后重发",
                en="cannot be read, not taken in: correct what the findings say and give it again",
                findings=findings[place],
            )
        else:
            read[place] = declaration
    with service.ledger.begin() as connection:
        taken = take_in(
            connection, enterprise.name, read.values(), at=now, profile=given.profile, hooks=enterprise.hooks
        )
        changed = [each.order for each in taken if each.outcome in ("new", "amended")]
        keep_traceparent(connection, changed, traceparent)
        for place, each in zip(read, taken, strict=True):
            answers[place] = TakenOrder(
                place=place,
                platform_code=each.platform_code,
                order_no=each.order_no,
                outcome=each.outcome,
                stage=each.stage.value,
                zh=each.zh,
                en=each.en,
                findings=findings[place],
            )
        answer = TakenOrders(orders=[answers[place] for place in sorted(answers)])
        caller.keep(connection, answer, service)
    return answer


def _shown(service: HubService, caller: Caller, platform_code: str, order_no: str) -> OrderShown:
    with service.ledger.read() as connection:
        try:
            return show_order(connection, caller.enterprise.name, platform_code, order_no, now=service.clock())
        except OrderNotTakenInError:
            raise no_such_order() from None
