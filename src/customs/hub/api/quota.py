"""The quota over HTTP (额度接口): whether a buyer may buy, asked before payment; the person stands in the body alone."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from customs.hub.api.answers import QuotaAnswered
from customs.hub.api.callers import Caller, HubService, caller_with
from customs.hub.api.problems import READS, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger.quota import may_buy


class PurchaseAsked(BaseModel):
    """A purchase that a buyer is about to pay."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    id_type: Annotated[str, Field(pattern=r"^[0-9]$")] = "1"
    id_number: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z]+$", repr=False)]
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,8}(\.[0-9]{1,2})?$")]
    """The dutiable value in CNY, in plain digits."""


def quota_paths(service: HubService) -> APIRouter:
    """Return the paths of the quota."""
    paths = APIRouter(prefix="/v1", tags=["quota 额度"])
    asker = caller_with(service, TokenScope.QUOTA)

    @paths.post("/quota/may-buy", responses=may_answer(*READS))
    def ask(asked: PurchaseAsked, caller: Caller = asker) -> QuotaAnswered:
        """可购查询: Say whether a buyer may buy for an amount, as far as this installation knows."""
        with service.ledger.read() as connection:
            found = may_buy(
                connection, (asked.id_type, asked.id_number), Decimal(asked.amount), on=service.clock().date()
            )
        return QuotaAnswered(allowed=found.allowed, zh=found.told(chinese=True), en=found.told())

    return paths
