"""The next step (下一步): wait, push a document, correct it, ask first, stop, or hand it to a person.

Nothing is sent again that customs may hold: as long as an answer is due, doubtful or technical, the step is to ask first.
What a refusal asks for is the action of its explanation. No step splits an order or uses another person's identity.

>>> from datetime import datetime
>>> from customs.documents import BusinessKey
>>> from customs.receipts.lifecycle import track
>>> key = BusinessKey("CEB621", (("internal_no", "C1"),))
>>> eight = datetime(2026, 11, 11, 8)
>>> sent = Answer(authority="customs", key=key, state=State.SENT, code="2", receipt="CEB622", at=eight)
>>> step = next_step(track([sent]), now=eight)
>>> step.kind.value, step.until.isoformat()
('wait', '2026-11-11T09:00:00')
>>> next_step(track([sent]), now=datetime(2026, 11, 11, 10)).kind.value
'query'
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from customs.codes.states import State
from customs.documents import Answer
from customs.receipts.actions import Action, Party
from customs.receipts.events import time_of
from customs.receipts.explained import Explanation
from customs.receipts.explanation import explain
from customs.receipts.lifecycle import CANCELLATIONS, LISTS, RETURNS
from customs.receipts.missing import THREE, error_in
from customs.receipts.nodes import ALARMS, party_of, title_of, words_of
from customs.receipts.ranks import HELD, OUT
from customs.receipts.standing import Stand, stand_of
from customs.receipts.state import Alarm, AlarmKind, Attempt, DocumentState, ParcelState
from customs.receipts.timeouts import DEFAULT, Timeouts


class StepKind(StrEnum):
    """A way to go on with a parcel."""

    NONE = "none"
    """无须处理: nothing to do."""
    WAIT = "wait"
    """等待: an answer or the goods are due."""
    PUSH = "push"
    """补推: send a document that customs does not have."""
    CORRECT = "correct"
    """更正重报: mend what customs refused and declare it again."""
    QUERY = "query"
    """先查询: ask customs or the e-port for the state before anything is sent."""
    STOP = "stop"
    """停止: send nothing, decide about the order."""
    PERSON = "person"
    """转人工: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The next step, in words and as values."""

    kind: StepKind
    zh: str
    en: str
    documents: tuple[str, ...] = ()
    """The documents that it is about, such as ``CEB411``."""
    until: datetime | None = None
    """Until when to wait; of another step that waited in vain, when the time was up."""
    party: Party | None = None
    """Who does it."""
    machine: bool = False
    """True if a machine may do it by itself."""
    fields: tuple[str, ...] = ()
    """The fields to correct, by their wire names, where the text names them."""
    action: Action | None = None
    """The action that the receipt asks for, where a receipt asks for one."""
    explanation: Explanation | None = None
    """The explanation of that receipt."""
    alarms: tuple[Alarm, ...] = ()
    """The alarms of the parcel, which a person has to see beside the step."""

    @property
    def sends(self) -> bool:
        """True if it sends a declaration."""
        return self.kind in (StepKind.PUSH, StepKind.CORRECT)

    @property
    def overdue(self) -> bool:
        """True if something was waited for in vain."""
        return self.until is not None and self.kind is not StepKind.WAIT


#: The step of each action that a refusal asks for; what may be stored is asked for first.
STEPS = {
    Action.NONE: StepKind.PERSON,
    Action.WAIT: StepKind.PERSON,
    Action.PUSH_MISSING: StepKind.PUSH,
    Action.FIX_RESUBMIT: StepKind.CORRECT,
    Action.QUERY_THEN_DECIDE: StepKind.QUERY,
    Action.TREAT_AS_ACCEPTED_AFTER_QUERY: StepKind.QUERY,
    Action.RESUBMIT_NEWER_APPTIME: StepKind.QUERY,
    Action.RETRY_BACKOFF: StepKind.QUERY,
    Action.SPLIT_RESUBMIT: StepKind.CORRECT,
    Action.FIX_SIGN: StepKind.CORRECT,
    Action.FIX_REG: StepKind.PERSON,
    Action.FIX_FILING: StepKind.PERSON,
    Action.STOP: StepKind.STOP,
    Action.SWITCH_TO_RETURN: StepKind.QUERY,
    Action.MANUAL: StepKind.PERSON,
    Action.CORRECT_BUYER: StepKind.PERSON,
    Action.TOPUP: StepKind.PERSON,
}

#: Where a receipt says several things: the action that binds most comes first.
_WEIGHTS = {action: weight for weight, action in enumerate([
    Action.STOP, Action.MANUAL, Action.CORRECT_BUYER, Action.TREAT_AS_ACCEPTED_AFTER_QUERY, Action.QUERY_THEN_DECIDE,
    Action.RETRY_BACKOFF, Action.RESUBMIT_NEWER_APPTIME, Action.SWITCH_TO_RETURN, Action.FIX_REG, Action.FIX_FILING,
    Action.TOPUP, Action.FIX_SIGN, Action.FIX_RESUBMIT, Action.SPLIT_RESUBMIT, Action.PUSH_MISSING, Action.WAIT, Action.NONE,
])}  # fmt: skip

#: Alarms that stop every other step.
_GRAVE = frozenset(AlarmKind) - {AlarmKind.GUID_OF_TWO, AlarmKind.UNKNOWN_STATUS}

#: Nodes at which a person asks when they last too long; at all others a query tells.
_OF_PERSONS = frozenset(
    {
        State.STORED,
        State.MANUAL_REVIEW,
        State.SUSPENDED,
        State.INSPECTION,
        State.AWAITING_ARRIVAL,
        State.TECHNICAL_FAILURE,
    }
)

#: Stands of which customs says itself that it holds nothing.
_FREE = frozenset({Stand.ABSENT, Stand.REFUSED, Stand.WITHDRAWN})


def next_step(state: ParcelState, *, now: datetime, timeouts: Timeouts = DEFAULT) -> NextStep:
    """Return what to do next with a parcel at a time, China time."""
    step = _step(state, now, timeouts)
    return replace(step, alarms=state.alarms) if state.alarms else step


def _step(state: ParcelState, now: datetime, timeouts: Timeouts) -> NextStep:
    if grave := [each for each in state.alarms if each.kind in _GRAVE]:
        return _of_alarm(grave[0])
    if (open_ := _application(state)) is not None:
        return _of_document(state, open_, now, timeouts)
    if state.node in (State.RETURNED, State.WITHDRAWN) or state.node in OUT:
        return _nothing(*_over(state.node))
    unknown = [each for each in state.alarms if each.kind is AlarmKind.UNKNOWN_STATUS]
    if unknown and _is_last(state, unknown[-1]):
        return _of_alarm(unknown[-1])
    declared = next((state.documents[each] for each in LISTS if each in state.documents), None)
    if declared is not None and declared.state in HELD:
        return _of_document(state, declared, now, timeouts)
    steps = [_of_document(state, each, now, timeouts) for each in _due(state, declared)]
    return min(steps, key=_urgency, default=None) or _idle(state)


def _due(state: ParcelState, declared: DocumentState | None) -> Iterator[DocumentState]:
    """The documents on which the parcel hangs: the list, those beside it that customs does not hold, and strays."""
    if declared is not None:
        yield declared
    for name, document in state.documents.items():
        if (
            document is not declared
            and name in ("", *THREE, "CEB303", "CEB403", "CEB505")
            and document.state not in HELD
        ):
            yield document


def _urgency(step: NextStep) -> tuple[int, datetime]:
    """The order in which steps are taken: what stops first, and of waiting what ends first."""
    order = (
        StepKind.STOP,
        StepKind.PERSON,
        StepKind.CORRECT,
        StepKind.PUSH,
        StepKind.QUERY,
        StepKind.WAIT,
        StepKind.NONE,
    )
    return order.index(step.kind), step.until or datetime.max


def _application(state: ParcelState) -> DocumentState | None:
    """A cancellation or return on which something is still to be done."""
    for of in (RETURNS, CANCELLATIONS):
        for name in LISTS:
            found = state.documents.get(of[name])
            if (
                found is not None
                and found.state is not State.WITHDRAWN
                and state.node not in (State.RETURNED, State.WITHDRAWN)
            ):
                return found
    return None


def _is_last(state: ParcelState, alarm: Alarm) -> bool:
    """True if nothing moved the document of an answer after it."""
    at = time_of(alarm.event)
    mine = (each for each in state.documents.values() if alarm in each.alarms)
    return all(each.since is None or at is None or each.since <= at for each in mine)


def _of_document(state: ParcelState, document: DocumentState, now: datetime, timeouts: Timeouts) -> NextStep:
    """The step of one document, by where it stands."""
    current, at = document.current or Attempt(), document.state
    if at is None or (current.deciding is None and at is not State.REPEATED):
        return _wait(document, now, timeouts)
    if at is State.REJECTED or _is_unread(current):
        return _of_refusal(state, document)
    if at in HELD and current.deciding in current.doubtful:
        return _doubtful(document)
    if at is State.REPEATED:
        return _told(document, _explained(current.deciding), StepKind.QUERY)
    if at in (State.DETAINED, State.RETURNED):
        return _told(document, _explained(current.deciding), StepKind.PERSON)
    if at is State.TECHNICAL_FAILURE and not _is_handover(current):
        return _told(document, _explained(current.deciding), StepKind.QUERY)
    if at is State.SENT and document.document in LISTS and state.missing:
        return _push(state, now, timeouts)
    if current.deciding is not None and error_in(current.deciding):
        return _of_error_in(document, current.deciding)
    return _wait(document, now, timeouts)


def _is_handover(attempt: Attempt) -> bool:
    """True if the hand-over to customs failed: the e-port tries again, and it is no refusal."""
    return attempt.deciding is not None and not attempt.deciding.code.startswith("-") and attempt.deciding.code == "4"


def _is_unread(attempt: Attempt) -> bool:
    """True if the message could not be read, so that nobody holds it."""
    return attempt.deciding is not None and attempt.deciding.receipt == "CEB900"


# waiting


def deadline(document: DocumentState, timeouts: Timeouts = DEFAULT) -> datetime | None:
    """Return when the node of a document has lasted too long; None where nothing is waited for or no time is known."""
    length = timeouts.of(document.state)
    current = document.current
    since = document.since
    if document.state is None and current is not None and current.submitted is not None:
        since = time_of(current.submitted)
    return since + length if length is not None and since is not None else None


def _wait(document: DocumentState, now: datetime, timeouts: Timeouts) -> NextStep:
    until = deadline(document, timeouts)
    (title_zh, title), (node_zh, node) = title_of(document.document), words_of(document.state)
    name = f"{title} ({document.document})" if document.document else "message"
    name_zh = f"{title_zh}（{document.document}）" if document.document else "报文"
    if until is not None and now >= until:
        return _overdue(document, until, (f"{name_zh}：{node_zh}", f"{name}: {node}"))
    if timeouts.of(document.state) is None:
        return _nothing(f"{name_zh}：{node_zh}。无须处理。", f"{name}: {node}. Nothing to do.")
    zh = f"等待至 {until:%Y-%m-%d %H:%M}" if until else "等待；回执没有给出时间，无法判断是否超时"
    en = f"wait until {until:%Y-%m-%d %H:%M}" if until else "wait; no receipt gives a time, so nothing is overdue"
    who = (
        Party.DECLARANT if document.state is State.STORED else Party.CUSTOMS if document.state in HELD else Party.EPORT
    )
    return NextStep(
        kind=StepKind.WAIT,
        documents=(document.document,),
        until=until,
        party=who,
        machine=True,
        zh=f"{name_zh}：{node_zh}。{zh}。",
        en=f"{name}: {node}. {en[0].upper()}{en[1:]}.",
    )


def _overdue(document: DocumentState, until: datetime, at: tuple[str, str]) -> NextStep:
    by_person = document.state in _OF_PERSONS
    zh = "请联系海关或电子口岸，不要重发" if by_person else "先按业务主键查询状态，确认未入库才可重报"
    en = (
        "Ask customs or the e-port; send nothing again"
        if by_person
        else "Query the state by the business key; declare it again only if nothing is stored"
    )
    return NextStep(
        kind=StepKind.PERSON if by_person else StepKind.QUERY,
        documents=(document.document,),
        until=until,
        party=party_of(document.document),
        machine=not by_person,
        zh=f"{at[0]}，已超时（{until:%Y-%m-%d %H:%M}）。{zh}。",
        en=f"{at[1]}, overdue since {until:%Y-%m-%d %H:%M}. {en}.",
    )


# refusals


def _of_refusal(state: ParcelState, document: DocumentState) -> NextStep:
    """The step that a refusal asks for; to ask first where another copy may be stored or the refusal is doubtful."""
    current = document.current or Attempt()
    explanation = _explained(current.deciding)
    kind = STEPS[explanation.action] if explanation else StepKind.PERSON
    if not may_send(document) and kind in (StepKind.CORRECT, StepKind.PUSH):
        return _doubtful(document)
    if kind is StepKind.PUSH:
        missing = tuple(each for each in state.missing if may_push(state.documents.get(each)))
        return _of_missing(missing) if missing else _doubtful(document)
    return _told(document, explanation, kind)


def may_send(document: DocumentState | None) -> bool:
    """Return True if customs holds no copy of a document and none is on its way, as far as receipts say for certain."""
    if stand_of(document) not in _FREE:
        return False
    return document is None or (
        all(
            each.state in (State.REJECTED, State.WITHDRAWN)
            or (each.state is State.TECHNICAL_FAILURE and _is_unread(each))
            for each in document.attempts
            if not (each.submitted is None and not each.answers)
        )
        and not any(each.deciding in each.doubtful for each in document.attempts if each.deciding)
    )


def may_push(document: DocumentState | None) -> bool:
    """Return True if a document that customs lacks may be sent: it never was, or it was refused for certain."""
    return document is None or may_send(document)


def _doubtful(document: DocumentState) -> NextStep:
    title_zh, title = title_of(document.document)
    return NextStep(
        kind=StepKind.QUERY,
        documents=(document.document,),
        party=party_of(document.document),
        machine=True,
        zh=f"{title_zh}（{document.document}）申报过多次，无法确定回执对应哪一次。先按业务主键查询状态，确认未入库才可重报。",
        en=f"The {title} ({document.document}) was sent more than once, and it is not certain which copy was answered. Query "
        "the state by the business key; declare it again only if nothing is stored.",
    )


def _told(document: DocumentState, explanation: Explanation | None, kind: StepKind) -> NextStep:
    """A step in the words of its explanation."""
    (title_zh, title), (node_zh, node) = title_of(document.document), words_of(document.state)
    action = explanation.action if explanation else Action.MANUAL
    said = f"{node_zh}：{explanation.zh}" if explanation else node_zh
    said_en = f"{node}: {explanation.en}" if explanation else node
    fits = STEPS[action] is kind or (kind is StepKind.PERSON and action is not Action.NONE)
    do_zh, do = (action.zh, action.en) if fits else _WORDS[kind]
    return NextStep(
        kind=kind,
        documents=(document.document,),
        party=(explanation.party if explanation else None) or party_of(document.document),
        machine=kind is StepKind.QUERY,
        fields=explanation.figures.fields if explanation else (),
        action=action,
        explanation=explanation,
        zh=f"{title_zh}（{document.document}）{said}。{do_zh}",
        en=f"{title[0].upper()}{title[1:]} ({document.document}) {said_en}. {do}",
    )


_WORDS = {
    StepKind.QUERY: (Action.QUERY_THEN_DECIDE.zh, Action.QUERY_THEN_DECIDE.en),
    StepKind.PERSON: (Action.MANUAL.zh, Action.MANUAL.en),
    StepKind.STOP: (Action.STOP.zh, Action.STOP.en),
    StepKind.CORRECT: (Action.FIX_RESUBMIT.zh, Action.FIX_RESUBMIT.en),
}


def _explained(answer: Answer | None) -> Explanation | None:
    """The explanation of an answer that binds most, None if it only says its status."""
    if answer is None:
        return None
    return min(explain(answer), key=lambda each: _WEIGHTS[each.action])


def _of_error_in(document: DocumentState, answer: Answer) -> NextStep:
    """The step of an error in the text of an answer that is no refusal: the copy is there, so nothing is sent again."""
    explanation = _explained(answer)
    kind = STEPS[explanation.action] if explanation else StepKind.PERSON
    return _told(document, explanation, StepKind.QUERY if kind in (StepKind.CORRECT, StepKind.PUSH) else kind)


# missing documents


def _push(state: ParcelState, now: datetime, timeouts: Timeouts) -> NextStep:
    """The step for a list that lacks documents: push those that were never sent, wait for or ask about the others."""
    if free := tuple(each for each in state.missing if may_push(state.documents.get(each))):
        return _of_missing(free)
    waiting = replace(timeouts, unanswered=timeouts.missing, sent=timeouts.missing)
    steps = [_of_document(state, state.documents[each], now, waiting) for each in state.missing]
    return min(steps, key=_urgency)


def _of_missing(missing: tuple[str, ...]) -> NextStep:
    named = [title_of(each) for each in missing]
    zh = "、".join(f"{name}（{each}）" for each, (name, _) in zip(missing, named, strict=True))
    en = ", ".join(f"{name} ({each})" for each, (_, name) in zip(missing, named, strict=True))
    return NextStep(
        kind=StepKind.PUSH,
        documents=missing,
        party=party_of(missing[0]),
        machine=True,
        action=Action.PUSH_MISSING,
        zh=f"海关没有收到：{zh}。{Action.PUSH_MISSING.zh}",
        en=f"Customs does not have: {en}. {Action.PUSH_MISSING.en}",
    )


# persons, and nothing


def _of_alarm(alarm: Alarm) -> NextStep:
    zh, en = ALARMS[alarm.kind]
    return NextStep(
        kind=StepKind.PERSON,
        documents=(alarm.event.key.message,) if alarm.event.key.message else (),
        party=Party.DECLARANT,
        zh=f"{zh}。{Action.MANUAL.zh}",
        en=f"{en[0].upper()}{en[1:]}. {Action.MANUAL.en}",
    )


def _nothing(zh: str, en: str) -> NextStep:
    return NextStep(kind=StepKind.NONE, zh=zh, en=en, machine=True)


def _over(node: State | None) -> tuple[str, str]:
    zh, en = words_of(node)
    return f"{zh}。无须处理。", f"{en[0].upper()}{en[1:]}. Nothing to do."


def _idle(state: ParcelState) -> NextStep:
    if not state.documents:
        return _nothing("没有任何报送或回执。", "Nothing was sent and nothing was answered.")
    return _nothing(
        "海关已有这些单证，尚无清单的报送或回执。",
        "Customs has these documents; nothing is known of a declaration list.",
    )
