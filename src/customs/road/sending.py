"""Sending (生成报文、加签、封装): the last stage of the road, from written parcels to messages, signed and wrapped.

Messages of the unified edition and of the areas' own formats leave side by side. A failure here holds back one
message and becomes a finding of its parcels; everything else goes on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from customs import signing
from customs.areas import Area, gateway
from customs.areas import messages as local
from customs.documents import BusinessKeys, Transfer
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.fields.money import exactly
from customs.fields.record import assemble
from customs.road.recognition import carrier
from customs.road.results import DOCUMENTS, KINDS, AreaFindings, Batch, DocumentName, Outgoing, Prepared
from customs.road.stages import TOGETHER, Documented, Written, in_groups, write
from customs.rules import Finding, catalogue
from customs.wire import write_message

if TYPE_CHECKING:
    from customs.areas.messages import ParcelFacts
    from customs.areas.profile.fields import LocalMessage
    from customs.road.run import Run

Group = Sequence[Written]

#: Bytes of a message that are kept for what stands around its documents: the frame, subscriptions, signature and certificate.
AROUND = 16 * 1024

#: UTF-8 has at most so many bytes for a character. A line of goods, or the head of a parcel, in an area's own format has
#: fewer than so many unless nearly all its texts are as long as they may be; the outbox looks at each message again.
_A_CHARACTER, _A_LOCAL_LINE = 4, 8 * 1024


class AreaFormat(NamedTuple):
    """The messages that one area takes with every parcel."""

    area: Area
    unified: tuple[DocumentName, ...]
    """The documents that it takes in the unified edition."""
    own: "tuple[LocalMessage, ...]"
    """The messages of its own format."""

    @classmethod
    def of(cls, area: Area, only: Sequence[DocumentName] = ()) -> "AreaFormat":
        """Return the messages that an area takes; of single documents those in the unified edition."""
        taken = area.profile.takes_unified
        unified: tuple[DocumentName, ...] = tuple(name for name in only or DOCUMENTS if KINDS[name].message in taken)
        own = () if only else tuple(each for each in area.profile.messages if each.with_a_parcel)
        return cls(area, unified, own)


class Format(NamedTuple):
    """The messages that the areas of a run take, and how many parcels go together at most."""

    areas: tuple[AreaFormat, ...]
    unified: tuple[DocumentName, ...]
    """The documents that any area takes in the unified edition."""
    parcels: int
    messages: int
    """How many messages one parcel alone makes."""

    @classmethod
    def of(cls, area: Area, only: Sequence[DocumentName] = ()) -> "Format":
        """Return the format of an area and those beside it."""
        areas = tuple(AreaFormat.of(each, only) for each in (area, *area.beside))
        unified: tuple[DocumentName, ...] = tuple(
            name for name in DOCUMENTS if any(name in each.unified for each in areas)
        )
        most = max((message.batch for each in areas for message in each.own), default=1)
        messages = sum(len(each.unified) + len(each.own) for each in areas)
        return cls(areas, unified, DOCUMENTS_IN_A_MESSAGE if unified else most, messages)


class Sending(NamedTuple):
    """One message for an area: the message if it was made, and what its parcels are told."""

    area: Area
    parcels: tuple[int, ...]
    message: Outgoing | None
    findings: tuple[Finding, ...] = ()


def batches(run: "Run", parcels: Iterable[Documented | Prepared]) -> Iterator[Batch]:
    """Group the parcels of a stream into batches, each as soon as it is full; refused parcels go with the next one."""
    most = run.format.parcels
    waiting: dict[tuple[str, ...], list[Written]] = {}
    refused: list[Prepared] = []
    for written in _written(run, parcels):
        if isinstance(written, Prepared):
            refused.append(written)
            if len(refused) == most:
                yield Batch((), tuple(refused))
                refused = []
            continue
        together = _shared(run.format.areas, written)
        group = waiting.setdefault(together, [])
        group.append(written)
        if len(group) == most:
            yield _with(refused, send(run, group))
            refused = []
            del waiting[together]
    for group in waiting.values():
        yield _with(refused, send(run, group))
        refused = []
    if refused:
        yield Batch((), tuple(refused))


def _written(run: "Run", parcels: Iterable[Documented | Prepared]) -> Iterator[Written | Prepared]:
    """Write the parcels of a stream, a few right after each other, see ``TOGETHER``."""
    for group in in_groups(parcels, TOGETHER):
        yield from [write(run, each) if isinstance(each, Documented) else each for each in group]


def _with(refused: list[Prepared], batch: Batch) -> Batch:
    return Batch(batch.messages, (*refused, *batch.parcels))


@exactly
def send(run: "Run", group: Group) -> Batch:
    """Make the messages of parcels that go together; parcels that an area refused are not in its messages, and parcels
    with a document that is too large in none.
    """
    fit, attempts, is_large = group, list[Sending](), may_exceed(run, group)
    if is_large:
        from customs.road import sizes  # which hardly any message needs

        fit, attempts = sizes.fitting(run, group)
    attempts += [attempt for taken in run.format.areas for attempt in _attempts(run, taken, fit, is_large=is_large)]
    messages = sorted(
        (each.message for each in attempts if each.message), key=lambda each: DOCUMENTS.index(each.documents[0])
    )
    carried = _carried([each.position for each in group], attempts)
    return Batch(tuple(messages), tuple([_outcome(each, carried[each.position]) for each in group]))


def may_exceed(run: "Run", group: Group) -> bool:
    """True unless the messages of parcels are certain to have fewer bytes than they may; nothing is written to tell."""
    most = run.most_bytes - AROUND
    for name in run.format.unified:
        if sum([len(each.texts[name]) for each in group]) * _A_CHARACTER > most:
            return True
    if not any(taken.own for taken in run.format.areas):
        return False
    return sum([1 + len(each.declaration.order.lines) for each in group]) * _A_LOCAL_LINE > most


class _Carried(NamedTuple):
    """The messages that were made of a parcel, in the order of their areas, and what it is told about them."""

    messages: tuple[Outgoing, ...]
    told: tuple[tuple[Area, Finding], ...]

    @classmethod
    def by(cls, attempts: Iterable[Sending]) -> "_Carried":
        """Return what attempts to send made."""
        tried = list(attempts)
        told = [(each.area, finding) for each in tried for finding in each.findings]
        return cls(tuple([each.message for each in tried if each.message]), tuple(told))


def _carried(positions: Sequence[int], attempts: Sequence[Sending]) -> Mapping[int, _Carried]:
    """Return what was made of each parcel; mostly each message carries all of them."""
    everyone = tuple(positions)
    if all(each.parcels == everyone for each in attempts):
        return dict.fromkeys(positions, _Carried.by(attempts))
    of_parcel: dict[int, list[Sending]] = {position: [] for position in positions}
    for attempt in attempts:
        for position in attempt.parcels:
            of_parcel[position].append(attempt)
    return {position: _Carried.by(tried) for position, tried in of_parcel.items()}


def _outcome(parcel: Written, carried: _Carried) -> Prepared:
    """Return the outcome of a parcel with what was made of it."""
    main, *others = parcel.judged
    told = carried.told
    return Prepared(
        position=parcel.position,
        declaration=parcel.declaration,
        assessment=parcel.assessment,
        documents=parcel.documents,
        findings=(*parcel.findings, *_about(main.area, told)) if told else parcel.findings,
        messages=carried.messages,
        beside=tuple([AreaFindings(each.area.name, (*each.findings, *_about(each.area, told))) for each in others]),
        earlier=parcel.earlier,
    )


def _about(area: Area, told: Sequence[tuple[Area, Finding]]) -> list[Finding]:
    return [finding for each, finding in told if each is area]


def _shared(areas: tuple[AreaFormat, ...], parcel: Written) -> tuple[str, ...]:
    """Return what parcels must have in common to go into one message: the transmitting enterprise, and texts written
    once.
    """
    parties = parcel.declaration.parties
    transmitter = (parties.transmitter_code, parties.transmitter_name, parties.dxp_id)
    profile = areas[0].area.profile
    if len(areas) == 1 and not profile.messages and not profile.rules:
        return transmitter
    values = {judged.area.name: judged.values for judged in parcel.judged}
    return (*transmitter, *(text for each in areas for text in _heads(each.area, values.get(each.area.name))))


def _heads(area: Area, values: "ParcelFacts | None") -> Iterator[str]:
    """The texts of a parcel that stand once in a message of the area, or the note that it does not go there."""
    if values is None:
        yield f"not to {area.name}"
        return
    yield from local.shared_texts(area, values)


def _attempts(run: "Run", taken: AreaFormat, group: Group, *, is_large: bool) -> Iterator[Sending]:
    """Make the messages of a group for one area, of a large one as many as its size asks for."""
    area = taken.area
    admitted = [each for each in group if any(judged.area is area and not judged.refused for judged in each.judged)]
    for document in taken.unified:
        if lacking := _lacking(area, KINDS[document].message, admitted):
            for part in _parts(run, document, lacking) if is_large else (lacking,):
                yield _unified(run, area, document, part)
    for message in taken.own:
        lacking = _lacking(area, message.name, _asked(area, message, admitted))
        for start in range(0, len(lacking), message.batch):
            together = lacking[start : start + message.batch]
            for part in _local_parts(run, area, message, together) if is_large else (together,):
                yield _own(run, area, message, part)


def _parts(run: "Run", document: DocumentName, group: Group) -> Iterator[Group]:
    from customs.road import sizes

    return sizes.parts(group, sizes.sizes_of([each.texts[document] for each in group]), sizes.room(run))


def _local_parts(run: "Run", area: Area, message: "LocalMessage", group: Group) -> Iterator[Group]:
    from customs.road import sizes

    return sizes.local_parts(run, area, message, group)


def _asked(area: Area, message: "LocalMessage", group: Group) -> Group:
    """Return the parcels that go into a message of the area."""
    if message.when is None:
        return group
    return [
        each
        for each in group
        for judged in each.judged
        if judged.area is area and judged.values and local.goes_into(area.profile, message, judged.values)
    ]


def _lacking(area: Area, message: str, group: Group) -> Group:
    """Return the parcels that no earlier message of the kind carries."""
    return [each for each in group if not each.carriers or carrier(area.name, message) not in each.carriers]


def _unified(run: "Run", area: Area, document: DocumentName, group: Group) -> Sending:
    """Make one message of the unified edition, signed, and wrapped where the area's gateway carries it."""
    kind, signer = KINDS[document], run.signers.get(document)
    positions = tuple([each.position for each in group])
    if signer is None and kind.must_be_signed:
        return Sending(area, positions, None, (catalogue.LIST_UNSIGNED.at(""),))
    parties, guid = group[0].declaration.parties, run.guids()
    transfer = _transfer(parties.transmitter_code, parties.transmitter_name, parties.dxp_id)
    content = write_message(kind, guid, [each.texts[document] for each in group], transfer, run.subscriptions)
    unsigned = () if signer else (catalogue.UNSIGNED.at(document, title=kind.title, document=kind.message),)
    try:
        signed = signing.sign(content, signer) if signer else content
        added = gateway.carry(area, kind.message, signed, time=run.clock(), guid=guid) if area.profile.gateway else None
    except signing.SigningError as error:
        failed = catalogue.NOT_SIGNED.at(document, title=kind.title, document=kind.message, reason=error)
        return Sending(area, positions, None, (failed,))
    except gateway.GatewayError as error:
        failed = catalogue.GATEWAY_FAILED.at(document, area=area.profile.zh, message=kind.message, reason=error)
        return Sending(area, positions, None, (*unsigned, failed))
    message = Outgoing(
        name=kind.message,
        documents=(document,),
        guid=guid,
        id=guid,
        content=signed,
        signed=signer is not None,
        keys=BusinessKeys(kind.message, kind.key_fields, tuple([each.keys[document] for each in group])),
        parcels=positions,
        file_name=f"{kind.message}Message_{guid}.xml",
        area=area.profile.name,
        form=added and added.form,
        serial=added and added.serial,
    )
    return Sending(area, positions, message, unsigned)


@lru_cache(maxsize=64)
def _transfer(code: str, name: str, dxp_id: str) -> Transfer:
    """Return the transmitting enterprise of a message: the same for the four messages of a parcel, mostly of a run."""
    given = {"transmitter_code": code, "transmitter_name": name, "dxp_mode": "DXP", "dxp_id": dxp_id, "note": None}
    return assemble(Transfer, given)  # validated with the parties


def _own(run: "Run", area: Area, message: "LocalMessage", group: Group) -> Sending:
    """Make one message of the area's own format, wrapped as its gateway asks."""
    positions = tuple([each.position for each in group])
    values = [judged.values for each in group for judged in each.judged if judged.area is area and judged.values]
    try:
        made = gateway.render(area, message, values, time=run.clock(), guid=run.guids())
    except (gateway.GatewayError, local.CodeError) as error:
        failed = catalogue.GATEWAY_FAILED.at("", area=area.profile.zh, message=message.name, reason=error)
        return Sending(area, positions, None, (failed,))
    documents: tuple[DocumentName, ...] = tuple(name for name in DOCUMENTS if name in message.documents)
    first = KINDS[documents[0]]
    outgoing = Outgoing(
        name=made.message,
        documents=documents,
        guid=made.guid,
        id=made.id,
        content=made.content,
        signed=False,
        keys=BusinessKeys(first.message, first.key_fields, tuple([each.keys[documents[0]] for each in group])),
        parcels=positions,
        file_name=made.file_name,
        area=area.name,
        form=made.form,
        serial=made.serial,
    )
    return Sending(area, positions, outgoing)
