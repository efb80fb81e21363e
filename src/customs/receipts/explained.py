"""An explanation (解释): what happened, the likely cause, what to do and who has to do it, in Chinese and English.

>>> from customs.receipts.catalogue import coded
>>> said = Explanation(Verdict.of(coded("-621018"), code="-621018", receipt="CEB622"))
>>> said.zh, said.cause_zh, said.action.value, said.party.zh
('本次购买将超过年度限额', '超出限额或订购人额度', 'stop', '电商平台（或电商企业）')
"""

from dataclasses import dataclass, field
from typing import Any

from customs.codes.errors import ErrorCause
from customs.receipts.actions import Action, Party
from customs.receipts.catalogue import CodeFamily, Meaning
from customs.receipts.phrases import folded
from customs.receipts.texts import AMOUNTS, NO_FIGURES, TextFigures, figures_of

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """The part of an explanation that many receipts share: everything but the text."""

    meanings: tuple[Meaning, ...] = ()
    code: str = ""
    receipt: str = ""
    status: Meaning | None = None
    family: CodeFamily | None = None
    action: Action = Action.MANUAL

    @classmethod
    def of(cls, meanings: tuple[Meaning, ...], **where: Any) -> "Verdict":
        """Return the verdict of meanings with the action that they agree on, else that a person decides."""
        receipt = where.get("receipt", "")
        actions = {Action.NONE if receipt in each.final_for else each.action for each in meanings}
        return cls(meanings=meanings, action=actions.pop() if len(actions) == 1 else Action.MANUAL, **where)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing that a receipt says, explained. It shows nothing of the receipt's text but figures and known names."""

    verdict: Verdict
    text: str = field(default="", repr=False)
    """The text as it came. It may hold personal data: it is not to be shown."""

    def __eq__(self, other: object) -> bool:
        """True if both explain the same text in the same way."""
        return isinstance(other, Explanation) and self._compared == other._compared

    def __hash__(self) -> int:
        """The hash of what is compared."""
        return hash(self._compared)

    @property
    def _compared(self) -> tuple[object, ...]:
        said = self.verdict
        return said.meanings, said.code, said.receipt, said.status, said.family, self.text

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """The meanings it may have; one where it is clear, none where it is unknown."""
        return self.verdict.meanings

    @property
    def code(self) -> str:
        """The number, empty where there is none."""
        return self.verdict.code

    @property
    def receipt(self) -> str:
        """The receipt, such as ``CEB622``, or the area or agency of another format."""
        return self.verdict.receipt

    @property
    def status(self) -> Meaning | None:
        """The return status that it came with, None where that is not known."""
        return self.verdict.status

    @property
    def family(self) -> CodeFamily | None:
        """The family of an unknown number."""
        return self.verdict.family

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
        return self.verdict.action

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
