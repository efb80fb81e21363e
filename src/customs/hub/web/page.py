"""Pages (页面): made by the server from templates, everything in them escaped, in the language of the reader.

In a template stand ``t(key)`` for the words of the catalogue, ``both(text)`` for anything with ``zh`` and ``en``, ``at(time)``,
``number(count)``, ``here(path)`` and ``url(path)`` for addresses, ``may(right)``, and the blocks of ``blocks.html``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from customs.hub.alarms.words import district_words
from customs.hub.orders.nodes import said_of_node
from customs.hub.web.navigation import NAVIGATION
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.visits import Visit, order_path, shown_enterprises
from customs.shipped import text_of

#: The beginning of a cell of a table.
_CELL = re.compile(r"<t[dh]\b")

#: The kinds of the files that pages ask for.
STATIC = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

#: The files themselves.
STATIC_FILES = ("console.css", "console.js", "icon.svg")

#: The kinds of badges: of nodes, those that are not here are ``info``; of stages ``calm``.
NODE_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("released", "closed"), "good"),
    **dict.fromkeys(("rejected", "detained", "technical_failure", "unknown"), "bad"),
    **dict.fromkeys(("inspection", "suspended", "manual_review"), "warn"),
    **dict.fromkeys(("returned", "withdrawn"), "calm"),
}
STAGE_KINDS: Mapping[str, str] = {"refused": "bad", "held": "warn", "declared": "info"}


def page(visit: Visit, name: str, /, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Return a page from a template, with the values that it shows."""
    template = _templates().get_template(name)
    return HTMLResponse(template.render(**values, **_words(visit)), status)


def _words(visit: Visit) -> dict[str, Any]:
    """Return what every template has at hand."""
    rows = [each for each in NAVIGATION if visit.may(each.right)] if visit.enterprise else []
    path = visit.request.url.path
    return {
        "visit": visit,
        "t": visit.text,
        "both": lambda text: text.zh if visit.chinese else text.en,
        "either": lambda zh, en: zh if visit.chinese else en,
        "at": at,
        "day": lambda moment: f"{moment:%Y-%m-%d}" if moment else "",
        "number": number,
        "money": money,
        "url": visit.url,
        "here": visit.here,
        "order_url": lambda platform_code, order_no: visit.here(order_path(platform_code, order_no)),
        "node_text": lambda node: said_of_node(node)[0 if visit.chinese else 1],
        "district": lambda code: district_words(code)[1 if visit.chinese else 0],
        "may": lambda right: visit.may(ConsoleRight(right)),
        "once": lambda: visit.console.randomness(16).hex(),
        "static": lambda file: visit.url(f"/static/{file}?v={_version(file)}"),
        "navigation": [(each.key, visit.here(each.path), _is_open(path, visit.here(each.path))) for each in rows],
        "shops": list(shown_enterprises(visit)) if visit.session else [],
        "now": visit.now,
        "headings_of": lambda table: [each.text(chinese=visit.chinese) for each in table.headings],
        "node_kinds": NODE_KINDS,
        "stage_kinds": STAGE_KINDS,
    }


def _is_open(path: str, address: str) -> bool:
    return path == address or (not address.endswith("/") and path.startswith(f"{address}/"))


def at(moment: datetime | None) -> str:
    """Return a time as pages show it.

    >>> at(datetime(2026, 11, 11, 8, 5, 30)), at(None)
    ('2026-11-11 08:05', '')
    """
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def number(value: int | Decimal) -> str:
    """Return a number with its thousands parted.

    >>> number(1234567), number(Decimal("1234.50"))
    ('1,234,567', '1,234.50')
    """
    return f"{value:,}"


def money(value: Decimal) -> str:
    """Return an amount in CNY with its thousands parted and two places, more where it has more.

    >>> money(Decimal(0)), money(Decimal("26000")), money(Decimal("1.125"))
    ('0.00', '26,000.00', '1.125')
    """
    return number(value) if value.as_tuple().exponent in range(-9, -2) else f"{value:,.2f}"


def static_file(name: str) -> Response | None:
    """Return a file that pages ask for, None if there is none."""
    if name not in STATIC_FILES:
        return None
    kind = STATIC[PurePosixPath(name).suffix]
    content = text_of("customs.hub.web", f"static/{name}")
    return Response(content, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})


@cache
def _version(file: str) -> str:
    return sha256(text_of("customs.hub.web", f"static/{file}").encode()).hexdigest()[:12]


def _source(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """Return a template with the name that an error in it says, None if there is none."""
    try:
        return text_of("customs.hub.web", f"templates/{name}"), name, lambda: True
    except OSError:
        return None


def labelled(cells: str, headings: Sequence[str | Sequence[str]]) -> Markup:
    r"""Return the cells of a row, each with its heading, which a phone shows beside it.

    >>> labelled("<td>O1</td><td class='n'>2</td>", ["Order", ("Rows", "n")])
    Markup('<td role="cell" data-label="Order">O1</td><td role="cell" data-label="Rows" class=\'n\'>2</td>')
    """
    names = iter(each if isinstance(each, str) else each[0] for each in headings)
    found = _CELL.sub(lambda cell: f'{cell.group()} role="cell" data-label="{escape(next(names, ""))}"', cells)
    return Markup(found)  # noqa: S704  of a template, which has escaped what stands in the cells


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters["labelled"] = labelled
    return found
