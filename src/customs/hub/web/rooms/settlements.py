"""Settlements (对账): bills of payment companies, carriers and warehouses against what was declared and shipped."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import Response

from customs.hub.web.catalogue import console_text
from customs.hub.web.downloads import file_answer, table_file
from customs.hub.web.entered import day_of_text
from customs.hub.web.finding_orders import orders_named
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.settled import (
    STANDINGS,
    Settled,
    ShownDifference,
    asked_payments,
    part_of,
    place_of,
    settled,
)
from customs.hub.web.settlement_figures import ComparedBills, compared_bills, compared_payments
from customs.hub.web.settlement_tables import difference_rows
from customs.hub.web.sorting import sorted_rows, sorting_heading
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.provider_profiles import ProviderProfile
from customs.ledger.settlements.settlement_parts import (
    Days,
    charged_numbers,
    files_taken,
    last_settled_day,
    newest_rows,
    rows_within,
)

#: Days of a page and at most, rows that are compared for a page, differences that it shows, files, and comparisons kept.
_USUAL_DAYS, _MOST_DAYS, _MOST_ROWS, _SHOWN, _FILES, _KEPT = 7, 62, 20_000, 100, 20, 10

#: The columns by which differences are sorted.
_COLUMNS: Mapping[str, Callable[[ShownDifference], Any]] = {
    "number": lambda each: each.finding.path,
    "code": lambda each: each.finding.code,
    "standing": lambda each: STANDINGS.index(each.standing),
}


def settlement_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of settlements."""
    pages = APIRouter(prefix="/e/{enterprise}/settlements")
    seen, kept = visitor(console, ConsoleRight.FINANCE), KeptFigures[ComparedBills](console, most=_KEPT)

    @pages.get("")
    def show(
        visit: Visit = seen,
        since: str = "",
        until: str = "",
        code: str = "",
        standing: str = "open",
        sort: str = "",
    ) -> Response:
        """Show the payments of some days: what differs, by cause, and the days that can be closed."""
        with console.ledger.read() as connection:
            days = days_asked(connection, visit, since, until)
            few = rows_within(connection, days, part_of(visit)) <= _MOST_ROWS
            upto, own = newest_rows(connection), visit.shop.belongings.everything
            providers = list(place_of(visit).providers.values()) if own else []
            lines = [(each, charged_numbers(connection, each.name)) for each in providers]
            files = files_taken(connection, [each.name for each in providers], _FILES, part_of(visit))
        count = partial(compared_payments, asked=asked_payments(visit, days))
        compared = kept.seen((visit.shop.name, days, upto), count) if few else None
        if few and compared is None:
            return counting_page(visit)
        asked = {"since": str(days[0]), "until": str(days[1])}
        return page(
            visit,
            "settlements.html",
            days=days,
            too_many=f"{_MOST_ROWS:,}",
            providers=lines,
            files=files,
            may_close=own,
            provider_address=lambda name: provider_address(visit, name),
            **_shown(visit, compared, visit.here("/settlements"), asked, (code, standing, sort)),
        )

    @pages.get("/differences.{ending}")
    def download(
        ending: Literal["csv", "xlsx"],
        visit: Visit = seen,
        since: str = "",
        until: str = "",
        code: str = "",
        standing: str = "",
    ) -> Response:
        """Give the differences of some days of payments."""
        with console.ledger.read() as connection:
            days = days_asked(connection, visit, since, until)
            _not_too_many(rows_within(connection, days, part_of(visit)))
            found = settled(connection, compared_payments(connection, asked_payments(visit, days)))
        return _file(found, code, standing, f"settlement-{days[0]}-{days[1]}.{ending}")

    @pages.get("/providers/{name}")
    def of_provider(
        name: str, visit: Visit = seen, until: str = "", code: str = "", standing: str = "open", sort: str = ""
    ) -> Response:
        """Show the bills of a carrier or warehouse against the enterprise's own figures."""
        profile, end = provider_asked(visit, name), day_of_text(until)
        with console.ledger.read() as connection:
            few, upto = charged_numbers(connection, profile.name) <= _MOST_ROWS, newest_rows(connection)
            files = [each for each in files_taken(connection, [profile.name], _FILES) if each.provider == profile.name]
        count = partial(compared_bills, profile=profile, period_end=end)
        compared = kept.seen((visit.shop.name, profile.name, end, upto), count) if few else None
        if few and compared is None:
            return counting_page(visit)
        asked = {"until": until}
        return page(
            visit,
            "settlement_provider.html",
            profile=profile,
            until=until,
            too_many=f"{_MOST_ROWS:,}",
            files=files,
            **_shown(visit, compared, provider_address(visit, profile.name), asked, (code, standing, sort)),
        )

    @pages.get("/providers/{name}/differences.{ending}")
    def download_charges(
        name: str,
        ending: Literal["csv", "xlsx"],
        visit: Visit = seen,
        until: str = "",
        code: str = "",
        standing: str = "",
    ) -> Response:
        """Give the differences of a provider."""
        profile = provider_asked(visit, name)
        with console.ledger.read() as connection:
            _not_too_many(charged_numbers(connection, profile.name))
            found = settled(connection, compared_bills(connection, profile, day_of_text(until)))
        return _file(found, code, standing, f"{profile.name}-{visit.now:%Y%m%d}.{ending}")

    return pages


def days_asked(connection: LedgerConnection, visit: Visit, since: str, until: str) -> Days:
    """Return the days that are asked for; the last seven with payments if none are. Raises ``PageError``."""
    last = day_of_text(until) or last_settled_day(connection, part_of(visit)) or visit.now.date()
    first = day_of_text(since) or last - timedelta(days=_USUAL_DAYS - 1)
    if not first <= last <= first + timedelta(days=_MOST_DAYS - 1):
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("settle.span", most=_MOST_DAYS))
    return first, last


def provider_asked(visit: Visit, name: str) -> ProviderProfile:
    """Return a provider of the enterprise by its name. Raises ``PageError``."""
    found = place_of(visit).providers.get(name)
    if found is None or not visit.shop.belongings.everything:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
    return found


def provider_address(visit: Visit, name: str) -> str:
    """Return the address of the page of a provider."""
    return visit.here(f"/settlements/providers/{quote(name, safe='')}")


def _not_too_many(rows: int) -> None:
    if rows > _MOST_ROWS:
        raise PageError(HTTPStatus.CONFLICT, console_text("settle.too_many", most=f"{_MOST_ROWS:,}"))


def _shown(
    visit: Visit, compared: ComparedBills | None, address: str, asked: dict[str, str], chosen_by: tuple[str, str, str]
) -> dict[str, Any]:
    """Return what the pages of differences have in common; they are chosen by code and standing, and sorted."""
    code, standing, sort = chosen_by
    with visit.console.ledger.read() as connection:
        found = settled(connection, compared) if compared else None
        chosen = sorted_rows(found.chosen(code, standing) if found else (), _COLUMNS, sort)
        orders = orders_named(connection, visit.shop.name, {each.number for each in chosen[:_SHOWN]})

    def to(**more: str) -> str:
        return f"{address}?{urlencode(asked | {'code': code, 'standing': standing, 'sort': sort} | more)}"

    def heading(key: str, column: str) -> tuple[str, str, str, str]:
        return sorting_heading(visit.text(key), column, sort, lambda following: to(sort=following))

    return {
        "found": found,
        "differences": [(place, each, orders.get(each.number)) for place, each in enumerate(chosen[:_SHOWN])],
        "left": max(0, len(chosen) - _SHOWN),
        "standings": ("open", *STANDINGS[3:], ""),
        "standing": standing,
        "code": code,
        "asked": asked,
        "to": to,
        "headings": [
            heading("settle.number", "number"),
            heading("settle.what", "code"),
            heading("settle.standing_of", "standing"),
            visit.text("settle.answer"),
        ],
        "export": f"{address}/differences",
        "exported": urlencode(asked | {"code": code, "standing": standing}),
        "answer_to": visit.here("/settlements/answer"),
    }


def _file(found: Settled, code: str, standing: str, name: str) -> Response:
    rows = difference_rows((each.finding, each.standing, each.answer) for each in found.chosen(code, standing))
    return file_answer(table_file({"差异 differences": rows}, workbook=name.endswith("xlsx")), name)
