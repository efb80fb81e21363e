"""Items that came in (收到的内容), read into receipt lines: which document each receipt speaks of, and what it says of the
delivery. What they mean for a parcel is the matter of ``customs.receipts``.

>>> from customs.testing import sample_parcels
>>> try:
...     read_item(b"<html>")
... except ReadError as error:
...     print("not a receipt")
not a receipt
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from customs.areas import AreaProfile, read_answers
from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.documents import Answer, BusinessKey
from customs.exchange.contract import HandedOver
from customs.wire import ReadError

#: The formats that are tried unless a destination names others.
UNIFIED_EDITION = ("unified",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One answer of a receipt, as far as sending and receiving need it; no texts, which may hold personal data."""

    receipt: str
    """The name of the receipt, such as ``CEB622``."""
    key: BusinessKey = field(repr=False)
    code: str
    at: datetime | None
    submitted: str = ""
    """The guid or message number that the receipt repeats."""
    word: HandedOver
    """What it says of the delivery: any answer of customs shows that the message arrived."""


def read_item(content: bytes, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION) -> tuple[ReceiptLine, ...]:
    """Return the lines of a receipt. Raises as ``answers_in``."""
    return lines_of(answers_in(content, areas))


def answers_in(content: bytes, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION) -> tuple[Answer, ...]:
    """Return the answers in a receipt, in an envelope or bare, by the first format that knows it; they may hold personal data.

    Raises ``customs.ReadError``, of the first format, for foreign and broken bytes.
    """
    refused: ReadError | None = None
    for area in areas:
        try:
            found = read_answers(content, area, unwrap=True)
        except ReadError as error:
            refused = refused or error
        else:
            if found:
                return found
            refused = refused or ReadError("a receipt without any answer 回执中没有任何答复")
    raise refused or ReadError("no format is given 未指定回执格式")


def lines_of(answers: Iterable[Answer]) -> tuple[ReceiptLine, ...]:
    """Return what sending and receiving need of answers."""
    return tuple([_line(each) for each in answers])


def _line(answer: Answer) -> ReceiptLine:
    return ReceiptLine(
        receipt=answer.receipt,
        key=answer.key,
        code=answer.code,
        at=answer.at,
        submitted=answer.submitted,
        word=_word(answer),
    )


def _word(answer: Answer) -> HandedOver:
    """Return what an answer says of the delivery: refusals of form and routing alone say that it did not arrive whole."""
    told = f"{answer.receipt} {answer.code}"
    said = f"{told} {answer.error.en} 回执 {told}：{answer.error.zh}" if answer.error else told
    if answer.receipt not in ("DxpRep", "CEB900"):
        return HandedOver(outcome="sent", said=said)
    if answer.receipt == "CEB900":
        return HandedOver(outcome="not sent", again="never", said=said)
    if answer.error is None:
        return HandedOver(outcome="unknown" if answer.state is State.UNKNOWN else "sent", said=said)
    again = answer.cause is ErrorCause.SYSTEM
    return HandedOver(outcome="not sent", again="later" if again else "never", said=said)
