"""Answers of the payment agencies (支付机构返回): read as safe XML, with known states; doubtful answers are refused.

>>> WechatWord = Stated("WechatWord", {"SAME": ("一致", "the same"), "UNKNOWN": ("未知", "not known")})
>>> WechatWord.of("SAME").en, WechatWord.of("same").en
('the same', 'not known')
>>> flat(root_of(b"<xml><a>1</a></xml>", "xml"))
{'a': '1'}
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Self

from lxml import etree

from customs.codes.states import State
from customs.documents import Answer, BusinessKey
from customs.fields.forgetting import forgetting
from customs.wire.parsing import ReadError, parse, shown

#: Bytes of an answer: more are refused unread.
LARGEST_ANSWER = 100_000
#: Fields of an answer: more are refused.
MOST_FIELDS = 200

#: A code of an error that may be shown: nothing a person's data could hide in, and shorter than a telephone number.
_SHOWABLE_CODE = re.compile(r"[A-Z_]{1,64}|-?[0-9]{1,10}")

#: What stands for no error where a code is always given, as in answers of WeChat Pay.
_NO_ERROR = "0"


class AgencyAnswerError(ValueError):
    """An answer that cannot be read or must not be believed; it is then not known what became of the request.

    The text is fit for a log. ``said`` is what an unsigned refusal says, for an engineer to read, not to act on.
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.said = said


class Stated(Enum):
    """A word of an answer: ``zh`` and ``en`` in words. A word that is not known is ``UNKNOWN``, never a success."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    @classmethod
    def of(cls, word: str) -> Self:
        """The member of that name, spelled exactly so, or ``UNKNOWN``."""
        return cls.__members__.get(word) or cls["UNKNOWN"]


#: Errors by which an agency says that its own system failed; every other error refuses the request.
SYSTEM_ERRORS = frozenset({"SYSTEMERROR", "SYSTEM_ERROR", "SYSTEM_BUSY"})

#: Errors that leave open what became of the request, so that it has to be asked: 35311004 of WeChat Pay comes with
#: 您的操作已提交，请确认是否已生效, and in other reports with 参数错误.
OPEN_ERRORS = frozenset({"35311004"})


def state_of_refusal(error_code: str) -> State:
    """Return the state of a request that the agency did not take over, ``UNKNOWN`` if it has to be asked."""
    if error_code in OPEN_ERRORS:
        return State.UNKNOWN
    return State.TECHNICAL_FAILURE if error_code in SYSTEM_ERRORS else State.REJECTED


def agency_answer(
    agency: str,
    state: State,
    code: str,
    numbers: Mapping[str, str | None],
    *,
    submitted: str = "",
    texts: Iterable[str | None] = (),
) -> Answer:
    """Return an agency's reply as an answer about the payment that it declares."""
    fields = tuple((name, text) for name, text in numbers.items() if text)
    return Answer(
        authority="platform",
        key=BusinessKey("CEB411", fields),
        state=state,
        code=code,
        receipt=agency,
        submitted=submitted,
        texts=tuple(text for text in texts if text),
    )


@forgetting
def root_of(body: bytes, name: str) -> etree._Element:
    """Return the root of an answer. Raises ``AgencyAnswerError`` for unsafe XML and for another element."""
    if len(body) > LARGEST_ANSWER:
        raise AgencyAnswerError(f"the answer has {len(body)} bytes, at most {LARGEST_ANSWER} are read")
    try:
        root = parse(body)
    except ReadError as error:
        raise AgencyAnswerError(f"the answer cannot be read: {error}") from None
    if root.tag != name:
        raise AgencyAnswerError(f"the answer must be an element {name}")
    return root


def parts(element: etree._Element) -> dict[str, etree._Element]:
    """Return the elements inside an element by name.

    Repeated names are refused: readers differ in what they make of them.
    """
    if len(element) > MOST_FIELDS:
        raise AgencyAnswerError(f"the answer has {len(element)} fields, at most {MOST_FIELDS} are read")
    found = {str(each.tag): each for each in element}
    if len(found) != len(element):
        raise AgencyAnswerError("the answer holds a field twice")
    return found


def flat(element: etree._Element) -> dict[str, str]:
    """Name and text of the fields inside an element, none of which holds further elements."""
    found = parts(element)
    nested = next((name for name, each in found.items() if len(each)), None)
    if nested:
        raise AgencyAnswerError(f"{shown(nested)}: text is expected, there are further elements")
    return {name: each.text or "" for name, each in found.items()}


def error_code_of(code: str) -> str:
    """Return a code of an error for a message, unless it could hold what must not be shown; empty for no error.

    >>> error_code_of("122638004"), error_code_of("SIGNERROR"), error_code_of("0")
    ('122638004', 'SIGNERROR', '')
    """
    if code in ("", _NO_ERROR):
        return ""
    return code if _SHOWABLE_CODE.fullmatch(code) else "(a code that cannot be shown)"


def check_same(
    answered: Mapping[str, str], asked: Mapping[str, str], *, compared: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    """An answer that is signed may still be that to another request. Raises ``AgencyAnswerError``.

    Fields of ``compared`` that both hold must be equal, and those of ``needed`` that were asked must be present.
    """
    for name in compared:
        lacks = name in needed and asked.get(name) and not answered.get(name)
        differs = asked.get(name) and answered.get(name) and asked[name] != answered[name]
        if lacks or differs:
            how = "lacks it" if lacks else "is to another request"
            raise AgencyAnswerError(f"{name}: the answer {how}; ask the agency what became of yours")
