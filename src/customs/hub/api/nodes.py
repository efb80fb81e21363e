"""Nodes over HTTP (节点上报): what shop, warehouse and carrier did with an order, told to the hub."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from customs.fields.moments import CHINA_TIME
from customs.hub.api.answers import ToldAnswer
from customs.hub.api.callers import Caller, HubService, caller_once
from customs.hub.api.named import ANY_NAME
from customs.hub.api.problems import WRITES, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.orders.nodes import NodeEvent, enter_nodes
from customs.hub.orders.taking_in import find_orders

#: The names of ``TOLD_NODES``, as the description of the interface lists them.
ToldNode = Literal["ordered", "paid", "picked", "packed", "weighed", "left_zone", "collected", "signed"]

_Name = Annotated[str, Field(min_length=1, max_length=100, pattern=ANY_NAME)]


class NodeGiven(BaseModel):
    """A node that an order reached; the time has a zone."""

    model_config = ConfigDict(extra="forbid")
    platform_code: _Name
    order_no: _Name
    node: ToldNode
    at: AwareDatetime


class NodesGiven(BaseModel):
    """Nodes of orders."""

    model_config = ConfigDict(extra="forbid")
    nodes: list[NodeGiven] = Field(min_length=1, max_length=1000)


def node_paths(service: HubService) -> APIRouter:
    """Return the paths of nodes."""
    paths = APIRouter(prefix="/v1", tags=["nodes 节点"])
    teller = caller_once(service, TokenScope.EVENTS)

    @paths.post("/nodes", responses=may_answer(*WRITES))
    def tell(given: NodesGiven, caller: Caller = teller) -> ToldAnswer:
        """节点上报: Enter nodes of orders, each once however often it is told."""
        now, enterprise = service.clock(), caller.enterprise
        with service.ledger.begin() as connection:
            names = sorted({(each.platform_code, each.order_no) for each in given.nodes})
            orders = find_orders(connection, enterprise.name, names)
            events = [
                NodeEvent(
                    order=orders[each.platform_code, each.order_no],
                    node=each.node,
                    at=_in_china(each.at),
                    source=caller.holder.name[:40],
                )
                for each in given.nodes
                if (each.platform_code, each.order_no) in orders
            ]
            new = enter_nodes(connection, events, arrived=now, hooks={enterprise.name: enterprise.hooks})
            unknown = [order_no for platform_code, order_no in names if (platform_code, order_no) not in orders]
            answer = ToldAnswer(new=new, unknown=unknown)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _in_china(at: datetime) -> datetime:
    """Return a time as it is kept; one beyond the calendar in China is that at its end."""
    try:
        return at.astimezone(CHINA_TIME).replace(tzinfo=None)
    except OverflowError:
        return at.replace(tzinfo=None)
