r"""The keys of the journal (登记簿键): under which parcels are known, each beginning with its number.

A key is the number, the message, and the other fields of a business key, so that parcels are found by any number of
theirs; a number alone is a key too, with nothing behind it.

>>> text_of(BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1"))))
'O1\x1fCEB311\x1fP1'
"""

from functools import lru_cache
from typing import NamedTuple

from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.road import DocumentName
from customs.road.chunks import ParcelNumbers
from customs.road.recognition import MOST_KEYED, KeyTexts, key_texts, keys_named, once_named, parcel_key
from customs.road.results import DOCUMENTS, KINDS

#: What separates the parts of a key; no number of the trade holds it.
SEPARATOR = "\x1f"

_MESSAGES = tuple(each.message for each in KINDS.values())


class ParcelKeys(NamedTuple):
    """The key that names a parcel, and those under which its documents may be declared once (``recognition.ONCE``)."""

    named_by: str
    once: tuple[tuple[DocumentName, str], ...]


def text_of(key: BusinessKey) -> str:
    """Return a business key as the journal has it: its number, the message, and the other fields."""
    fields = [text for _, text in key.fields]
    number = fields.pop(1) if len(fields) > 1 else ""
    return SEPARATOR.join((number, key.message, *fields))


def bare(number: str) -> str:
    """Return the key of a number alone."""
    return number + SEPARATOR


def of_declaration(declaration: Declaration) -> ParcelKeys:
    """Return the keys of a parcel."""
    return _of_texts(key_texts(declaration))


@lru_cache(maxsize=MOST_KEYED)
def _of_texts(texts: KeyTexts) -> ParcelKeys:
    named = keys_named(texts)
    once: list[tuple[DocumentName, str]] = [(each.document, text_of(key)) for each, key in once_named(texts)]
    return ParcelKeys(text_of(parcel_key(named)), tuple(once))


def of_numbers(numbers: ParcelNumbers) -> ParcelKeys:
    """Return the keys of a parcel of which the numbers alone are known."""
    codes, each_of = numbers.codes, numbers.numbers
    once: tuple[tuple[DocumentName, str], ...] = tuple(
        [
            (document, f"{number}\x1f{message}\x1f{code}")
            for document, message, number, code in zip(DOCUMENTS, _MESSAGES, each_of, codes, strict=True)
        ]
    )
    named = [key for (_, key), code, number in zip(once, codes, each_of, strict=True) if code and number]
    if not named:
        return ParcelKeys(once[0][1], once)
    if named[0] == once[3][1]:  # a list by itself is named by its order too
        return ParcelKeys(f"{named[0]}\x1f{numbers.merchant_code}\x1f{each_of[0]}", once)
    return ParcelKeys(named[0], once)
