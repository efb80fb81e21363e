"""Names in requests (请求中的名称): platforms, orders, profiles; and the problems if there is none."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Path

from customs.hub.api.callers import Caller
from customs.hub.api.problems import ApiProblemError
from customs.hub.enterprises import HubEnterprise, NoProfileError

PlatformCode = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[\x21-\x7e\u4e00-\u9fff]+$")]
OrderNo = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[\x21-\x7e\u4e00-\u9fff]+$")]


def profiled(caller: Caller, profile: str) -> HubEnterprise:
    """Return the caller's enterprise, if it has the profile. Raises ``ApiProblemError``."""
    try:
        caller.enterprise.named_profile(profile)
    except NoProfileError as error:
        raise ApiProblemError(HTTPStatus.NOT_FOUND, error.en, error.zh) from None
    return caller.enterprise


def no_such_order() -> ApiProblemError:
    """Return the problem of an order that the caller's enterprise does not have, whoever else may have it."""
    return ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such order", "没有该订单")
