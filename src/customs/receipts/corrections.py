"""Corrections (重报、变更、删除): the documents of a parcel sent again, under the same keys, after customs answered.

Each has a new guid, a later appTime than anything submitted, and the appType that customs expects: 1 where it never
held the document, 2 to change what it holds, 3 to delete it. Amended and deleted lists carry the numbers that customs
gave (preNo, invtNo). Source: unified edition 2022-05, appType; receipt codes -301014, -621031, -621053.

>>> from datetime import date, datetime
>>> import customs
>>> from customs.receipts.state import ParcelState
>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> amendment(parcel, ParcelState(), run=run, documents=("order",)).findings[0].code
'move-not-allowed'
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from customs.declaration import Declaration
from customs.documents import Cancellation, Document, GoodsReturn, ParcelDocuments, ParcelValues
from customs.fields import terms_of
from customs.fields.moments import china_time
from customs.receipts.follow_up import NAMES, FollowUp, Move
from customs.receipts.standing import (
    ALLOWED,
    ALLOWED_BY_LIST,
    FREE,
    OPEN,
    Stand,
    living,
    number_of,
    other_key,
    refusal,
    stand_of,
    was_stored,
)
from customs.receipts.state import ParcelState, Submitted
from customs.road import Prepared, Run
from customs.road.building import declared
from customs.road.local import judge
from customs.road.recognition import carrier
from customs.road.results import DOCUMENTS, KINDS, DocumentName
from customs.road.stages import Documented, examine
from customs.rules import Finding, catalogue, check_document
from customs.rules.reading import name_of

D = TypeVar("D", bound=Document)

_LIST: DocumentName = "declaration_list"

#: The numbers of a list that customs and the e-port give.
_NUMBERS = ("pre_entry_no", "list_no")

_NEW, _CHANGED, _DELETED = "1", "2", "3"


def resubmission(
    declaration: Declaration,
    state: ParcelState,
    *,
    run: Run,
    documents: Sequence[DocumentName] = (),
    nothing_stored: bool = False,
) -> FollowUp:
    """Return the refused documents of a parcel, corrected, as they are declared again.

    ``declaration`` is the corrected parcel. ``documents`` names those to send, which may be missing ones too; the refused
    ones if left out. ``nothing_stored`` says that customs was asked by the business key and holds nothing: then a
    document whose outcome is open may be sent again.
    """
    order_no, stands = declaration.order.order_no, _stands(state)
    open_too = OPEN if nothing_stored else frozenset[Stand]()
    chosen = tuple(documents) or tuple(
        name for name in _known(run) if stands[name] in {Stand.REFUSED, Stand.WITHDRAWN, *open_too}
    )
    chosen = chosen or (_LIST if not run.only else run.only[0],)
    allowed = ALLOWED[Move.RESUBMISSION] | open_too
    refused = tuple(_refusals(Move.RESUBMISSION, order_no, state, chosen, allowed))
    types: dict[DocumentName, str] = {
        name: _CHANGED if was_stored(living(state, KINDS[name].message)) else _NEW for name in chosen
    }
    return _correction(Move.RESUBMISSION, declaration, state, run, types, refused)


def amendment(
    declaration: Declaration, state: ParcelState, *, run: Run, documents: Sequence[DocumentName] = (_LIST,)
) -> FollowUp:
    """Return the documents of a parcel that customs holds, changed (appType 2).

    Order, payment and waybill can be changed as long as no list uses them, the list until it is examined.
    """
    order_no = declaration.order.order_no
    refused = tuple(_refusals(Move.AMENDMENT, order_no, state, documents, ALLOWED[Move.AMENDMENT]))
    return _correction(Move.AMENDMENT, declaration, state, run, dict.fromkeys(documents, _CHANGED), refused)


def deletion(
    declaration: Declaration, state: ParcelState, *, run: Run, documents: Sequence[DocumentName] = (_LIST,)
) -> FollowUp:
    """Return the documents of a parcel that customs holds, to be deleted (appType 3), under the conditions of an
    amendment. A list beyond them is taken back by a cancellation.
    """
    order_no = declaration.order.order_no
    refused = tuple(_refusals(Move.DELETION, order_no, state, documents, ALLOWED[Move.DELETION]))
    return _correction(Move.DELETION, declaration, state, run, dict.fromkeys(documents, _DELETED), refused)


def _known(run: Run) -> tuple[DocumentName, ...]:
    return run.only or DOCUMENTS


def _stands(state: ParcelState) -> Mapping[DocumentName, Stand]:
    return {name: stand_of(living(state, kind.message)) for name, kind in KINDS.items()}


def _refusals(
    move: Move,
    order_no: str,
    state: ParcelState,
    documents: Sequence[DocumentName],
    allowed: frozenset[Stand],
) -> Iterator[Finding]:
    """Yield why documents cannot be sent: each by its own stand, all but the list by the list's too, and all by an
    application that is under way.
    """
    stands, by_list = _stands(state), ALLOWED_BY_LIST[move]
    for name in documents:
        own = refusal(move, order_no, KINDS[name], stands[name], allowed, path=name)
        if not own and name != _LIST and _LIST not in documents:
            own = refusal(move, order_no, KINDS[_LIST], stands[_LIST], by_list, path=name)
        if own:
            yield own
    for kind, path in ((Cancellation, Move.CANCELLATION), (GoodsReturn, Move.GOODS_RETURN)):
        if under_way := refusal(move, order_no, kind, stand_of(living(state, kind.message)), FREE, path=path):
            yield under_way


def app_time(run: Run, state: ParcelState) -> datetime:
    """Return the time of submission: now, or a second after the latest submission of the parcel if that is later.

    A document with an older time than the one that customs holds is dropped (receipt code -301014).
    """
    submitted = [china_time(each.app_time) for each in state.history if isinstance(each, Submitted)]
    submitted += [
        china_time(attempt.submitted.app_time)
        for document in state.documents.values()
        for attempt in document.attempts
        if attempt.submitted
    ]
    now = china_time(run.clock())
    return max([now, *[each + timedelta(seconds=1) for each in submitted]])


def _correction(
    move: Move,
    declaration: Declaration,
    state: ParcelState,
    run: Run,
    types: Mapping[DocumentName, str],
    refused: tuple[Finding, ...],
) -> FollowUp:
    """Take a parcel over the road and give its documents what a correction has."""
    order_no = declaration.order.order_no
    numbers = _numbers(state, types.get(_LIST, _NEW))
    lacking = refused or tuple(_lacking(move, order_no, numbers))
    if lacking:
        return FollowUp(move=move, order_no=order_no, declaration=declaration, findings=lacking)
    parcel = examine(run, run.first, _numbered(declaration, types.get(_LIST, _NEW), numbers), None)
    if isinstance(parcel, Prepared):
        return FollowUp(move=move, order_no=order_no, declaration=declaration, findings=parcel.findings)
    corrected = _corrected(run, parcel, types, app_time(run, state))
    made: dict[DocumentName, Document | None] = {name: getattr(corrected.documents, name) for name in DOCUMENTS}
    documents: dict[DocumentName, Document] = {
        name: document for name, document in made.items() if document and name in types
    }
    findings = _new_findings(run, corrected, documents, state)
    refused_now = any(each.is_error for each in findings)
    return FollowUp(
        move=move,
        order_no=order_no,
        declaration=corrected.declaration,
        documents=() if refused_now else tuple(documents.values()),
        findings=findings,
        corrected=None if refused_now else corrected,
    )


def _numbers(state: ParcelState, app_type: str) -> Mapping[str, str | None]:
    """Return the numbers of the list, which a new one has not."""
    if app_type == _NEW:
        return {}
    return {name: number_of(state, KINDS[_LIST].message, name) for name in _NUMBERS}


def _lacking(move: Move, order_no: str, numbers: Mapping[str, str | None]) -> Iterator[Finding]:
    head = terms_of(KINDS[_LIST].model_fields["head"].annotation)  # type: ignore[arg-type]
    for name, number in numbers.items():
        if number is None:
            how_zh, how = NAMES[move]
            yield catalogue.LIST_NUMBER_UNKNOWN.at(
                f"clearance.{name}", order=order_no, name=name_of(head[name]), how_zh=how_zh, how=how
            )


def _numbered(declaration: Declaration, app_type: str, numbers: Mapping[str, str | None]) -> Declaration:
    """Return the parcel with the declaration type and the numbers of its list."""
    given = dict.fromkeys(_NUMBERS) | dict(numbers)
    clearance = declaration.clearance.model_copy(update=given)
    return declaration.model_copy(update={"app_type": app_type, "clearance": clearance})


def _corrected(run: Run, parcel: Documented, types: Mapping[DocumentName, str], time: datetime) -> Documented:
    """Return the parcel with its documents as they are sent now; all others are left to the messages that carry them."""
    made: dict[str, Any] = {name: getattr(parcel.documents, name) for name in DOCUMENTS}
    for name, app_type in types.items():
        if made[name] is not None:
            made[name] = _retyped(made[name], app_type, time)
    documents = ParcelDocuments(**made)
    declaration = parcel.declaration
    if _LIST not in types and types:
        declaration = declaration.model_copy(update={"app_type": next(iter(types.values()))})
    judged = parcel.judged
    if not run.only and parcel.assessment:
        district = run.districts[declaration.clearance.customs_code]
        judged = judge(district, declaration, documents, parcel.assessment) if district.judges else judged
    return parcel._replace(
        declaration=declaration,
        values=ParcelValues.of(documents),
        judged=judged,
        carriers=_carried_before(run, set(types)),
    )


def _retyped(document: D, app_type: str, time: datetime) -> D:
    """Return a document with another declaration type and time of submission."""
    head = document.__dict__["head"].model_copy(update={"app_type": app_type, "app_time": time})
    return document.model_copy(update={"head": head})


def _carried_before(run: Run, chosen: set[DocumentName]) -> frozenset[str]:
    """Return the messages that carry none of the documents that are sent now."""
    unified = {
        carrier(each.area.name, KINDS[name].message)
        for each in run.format.areas
        for name in each.unified
        if name not in chosen
    }
    own = {
        carrier(each.area.name, message.name)
        for each in run.format.areas
        for message in each.own
        if not chosen & {role.removesuffix("_head") for role in message.documents}
    }
    return frozenset(unified | own)


def _new_findings(
    run: Run, parcel: Documented, documents: Mapping[DocumentName, Document], state: ParcelState
) -> tuple[Finding, ...]:
    """Return the findings of the road, and those on the documents as they are now, each once."""
    found = {(each.code, each.path): each for each in parcel.findings}
    for name, document in documents.items():
        order_no = parcel.declaration.order.order_no
        other = other_key(order_no, document, state.documents.get(document.message), path=name)
        own = [declared(replace(each, path=f"{name}.{each.path}")) for each in _checked(run, document)]
        for each in ([other] if other else []) + own:
            found.setdefault((each.code, each.path), each)
    return tuple(found.values())


def _checked(run: Run, document: Document) -> list[Finding]:
    return check_document(document, run.place.profile.practice)
