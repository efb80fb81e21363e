"""Errors of receipts (回执错误): the cause of a negative return status, and the state that it leads to.

A negative status is an error of the e-port or of customs; its cause decides what became of the declaration. A
system's fault alone is technical. A duplicate or an outdated copy says nothing about the copy that is already there.
Everything else is a rejection. The printed tables give code and text; the cause is a judgement of this library, kept
beside each code. The same number has another meaning on the export side, where the edition of 2018 prints ranges
only.

>>> error_of("-621018").zh, state_of_error("-621018")
('本次购买将超过年度限额', <State.REJECTED: 'rejected'>)
>>> state_of_error("-301001"), error_of("-301001").cause, error_of("-301001", export=True).cause
(<State.REJECTED: 'rejected'>, 'data', 'sign')
"""

import re
from enum import StrEnum
from functools import cache

from customs.codes import code_list
from customs.codes.entries import CodeEntry
from customs.codes.states import State


class ErrorCause(StrEnum):
    """The class of an error, by what has to be mended."""

    DATA = "data"
    """数据: a field is wrong or missing."""
    QUOTA = "quota"
    """额度: a limit or the buyer's quota is exceeded."""
    FILING = "filing"
    """备案: the goods do not match their record, or have none."""
    AUTH = "auth"
    """权限: an enterprise is not registered or not authorised."""
    SIGN = "sign"
    """签名: the signature or certificate was refused."""
    SIZE = "size"
    """大小: too many documents or too large a message."""
    STATE = "state"
    """状态: the declaration is in a state that does not allow it."""
    UI = "ui"
    """界面: an error of the e-port's own input form."""
    MISSING_DOC = "missing_doc"
    """缺单: another document of the same order has not arrived."""
    SYSTEM = "system"
    """系统: a fault of customs' or the e-port's systems."""
    DUPLICATE = "duplicate"
    """重复: the same document was declared before."""
    STALE = "stale"
    """过期: a newer copy is there already."""
    IDENTITY = "identity"
    """身份: name and identity number of the buyer do not belong together, or are not the payer's."""
    THREE_DOC = "three_doc"
    """三单: order, payment, waybill and declaration list do not agree."""
    THREE_DOC_IDENTITY = "three_doc_identity"
    """三单身份: the documents name different persons."""
    THREE_DOC_AMOUNT = "three_doc_amount"
    """三单金额: the documents state different amounts."""
    GUARANTEE = "guarantee"
    """担保: the balance of the guarantee is too low."""
    MANUAL_REJECT = "manual_reject"
    """人工退单: an officer refused it; the text says why."""


#: The state that a cause leads to; every other cause is a rejection (RECEIPTS of the gathered facts, section 4).
_STATES = {
    ErrorCause.SYSTEM: State.TECHNICAL_FAILURE,
    ErrorCause.DUPLICATE: State.REPEATED,
    ErrorCause.STALE: State.REPEATED,
}

#: The state of a negative status that no table lists: every negative status ends its submission (edition 2022-05).
UNLISTED = State.REJECTED

_ERROR = re.compile("-[0-9]+")


def is_error(status: str) -> bool:
    """True if a return status is negative, which makes it an error."""
    return status[:1] == "-" and _ERROR.fullmatch(status) is not None


def error_of(code: str, *, export: bool = False) -> CodeEntry | None:
    """Return the known error of a negative return status, None if no table lists it.

    The entry has the Chinese and English text and the ``cause``, one of ``ErrorCause``. ``export`` looks in the table
    of the export side.
    """
    if not is_error(code):
        return None
    if not export:
        return code_list("business_errors").get(code)
    number = int(code)
    return next((entry for first, last, entry in _export_ranges() if last <= number <= first), None)


@cache
def _export_ranges() -> tuple[tuple[int, int, CodeEntry], ...]:
    """The ranges of the export side, numbers falling: first, last, entry."""
    return tuple((*map(int, entry.code.split("..")), entry) for entry in code_list("export_errors").values())  # type: ignore[misc]


def state_of_error(code: str, *, export: bool = False) -> State:
    """Return the state that a negative return status leads to, ``UNLISTED`` for a code that no table lists."""
    entry = error_of(code, export=export)
    return state_of_cause(ErrorCause(entry.cause)) if entry else UNLISTED


def state_of_cause(cause: ErrorCause) -> State:
    """Return the state that a cause leads to."""
    return _STATES.get(cause, State.REJECTED)
