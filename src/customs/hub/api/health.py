"""Health of the service (服务健康): for whoever restarts it, and for load balancers."""

from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy import text

from customs.hub.api.answers import ServiceHealth
from customs.hub.api.callers import HubService
from customs.hub.api.problems import ApiProblemError, may_answer
from customs.ledger.engines import LedgerError


def health_paths(service: HubService) -> APIRouter:
    """Return the paths of the service's health, which need no token and say nothing else."""
    paths = APIRouter(tags=["health 健康"])

    @paths.get("/health/live", responses=may_answer(408))
    def live() -> ServiceHealth:
        """Say that the process runs."""
        return ServiceHealth(status="ok")

    @paths.get("/health/ready", responses=may_answer(408, 503))
    def ready() -> ServiceHealth:
        """Say that the database answers, and that the clock here is right."""
        try:
            service.clock()
            with service.ledger.read() as connection:
                connection.sql.execute(text("SELECT 1")).scalar_one()
        except LedgerError:
            raise ApiProblemError(
                HTTPStatus.SERVICE_UNAVAILABLE, "the database does not answer", "数据库无应答"
            ) from None
        return ServiceHealth(status="ok")

    return paths
