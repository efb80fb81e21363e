"""The answer (答复): what one receipt says about one declaration, whoever sent it and in whatever format.

Receipts of the unified edition, of local platforms, of the exchange platform and of payment agencies all become
answers. The canonical ``state`` says what became of the declaration, ``code`` is what stands in the receipt, and
``key`` leads to the declaration.

>>> from datetime import datetime
>>> from customs.documents import OrderReceipt
>>> receipt = OrderReceipt(guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94", platform_code="P1", merchant_code="M1", order_no="O1",
...     return_status="-301002", returned_at=datetime(2026, 11, 11, 8), return_info="重复商品序号")
>>> answer = answer_of(receipt)
>>> answer.state.value, answer.cause.value, answer.error.en, str(answer.key)
('rejected', 'data', 'duplicate line number inside the order', 'CEB311 P1 O1')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from customs.codes.entries import CodeEntry
from customs.codes.errors import ErrorCause, error_of, is_error, state_of_error
from customs.codes.states import State, state_of_status, state_of_tax_status
from customs.documents.base import Authority, Document, Message, Receipt
from customs.documents.business_key import BusinessKey
from customs.documents.format_error import FormatError
from customs.documents.oddity import Oddity

#: Numbers that lead to a declaration besides the fields by which a receipt finds it.
_FURTHER_NUMBERS = ("order_no", "waybill_no", "pre_entry_no", "list_no", "tax_bill_no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The verdict of a receipt about one declaration. Its texts may hold personal data and are never shown."""

    authority: Authority | None
    """Who speaks; None where the receipt names an authority that is not known."""
    key: BusinessKey
    """The declaration: the message that declared it, and the fields and numbers that the receipt knows of it."""
    state: State
    code: str
    """The code as the receipt has it, empty where it has none."""
    receipt: str
    """The name of the receipt, such as ``CEB622``, or that of a local format."""
    area: str = "unified"
    """The area whose format the receipt has."""
    error: CodeEntry | None = None
    """The known error of a negative code: text in Chinese and English, cause."""
    at: datetime | None = None
    """When it was given, China time; None where the receipt does not say."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    submitted: str = ""
    """The guid or message number that the receipt repeats. It is no safe key by itself: customs gives guids of its
    own from 120 on.
    """
    oddities: tuple[Oddity, ...] = ()

    @property
    def answers(self) -> str:
        """The message that it answers, such as ``CEB311``, empty where the receipt does not say."""
        return self.key.message

    @property
    def cause(self) -> ErrorCause | None:
        """The class of the error, None for an answer without a known error."""
        return ErrorCause(self.error.cause) if self.error else None


#: The path of an element in a document of a message, which stands in it by its position.
_IN_A_DOCUMENT = re.compile(r"[^.]+\.[^.\[]+\[([0-9]+)\]")


def answer_of(receipt: Receipt, oddities: tuple[Oddity, ...] = ()) -> Answer:
    """Return the answer of a receipt of the unified edition.

    What the receipt lacks is missing in the answer too: a field of the key is empty, the code is empty and the state
    ``UNKNOWN``, the time is None.
    """
    kind, head = type(receipt), receipt.__dict__
    if "head" in head:
        head = head["head"].__dict__
    code = head[kind.status_field] or ""
    state, error = _said(kind, code)
    texts = head.get("return_info"), head.get("note")
    return Answer(
        authority=kind.authority,
        key=_key(kind, head),
        state=state,
        code=code,
        receipt=kind.message,
        error=error,
        at=head.get("returned_at"),
        texts=tuple([each for each in texts if each]),
        submitted=head.get("original_message_id") or head["guid"] or "",
        oddities=oddities,
    )


def answers_of(message: Message[Document]) -> tuple[Answer, ...]:
    """Return the answers in a message of receipts, in order. Raises ``ValueError`` for a message of declarations."""
    shared, own = _oddities_of(message)
    return tuple(
        [
            answer_of(_receipt(document), (*shared, *own.get(position, ())))
            for position, document in enumerate(message.documents)
        ]
    )


def _receipt(document: Document) -> Receipt:
    if not isinstance(document, Receipt):
        raise ValueError(f"{document.message} declares something, it answers nothing")
    return document


@lru_cache(maxsize=1_000)
def _said(kind: type[Receipt], code: str) -> tuple[State, CodeEntry | None]:
    """Return the state and the known error of a code, which thousands of receipts have."""
    if not is_error(code):
        return _state(kind, code), None
    return _state_of_error(kind, code), error_of(code, export=kind.flow == "export")


def _state(kind: type[Receipt], code: str) -> State:
    if kind.status_field == "return_status":
        return state_of_status(code, application=kind.of_application)
    return state_of_tax_status(code) if kind.status_field == "tax_status" else State.UNKNOWN


def _state_of_error(kind: type[Receipt], code: str) -> State:
    if kind.status_field != "return_status":
        return _state(kind, code)
    return State.TECHNICAL_FAILURE if kind is FormatError else state_of_error(code, export=kind.flow == "export")


def _key(kind: type[Receipt], head: Mapping[str, Any]) -> BusinessKey:
    """The reference of the receipt, with the further numbers that it knows."""
    if kind is FormatError:
        refused = (head["original_message_type"] or "").removesuffix("Message")
        message_id = head["original_message_id"] or ""
        return BusinessKey("" if refused == "Unknown" else refused, (("message_id", message_id),))
    numbers = [(name, str(head[name] or "")) for name in kind.finds_by]
    numbers += [(name, text) for name in _further_numbers(kind) if (text := head.get(name))]
    return BusinessKey(kind.answers, tuple(numbers))


@cache
def _further_numbers(kind: type[Receipt]) -> tuple[str, ...]:
    return tuple(name for name in _FURTHER_NUMBERS if name not in kind.finds_by)


def _oddities_of(message: Message[Document]) -> tuple[list[Oddity], dict[int, list[Oddity]]]:
    """The oddities of a message itself, and those of its documents by their positions."""
    shared: list[Oddity] = []
    own: dict[int, list[Oddity]] = {}
    for each in message.oddities:
        if found := _IN_A_DOCUMENT.match(each.path):
            own.setdefault(int(found[1]), []).append(each)
        else:
            shared.append(each)
    return shared, own
