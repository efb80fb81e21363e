"""The application (接口应用): who may call it, its paths, and its description.

Orders are given as JSON parcels, as ``customs.prepare`` takes them. Nothing personal stands in an address, an answer or a
log: a buyer's quota is asked for in a body. What is wrong is answered as a problem in both languages.
"""

from functools import partial

from fastapi import FastAPI

from customs.hub.api.alarms import alarm_paths
from customs.hub.api.bills import bill_paths
from customs.hub.api.bodies import BoundedBodies
from customs.hub.api.book import book_paths
from customs.hub.api.callers import HubService, is_known
from customs.hub.api.calls import call_paths
from customs.hub.api.case_changes import case_change_paths
from customs.hub.api.cases import case_paths
from customs.hub.api.deliveries import delivery_paths
from customs.hub.api.explain import explain_paths
from customs.hub.api.goods import goods_paths
from customs.hub.api.health import health_paths
from customs.hub.api.nodes import node_paths
from customs.hub.api.orders import order_paths
from customs.hub.api.problems import answer_problems
from customs.hub.api.quota import quota_paths
from customs.hub.api.receipts import receipt_paths
from customs.hub.api.tax import tax_paths
from customs.hub.api.withdrawals import withdrawal_paths

_PATHS = (
    order_paths,
    withdrawal_paths,
    tax_paths,
    explain_paths,
    node_paths,
    quota_paths,
    goods_paths,
    book_paths,
    bill_paths,
    delivery_paths,
    call_paths,
    receipt_paths,
    alarm_paths,
    case_paths,
    case_change_paths,
    health_paths,
)


def hub_application(service: HubService) -> FastAPI:
    """Return the application of a hub, to be served by any ASGI server."""
    application = FastAPI(
        title="Customs hub",
        version="1",
        description=(
            "订单申报枢纽：接单、申报、状态、放行闸口、撤单退货、额度、备案、账册、税单、投递、告警与工单。 "
            "Orders in, customs' answers out."
        ),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    answer_problems(application)
    for paths in _PATHS:
        application.router.routes += paths(service).routes  # to include the router would work out each path twice
    application.add_middleware(BoundedBodies, is_known=partial(is_known, service))
    return application
