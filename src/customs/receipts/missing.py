"""Missing documents (缺单): which of the order, the payment and the waybill customs does not have.

The e-port accepts a list (status 2) whose other documents have not arrived, and says so in its text only. A document
that was refused is missing too, and so is one that the e-port took with an error in its text.

>>> from customs.documents import BusinessKey
>>> said(Answer(authority="customs", key=BusinessKey("CEB621", ()), state=State.SENT, code="2", receipt="CEB622",
...     texts=("清单新增申报成功；运单信息不存在",)))
('CEB511',)
"""

import re
from collections.abc import Mapping
from datetime import datetime

from customs.codes.states import State
from customs.documents import Answer
from customs.receipts.events import NEVER, time_of
from customs.receipts.ranks import HELD
from customs.receipts.state import DocumentState

#: What the e-port calls each document that has not arrived. Seen in receipts of one provider; not published.
WORDS = {"CEB311": "订单", "CEB411": "支付", "CEB511": "运单"}

#: The three documents of an import parcel.
THREE = tuple(WORDS)

_MISSING = {each: re.compile(f"{word}(?:单)?(?:信息)?不存在") for each, word in WORDS.items()}

#: An error in the text of a status 2: rejection (13xx and longer) and registration (22xxx).
_ERROR = re.compile(r"[\[【]?\s*code\s*[:：]\s*(13[0-9]{2,4}|22[0-9]{3})|^\s*(22[0-9]{3})\s*[:：]", re.IGNORECASE)

#: The list is released already: nothing is missing, the change came too late.
_TOO_LATE = "22007"


def said(answer: Answer) -> tuple[str, ...]:
    """Return the documents that an answer says have not arrived."""
    if answer.state is not State.SENT or not answer.texts:
        return ()
    text = " ".join(answer.texts)
    return tuple(each for each in THREE if "不存在" in text and _MISSING[each].search(text))


def error_in(answer: Answer) -> str:
    """Return the code of an error in the text of an answer that is no refusal itself, empty if there is none."""
    if answer.state is not State.SENT or not answer.texts:
        return ""
    found = _ERROR.search(" ".join(answer.texts))
    return (found[1] or found[2]) if found else ""


def missing_of(documents: Mapping[str, DocumentState], declared: DocumentState | None) -> tuple[str, ...]:
    """Return which of the three documents customs does not have, as far as answers say.

    ``declared`` is the list: once customs has accepted it, it has matched all of them.
    """
    if declared and declared.state in HELD:
        return ()
    told = _told(declared)
    found = []
    for each in THREE:
        document = documents.get(each)
        if (document and _is_refused(document)) or (each in told and not _arrived(document, told[each])):
            found.append(each)
    return tuple(found)


def _told(declared: DocumentState | None) -> dict[str, datetime]:
    """When the last answer to the list said that a document is missing."""
    current = declared.current if declared else None
    return {each: time_of(answer) or NEVER for answer in (current.answers if current else ()) for each in said(answer)}


def _is_refused(document: DocumentState) -> bool:
    if document.state is State.REJECTED:
        return True
    deciding = document.deciding
    return deciding is not None and error_in(deciding) not in ("", _TOO_LATE)


def _arrived(document: DocumentState | None, told: datetime) -> bool:
    """True if a document came after the list was told to lack it, or customs holds it."""
    if document is None or document.deciding is None or document.state is None:
        return False
    later = (time_of(document.deciding) or NEVER) > told
    return document.state in HELD or (later and document.state is State.SENT)
