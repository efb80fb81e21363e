"""Parcels without end (源源不断的包裹): each with numbers and a buyer of its own, at next to no cost.

>>> from itertools import islice
>>> from customs import Declaration
>>> one, other = map(Declaration.model_validate_json, islice(texts(), 2))
>>> one.order.order_no, other.order.order_no
('EX121000000000000', 'EX121000000000001')
"""

import json
import re
from collections.abc import Iterator
from itertools import count

from stdnum.cn import ric

from customs.testing import sample_parcels

#: How many parcels are taken as patterns.
PATTERNS = 500

#: Numbers of order, payment and waybill, and the sign for each; the sign of the buyer.
_NUMBERS = re.compile(r"(EX|PAY|SF)\d{15}")
_HERE, _BUYER = "@", "#"


def texts() -> Iterator[bytes]:
    """Yield parcels as JSON."""
    patterns = [
        _pattern(each.model_dump_json(exclude_none=True)) for each in sample_parcels(PATTERNS, seed=7, mode="1210")
    ]
    for number in count():
        digits = f"121{number:012d}"
        yield patterns[number % PATTERNS].replace(_HERE, digits).replace(_BUYER, buyer(number)).encode()


def buyer(number: int) -> str:
    """Return an identity number, of somebody born in the 1800s, that belongs to nobody."""
    day, serial = divmod(number, 1000)
    month, day = divmod(day, 28)
    year, month = divmod(month, 12)
    code = f"110101{1800 + year:04d}{month + 1:02d}{day + 1:02d}{serial:03d}"
    return code + ric.calc_check_digit(code + "0")


def _pattern(text: str) -> str:
    number = json.loads(text)["order"]["buyer_id_number"]
    return _NUMBERS.sub(rf"\1{_HERE}", text).replace(number, _BUYER)
