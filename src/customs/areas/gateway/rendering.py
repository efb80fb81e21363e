"""From parcels to what leaves (生成与封装): a local message, and the form that its gateway asks for.

>>> from customs.areas.registry import find
>>> find("nowhere")
Traceback (most recent call last):
    ...
customs.areas.registry.UnknownAreaError: no area is called 'nowhere'; known: ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from customs.areas.area import Area
from customs.areas.gateway.steps import before_message, form_of
from customs.areas.messages.parcel_facts import ParcelFacts
from customs.areas.messages.writing import file_name_of, message_facts, text_of
from customs.areas.profile.fields import LocalMessage
from customs.fields.head import Guid
from customs.fields.money import exactly


@dataclass(frozen=True, slots=True)
class Rendered:
    """A local message as it leaves: its number, the name of its file, its bytes, and what is posted, if the gateway
    has a form.
    """

    message: str
    id: str
    guid: Guid
    file_name: str
    content: bytes = field(repr=False)
    form: Mapping[str, str] | None = field(repr=False)
    serial: int | None = None
    """The serial number of the message, if it took one."""


@exactly
def render(
    area: Area, message: LocalMessage, parcels: Sequence[ParcelFacts], *, time: datetime, guid: Guid
) -> Rendered:
    """A local message of one or more parcels, whose facts have passed ``customs.areas.messages.checks``.

    Raises ``ValueError`` for none or more parcels than the message holds, ``CodeError`` for a code that the area has
    no word for and ``GatewayError`` where wrapping fails.
    """
    if not 1 <= len(parcels) <= message.batch:
        raise ValueError(f"{message.name} holds 1 to {message.batch} parcels, not {len(parcels)}")
    facts = before_message(area, message_facts(area, message, parcels, time=time, guid=guid))
    content = text_of(area, message, facts).encode()
    file_name = file_name_of(area, message, facts)
    form = form_of(area, facts, content)
    return Rendered(message.name, facts.message["id"], guid, file_name, content, form, facts.message["serial"].number)


class Carried(NamedTuple):
    """The addition of an area's gateway to a message of the unified edition: the form that is posted, if it needs one,
    and the serial number that it took.
    """

    form: Mapping[str, str] | None = None
    serial: int | None = None


def carry(area: Area, name: str, content: bytes, *, time: datetime, guid: Guid) -> Carried:
    """Return what the area's gateway adds to a message of the unified edition. Raises ``GatewayError``."""
    facts = message_facts(area, name, (), time=time, guid=guid)
    return Carried(form_of(area, facts, content), facts.message["serial"].number)
