"""Masking (脱敏): personal data of a parcel as pages show it, by what each field says of itself.

Of some fields so much is left that a person at the telephone can be told from another, as is usual in China; of all others
nothing.

>>> masked("buyer_name", "林黛玉"), masked("consignee_telephone", "13800001234"), masked("note", "leave at the door")
('林**', '*******1234', '***')
"""

import re
from collections.abc import Callable, Mapping

from customs.fields.record import MASK


def _first(value: str) -> str:
    return value[:1] + "**"


def _last(value: str) -> str:
    return "*" * max(len(value) - 4, 4) + value[-4:] if len(value) > 8 else MASK


def _place(value: str) -> str:
    return value[:6] + MASK if len(value) > 12 else MASK


#: How much is left of a field.
_LEFT: Mapping[str, Callable[[str], str]] = {
    "buyer_name": _first,
    "payer_name": _first,
    "consignee": _first,
    "buyer_telephone": _last,
    "payer_telephone": _last,
    "consignee_telephone": _last,
    "buyer_id_number": _last,
    "payer_id_number": _last,
    "consignee_address": _place,
}


def masked(field: str, value: str) -> str:
    """Return the value of a personal field as it is shown."""
    return _LEFT[field](value) if field in _LEFT else MASK


#: An identity number of mainland China, or a mobile number, in a text.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])", re.ASCII)


def masked_in_text(text: str) -> str:
    """Return a text that people wrote with the identity and mobile numbers in it masked.

    >>> masked_in_text("来电 13800001234，订单 EX121000110000001")
    '来电 *******1234，订单 EX121000110000001'
    """
    return _NUMBERS.sub(lambda found: _last(found.group()), text)
