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

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from customs.codes.errors import ErrorCause, is_error
from customs.codes.states import State
from customs.documents import MESSAGES, Answer, Receipt, answer_of
from customs.receipts.actions import Action, Party
from customs.receipts.catalogue import CodeFamily, Meaning, coded, family_of, is_number, statuses
from customs.receipts.phrases import folded, length_of, phrases_in
from customs.receipts.texts import AMOUNTS, NO_FIGURES, TextFigures, figures_of, mended, parts_of

#: The side of the standard that a receipt belongs to.
FlowDirection: TypeAlias = Literal["import", "export"]

_CAUSES = {
    ErrorCause.DATA: ("字段有误或缺失", "a field is wrong or missing"),
    ErrorCause.QUOTA: ("超出限额或订购人额度", "a limit or the buyer's quota is exceeded"),
    ErrorCause.FILING: ("企业或商品未备案，或与备案不符", "enterprise or goods are not on record, or differ from it"),
    ErrorCause.AUTH: ("企业未注册或没有权限", "an enterprise is not registered or has no permission"),
    ErrorCause.SIGN: ("签名或证书不被接受", "the signature or certificate was not accepted"),
    ErrorCause.SIZE: ("单证过多或报文过大", "too many documents, or too large a message"),
    ErrorCause.STATE: ("单证当前状态不允许该操作", "the document is in a state that does not allow it"),
    ErrorCause.UI: ("电子口岸录入界面的错误", "an error of the e-port's own input form"),
    ErrorCause.MISSING_DOC: ("同一订单的另一单证尚未到达", "another document of the same order has not arrived"),
    ErrorCause.SYSTEM: ("海关或电子口岸系统故障", "a fault of customs' or the e-port's systems"),
    ErrorCause.DUPLICATE: ("同一单证此前已申报", "the same document was declared before"),
    ErrorCause.STALE: ("已存有更新的一份", "a newer copy is stored already"),
    ErrorCause.IDENTITY: (
        "订购人姓名与证件不符，或与支付人不符",
        "the buyer's name and identity number do not belong together, or are not the payer's",
    ),
    ErrorCause.THREE_DOC: ("三单与清单内容不一致", "order, payment, waybill and declaration list do not agree"),
    ErrorCause.THREE_DOC_IDENTITY: ("各单证的人员信息不一致", "the documents name different persons"),
    ErrorCause.THREE_DOC_AMOUNT: ("各单证的金额不一致", "the documents state different amounts"),
    ErrorCause.GUARANTEE: ("担保余额不足", "the balance of the guarantee is too low"),
    ErrorCause.MANUAL_REJECT: ("关员退单，原因见说明文字", "an officer refused it; the text says why"),
}

_UNKNOWN = ("未知的回执：目录中没有这一代码或文字", "not in the catalogue: neither the code nor the text is known")


def cause_words(cause: ErrorCause | None) -> tuple[str, str]:
    """Return a cause in Chinese and English; None is a cause that is not known or not clear."""
    return _CAUSES[cause] if cause else ("原因不明", "the cause is not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One thing that a receipt says, explained. It shows nothing of the receipt's text but figures and known names."""

    meanings: tuple[Meaning, ...] = ()
    """The meanings it may have; one where it is clear, none where it is unknown."""
    code: str = ""
    """The number, empty where there is none."""
    receipt: str = ""
    """The receipt, such as ``CEB622``, or the area or agency of another format."""
    status: Meaning | None = None
    """The return status that it came with, None where that is not known."""
    family: CodeFamily | None = None
    """The family of an unknown number."""
    text: str = field(default="", repr=False)
    """The text as it came. It may hold personal data: it is not to be shown."""

    @property
    def known(self) -> bool:
        """True if the catalogue knows the code or the text."""
        return bool(self.meanings)

    @property
    def clear(self) -> bool:
        """True if the catalogue knows it and nothing else can be meant."""
        return len(self.meanings) == 1

    @property
    def zh(self) -> str:
        """The event in Chinese."""
        return self._happened[0]

    @property
    def en(self) -> str:
        """The event in English."""
        return self._happened[1]

    @property
    def _happened(self) -> tuple[str, str]:
        if not self.meanings:
            return _unknown(self.family)
        pairs = dict.fromkeys(_wording(each, self.text) for each in self.meanings)
        return "；或 ".join(dict.fromkeys(zh for zh, _ in pairs)), "; or ".join(dict.fromkeys(en for _, en in pairs))

    @property
    def cause(self) -> ErrorCause | None:
        """The class of the cause; None where there is no error, or where it is not known or not clear."""
        causes = {each.cause for each in self.meanings}
        return causes.pop() if len(causes) == 1 else None

    @property
    def cause_zh(self) -> str:
        """The likely cause in Chinese, empty where there is none."""
        return _CAUSES[self.cause][0] if self.cause else ""

    @property
    def cause_en(self) -> str:
        """The likely cause in English, empty where there is none."""
        return _CAUSES[self.cause][1] if self.cause else ""

    @property
    def action(self) -> Action:
        """The action: that of all meanings if they agree, else a person decides."""
        actions = {Action.NONE if self.receipt in each.final_for else each.action for each in self.meanings}
        return actions.pop() if len(actions) == 1 else Action.MANUAL

    @property
    def party(self) -> Party | None:
        """Who has to do it; None where there is nothing to do, or where it is not clear."""
        parties = {each.party for each in self.meanings}
        return parties.pop() if len(parties) == 1 and self.action is not Action.NONE else None

    @property
    def standing(self) -> str:
        """The standing of code and text: ``official``, ``seen`` in code and receipts, ``unknown``."""
        found = {each.standing for each in self.meanings}
        return "unknown" if not found else "seen" if "seen" in found else "official"

    @property
    def action_standing(self) -> str:
        """The standing of cause and action: ``judgement`` of this library, or ``seen`` or ``official`` where all sources
        act so.
        """
        found = {each.acted or "judgement" for each in self.meanings}
        return found.pop() if len(found) == 1 else "judgement"

    @property
    def certainty(self) -> str:
        """How sure it is: ``high``, ``medium`` or ``low``, that of the least sure meaning; ``none`` if unknown."""
        levels = {each.certainty for each in self.meanings}
        return next((each for each in ("low", "medium", "high") if each in levels), "none")

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the sources, see ``customs.receipts.catalogue.sources``."""
        return tuple(dict.fromkeys(source for each in self.meanings for source in each.sources))

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Remarks, each in Chinese and in English."""
        return tuple(dict.fromkeys((each.note_zh, each.note_en) for each in self.meanings if each.note_en))

    @property
    def figures(self) -> TextFigures:
        """Figures and names that the text states: limit, used amount, fields, numbers."""
        return figures_of(self.text) if self.text else NO_FIGURES

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON, without the text: names of enumerations, amounts as text, None where there is nothing."""
        said = self.figures
        return {
            "known": self.known,
            "clear": self.clear,
            "code": self.code or None,
            "receipt": self.receipt or None,
            "status": self.status.code if self.status else None,
            "happened": {"zh": self.zh, "en": self.en},
            "cause": {"class": self.cause.value, "zh": self.cause_zh, "en": self.cause_en} if self.cause else None,
            "action": {
                "name": self.action.value,
                "zh": self.action.zh,
                "en": self.action.en,
                "machine": self.action.machine,
                "most_times": self.action.most_times,
                "limit": {"zh": self.action.limit_zh, "en": self.action.limit_en} if self.action.limit_en else None,
            },
            "party": {"name": self.party.value, "zh": self.party.zh, "en": self.party.en} if self.party else None,
            "notes": [{"zh": zh, "en": en} for zh, en in self.notes],
            "figures": {
                **{name: None if (each := getattr(said, name)) is None else str(each) for name in AMOUNTS},
                "fields": [*said.fields],
                "lines": [*said.lines],
                "numbers": [[*each] for each in said.numbers],
            },
            "family": self.family.code if self.family else None,
            "standing": self.standing,
            "action_standing": self.action_standing,
            "certainty": self.certainty,
            "sources": [*self.sources],
            "meanings": [
                {
                    "code": each.code or None,
                    "direction": each.direction,
                    "receipts": [*each.receipts],
                    "zh": each.zh,
                    "en": each.en,
                    "action": each.action.value,
                }
                for each in self.meanings
            ],
        }


def _unknown(family: CodeFamily | None) -> tuple[str, str]:
    zh, en = _UNKNOWN
    return (f"{zh}；按号段属于：{family.zh}", f"{en}; by its range it belongs to: {family.en}") if family else (zh, en)


def _wording(meaning: Meaning, text: str) -> tuple[str, str]:
    """The words of a meaning: those of its second text under the same number if that is what stands there."""
    if not meaning.also:
        return meaning.zh, meaning.en
    said = folded(text)
    read = [
        (zh, en) for zh, en in ((meaning.zh, meaning.en), *(each[:2] for each in meaning.also)) if folded(zh) in said
    ]
    return (
        read[0]
        if read
        else (
            "；或 ".join((meaning.zh, *(each.zh for each in meaning.also))),
            "; or ".join((meaning.en, *(each.en for each in meaning.also))),
        )
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands: direction, receipt, area of a local format, return status."""

    direction: FlowDirection | None = None
    receipt: str = ""
    area: str = ""
    status: Meaning | None = None

    def fits(self, meaning: Meaning) -> bool:
        """True if a meaning is of the direction."""
        return self.direction is None or meaning.direction in (self.direction, "both")

    def narrowed(self, found: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Those of the receipt or area, else those of any, else all."""
        if len(found) < 2 or not self.receipt:
            return found
        mine = (self.receipt, self.area)
        named = tuple(each for each in found if any(place in each.receipts for place in mine))
        return named or tuple(each for each in found if not each.receipts) or found


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
    place = _Place(direction or _direction_of(receipt), receipt, receipt, _status_of(code, receipt))
    if code:
        return _of_code_and_text(code.strip(), said, place)
    number = said.strip()
    if is_number(number) or coded(number):
        return _of_code(number, "", place)
    return _of_text(said, place)


def _of_code_and_text(code: str, text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanations of a code and its text. A status says less than its text does, any other code more."""
    found = _of_code(code, text, place)
    if not _is_status(code) and found[0].known:
        return (*found, *(each for each in _of_numbered(text, place) if each.code != code))
    return _of_parts(text, place) or found


def _direction_of(receipt: str) -> FlowDirection | None:
    kind = MESSAGES.get(receipt)
    return kind.flow if kind and kind.flow != "both" else None


# answers


def _of_answer(answer: Answer) -> tuple[Explanation, ...]:
    """The explanations of an answer: of its error and the codes and known texts in it, else of its status.

    A code that is not known takes nothing from a status of a regular course, such as 800.
    """
    place = _place_of(answer)
    text = "\n".join(answer.texts)
    if place.status is not None and is_error(answer.code):
        return _of_code_and_text(answer.code, text, place)
    told = _of_parts(text, place) if text else ()
    if any(each.known for each in told) or (told and (place.status is None or place.status.failure)):
        return told
    return (*_of_status(answer, text, place), *told)


def _place_of(answer: Answer) -> _Place:
    receipt = answer.receipt
    if receipt == "CEB900":
        receipt = _receipt_for().get(answer.key.message, receipt)
    direction = _direction_of(receipt) if answer.area == "unified" else "import"
    return _Place(
        direction, receipt, answer.area, _status_of(answer.code, receipt) if answer.area == "unified" else None
    )


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


def _of_status(answer: Answer, text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanation of an answer by its status alone, or by the code of its format or the state that it leads to."""
    number = answer.code if is_number(answer.code) else ""
    meanings = (place.status,) if place.status else _of_format(answer)
    family = None if meanings else family_of(number, place.direction)
    return (
        Explanation(
            meanings=meanings, code=number, receipt=place.receipt, status=place.status, family=family, text=text
        ),
    )


def _of_format(answer: Answer) -> tuple[Meaning, ...]:
    """The meanings of a code in a format of its own: of an area, an agency, the exchange platform."""
    for place in (answer.area, answer.receipt):
        if found := coded(f"{place}:{answer.code}"):
            return found
    if answer.receipt == "DxpRep":
        return tuple(each for each in coded(answer.code) if "DxpRep" in each.receipts)
    status = _status_of(_STATUS_OF_STATE.get(answer.state, ""), "CEB622")
    return (status,) if status and answer.area != "unified" else ()


# codes


def _of_code(code: str, text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanation of a code that came with a text, or without one."""
    found = tuple(each for each in coded(code) if place.fits(each))
    number = code if is_number(code) or found else ""
    if found:
        found = _told_apart(place.narrowed(found), text)
        return (Explanation(meanings=found, code=number, receipt=place.receipt, status=place.status, text=text),)
    known = _of_known_texts(text, place, number) if text else ()
    return known or (
        Explanation(
            code=number,
            receipt=place.receipt,
            status=place.status,
            family=family_of(number, place.direction),
            text=text,
        ),
    )


def _told_apart(found: tuple[Meaning, ...], text: str) -> tuple[Meaning, ...]:
    """Those whose text it is; else the one that stands for every text of the number; else all."""
    if len(found) < 2 or not text:
        return found
    said = folded(text)
    lengths = [length_of(each, said) for each in found]
    if longest := max(lengths):
        return tuple(each for each, length in zip(found, lengths, strict=True) if length == longest)
    general = tuple(
        each for each in found if each.is_status or each.standing == "official" or each.action is Action.MANUAL
    )
    return general or found


# texts


def _of_text(text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanations of a text without an answer around it."""
    return _of_parts(text, place) or (Explanation(receipt=place.receipt, status=place.status, text=text),)


def _of_parts(text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanations of the codes in a text, else of the known texts in it or in the text decoded again."""
    known = _of_numbered(text, place) or _of_known_texts(text, place)
    if not known and (right := mended(text)) is not None:
        return _of_numbered(right, place) or _of_known_texts(right, place)
    return known


def _of_numbered(text: str, place: _Place) -> tuple[Explanation, ...]:
    """The explanations of the codes in a text. A status at its beginning only repeats that of the receipt."""
    numbered = (each for each in parts_of(text) if each.code and not _is_status(each.code))
    return tuple(said for each in numbered for said in _of_code(each.code, f"{each.text}\n{each.rest}", place))


def _is_status(code: str) -> bool:
    found = coded(code)
    return bool(found) and found[0].is_status


def _of_known_texts(text: str, place: _Place, code: str = "") -> tuple[Explanation, ...]:
    """An explanation for each known text in a text."""
    return tuple(
        Explanation(meanings=place.narrowed(each), code=code, receipt=place.receipt, status=place.status, text=text)
        for each in phrases_in(text, place.fits)
    )
