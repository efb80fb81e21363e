"""Dispatch (后续报文): follow-ups in messages of up to 100 documents and a run's ``most_bytes``, signed, in the format that the area takes.

Corrections go over the road as their parcels did. An application goes out in the unified edition, or alone in the message
that its area has for it. What cannot be written becomes a finding of its parcel.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from customs.areas import Area
from customs.areas.gateway.rendering import Carried, carry, render
from customs.areas.gateway.steps import GatewayError
from customs.areas.messages.checks import check_message
from customs.areas.messages.parcel_facts import LineFacts, ParcelFacts, facts_of
from customs.areas.profile.conversions import CodeError
from customs.areas.profile.facts import local_facts
from customs.areas.profile.fields import LocalMessage
from customs.declaration import Declaration
from customs.documents import BusinessKeys, Cancellation, Document, GoodsReturn, Transfer
from customs.fields.money import ZERO, exactly
from customs.receipts.follow_up import FollowUp
from customs.receipts.standing import title_of
from customs.road import Batch, Outgoing, Prepared, Run, sending, sizes
from customs.road.building import build
from customs.road.recognition import keys_of, parcel_key
from customs.rules import Finding, catalogue
from customs.signing import SigningError, sign
from customs.wire import write_document, write_message

#: The role of an application in the profile of an area, and the local fact that tells its reason.
_LOCAL: Mapping[str, tuple[str, str]] = {
    Cancellation.message: ("cancellation", "cancel_reason"),
    GoodsReturn.message: ("goods_return", "return_reason"),
}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An application that waits for its message: its position, its document, and the text of that."""

    position: int
    follow_up: FollowUp
    document: Document
    text: str


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message of applications, if it was made, and what its parcels are told."""

    positions: tuple[int, ...]
    message: Outgoing | None
    findings: tuple[Finding, ...] = ()


def dispatch(run: Run, follow_ups: Iterable[FollowUp]) -> Iterator[Batch]:
    """Put follow-ups into messages, batch by batch; each refused one is in a batch too, with its findings.

    Corrections come first, then applications, of which a message holds those of one kind and one transmitting enterprise.
    """
    corrected = list[Any]()
    waiting = list[_Waiting]()
    for position, each in enumerate(follow_ups, run.first):
        if each.refused or not each.documents:
            corrected.append(Prepared(position, each.declaration, findings=each.findings, salvaged=each.order_no))
        elif each.corrected:
            corrected.append(each.corrected._replace(position=position, findings=each.findings))
        else:
            waiting.append(_waiting(position, each))
    yield from sending.batches(run, corrected)
    for group in _together(waiting):
        yield _batch(run, group)


@exactly
def _waiting(position: int, follow_up: FollowUp) -> _Waiting:
    document = follow_up.documents[0]
    return _Waiting(position, follow_up, document, write_document(document))


def _together(waiting: Sequence[_Waiting]) -> Iterator[Sequence[_Waiting]]:
    """Group applications by kind and transmitting enterprise, as many as a message holds."""
    groups = defaultdict[Any, list[_Waiting]](list)
    for each in waiting:
        groups[type(each.document), _transfer(each.follow_up)].append(each)
    for (kind, _), group in groups.items():
        for start in range(0, len(group), kind.most):
            yield group[start : start + kind.most]


def _transfer(follow_up: FollowUp) -> Transfer:
    if follow_up.transfer:
        return follow_up.transfer
    assert follow_up.declaration, "a follow-up without a declaration names who transmits it"
    parties = follow_up.declaration.parties
    return Transfer(
        transmitter_code=parties.transmitter_code, transmitter_name=parties.transmitter_name, dxp_id=parties.dxp_id
    )


@exactly
def _batch(run: Run, group: Sequence[_Waiting]) -> Batch:
    """Make the messages of applications that go together, for each area, and the outcomes of their parcels."""
    sent = list(_attempts(run, group))
    parcels = []
    for each in group:
        own = [attempt for attempt in sent if each.position in attempt.positions]
        told = [finding for attempt in own for finding in attempt.findings]
        declaration = each.follow_up.declaration
        known = run.knowledge.declared(parcel_key(keys_of(declaration))) if run.knowledge and declaration else None
        parcels.append(
            Prepared(
                position=each.position,
                declaration=declaration,
                findings=(*each.follow_up.findings, *told),
                messages=tuple(attempt.message for attempt in own if attempt.message),
                earlier=known,
                salvaged=each.follow_up.order_no,
            )
        )
    return Batch(tuple(each.message for each in sent if each.message), tuple(parcels))


def _attempts(run: Run, group: Sequence[_Waiting]) -> Iterator[_Sent]:
    """Make the messages of a group for each area: its own if it has one, else the unified edition if it takes that."""
    kind, areas = type(group[0].document), (run.place, *run.place.beside)
    own = {area.name: _own(area, kind) for area in areas}
    taking = [area for area in areas if own[area.name] or area.profile.takes_unified or kind.message not in _LOCAL]
    for area in taking:
        if message := own[area.name]:
            yield from (_in_its_form(run, area, message, each) for each in group)
        else:
            yield from _in_parts(run, area, kind, group)
    if not taking:
        facts = {"area": run.place.profile.zh, "title": kind.title, "document": title_of(kind)}
        yield _Sent(tuple(each.position for each in group), None, (catalogue.AREA_NO_APPLICATION.at("", **facts),))


def _own(area: Area, kind: type[Document]) -> LocalMessage | None:
    role, _ = _LOCAL.get(kind.message, ("", ""))
    return next((each for each in area.profile.messages if role in each.documents), None)


def _in_parts(run: Run, area: Area, kind: type[Document], group: Sequence[_Waiting]) -> Iterator[_Sent]:
    """Make as many messages of the unified edition as the bytes of a group ask for."""
    measured = sizes.sizes_of([each.text for each in group])
    fit = [(each, size) for each, size in zip(group, measured, strict=True) if size <= sizes.room(run)]
    for each, size in zip(group, measured, strict=True):
        if size > sizes.room(run):
            yield _Sent((each.position,), None, (sizes.too_large(kind, each.follow_up.order_no, size, run),))
    if fit:
        for part in sizes.parts([each for each, _ in fit], [size for _, size in fit], sizes.room(run)):
            yield _unified(run, area, kind, part)


def _unified(run: Run, area: Area, kind: type[Document], group: Sequence[_Waiting]) -> _Sent:
    """Make one message of the unified edition, signed by the declarant, and wrapped where the area's gateway carries it."""
    signer, positions = run.signers.get("declaration_list"), tuple(each.position for each in group)
    facts = {"title": kind.title, "document": title_of(kind)}
    if signer is None and kind.must_be_signed:
        return _Sent(positions, None, (catalogue.APPLICATION_UNSIGNED.at("", **facts),))
    guid = run.guids()
    content = write_message(kind, guid, [each.text for each in group], _transfer(group[0].follow_up), run.subscriptions)
    try:
        signed = sign(content, signer) if signer else content
        added = carry(area, kind.message, signed, time=run.clock(), guid=guid) if area.profile.gateway else Carried()
    except SigningError as error:
        return _Sent(positions, None, (catalogue.NOT_SIGNED.at("", **facts, reason=error),))
    except GatewayError as error:
        failed = catalogue.GATEWAY_FAILED.at("", area=area.profile.zh, message=kind.message, reason=error)
        return _Sent(positions, None, (failed,))
    message = Outgoing(
        name=kind.message,
        documents=(),
        guid=guid,
        id=guid,
        content=signed,
        signed=signer is not None,
        keys=BusinessKeys(kind.message, kind.key_fields, tuple([each.document.key_text for each in group])),
        parcels=positions,
        file_name=f"{kind.message}Message_{guid}.xml",
        area=area.profile.name,
        form=added.form,
        serial=added.serial,
    )
    unsigned = () if signer else (catalogue.UNSIGNED.at("", title=kind.title, document=kind.message),)
    return _Sent(positions, message, unsigned)


def _in_its_form(run: Run, area: Area, message: LocalMessage, waiting: _Waiting) -> _Sent:
    """Make the area's own message of one application, wrapped as its gateway asks."""
    positions = (waiting.position,)
    facts, findings = _facts(run, area, waiting)
    if facts is None:
        return _Sent(positions, None, findings)
    findings = (*findings, *check_message(area, message, facts))
    if any(each.is_error for each in findings):
        return _Sent(positions, None, findings)
    try:
        made = render(area, message, [facts], time=run.clock(), guid=run.guids())
    except (GatewayError, CodeError) as error:
        failed = catalogue.GATEWAY_FAILED.at("", area=area.profile.zh, message=message.name, reason=error)
        return _Sent(positions, None, (*findings, failed))
    outgoing = Outgoing(
        name=made.message,
        documents=(),
        guid=made.guid,
        id=made.id,
        content=made.content,
        signed=False,
        keys=BusinessKeys.of([waiting.document.key]),
        parcels=positions,
        file_name=made.file_name,
        area=area.name,
        form=made.form,
        serial=made.serial,
    )
    return _Sent(positions, outgoing, findings)


def _facts(run: Run, area: Area, waiting: _Waiting) -> tuple[ParcelFacts | None, tuple[Finding, ...]]:
    """Return the facts of an application as the area's message draws on them: those of its parcel, its reason, and of a
    return the quantities that come back.
    """
    declaration: Any = waiting.follow_up.declaration
    declaration = _with_reason(area, declaration, waiting.document)
    documents, findings = build(declaration, tax=ZERO, on=run.on, app_time=run.clock(), guids=run.guids)
    if documents is None:
        return None, tuple(findings)
    facts = facts_of(area, declaration, documents)
    if isinstance(waiting.document, GoodsReturn):
        returned = {line.gnum: line.qty for line in waiting.document.lines}
        lines = [each for each in facts.lines if each.line["gnum"] in returned]
        back = tuple(LineFacts({**each.line, "qty": returned[each.line["gnum"]]}, each.goods) for each in lines)
        facts = replace(facts, lines=back)
    return facts, ()


def _with_reason(area: Area, declaration: Declaration, document: Any) -> Declaration:
    """Return the parcel with the reason under the name that the area has for it."""
    _, fact = _LOCAL[document.message]
    if fact not in local_facts(area.profile, "local"):
        return declaration
    reason = document.head.reason if isinstance(document, GoodsReturn) else document.reason
    return declaration.model_copy(update={"local": {**(declaration.local or {}), fact: reason}})
