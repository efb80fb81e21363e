"""Withdrawals (撤单、退货): a declared list is taken back (CEB623), or released goods come back, whole or in part (CEB625).

Both name the list by the number that customs gave and leave their own number (preNo) to the e-port (-625008). For a
cancellation no deadline is stated, the state decides. A return is applied for within 30 days of release and the goods are
back within 45 (GACC 2020 No. 45; the law of the day of release).

>>> from datetime import date, datetime
>>> import customs
>>> from customs.receipts.state import ParcelState
>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> print(cancellation(parcel, ParcelState(), "买家取消", run=run).findings[0].en)
Order EX121000070000001: the declaration list is not declared, which does not allow a cancellation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from customs.codes.named import WHOLE_UNITS
from customs.codes.states import State
from customs.declaration import Declaration, Line
from customs.documents import Cancellation, DeclarationList, GoodsReturn
from customs.documents.imports.applications import ListApplication
from customs.fields import terms_of
from customs.fields.frozen import FrozenDict
from customs.receipts.corrections import app_time
from customs.receipts.follow_up import NAMES, Application, FollowUp, Move
from customs.receipts.reading import read_document
from customs.receipts.standing import (
    ALLOWED,
    FREE,
    OPEN,
    Stand,
    answers_of,
    living,
    number_of,
    other_key,
    refusal,
    stand_of,
)
from customs.receipts.state import Attempt, DocumentState, ParcelState
from customs.road import Run
from customs.road.building import SECTION_OF
from customs.rules import Finding, catalogue, check_document, check_missing
from customs.rules.reading import name_of
from customs.tax import ExchangeMissingError, QuantityMissingError, RatesMissingError, TaxAssessment
from customs.tax import assess as tax_of
from customs.tax.law import LawError
from customs.tax.refund import Quantities, Refund, ReturnError
from customs.tax.refund import refund as refund_of
from customs.tax.returns import ReturnDeadlines, ReturnVerdict, check_return

_NOTHING: Quantities = FrozenDict()

#: Where findings on applications stand.
_CANCELLATION, _RETURN = "cancellation", "goods_return"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """The goods of a parcel that come back (退货要求), and why."""

    reason: str
    quantities: Quantities | None = None
    """By line number; everything that has not come back yet if left out."""
    earlier: Quantities = field(default=_NOTHING)
    """What the returns before this one brought back, added up by line number."""
    internal_no: str | None = None
    """The application's own number (copNo): that of the list for the first return, given for every further one."""
    released: date | None = None
    """The day of release, where no receipt says it."""
    back: date | None = None
    """The day on which the goods are back, None while they travel."""


def cancellation(
    declaration: Declaration,
    state: ParcelState,
    reason: str,
    *,
    run: Run,
    goods_left: bool = False,
    nothing_stored: bool = False,
) -> FollowUp:
    """Return the cancellation of a parcel's list.

    ``goods_left`` says that released goods have left the supervised site: they come back with a return.
    ``nothing_stored`` says that customs was asked about an earlier cancellation of open outcome and holds none.
    """
    move, order_no = Move.CANCELLATION, declaration.order.order_no
    list_stand = stand_of(living(state, DeclarationList.message))
    found = [refusal(move, order_no, DeclarationList, list_stand, ALLOWED[move], path="declaration_list")]
    if list_stand is Stand.RELEASED and goods_left:
        found.append(catalogue.GOODS_LEFT.at("declaration_list", order=order_no))
    found += [
        refusal(move, order_no, kind, stand_of(living(state, kind.message)), _again(nothing_stored), path=path)
        for kind, path in ((Cancellation, _CANCELLATION), (GoodsReturn, _RETURN))
    ]
    findings = tuple(each for each in found if each) or tuple(_lacking(move, declaration, state))
    if findings:
        return FollowUp(move=move, order_no=order_no, declaration=declaration, findings=findings)
    values = _shared(declaration, state, run) | {"reason": reason}
    return _checked(move, declaration, state, run, *read_document(Cancellation, values))


def goods_return(
    declaration: Declaration,
    state: ParcelState,
    request: ReturnRequest,
    *,
    run: Run,
    paid: TaxAssessment | None = None,
    nothing_stored: bool = False,
) -> FollowUp:
    """Return the return of a parcel's goods, with the tax and the quota that it gives back.

    ``paid`` is the assessment of the declaration day; if left out, the parcel is assessed anew by the day on which its
    list was submitted. ``nothing_stored`` says that customs was asked about an earlier copy and holds none.
    """
    move, order_no = Move.GOODS_RETURN, declaration.order.order_no
    cancelling = stand_of(living(state, Cancellation.message))
    found = [
        refusal(
            move,
            order_no,
            DeclarationList,
            stand_of(living(state, DeclarationList.message)),
            ALLOWED[move],
            path="declaration_list",
        ),
        refusal(move, order_no, Cancellation, cancelling, FREE - {Stand.WITHDRAWN}, path=_CANCELLATION),
        *_of_returns(declaration, state, request, nothing_stored=nothing_stored),
    ]
    refused = tuple(each for each in found if each)
    deadlines, late = (None, ()) if refused else _deadlines(order_no, state, request, run)
    refused = refused or late or tuple(_lacking(move, declaration, state))
    given, wrong = (None, ()) if refused else _refund(declaration, state, request, run, paid)
    answer = FollowUp(
        move=move,
        order_no=order_no,
        declaration=declaration,
        findings=(*refused, *wrong),
        refund=given,
        deadlines=deadlines,
    )
    if answer.refused or given is None:
        return answer
    head = _shared(declaration, state, run) | {"reason": request.reason}
    if request.internal_no:
        head["internal_no"] = request.internal_no
    lines = [_line(*each, given) for each in _numbered(declaration) if each[0] in {line.gnum for line in given.lines}]
    document, faults = read_document(GoodsReturn, {"head": head, "lines": lines})
    checked = _checked(move, declaration, state, run, document, faults)
    return replace(answer, documents=checked.documents, findings=(*answer.findings, *checked.findings))


# what the state allows


def _again(nothing_stored: bool) -> frozenset[Stand]:
    """Return the stands of an earlier application that allow another: it was refused, or customs never had it."""
    return FREE - {Stand.WITHDRAWN} | (OPEN if nothing_stored else frozenset())


def _of_returns(
    declaration: Declaration, state: ParcelState, request: ReturnRequest, *, nothing_stored: bool
) -> Iterator[Finding | None]:
    """Yield why earlier returns do not allow this one: the same number is still open, or their quantities are unknown."""
    order_no, number = declaration.order.order_no, request.internal_no or _internal_no(declaration)
    document = state.documents.get(GoodsReturn.message)
    by_number: dict[str, list[Attempt]] = {}
    for attempt in document.attempts if document else ():
        by_number.setdefault(_number_of(attempt) or number, []).append(attempt)
    living = [each for each, attempts in by_number.items() if _stand(attempts) not in _again(nothing_stored)]
    if number in by_number:
        stand = _stand(by_number[number])
        allowed = _again(nothing_stored)
        yield refusal(Move.GOODS_RETURN, order_no, GoodsReturn, stand, allowed, path=_RETURN)
    if others := [each for each in living if each != number and not request.earlier]:
        yield catalogue.RETURN_BEFORE.at(_RETURN, order=order_no, numbers=", ".join(others))


def _stand(attempts: list[Attempt]) -> Stand:
    latest = attempts[-1]
    return stand_of(
        DocumentState(
            document=GoodsReturn.message, attempts=tuple(attempts), state=latest.state, deciding=latest.deciding
        )
    )


def _number_of(attempt: Attempt) -> str:
    """Return the internal number of an application that was sent or answered."""
    keys = [attempt.submitted.key] if attempt.submitted else [each.key for each in attempt.answers]
    return next((number for key in keys if (number := key.get("internal_no"))), "")


def _lacking(move: Move, declaration: Declaration, state: ParcelState) -> Iterator[Finding]:
    """Yield that the number of the list is not known."""
    if number_of(state, DeclarationList.message, "list_no") is None and not declaration.clearance.list_no:
        how_zh, how = NAMES[move]
        name = name_of(terms_of(ListApplication)["list_no"])
        order_no = declaration.order.order_no
        yield catalogue.LIST_NUMBER_UNKNOWN.at("clearance.list_no", order=order_no, name=name, how_zh=how_zh, how=how)


# deadlines


def _deadlines(
    order_no: str, state: ParcelState, request: ReturnRequest, run: Run
) -> tuple[ReturnDeadlines | None, tuple[Finding, ...]]:
    """Return the deadlines of a return, and why it does not keep them."""
    released = request.released or _released(state)
    if released is None:
        return None, (catalogue.RELEASE_DAY_UNKNOWN.at("", order=order_no),)
    try:
        check = check_return(released, app_time(run, state).date(), request.back)
    except LawError:
        return None, (catalogue.NO_LAW.at("", day=released),)
    if check.verdict not in {ReturnVerdict.LATE, ReturnVerdict.NOT_RELEASED}:
        return check.deadlines, ()
    wrong = [each for each in check.reasons if each.code.endswith(("-late", "-release"))]
    why_zh, why = "；".join(each.zh for each in wrong), "; ".join(each.en for each in wrong)
    source = check.deadlines.source
    return check.deadlines, (catalogue.RETURN_LATE.at("", order=order_no, why_zh=why_zh, why=why, source=source),)


def _released(state: ParcelState) -> date | None:
    """Return the day of release, as far as receipts say."""
    for each in (State.RELEASED, State.CLOSED):
        if at := state.reached.get(each):
            return at.date()
        answers = answers_of(living(state, DeclarationList.message))
        if times := [answer.at for answer in answers if answer.state is each and answer.at]:
            return min(times).date()
    return None


# the tax that is given back


def _refund(
    declaration: Declaration, state: ParcelState, request: ReturnRequest, run: Run, paid: TaxAssessment | None
) -> tuple[Refund | None, tuple[Finding, ...]]:
    """Return what the return gives back, or why it cannot be told."""
    order_no = declaration.order.order_no
    try:
        day = _declared(state) or request.released or _released(state) or run.on
        assessed = paid or tax_of(declaration, on=day, rates=run.rates, method=run.method, exchange=run.exchange)
    except (RatesMissingError, QuantityMissingError, ExchangeMissingError) as error:
        return None, tuple(check_missing(declaration, error))
    quantities = _remaining(declaration, request.earlier) if request.quantities is None else request.quantities
    try:
        given = refund_of(assessed, quantities, request.earlier)
        return given, tuple(_broken_pieces(declaration, given))
    except ReturnError as error:
        return None, (_wrong_quantity(declaration, request, quantities, error.gnum),)
    except ValueError:
        return None, (catalogue.NO_REFUND.at("", order=order_no),)


def _broken_pieces(declaration: Declaration, given: Refund) -> Iterator[Finding]:
    lines = dict(_numbered(declaration))
    for each in given.lines:
        if lines[each.gnum].unit in WHOLE_UNITS and each.qty % 1:
            yield catalogue.PIECES.at("quantities", given=each.qty, unit=lines[each.gnum].unit)


def _declared(state: ParcelState) -> date | None:
    """Return the day on which the list that customs holds was submitted."""
    document = living(state, DeclarationList.message)
    for attempt in reversed(document.attempts if document else ()):
        if attempt.submitted and any(each.state is not State.REJECTED for each in attempt.answers):
            return attempt.submitted.app_time.date()
    return None


def _remaining(declaration: Declaration, earlier: Quantities) -> Mapping[int, Decimal]:
    left = {gnum: line.qty - Decimal(earlier.get(gnum, 0)) for gnum, line in _numbered(declaration)}
    return {gnum: qty for gnum, qty in left.items() if qty} or {gnum: line.qty for gnum, line in _numbered(declaration)}


def _wrong_quantity(declaration: Declaration, request: ReturnRequest, quantities: Quantities, gnum: int) -> Finding:
    bought = dict(_numbered(declaration)).get(gnum)
    return catalogue.RETURN_QUANTITY.at(
        "quantities",
        order=declaration.order.order_no,
        gnum=gnum,
        bought=bought.qty if bought else 0,
        before=str(request.earlier.get(gnum, 0)),
        given=str(quantities.get(gnum, 0)),
    )


def _numbered(declaration: Declaration) -> list[tuple[int, Line]]:
    """Return the lines of goods with their numbers in the list."""
    return [(at if line.gnum is None else line.gnum, line) for at, line in enumerate(declaration.order.lines, 1)]


def _line(gnum: int, line: Line, given: Refund) -> dict[str, Any]:
    qty = next(each.qty for each in given.lines if each.gnum == gnum)
    name = line.goods_name or line.item_name
    return {"gnum": gnum, "hs_code": line.hs_code, "goods_name": name, "qty": qty, "unit": line.unit}


# the document


def _internal_no(declaration: Declaration) -> str:
    return declaration.clearance.internal_no or declaration.order.order_no


def _shared(declaration: Declaration, state: ParcelState, run: Run) -> dict[str, Any]:
    """Return the fields that both applications have: those of the list, and the number that customs gave it."""
    sections = SECTION_OF["declaration_list"]
    copied = {
        name: getattr(getattr(declaration, sections[name]), name)
        for name in ListApplication.model_fields
        if name in sections
    }
    given = number_of(state, DeclarationList.message, "list_no") or declaration.clearance.list_no
    own = {
        "guid": run.guids(),
        "app_type": "1",
        "app_time": app_time(run, state),
        "app_status": declaration.app_status,
        "internal_no": _internal_no(declaration),
        "pre_entry_no": None,
        "list_no": given,
    }
    return copied | own


def _checked(
    move: Move,
    declaration: Declaration,
    state: ParcelState,
    run: Run,
    document: Application | None,
    faults: tuple[Finding, ...],
) -> FollowUp:
    """Return the follow-up of a document with all findings on it; refused ones have none."""
    order_no, findings = declaration.order.order_no, faults
    if document is not None:
        parties = declaration.parties
        other = None
        if isinstance(document, Cancellation):
            other = other_key(order_no, document, living(state, document.message), path=_CANCELLATION)
        known = run.declarants[parties.declarant_code, parties.declarant_name]
        findings = (*([other] if other else []), *check_document(document, run.place.profile.practice), *known)
    refused = document is None or any(each.is_error for each in findings)
    return FollowUp(
        move=move,
        order_no=order_no,
        declaration=declaration,
        documents=() if refused or document is None else (document,),
        findings=findings,
    )
