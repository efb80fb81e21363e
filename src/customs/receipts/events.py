"""Events of a parcel (包裹事件) as a set: which of them are one, their order, and the document that each is about.

The same receipt arrives several times; it is one if declaration, code, time, receipt and texts agree. The guid does not
tell, since customs gives guids of its own from 120 on; without a time it does.

>>> from customs.documents import Answer, BusinessKey
>>> of_list = Answer(authority="tax", key=BusinessKey("CEB621", (("list_no", "L1"),)), state=State.TAX_ASSESSED, code="1",
...     receipt="CEB816")
>>> document_of(of_list)
'CEB816'
>>> len(ordered([of_list, of_list]))
1
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from types import MappingProxyType
from typing import Any

from customs.areas.registry import UnknownAreaError, find
from customs.codes.states import State
from customs.documents import MESSAGES, Receipt
from customs.receipts.state import Event, Submitted

#: The document that holds what customs says of taxes, whichever of the two receipts says it.
TAX_BILL = "CEB816"

#: The unified message of each document that local messages declare.
_MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "order": "CEB311",
        "payment": "CEB411",
        "waybill": "CEB511",
        "status": "CEB513",
        "declaration_list": "CEB621",
        "declaration_list_head": "CEB621",
        "cancellation": "CEB623",
        "goods_return": "CEB625",
    }
)

_TAXES = frozenset({State.TAX_ASSESSED, State.TAX_SETTLED})
_CHINA = timezone(timedelta(hours=8))

#: What stands for a time that a receipt does not give.
NEVER = datetime(1, 1, 2)

#: The order of events: their time, submissions first, then everything by which they differ.
Identity = tuple[Any, ...]


def time_of(event: Event) -> datetime | None:
    """Return when an event happened, China time; None where a receipt does not say."""
    at = event.app_time if isinstance(event, Submitted) else event.at
    return at if at is None or at.tzinfo is None else at.astimezone(_CHINA).replace(tzinfo=None)


def identity_of(event: Event) -> Identity:
    """Return what is equal for the copies of one event, and orders different ones."""
    at, key = time_of(event), event.key
    if isinstance(event, Submitted):
        return (at, 0, key.message, key.fields, event.guid, event.app_type, event.area)
    own = "" if at else event.submitted
    said = (event.code, event.receipt, event.authority or "", event.texts, event.area, event.state, own)
    return (at or NEVER, 1, key.message, key.fields, *said)


def _rest_of(event: Event) -> Identity:
    """The parts in which copies of one answer may differ; the first by them is kept."""
    return () if isinstance(event, Submitted) else (event.submitted, repr(event.oddities))


def the_one(one: Event, other: Event) -> Event:
    """Return the copy that is kept of two copies of one event."""
    return one if one == other or _rest_of(one) <= _rest_of(other) else other


def ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return every event once, in the canonical order."""
    found: dict[Identity, Event] = {}
    for each in events:
        identity = identity_of(each)
        found[identity] = the_one(found[identity], each) if identity in found else each
    return tuple([found[identity] for identity in sorted(found)])


def document_of(event: Event, guids: Mapping[str, str] | None = None) -> str:
    """Return the message of the document that an event is about, empty if nothing tells.

    ``guids`` leads from a number of a submission to its document, for answers to whole messages.
    """
    message = event.key.message
    if isinstance(event, Submitted):
        return _unified(event.area, message)
    if event.receipt in ("CEB816", "CEB818") or event.state in _TAXES:
        return TAX_BILL
    if message:
        return _unified(event.area, message)
    kind = MESSAGES.get(event.receipt)
    if kind is not None and issubclass(kind, Receipt) and kind.answers:
        return kind.answers
    if event.submitted and guids and (found := guids.get(event.submitted)) is not None:
        return found
    return "CEB621" if any(text for name, text in event.key.fields if name != "message_id") else ""


@cache
def _unified(area: str, message: str) -> str:
    """The unified message of what a message of an area declares; the message itself if the area does not say."""
    if message in MESSAGES:
        return message
    try:
        profile = find(area)
    except UnknownAreaError:
        return message
    named = (each.documents[0] for each in profile.messages if each.name == message and each.documents)
    return _MESSAGES.get(next(named, ""), message)
