"""The life of a parcel (包裹生命周期): what was sent and what was answered, folded into one state.

The state is a function of the set of events: their order, repetition and splitting do not matter. Time and rank decide,
never arrival; a lower rank moves nothing back; a refusal after the release alarms. Source: status lists of the unified
edition 2022-05; moves and ranks are deduced (``ranks``).

>>> from datetime import datetime
>>> from customs.documents import Answer, BusinessKey
>>> key = BusinessKey("CEB621", (("declarant_code", "D1"), ("internal_no", "C1")))
>>> def said(code, state, second):
...     at = datetime(2023, 8, 7, 16, 44, second)
...     return Answer(authority="customs", key=key, state=state, code=code, receipt="CEB622", at=at)
>>> events = said("800", State.RELEASED, 7), said("120", State.ACCEPTED, 7), said("2", State.SENT, 0)
>>> state = track(events)
>>> state.node.value, [each.value for each in state.reached]
('released', ['sent', 'accepted', 'released'])
>>> advance(track(events[:2]), events[2]) == state
True
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime

from customs.codes.states import State
from customs.documents import Answer
from customs.receipts.attempts import SILENT, attempts_of
from customs.receipts.events import NEVER, TAX_BILL, document_of, identity_of, ordered, the_one, time_of
from customs.receipts.missing import missing_of
from customs.receipts.ranks import HELD, OUT, RANKS
from customs.receipts.state import Alarm, AlarmKind, Attempt, DocumentState, Event, ParcelState, Submitted

#: The declarations of a parcel to customs, the import side first.
LISTS = ("CEB621", "CEB603")

#: What cancels and what returns each of them.
CANCELLATIONS = {"CEB621": "CEB623", "CEB603": "CEB605"}
RETURNS = {"CEB621": "CEB625", "CEB603": "CEB213"}

#: Applications: they are granted (``WITHDRAWN``) or not, and what is granted is held.
APPLICATIONS = frozenset((*CANCELLATIONS.values(), *RETURNS.values()))

#: The number that tells several documents of one parcel apart: bills of lists, applications of parts.
_APART = {TAX_BILL: "list_no"} | dict.fromkeys(APPLICATIONS, "internal_no")

#: What the node of a parcel is when there is no list yet: the documents beside it.
BESIDE = ("CEB311", "CEB411", "CEB511", "CEB303", "CEB403", "CEB505")


def track(events: Iterable[Event]) -> ParcelState:
    """Return the state of one parcel after events in any order, repeated or not."""
    return _of_history(ordered(events))


def advance(state: ParcelState, event: Event) -> ParcelState:
    """Return the state after one more event: what ``track`` gives for all of them.

    Only the document that the event is about is folded again.
    """
    history = _with(state.history, event)
    if history == state.history:
        return state
    guids = _guids(history)
    if isinstance(event, Submitted) and guids != _guids(state.history) and _depend_on_guids(history):
        return _of_history(history)
    document = document_of(event, guids)
    touched = {document, *(each for each in LISTS if CANCELLATIONS[each] == document)}
    documents = dict(state.documents)
    for name in sorted(touched - set(LISTS)) + sorted(touched & set(LISTS)):
        own = [each for each in history if document_of(each, guids) == name]
        if own:
            documents[name] = _document(name, own, documents)
    return _composed(documents, history)


def _with(history: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """The history with one more event, which it may hold already."""
    identity = identity_of(event)
    at = bisect_left(history, identity, key=identity_of)
    if at < len(history) and identity_of(history[at]) == identity:
        return (*history[:at], the_one(history[at], event), *history[at + 1 :])
    return (*history[:at], event, *history[at:])


def _guids(history: Iterable[Event]) -> dict[str, str]:
    """The document of each number of a submission, without those of two documents."""
    found: dict[str, str] = {}
    for each in history:
        if isinstance(each, Submitted):
            document = document_of(each)
            found[each.guid] = document if found.get(each.guid, document) == document else ""
    return {guid: document for guid, document in found.items() if document}


def _depend_on_guids(history: Iterable[Event]) -> bool:
    """True if an answer is about a whole message, so that only a submission tells its document."""
    return any(isinstance(each, Answer) and not each.key.message and each.submitted for each in history)


def _of_history(history: tuple[Event, ...]) -> ParcelState:
    guids = _guids(history)
    events: dict[str, list[Event]] = {}
    for each in history:
        events.setdefault(document_of(each, guids), []).append(each)
    documents: dict[str, DocumentState] = {}
    for name in sorted(events, key=lambda name: (name in LISTS, name)):
        documents[name] = _document(name, events[name], documents)
    return _composed(documents, history)


def _document(name: str, events: list[Event], documents: Mapping[str, DocumentState]) -> DocumentState:
    """The state of a document; of a list that was cancelled, of what was declared since."""
    submissions = [each for each in events if isinstance(each, Submitted)]
    answers = [each for each in events if isinstance(each, Answer)]
    apart = "" if submissions else _APART.get(name, "")
    attempts = _apart(answers, apart) if apart else attempts_of(submissions, answers)
    cancelled = granted_at(documents.get(CANCELLATIONS.get(name, "")))
    closed = any(each.state is State.CLOSED for each in attempts)  # which no cancellation opens again
    since = [each for each in attempts if cancelled and not closed and begun_at(each) > cancelled] or list(attempts)
    current = _current(since, held=HELD | {State.WITHDRAWN} if name in APPLICATIONS else HELD)
    deciding = current.deciding
    return DocumentState(
        document=name,
        attempts=attempts,
        state=current.state,
        since=time_of(deciding) if deciding else None,
        deciding=deciding,
        current=current,
        alarms=(*(alarm for each in attempts for alarm in each.alarms), *_late(since, current)),
    )


def _apart(answers: list[Answer], number: str) -> tuple[Attempt, ...]:
    """The attempts of several documents of one kind, which a number tells apart, in the order of their first receipts."""
    found: dict[str, list[Answer]] = {}
    for each in answers:
        found.setdefault(each.key.get(number), []).append(each)
    return tuple([attempt for own in found.values() for attempt in attempts_of((), own)])


def _current(attempts: list[Attempt], held: frozenset[State]) -> Attempt:
    """The attempt that customs holds, or else the last that is no repeated copy."""
    kept = [each for each in attempts if each.state in held]
    if kept:
        return max(reversed(kept), key=lambda each: RANKS[each.state] if each.state else 0)
    return next((each for each in reversed(attempts) if each.state is not State.REPEATED), attempts[-1])


def begun_at(attempt: Attempt) -> datetime:
    """Return when an attempt began: when it was submitted, or else answered first."""
    first = attempt.submitted or (attempt.answers[0] if attempt.answers else None)
    return (first and time_of(first)) or NEVER


def _late(attempts: list[Attempt], current: Attempt) -> list[Alarm]:
    """Refusals of other attempts after the release."""
    if current.state not in OUT or current.deciding is None:
        return []
    out = time_of(current.deciding) or NEVER
    late = (
        each.deciding
        for each in attempts
        if each is not current and each.state in (State.REJECTED, State.TECHNICAL_FAILURE) and each.deciding
    )
    kind = AlarmKind.REFUSED_AFTER_RELEASE
    return [Alarm(kind=kind, event=each) for each in late if (time_of(each) or NEVER) > out]


def granted_at(document: DocumentState | None) -> datetime | None:
    """Return when an application was granted, the latest of several; None for one that is not granted."""
    if document is None:
        return None
    granted = [each.deciding for each in document.attempts if each.state is State.WITHDRAWN]
    return max(((each and time_of(each)) or NEVER for each in granted), default=None)


def _composed(documents: Mapping[str, DocumentState], history: tuple[Event, ...]) -> ParcelState:
    """The parcel of its documents."""
    documents = dict(sorted(documents.items()))
    name = next((each for each in LISTS if each in documents), "")
    base = documents.get(name) or _beside(documents)
    node, since = (base.state, base.since) if base else (None, None)
    reached = _reached(base)
    ended, at = _undone(documents, name or LISTS[0], base)
    if (ended and node is not State.CLOSED) or ended is State.RETURNED:
        node, since = ended, at
        reached[ended] = at
    return ParcelState(
        documents=documents,
        node=node,
        since=since,
        reached=reached,
        missing=missing_of(documents, documents.get(name)),
        alarms=_alarms(documents, history, name),
        history=history,
    )


def _beside(documents: Mapping[str, DocumentState]) -> DocumentState | None:
    """The document that holds the parcel up before there is a list: one that is refused, or else the least advanced."""
    found = [documents[each] for each in BESIDE if each in documents and documents[each].state]
    refused = [each for each in found if each.state in (State.REJECTED, State.TECHNICAL_FAILURE)]
    return min(refused or found, key=lambda each: RANKS.get(each.state or State.UNKNOWN, 0), default=None)


def _reached(document: DocumentState | None) -> dict[State, datetime | None]:
    """When the attempt that counts reached each node, the first time of each, in their order."""
    found: dict[State, datetime | None] = {}
    for each in document.current.answers if document and document.current else ():
        if each.state not in SILENT and each.authority != "inspection" and found.get(each.state) is None:
            found[each.state] = time_of(each)
    return found


def _undone(
    documents: Mapping[str, DocumentState], name: str, base: DocumentState | None
) -> tuple[State | None, datetime | None]:
    """The end that a granted return or cancellation puts to a parcel, unless it was declared again since."""
    begun = begun_at(base.current) if base and base.current else NEVER
    for state, of in ((State.RETURNED, RETURNS), (State.WITHDRAWN, CANCELLATIONS)):
        at = granted_at(documents.get(of[name]))
        if at is not None and (at >= begun or at == NEVER):
            return state, None if at == NEVER else at
    return None, None


def _alarms(documents: Mapping[str, DocumentState], history: tuple[Event, ...], name: str) -> tuple[Alarm, ...]:
    """The alarms of all documents and those that only the parcel shows, in the order of their events."""
    found = [alarm for each in documents.values() for alarm in each.alarms]
    name = name or LISTS[0]
    cancellation = documents.get(CANCELLATIONS[name])
    if (bill := documents.get(TAX_BILL)) and not _is_undone(documents, name):
        void = (each.deciding for each in bill.attempts if each.state is State.WITHDRAWN)
        found += [Alarm(kind=AlarmKind.TAX_BILL_VOID, event=each) for each in void if each]
    declared = documents.get(name)
    if declared and declared.state is State.CLOSED and cancellation and granted_at(cancellation) is not None:
        granted = next((each.deciding for each in cancellation.attempts if each.state is State.WITHDRAWN), None)
        found += [Alarm(kind=AlarmKind.CANCELLED_AFTER_CLOSING, event=granted)] if granted else []
    found += _guids_of_two(history)
    return tuple(sorted(found, key=lambda each: (identity_of(each.event), each.kind))) if found else ()


def _is_undone(documents: Mapping[str, DocumentState], name: str) -> bool:
    """True if a cancellation or a return was granted, which voids the tax bill, or the list itself was taken back."""
    applied = any(granted_at(documents.get(of[name])) is not None for of in (CANCELLATIONS, RETURNS))
    declared = documents.get(name)
    return applied or (declared is not None and declared.state in (State.WITHDRAWN, State.RETURNED))


def _guids_of_two(history: tuple[Event, ...]) -> list[Alarm]:
    seen: dict[str, Submitted] = {}
    found = []
    for each in history:
        if isinstance(each, Submitted) and seen.setdefault(each.guid, each).key != each.key:
            found.append(Alarm(kind=AlarmKind.GUID_OF_TWO, event=each))
    return found
