"""Pages (分页): what leads from a page to the next one, with everything that was asked for."""

from collections.abc import Mapping
from urllib.parse import urlencode

#: Lines of a page, unless fewer or more are asked for, and at most.
LINES, MOST_LINES = 50, 200


def next_page(path: str, last: object | None, asked: Mapping[str, object]) -> str | None:
    """Return the address of the page behind ``last``, with what was asked for; None if there is none.

    >>> next_page("/v1/orders", 7, {"stage": "held", "node": "", "limit": 2})
    '/v1/orders?stage=held&limit=2&after=7'
    """
    if last is None:
        return None
    given = {name: str(value) for name, value in asked.items() if value not in (None, "")}
    return f"{path}?{urlencode({**given, 'after': str(last)})}"
