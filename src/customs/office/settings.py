"""Settings of the office (模拟海关的设定): who is registered, what is on record, what is left, how fast it answers.

Everything is open by default: every enterprise is registered, all goods are on record, guarantees have no end, nobody
has bought before, no officer looks. What is given is enforced.

>>> OfficeSettings(refused={"A1": "订购人身份证号码有误"}).refused["A1"]
'订购人身份证号码有误'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from customs.signing import Certificate
from customs.tax import RateTable, shipped

#: The parts that an enterprise can play at customs.
OfficeRole = Literal["platform", "merchant", "payment", "carrier", "declarant", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times between the steps of a declaration (办理时长). The first four are those of public traces of 2020 and 2023."""

    answer: timedelta = timedelta(seconds=6)
    """Until the e-port answers."""
    storing: timedelta = timedelta(seconds=6)
    """From there until customs has stored or refused it."""
    release: timedelta = timedelta(milliseconds=50)
    bill: timedelta = timedelta(milliseconds=4)
    """From release until the tax bill."""
    review: timedelta = timedelta(minutes=30)
    """Of an officer (人工审核)."""
    inspection: timedelta = timedelta(hours=2)
    closing: timedelta = timedelta(days=1)
    """From release until the list is closed (结关)."""
    payment_form: timedelta = timedelta(days=31)
    """From release until the tax bill stands on a payment form (汇总征税, announcement 194 of 2018)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsOnRecord:
    """Goods as they were filed (商品备案): code, name, unit, and what the account book still holds of them."""

    hs_code: str
    name: str = ""
    unit: str = ""
    left: Decimal | None = None
    """None for goods without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """The knowledge and the ways of an office. Frozen: two offices of equal settings and seed answer alike."""

    registered: Mapping[str, frozenset[OfficeRole]] | None = None
    """Enterprises by code, with what they are registered for; None if all are."""
    account_books: Mapping[str, Mapping[str, GoodsOnRecord]] | None = None
    """Goods by account book (``emsNo``) and record number, for 1210; None if all are on record."""
    guarantees: Mapping[str, Decimal] | None = None
    """The balance of each guarantor in CNY; None without end."""
    bought: Mapping[str, Decimal] = field(default_factory=dict, repr=False)
    """What persons bought elsewhere in the year, in CNY by identity number: customs knows it, the e-port does not."""
    persons: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names by identity number, as the register of persons has them; who is not listed is not compared."""
    refused: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Orders that an officer refuses, with what is said (人工退单)."""
    detained: Mapping[str, str] = field(default_factory=dict)
    """Orders that end at inspection, with the status: 501, 502, 503, 599 or 700."""
    reviewed: float = 0.0
    """The share of lists that an officer looks at (300)."""
    inspected: float = 0.0
    """The share of lists whose goods are opened (500)."""
    rates: RateTable = field(default_factory=shipped, repr=False, compare=False)
    """The parameter library (参数库): commodity codes with units and rates. Others are refused."""
    exchange: Mapping[str, Decimal] = field(default_factory=lambda: {"502": Decimal("7.0573")})
    """Customs exchange rates in CNY, by currency code, which beer needs."""
    senders: frozenset[str] | None = None
    """The exchange ids that may send; None for all."""
    import_id: str = "DXPEDCCEB0000002"
    export_id: str = "DXPEDCCEB0000003"
    """The exchange ids of the office, as public practice has them."""
    transport_certificates: Mapping[str, Certificate] = field(default_factory=dict, repr=False)
    """The certificates with which senders sign their envelopes, by exchange id; the envelopes of others are not verified."""
    roots: tuple[Certificate, ...] = field(default=(), repr=False)
    """Authorities whose certificates are accepted; without any, every certificate is, test certificates too."""
    numbering: Literal["printed", "seen"] = "printed"
    """The codes of lists: those that the standard prints, or those that one order system had seen by 2018."""
    pace: Pace = Pace()
