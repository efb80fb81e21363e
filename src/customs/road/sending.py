"""The last stretch of the road: documents that have passed to messages, signed and wrapped (生成报文、加签、封装).

Messages of the unified edition and of the areas' own formats leave side by side. What fails here keeps back one message and is
noted with its parcels; everything else goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from customs.areas import Area
from customs.areas.gateway.forms import GatewayError
from customs.areas.gateway.rendering import carry, render
from customs.areas.messages.columns import CodeError, columns_of, getter
from customs.areas.profile.model import LocalMessage
from customs.areas.profile.sources import source
from customs.documents import BusinessKey, Transfer
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.road.results import DOCUMENTS, KINDS, DocumentName, Outgoing, Prepared
from customs.road.run import Road
from customs.rules import Finding, catalogue
from customs.signing import SigningError, sign
from customs.wire import write_document, write_message


class Written(NamedTuple):
    """A parcel with its documents as they will stand in messages of the unified edition, and the business keys of all."""

    parcel: Prepared
    texts: dict[DocumentName, str]
    keys: dict[DocumentName, BusinessKey]


def written(road: Road, parcel: Prepared) -> Written:
    """The documents of a parcel as texts, those that an area takes in the unified edition."""
    taken = {message for area in _areas(road.area) for message in area.profile.takes_unified}
    documents = {name: getattr(parcel.documents, name) for name in DOCUMENTS}
    texts = {name: write_document(document) for name, document in documents.items() if document.message in taken}
    return Written(parcel, texts, {name: document.key for name, document in documents.items()})


def _areas(area: Area) -> tuple[Area, ...]:
    return (area, *area.beside)


def _local(area: Area) -> list[LocalMessage]:
    return [each for each in area.profile.messages if each.with_a_parcel]


def parcels_in_a_group(area: Area) -> int:
    """How many parcels are sent together at most."""
    if any(each.profile.takes_unified for each in _areas(area)):
        return DOCUMENTS_IN_A_MESSAGE
    return max((message.batch for each in _areas(area) for message in _local(each)), default=1)


def transmitter(parcel: Prepared) -> tuple[str, ...]:
    """The transmitting enterprise: it is one in each message."""
    assert parcel.declaration is not None, "only parcels that were not refused come here"
    parties = parcel.declaration.parties
    return parties.transmitter_code, parties.transmitter_name, parties.dxp_id


def shared_heads(area: Area, parcel: Prepared) -> Iterator[str]:
    """What else parcels have to have in common to stand in one message: the texts that stand in it once."""
    for each in _areas(area):
        facts = parcel.facts.get(each.name)
        if facts is None:
            yield f"not to {each.name}"
            continue
        for message in _local(each):
            for column in columns_of(each, message) if message.batch > 1 else ():
                found = column.source
                if (
                    column.level == "message"
                    and column.constant is None
                    and found
                    and found.section not in ("message", "step")
                ):
                    value = None if column.spec.total else column.value(facts, {})
                    yield "" if value is None else column.write(value)
        for rule in each.profile.rules:
            for name in rule.same_in_batch or ():
                yield str(getter(source(name, each.profile))(facts, {}))


def send(road: Road, group: Sequence[Written]) -> tuple[Outgoing, ...]:
    """The messages of parcels that go together, noted with each parcel; parcels that an area refused are not in its messages."""
    messages: list[Outgoing] = []
    for area in _areas(road.area):
        main = area is road.area
        admitted = [each for each in group if main or _admits(area, each.parcel)]
        if not admitted:
            continue
        for document in DOCUMENTS:
            if KINDS[document].message in area.profile.takes_unified:
                messages += _unified(road, area, document, admitted, main=main)
        for message in _local(area):
            for start in range(0, len(admitted), message.batch):
                messages += _own(road, area, message, admitted[start : start + message.batch], main=main)
    for each in group:
        each.parcel.facts = {}
    return tuple(sorted(messages, key=lambda each: DOCUMENTS.index(each.documents[0])))


def _admits(area: Area, parcel: Prepared) -> bool:
    found = parcel.beside.get(area.name)
    return found is not None and not any(each.is_error for each in found)


def _noting(area: Area, group: Sequence[Written], *, main: bool) -> Callable[[Finding], None]:
    """Notes a finding with each parcel, where the area's findings stand."""

    def note(finding: Finding) -> None:
        for each in group:
            (each.parcel.findings if main else each.parcel.beside[area.name]).append(finding)

    return note


def _unified(
    road: Road, area: Area, document: DocumentName, group: Sequence[Written], *, main: bool
) -> Iterator[Outgoing]:
    """One message of the unified edition, signed, and wrapped where the area's gateway carries it."""
    kind, signer, note = KINDS[document], road.signers.get(document), _noting(area, group, main=main)
    if signer is None and kind.must_be_signed:
        note(catalogue.LIST_UNSIGNED.at(""))
        return
    code, name, dxp_id = transmitter(group[0].parcel)
    transfer, guid = Transfer(transmitter_code=code, transmitter_name=name, dxp_id=dxp_id), road.guids()
    content = write_message(kind, guid, [each.texts[document] for each in group], transfer, road.subscriptions)
    try:
        if signer is None:
            note(catalogue.UNSIGNED.at(document, title=kind.title, document=kind.message))
        else:
            content = sign(content, signer)
        form = carry(area, kind.message, content, time=road.clock(), guid=guid) if area.profile.gateway else None
    except SigningError as error:
        note(catalogue.NOT_SIGNED.at(document, title=kind.title, document=kind.message, reason=error))
        return
    except GatewayError as error:
        note(catalogue.GATEWAY_FAILED.at(document, area=area.profile.zh, message=kind.message, reason=error))
        return
    file_name = f"{kind.message}Message_{guid}.xml"
    keys, positions = _keys(group, document), _positions(group)
    yield from _noted(
        group,
        Outgoing(
            kind.message,
            (document,),
            guid,
            guid,
            content,
            signer is not None,
            keys,
            positions,
            file_name,
            area.name,
            form,
        ),
    )


def _own(road: Road, area: Area, message: LocalMessage, group: Sequence[Written], *, main: bool) -> Iterator[Outgoing]:
    """One message of the area's own format, wrapped as its gateway asks."""
    facts = [each.parcel.facts[area.name] for each in group]
    try:
        made = render(area, message, facts, time=road.clock(), guid=road.guids())
    except (GatewayError, CodeError) as error:
        _noting(area, group, main=main)(
            catalogue.GATEWAY_FAILED.at("", area=area.profile.zh, message=message.name, reason=error)
        )
        return
    documents = tuple(name for name in DOCUMENTS if name in message.documents)
    keys, positions = _keys(group, documents[0]), _positions(group)
    head = (made.message, documents, made.guid, made.id)
    yield from _noted(
        group, Outgoing(*head, made.content, False, keys, positions, made.file_name, area.name, made.form)
    )


def _noted(group: Sequence[Written], message: Outgoing) -> Iterator[Outgoing]:
    for each in group:
        each.parcel.messages.append(message)
    yield message


def _keys(group: Sequence[Written], document: DocumentName) -> tuple[BusinessKey, ...]:
    return tuple(each.keys[document] for each in group)


def _positions(group: Sequence[Written]) -> tuple[int, ...]:
    return tuple(each.parcel.position for each in group)
