"""Common content of the parcels of a message (同一报文各单的共同内容): texts that it has once, and facts that rules keep
together.
"""

from collections.abc import Iterator

from customs.areas.area import Area, kept
from customs.areas.messages.compiled_fields import Column, Getter, columns_of, getter
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts, ParcelFacts
from customs.areas.profile.fields import LocalMessage
from customs.areas.profile.model import AreaProfile


def shared_texts(area: Area, parcel: ParcelFacts) -> Iterator[str]:
    """The texts in which parcels have to agree to go into one message: parcels that differ go into different ones."""
    message = MessageFacts(parameter=area.parameter_texts)
    for each in area.profile.messages:
        for column in _once(area, each) if each.with_a_parcel and each.batch > 1 else ():
            value = column.value(parcel, NO_LINE, message)
            yield "" if value is None else column.write(value)
    for get in _kept_together(area, area.profile):
        yield str(get(parcel, NO_LINE, message))


@kept
def _once(area: Area, message: LocalMessage) -> tuple[Column, ...]:
    return tuple(
        each
        for each in columns_of(area, message)
        if each.level == "message" and each.constant is None and each.of_a_parcel and each.spec.total is None
    )


@kept
def _kept_together(area: Area, profile: AreaProfile) -> tuple[Getter, ...]:
    return tuple(getter(name) for rule in profile.rules for name in rule.same_in_batch or ())
