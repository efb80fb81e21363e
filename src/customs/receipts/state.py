"""The state of a parcel (包裹状态): what was submitted and what was answered, and where that leaves each document.

An event is a submission of ours or an answer of somebody's. Events are a set: they come in any order, repeated, from
several authorities and areas; the state is that of the set.

>>> from datetime import datetime
>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("merchant_code", "M1"), ("order_no", "O1")))
>>> Submitted(key=key, guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94", app_time=datetime(2026, 11, 11, 8)).document
'CEB311'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from customs.codes.states import State
from customs.documents import Answer, BusinessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A document that was sent (已申报)."""

    key: BusinessKey
    """The message, such as ``CEB311``, and the fields by which customs finds the declaration."""
    guid: str
    """The number of the document, or of the message in a local format: a receipt may repeat it."""
    app_time: datetime
    """The time of submission (appTime) in the document, China time."""
    app_type: str = "1"
    """New 1, amended 2, deleted 3 (appType)."""
    area: str = "unified"

    @property
    def document(self) -> str:
        """The message that declares the document, such as ``CEB621``."""
        return self.key.message


#: Anything that happens to a parcel.
Event = Submitted | Answer


class AlarmKind(StrEnum):
    """A reason for a person to look at a parcel."""

    REFUSED_AFTER_RELEASE = "refused_after_release"
    """放行后退单: a refusal came after the release; the state stays."""
    UNKNOWN_STATUS = "unknown_status"
    """未知状态: a code that is not known; the state stays."""
    DETAINED = "detained"
    """扣留: the goods were detained or sent back."""
    TAX_BILL_VOID = "tax_bill_void"
    """税单作废: the tax bill was taken back without a cancellation or return that is known."""
    GUID_OF_TWO = "guid_of_two"
    """一个 guid 用于两单: the same guid was submitted with different keys."""
    CANCELLED_AFTER_CLOSING = "cancelled_after_closing"
    """结关后撤单: a cancellation was granted though the list is closed; the state stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that a person has to look at, with the event that raised it."""

    kind: AlarmKind
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One submission of a document and what was answered to it, in the order of time and, at one time, of rank.

    ``submitted`` is None where answers are known and what they answer is not.
    """

    submitted: Submitted | None = None
    answers: tuple[Answer, ...] = ()
    state: State | None = None
    """None as long as nobody has answered."""
    deciding: Answer | None = None
    """The answer that the state comes from."""
    doubtful: tuple[Answer, ...] = ()
    """Those of the answers that may belong to another attempt: neither guid nor time tells."""
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A document of a parcel: its attempts, oldest first, and where they leave it."""

    document: str
    """The message that declares it, such as ``CEB621``."""
    attempts: tuple[Attempt, ...]
    state: State | None = None
    """The state of the document as customs has it; None as long as nobody has answered the last submission."""
    since: datetime | None = None
    """When customs or the e-port put it into that state, as far as a receipt says."""
    deciding: Answer | None = None
    """The answer that the state comes from."""
    current: Attempt | None = None
    """The attempt that the state comes from: the one that customs holds, or else the last that is no repeated copy."""
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelState:
    """The state of one parcel.

    ``history`` holds every event once, in a canonical order, untouched.
    """

    documents: Mapping[str, DocumentState] = field(default_factory=dict)
    """By message: order, payment, waybill, list, and cancellation, return, tax bill where there are any."""
    node: State | None = None
    """The node that the parcel has reached: the state of its declaration list, or of what is there before it."""
    since: datetime | None = None
    reached: Mapping[State, datetime | None] = field(default_factory=dict)
    """When each node was reached, as far as receipts say."""
    missing: tuple[str, ...] = ()
    """Which of the three documents customs does not have, such as ``CEB411``."""
    alarms: tuple[Alarm, ...] = ()
    history: tuple[Event, ...] = ()
