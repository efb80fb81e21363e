"""Declare cross-border e-commerce parcels (跨境电商零售进口) to China Customs.

From one parcel's facts: the order, payment and waybill that customs matches and the declaration list that joins them,
checked, taxed by the law of the day, signed.

>>> import customs
>>> customs.read_declaration("{}")[1][0].code
'field-missing'
"""

from customs.declaration import Declaration
from customs.prepare import (
    Batch,
    Outgoing,
    Prepared,
    examine,
    fixed_clock,
    prepare,
    prepare_many,
    random_guids,
    seeded_guids,
    system_clock,
)
from customs.rules import Finding, Severity, read_declaration
from customs.signing import RsaSigner, sign, verify
from customs.tax import assess
from customs.wire import read, write

__version__ = "0.1.0"

__all__ = [
    "Batch", "Declaration", "Finding", "Outgoing", "Prepared", "RsaSigner", "Severity", "assess", "examine", "fixed_clock",
    "prepare", "prepare_many", "random_guids", "read", "read_declaration", "seeded_guids", "sign", "system_clock",
    "verify", "write",
]
