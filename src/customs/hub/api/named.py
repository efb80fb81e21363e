"""Names in requests (请求中的名称): platforms, orders, profiles; and the problems if there is none."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Path

from customs.hub.api.callers import Caller
from customs.hub.api.problems import ApiProblemError
from customs.hub.enterprises.enterprise import HubEnterprise, NoProfileError

#: Every platform's code and order number that can be declared: customs asks for texts without control characters.
ANY_NAME = r"^[^\x00-\x1f\x7f]+$"

PlatformCode = Annotated[str, Path(min_length=1, max_length=100, pattern=ANY_NAME)]
OrderNo = Annotated[str, Path(min_length=1, max_length=100, pattern=ANY_NAME)]


def profiled(caller: Caller, profile: str) -> HubEnterprise:
    """Return the caller's enterprise, if it has the profile. Raises ``ApiProblemError``."""
    enterprise = caller.enterprise
    try:
        enterprise.named_profile(profile)
    except NoProfileError:
        there = ", ".join(enterprise.profiles)
        en = f"enterprise {enterprise.name} has no such profile; there are: {there}"
        zh = f"企业 {enterprise.name} 没有该配置，现有：{there}"
        raise ApiProblemError(HTTPStatus.NOT_FOUND, en, zh) from None
    return enterprise


def no_such_order() -> ApiProblemError:
    """Return the problem of an order that the caller's enterprise does not have, whoever else may have it."""
    return ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such order", "没有该订单")
