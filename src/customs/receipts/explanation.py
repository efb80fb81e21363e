"""Explanations (回执解释): what happened, the likely cause, what to do, and who has to do it.

A number alone means little: the same one means something else for import and export, and with another text. So
direction, receipt, number and text all count. What the catalogue does not know is said to be unknown; where it knows
several meanings that nothing tells apart, all are given and the action is theirs if they agree, else that a person
decides.

>>> said, = explain("[Code:1313;Desc:订购人购买超过年度限额，totalPrice：27,100.50，limitPrice：26,000]", receipt="CEB622")
>>> said.action.value, said.party.value, said.figures.used - said.figures.limit
('stop', 'platform', Decimal('1100.50'))
>>> said.en, said.cause_en
('buyer exceeds the yearly quota', "a limit or the buyer's quota is exceeded")
>>> unknown, = explain("-621500")
>>> unknown.known, unknown.family.en, unknown.action.value
(False, 'declaration list', 'manual')
"""

from functools import cache

from customs.codes.errors import is_error
from customs.codes.states import State
from customs.documents import MESSAGES, Answer, Receipt, answer_of
from customs.receipts.catalogue import Meaning, coded, errors, is_number, statuses
from customs.receipts.explained import Explanation
from customs.receipts.places import FlowDirection, ReceiptPlace, is_status, says_more
from customs.receipts.texts import plain


def explain(
    said: Receipt | Answer | str, *, code: str = "", direction: FlowDirection | None = None, receipt: str = ""
) -> tuple[Explanation, ...]:
    """Return the explanations of a receipt, an answer, a text or a code: one for each thing that it says.

    Never empty. ``said`` is a code if it is one of the catalogue or a number of at most six digits, else a text; ``code``
    is the number that a text came with. ``direction`` and ``receipt`` (``CEB622``, an area, an agency) narrow what it may
    mean; a receipt or answer has both.
    """
    if isinstance(said, Receipt):
        said = answer_of(said)
    if isinstance(said, Answer):
        return _of_answer(said)
    place = ReceiptPlace(direction or _direction_of(receipt), receipt, receipt, _status_of(code, receipt))
    if code:
        return _of_code_and_text(code.strip(), said, place)
    number = plain(said.strip())
    if is_number(number) or coded(number):
        return place.of_code(number, "")
    return place.of_text(said) or (Explanation(place.verdict(()), said),)


def _of_code_and_text(code: str, text: str, place: ReceiptPlace) -> tuple[Explanation, ...]:
    """The explanations of a code and its text. A status says less than its text does, any other code more."""
    found = place.of_code(code, text)
    if not is_status(code) and found[0].known:
        return (*found, *(each for each in place.of_numbered(text) if each.code != code))
    return place.of_text(text) or found


def _direction_of(receipt: str) -> FlowDirection | None:
    kind = MESSAGES.get(receipt)
    return kind.flow if kind and kind.flow != "both" else None


# answers


#: Places by receipt, area and status, kept for the statuses and errors that are known.
_PLACES: dict[tuple[str, str, str], ReceiptPlace] = {}


def _of_answer(answer: Answer) -> tuple[Explanation, ...]:
    """The explanations of an answer: of its error and the codes and known texts in it, else of its status."""
    place = _PLACES.get((answer.receipt, answer.area, answer.code)) or _place_of(answer)
    texts = answer.texts
    text = texts[0] if len(texts) == 1 else "\n".join(texts)
    if place.status is not None and is_error(answer.code):
        return _of_error(answer.code, text, place)
    if not text or (place.status is not None and text == place.status.zh):
        return _of_status(answer, text, place)
    if (verdict := place.at_once(text)) is not None:
        return (Explanation(verdict, text),)
    told = place.of_text(text)
    return told if says_more(told, place.status) else (*_of_status(answer, text, place), *told)


def _of_error(code: str, text: str, place: ReceiptPlace) -> tuple[Explanation, ...]:
    """The explanations of an error and of the codes in its text."""
    if place.settled is not None and _holds_no_code(text):
        return (Explanation(place.settled, text),)
    found = _of_code_and_text(code, text, place)
    if len(found) == 1 and len(place.narrowed(tuple(filter(place.fits, coded(code))))) == 1:
        place.settled = found[0].verdict
    return found


def _holds_no_code(text: str) -> bool:
    """True if a text surely holds no code beside that of its status."""
    small = text.lower()
    return "code" not in small and "ｃ" not in small and not small[:2].strip("[［【-").isdecimal()


def _place_of(answer: Answer) -> ReceiptPlace:
    """The place of an answer; it is kept if its status or error is a known one."""
    receipt = answer.receipt
    if receipt == "CEB900":
        receipt = _receipt_for().get(answer.key.message, receipt)
    if answer.area != "unified":
        return ReceiptPlace("import", receipt, answer.area)
    status = _status_of(answer.code, receipt)
    place = ReceiptPlace(_direction_of(receipt), receipt, answer.area, status)
    if status is not None and answer.receipt != "CEB900" and answer.code in _codes():
        _PLACES[answer.receipt, answer.area, answer.code] = place
    return place


@cache
def _codes() -> frozenset[str]:
    """The codes of statuses and errors that stand alone in a receipt."""
    return frozenset(code for each in (*statuses(), *errors()) for code in each.codes)


@cache
def _receipt_for() -> dict[str, str]:
    """The receipt of each message that declares something."""
    return {kind.answers: name for name, kind in MESSAGES.items() if issubclass(kind, Receipt) and kind.answers}


def _status_of(code: str, receipt: str) -> Meaning | None:
    """The status of a receipt of the unified edition, that of the receipt before that of any."""
    if receipt not in MESSAGES:
        return None
    found = _statuses().get("<0" if is_error(code) else code, ())
    named = (each for each in found if receipt in each.receipts)
    return next(named, None) or next((each for each in found if not each.receipts), None)


@cache
def _statuses() -> dict[str, tuple[Meaning, ...]]:
    """The statuses by code."""
    codes = {each.code for each in statuses()}
    return {code: tuple(each for each in statuses() if each.code == code) for code in codes}


#: The status whose words a canonical state has, for local formats.
_STATUS_OF_STATE = {
    State.STORED: "1", State.SENT: "2", State.TECHNICAL_FAILURE: "4", State.REJECTED: "100", State.ACCEPTED: "120",
    State.MANUAL_REVIEW: "300", State.CONCLUDED: "399", State.INSPECTION: "500", State.DETAINED: "599",
    State.SUSPENDED: "600", State.RETURNED: "700", State.RELEASED: "800", State.CLOSED: "899",
}  # fmt: skip


def _of_status(answer: Answer, text: str, place: ReceiptPlace) -> tuple[Explanation, ...]:
    """The explanation of an answer by its status alone, or by the code of its format or the state that it leads to."""
    if place.settled is not None:
        return (Explanation(place.settled, text),)
    number = answer.code if is_number(answer.code) else ""
    verdict = place.verdict((place.status,) if place.status else _of_format(answer), number)
    if place.status is not None:
        place.settled = verdict
    return (Explanation(verdict, text),)


def _of_format(answer: Answer) -> tuple[Meaning, ...]:
    """The meanings of a code in a format of its own: of an area, an agency, the exchange platform."""
    for place in (answer.area, answer.receipt):
        if found := coded(f"{place}:{answer.code}"):
            return found
    if answer.receipt == "DxpRep":
        return tuple(each for each in coded(answer.code) if "DxpRep" in each.receipts)
    status = _status_of(_STATUS_OF_STATE.get(answer.state, ""), "CEB622")
    return (status,) if status and answer.area != "unified" else ()
