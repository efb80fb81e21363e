"""Masking (脱敏): personal data of a parcel as pages show it, by what each field says of itself.

Of some fields so much is left that a person at the telephone can be told from another, as is usual in China; of all others
nothing.

>>> masked("buyer_name", "林黛玉"), masked("consignee_telephone", "13800001234"), masked("note", "leave at the door")
('林**', '*******1234', '***')
"""

from collections.abc import Callable, Mapping

from customs.fields.record import MASK
from customs.hub.shown.masked_numbers import last_digits


def _first(value: str) -> str:
    return value[:1] + "**"


def _place(value: str) -> str:
    return value[:6] + MASK if len(value) > 12 else MASK


#: How much is left of a field.
_LEFT: Mapping[str, Callable[[str], str]] = {
    "buyer_name": _first,
    "payer_name": _first,
    "consignee": _first,
    "buyer_telephone": last_digits,
    "payer_telephone": last_digits,
    "consignee_telephone": last_digits,
    "buyer_id_number": last_digits,
    "payer_id_number": last_digits,
    "consignee_address": _place,
}


def masked(field: str, value: str) -> str:
    """Return the value of a personal field as it is shown."""
    return _LEFT[field](value) if field in _LEFT else MASK
