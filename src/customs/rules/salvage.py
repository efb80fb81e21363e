"""The order number (订单编号) of a parcel that cannot be read, so that whoever mends it finds the order.

Only letters, digits and a few signs are given back, never a text in which a name could hide.

>>> order_no_in('{"order": {"orderNo": "EX-100", "lines": ')
'EX-100'
>>> order_no_in({"order": {"order_no": 121000070000001}})
'121000070000001'
"""

import re
from collections.abc import Mapping

from pydantic_core import from_json

#: The beginning of a text that is searched, in characters.
_SEARCHED = 1 << 16

#: A number of more digits is no order number.
_TOO_LARGE = 10**60

_NUMBER = r"[0-9A-Za-z._/#+-]{1,60}"
_SHOWN = re.compile(_NUMBER)
_IN_TEXT = re.compile(rf'"order_?[nN]o"\s{{0,9}}:\s{{0,9}}"?({_NUMBER})["\s,}}]')


def order_no_in(source: object) -> str | None:
    """Return the order number in a JSON text or a mapping that is no valid parcel, None if none is found."""
    if not isinstance(source, (str, bytes)):
        return _of_mapping(source)
    try:
        return _of_mapping(from_json(source))
    except (ValueError, TypeError):  # no JSON, or a text with half a character
        start = source[:_SEARCHED]
        found = _IN_TEXT.search(start if isinstance(start, str) else start.decode("ascii", "replace"))
        return found[1] if found else None


def _of_mapping(given: object) -> str | None:
    """Return the order number at its place, or beside the order where somebody put it there."""
    if not isinstance(given, Mapping):
        return None
    for part in (given.get("order"), given):
        if isinstance(part, Mapping):
            named = (part.get(name) for name in ("order_no", "orderNo"))
            return next(filter(None, map(_shown, named)), None)
    return None


def _shown(value: object) -> str | None:
    """Return an order number as text, also one that came as a number; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        value = repr(value)
    return value if isinstance(value, str) and _SHOWN.fullmatch(value) else None
