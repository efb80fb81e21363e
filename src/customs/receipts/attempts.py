"""Attempts (申报批次): answers laid to the submissions that they answer, and the state that they leave each in.

The e-port repeats the guid of a submission (status 2 and errors); customs gives guids of its own (120, 800). An answer is
laid by its guid where it repeats a known one, by its time otherwise: it answers a submission that came before it and that
was not refused before it. Where several remain it is laid to the last, and is doubtful.

>>> from datetime import datetime
>>> from customs.documents import BusinessKey
>>> key = BusinessKey("CEB621", (("internal_no", "C1"),))
>>> def said(code, state, minute):
...     at = datetime(2026, 11, 11, 8, minute)
...     return Answer(authority="customs", key=key, state=state, code=code, receipt="CEB622", at=at)
>>> late = said("120", State.ACCEPTED, 1), said("800", State.RELEASED, 1), said("3", State.SENT, 5)
>>> attempt_of(None, late).state
<State.RELEASED: 'released'>
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from customs.codes.states import State
from customs.documents import Answer, BusinessKey
from customs.receipts.events import NEVER, identity_of, time_of
from customs.receipts.ranks import FAILURES, OUT, moves, rank_of
from customs.receipts.state import Alarm, AlarmKind, Attempt, Submitted

#: How far an answer may come before the submission that it answers, since clocks differ. A judgement of this library.
SKEW = timedelta(minutes=5)

#: The statuses of the e-port that repeat the guid of the submission, beside the errors. Seen in every published trace.
REPEATING = frozenset({"1", "2"})

#: What inspection says of its own review moves no declaration at customs.
_OF_INSPECTION = frozenset({State.RELEASED, State.CLOSED, State.CONCLUDED, State.ACCEPTED, State.WITHDRAWN})

#: States that say nothing about the declaration itself.
SILENT = frozenset({State.REPEATED, State.UNKNOWN})

#: Receipts about a whole message: the number that they repeat is that of the message.
_OF_MESSAGES = frozenset({"CEB900", "DxpRep"})

#: Receipts whose statuses are of another kind than those of a declaration.
_NOTES = frozenset({"CEB792"})


@dataclass(slots=True)
class _Open:
    """An attempt to which answers are being laid."""

    submitted: Submitted | None = None
    begun: datetime = NEVER
    answers: list[Answer] = field(default_factory=list)
    doubtful: list[Answer] = field(default_factory=list)
    ended: datetime | None = None
    """When customs refused it."""
    never: bool = False
    """True if the e-port refused it: customs does not know it."""


def attempts_of(submissions: Sequence[Submitted], answers: Sequence[Answer]) -> tuple[Attempt, ...]:
    """Return the attempts of a document, oldest first; ``submissions`` and ``answers`` are in the canonical order."""
    found = [_Open(each, time_of(each) or NEVER) for each in submissions] or _implied(answers)
    if len(found) == 1 and all(_can_be_of(found[0], each) for each in answers):
        return (attempt_of(found[0].submitted, answers),)
    laid = _laid(found, answers)
    return tuple([attempt_of(each.submitted, each.answers, each.doubtful) for each in laid])


def _can_be_of(attempt: _Open, answer: Answer) -> bool:
    """True if an answer may be about the only attempt that is known."""
    submitted, at = attempt.submitted, time_of(answer)
    return submitted is None or (not (at and at + SKEW < attempt.begun) and _is_of(submitted, answer.key))


def _implied(answers: Sequence[Answer]) -> list[_Open]:
    """The attempts that the guids in answers of the e-port tell of, where no submission is known."""
    found: dict[str, datetime] = {}
    for each in answers:
        if (guid := _guid_of(each)) and guid not in found:
            found[guid] = time_of(each) or NEVER
    return [_Open(None, at) for at in sorted(found.values())] or [_Open()]


def _guid_of(answer: Answer) -> str:
    """The guid of the submission that an answer of the e-port repeats."""
    repeats = answer.code in REPEATING or answer.code.startswith("-")
    return answer.submitted if repeats and answer.area == "unified" and answer.receipt not in _OF_MESSAGES else ""


def _laid(found: list[_Open], answers: Sequence[Answer]) -> list[_Open]:
    by_guid: dict[str, list[_Open]] = {}
    if found[0].submitted:
        for each in found:
            by_guid.setdefault(each.submitted.guid if each.submitted else "", []).append(each)
    else:
        first: dict[str, datetime] = {}
        for answer in answers:
            if guid := _guid_of(answer):
                first.setdefault(guid, time_of(answer) or NEVER)
        by_guid = {guid: [each] for guid, each in zip(sorted(first, key=lambda guid: first[guid]), found, strict=True)}
    left = [answer for answer in answers if not _lay_by_guid(by_guid, answer)]
    earlier = _Open()
    for answer in sorted(left, key=order_of):
        _lay_by_time(found, earlier, answer)
    return [earlier, *found] if earlier.answers else found


def _lay_by_guid(by_guid: dict[str, list[_Open]], answer: Answer) -> bool:
    same = by_guid.get(answer.submitted) if answer.submitted else None
    if not same:
        return False
    at = time_of(answer) or NEVER
    mine = [each for each in same if _is_of(each.submitted, answer.key)]
    if not mine:
        return False
    before = [each for each in mine if each.begun <= at]
    _put((before or mine[:1])[-1], answer, at)
    return True


def _lay_by_time(found: list[_Open], earlier: _Open, answer: Answer) -> None:
    at = time_of(answer)
    mine = [each for each in found if _is_of(each.submitted, answer.key)]
    begun = [each for each in mine if at is None or each.begun <= at]
    if not begun:
        close = at is not None and mine and mine[0].begun <= at + SKEW
        _put(mine[0] if close else earlier, answer, at or NEVER)
        return
    open_ = [each for each in begun if not each.never and not (at and each.ended and each.ended <= at)]
    chosen = (open_ or begun)[-1]
    if len(open_ or begun) > 1:
        chosen.doubtful.append(answer)
        chosen.answers.append(answer)
    else:
        _put(chosen, answer, at or NEVER)


def _put(attempt: _Open, answer: Answer, at: datetime) -> None:
    """Lay an answer to an attempt, and note that a refusal ends it."""
    attempt.answers.append(answer)
    if answer.state in (State.REJECTED, State.REPEATED):
        attempt.ended = min(attempt.ended, at) if attempt.ended else at
        attempt.never = attempt.never or answer.code.startswith("-")


def _is_of(submitted: Submitted | None, key: BusinessKey) -> bool:
    """True if an answer may be about a submission: no number contradicts."""
    if submitted is None:
        return True
    own = submitted.key.fields
    if own == key.fields:
        return True
    mine = dict(own)
    return all(not text or mine.get(name, text) in ("", text) for name, text in key.fields)


def order_of(answer: Answer) -> tuple[datetime, int]:
    """Return the place of an answer: its time and, at one time, its rank."""
    rank = 0 if answer.state in SILENT else rank_of(answer.state, answer.code)
    return time_of(answer) or NEVER, rank


def attempt_of(submitted: Submitted | None, answers: Iterable[Answer], doubtful: Sequence[Answer] = ()) -> Attempt:
    """Return the attempt with the state that its answers leave it in."""
    told = tuple(sorted(answers, key=order_of))
    state, deciding, repeated = None, None, None
    alarms: list[Alarm] = []
    for each in told:
        after = each.state
        if after in SILENT:
            repeated = each if after is State.REPEATED else repeated
            if after is State.UNKNOWN and each.receipt not in _NOTES:
                alarms.append(Alarm(kind=AlarmKind.UNKNOWN_STATUS, event=each))
        elif each.authority == "inspection" and after in _OF_INSPECTION:
            continue
        elif moves(state, after):
            state, deciding = after, each
        elif state in OUT and (after in FAILURES or after is State.TECHNICAL_FAILURE):
            alarms.append(Alarm(kind=AlarmKind.REFUSED_AFTER_RELEASE, event=each))
    if deciding is None and repeated is not None:
        state, deciding = State.REPEATED, repeated
    if state in (State.DETAINED, State.RETURNED) and deciding is not None:
        alarms.append(Alarm(kind=AlarmKind.DETAINED, event=deciding))
    return Attempt(
        submitted=submitted,
        answers=told,
        state=state,
        deciding=deciding,
        doubtful=tuple(sorted(doubtful, key=identity_of)),
        alarms=tuple(alarms),
    )
