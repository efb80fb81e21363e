"""Standing (单证现状): where a document stands at customs, and which moves that allows. One table, and the refusals.

Which status follows which is not published: the moves are those of receipts and error codes, deduced.

>>> stand_of(None).value, Stand.RELEASED in ALLOWED[Move.GOODS_RETURN], Stand.RELEASED in ALLOWED[Move.AMENDMENT]
('absent', True, False)
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from customs.codes.states import State
from customs.documents import Answer, BusinessKey, Document, FormatError
from customs.fields import Record, terms_of
from customs.receipts.events import NEVER
from customs.receipts.follow_up import NAMES, Move
from customs.receipts.lifecycle import CANCELLATIONS, begun_at, granted_at
from customs.receipts.state import Attempt, DocumentState, ParcelState
from customs.rules import Finding, catalogue
from customs.rules.reading import name_of


class Stand(StrEnum):
    """How a document stands at customs, as far as that decides what may be sent."""

    ABSENT = "absent"
    IN_FLIGHT = "in_flight"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    HELD = "held"
    REVIEWED = "reviewed"
    STOPPED = "stopped"
    DETAINED = "detained"
    RELEASED = "released"
    CLOSED = "closed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class StandWords(NamedTuple):
    """A stand in words, and what can be done then."""

    zh: str
    en: str
    hint_zh: str
    hint: str


_PERSON = "请转人工处理，勿自行重发。", "Hand it to a person and send nothing."

#: Each stand in words.
SAID: Mapping[Stand, StandWords] = {
    Stand.ABSENT: StandWords("未申报", "not declared", "请先申报。", "Declare it first."),
    Stand.IN_FLIGHT: StandWords("已发送、未答复", "sent and not answered", "请等待回执。", "Wait for the answer."),
    Stand.UNCERTAIN: StandWords("结果不明", "of unknown outcome", "请先查询。", "Ask customs first."),
    Stand.REFUSED: StandWords("被退单", "refused", "请改正后重报。", "Mend it and declare it again."),
    Stand.HELD: StandWords(
        "已入库", "stored by customs", "内容有误的可变更，不再需要的可撤单。", "Amend it, or cancel the list."
    ),
    Stand.REVIEWED: StandWords("审核中或已审结", "under review", "请等待，或撤单。", "Wait, or cancel the list."),
    Stand.STOPPED: StandWords(
        "查验中或被挂起", "inspected or suspended", "请等待海关处理完毕。", "Wait until customs is done."
    ),
    Stand.DETAINED: StandWords("被扣留移送", "detained", *_PERSON),
    Stand.RELEASED: StandWords(
        "已放行",
        "released",
        "货物未离开监管场所的可撤单，已离开的办理退货。",
        "Cancel the list while the goods are at the site; afterwards declare a return.",
    ),
    Stand.CLOSED: StandWords("已结关", "closed", "只可办理退货。", "Only a return is possible."),
    Stand.SENT_BACK: StandWords("已退运", "sent back abroad", *_PERSON),
    Stand.WITHDRAWN: StandWords("已撤销", "withdrawn", "需要时可重新申报。", "Declare it anew if it is needed."),
}

_STAND_OF: Mapping[State, Stand] = {
    State.STORED: Stand.IN_FLIGHT,
    State.SENT: Stand.IN_FLIGHT,
    State.TECHNICAL_FAILURE: Stand.UNCERTAIN,
    State.REPEATED: Stand.UNCERTAIN,
    State.UNKNOWN: Stand.UNCERTAIN,
    State.REJECTED: Stand.REFUSED,
    State.ACCEPTED: Stand.HELD,
    State.AWAITING_ARRIVAL: Stand.HELD,
    State.MANUAL_REVIEW: Stand.REVIEWED,
    State.CONCLUDED: Stand.REVIEWED,
    State.INSPECTION: Stand.STOPPED,
    State.SUSPENDED: Stand.STOPPED,
    State.DETAINED: Stand.DETAINED,
    State.RETURNED: Stand.SENT_BACK,
    State.RELEASED: Stand.RELEASED,
    State.TAX_ASSESSED: Stand.RELEASED,
    State.TAX_SETTLED: Stand.RELEASED,
    State.CLOSED: Stand.CLOSED,
    State.WITHDRAWN: Stand.WITHDRAWN,
}

#: What takes back the list of each side.
_CANCELLED_BY = MappingProxyType(CANCELLATIONS)

#: Stands that no later copy changes.
_SETTLED = frozenset({Stand.RELEASED, Stand.CLOSED, Stand.DETAINED, Stand.SENT_BACK})

#: States that only a document which customs has stored can reach.
_STORED = frozenset(
    state for state, stand in _STAND_OF.items() if stand not in (Stand.IN_FLIGHT, Stand.UNCERTAIN, Stand.REFUSED)
)

#: Stands in which customs holds nothing, or something that is refused or taken back.
FREE = frozenset({Stand.ABSENT, Stand.REFUSED, Stand.WITHDRAWN})

#: Stands of which it can be found out that customs holds nothing after all.
OPEN = frozenset({Stand.IN_FLIGHT, Stand.UNCERTAIN})

#: The stands of a document, of the list for withdrawals, that allow each move.
ALLOWED: Mapping[Move, frozenset[Stand]] = {
    Move.RESUBMISSION: FREE,
    Move.AMENDMENT: frozenset({Stand.HELD}),
    Move.DELETION: frozenset({Stand.HELD}),
    Move.CANCELLATION: frozenset({Stand.HELD, Stand.REVIEWED, Stand.RELEASED}),
    Move.GOODS_RETURN: frozenset({Stand.RELEASED, Stand.CLOSED}),
}

#: The stands of the list that allow a move of order, payment or waybill: a missing one may still be pushed; what a
#: declared list uses cannot be changed (receipt codes -301011, -401008, -504016).
ALLOWED_BY_LIST: Mapping[Move, frozenset[Stand]] = {
    Move.RESUBMISSION: frozenset({*FREE, *OPEN, Stand.HELD, Stand.REVIEWED}),
    Move.AMENDMENT: FREE,
    Move.DELETION: FREE,
}


def stand_of(document: DocumentState | None) -> Stand:
    """Return how a document stands: as customs has it, unless its latest attempt is open."""
    if document is None or not document.attempts:
        return Stand.WITHDRAWN if document and document.state is State.WITHDRAWN else Stand.ABSENT
    held = _STAND_OF[document.state] if document.state else Stand.ABSENT
    latest = _stand_of_attempt(document.attempts[-1])
    if held in _SETTLED:
        return held
    if latest is Stand.IN_FLIGHT:
        return latest
    if latest is Stand.UNCERTAIN:
        repeats_a_stored_one = document.attempts[-1].state is State.REPEATED and document.state in _STORED
        return held if repeats_a_stored_one else latest
    return latest if held in (Stand.ABSENT, Stand.UNCERTAIN) else held


def _stand_of_attempt(attempt: Attempt) -> Stand:
    if attempt.deciding is None or attempt.state is None:
        return Stand.IN_FLIGHT
    if attempt.deciding in attempt.doubtful:
        return Stand.UNCERTAIN
    if attempt.deciding.receipt == FormatError.message:  # nobody could read it, so nothing is stored
        return Stand.REFUSED
    return _STAND_OF[attempt.state]


def living(state: ParcelState, message: str) -> DocumentState | None:
    """Return a document of a parcel without what a granted cancellation ended: the attempts of the list that it took
    back, and, where the list was declared anew since, the cancellation itself.
    """
    document = state.documents.get(message)
    cancelled = message if message in _CANCELLED_BY.values() else _CANCELLED_BY.get(message, "")
    at = granted_at(state.documents.get(cancelled))
    if document is None or at is None:
        return document
    since = tuple(each for each in document.attempts if at != NEVER and begun_at(each) > at)
    if message != cancelled:
        return document if len(since) == len(document.attempts) else _left(document, since, State.WITHDRAWN)
    (listed,) = (each for each, by in _CANCELLED_BY.items() if by == message)
    anew = living(state, listed)
    return _left(document, since, None) if anew and anew.attempts else document


def _left(document: DocumentState, attempts: tuple[Attempt, ...], ended: State | None) -> DocumentState:
    """Return a document with the attempts that are left, in the state ``ended`` if there is none."""
    return replace(document, attempts=attempts, state=document.state if attempts else ended)


def was_stored(document: DocumentState | None) -> bool:
    """True if customs has held the document at some time and did not let it be withdrawn."""
    if document is None or document.state is State.WITHDRAWN:
        return False
    return any(answer.state in _STORED for answer in answers_of(document))


def answers_of(document: DocumentState | None) -> Iterator[Answer]:
    """Yield the answers to a document, attempt by attempt."""
    for attempt in document.attempts if document else ():
        yield from attempt.answers


def number_of(state: ParcelState, message: str, name: str) -> str | None:
    """Return the latest number of a document that customs gave with its receipts, None if there is none."""
    given = [answer.key.get(name) for answer in answers_of(living(state, message))]
    return next((each for each in reversed(given) if each), None)


def refusal(
    move: Move, order_no: str, kind: type[Document], stand: Stand, allowed: frozenset[Stand], *, path: str = ""
) -> Finding | None:
    """Return the finding on a move that the stand of a document does not allow, None if it does."""
    if stand in allowed:
        return None
    said, (how_zh, how) = SAID[stand], NAMES[move]
    facts = {
        "order": order_no,
        "title": kind.title,
        "document": title_of(kind),
        "said_zh": said.zh,
        "said": said.en,
        "how_zh": how_zh,
        "how": how,
    }
    if stand is Stand.IN_FLIGHT:
        return catalogue.MOVE_IN_FLIGHT.at(path, **facts)
    if stand is Stand.UNCERTAIN:
        return catalogue.MOVE_UNCERTAIN.at(path, **facts)
    in_order = [each for each in Stand if each in allowed]
    return catalogue.MOVE_NOT_ALLOWED.at(
        path,
        **facts,
        allowed_zh="、".join(SAID[each].zh for each in in_order),
        allowed=", ".join(SAID[each].en for each in in_order),
        hint_zh=said.hint_zh,
        hint=said.hint,
    )


#: The English names of documents, as a sentence has them.
_TITLES = {
    "CEB311": "order", "CEB411": "payment", "CEB511": "waybill", "CEB621": "declaration list", "CEB623": "cancellation",
    "CEB625": "return", "CEB711": "warehouse entry", "CEB603": "export list", "CEB605": "cancellation", "CEB213": "return",
}  # fmt: skip


def title_of(kind: type[Document]) -> str:
    """Return the English name of a document."""
    return _TITLES[kind.message]


def other_key(order_no: str, document: Document, known: DocumentState | None, *, path: str = "") -> Finding | None:
    """Return the finding on a document whose business key is not the one under which it was declared."""
    key = document.key
    for other in _keys_of(known):
        for name, text in key.fields:
            if text and other.get(name) and other.get(name) != text:
                head: Record = document.__dict__.get("head", document)
                named = name_of(terms_of(head.__class__)[name])
                facts = {"order": order_no, "title": document.title, "document": title_of(type(document))}
                return catalogue.MOVE_OTHER_KEY.at(path, **facts, name=named)
    return None


def _keys_of(known: DocumentState | None) -> Iterator[BusinessKey]:
    for attempt in known.attempts if known else ():
        if attempt.submitted:
            yield attempt.submitted.key
        for answer in attempt.answers:
            if answer not in attempt.doubtful:
                yield answer.key
