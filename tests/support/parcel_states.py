"""States of parcels at customs, made by hand: one attempt for each document, answered as a test wants."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from customs import Answer, BusinessKey, Declaration, State
from customs.documents import MESSAGES
from customs.receipts.state import Attempt, DocumentState, ParcelState, Submitted
from customs.road.recognition import keys_of
from support import MORNING

#: The numbers that customs and the e-port gave the list.
PRE_ENTRY_NO, LIST_NO = "B00000000000000001", "29912026I000000001"

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"


def answered(key: BusinessKey, state: State, at: datetime, receipt: str = "", submitted: str = "") -> Answer:
    """What customs answered to a document; from its storing on with the numbers of a list."""
    given = {"pre_entry_no": PRE_ENTRY_NO, "list_no": LIST_NO} if key.message in {"CEB621", "CEB603"} else {}
    numbered = BusinessKey(key.message, (*key.fields, *given.items()))
    named = receipt or "receipt"
    return Answer(authority="customs", key=numbered, state=state, code="", receipt=named, at=at, submitted=submitted)


def attempt(key: BusinessKey, states: Sequence[State], app_time: datetime = MORNING, receipt: str = "") -> Attempt:
    """A submission, answered by these states one after the other, a minute apart."""
    guid = f"{app_time:%Y%m%d-%H%M}{GUID[13:]}"
    answers = tuple(
        answered(key, state, app_time + timedelta(minutes=minute), receipt, guid)
        for minute, state in enumerate(states, 1)
    )
    deciding = answers[-1] if answers else None
    submitted = Submitted(key=key, guid=guid, app_time=app_time)
    return Attempt(submitted=submitted, answers=answers, state=deciding.state if deciding else None, deciding=deciding)


def document_state(*attempts: Attempt) -> DocumentState:
    """A document with its attempts, where the last answered one left it."""
    decided = [each for each in attempts if each.deciding]
    last = decided[-1] if decided else None
    key: Any = attempts[0].submitted
    return DocumentState(
        document=key.document,
        attempts=attempts,
        state=last.state if last else None,
        deciding=last.deciding if last else None,
    )


def parcel_state(parcel: Declaration, reached: Mapping[str, Sequence[State]]) -> ParcelState:
    """The state of a parcel whose documents, by message, were answered so; an empty sequence is no answer yet."""
    keys = {key.message: key for key in keys_of(parcel).values()}
    internal = keys["CEB621"].fields[:2]
    for message in ("CEB623", "CEB625"):
        assert MESSAGES[message].key_fields == tuple(name for name, _ in internal)
        keys[message] = BusinessKey(message, internal)
    documents = {message: document_state(attempt(keys[message], states)) for message, states in reached.items()}
    times = {
        answer.state: answer.at
        for each in documents.get("CEB621", DocumentState(document="", attempts=())).attempts
        for answer in each.answers
    }
    return ParcelState(documents=documents, reached=times)
