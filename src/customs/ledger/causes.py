"""Causes (事由): why something was entered. Every entry of the ledger has one, and the same cause counts once.

>>> EntryCause("order", "P1/O1")
EntryCause(kind='order', id='P1/O1', by='', why='')
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: The kinds of causes: an order, a declaration list, a receipt, a tax bill, a message of the bonded system, a file that
#: was imported, a ticket of a person, the end of a period.
CauseKind: TypeAlias = Literal["order", "list", "receipt", "bill", "message", "file", "ticket", "period"]


@dataclass(frozen=True, slots=True)
class EntryCause:
    """Why something was entered: its kind and its number, and for a ticket who decided it and the reason."""

    kind: CauseKind
    id: str
    by: str = ""
    """Who decided it; empty for a machine."""
    why: str = ""
    """The reason in words, without personal data."""


class CauseUsedError(Exception):
    """A cause was entered before, with another change."""

    def __init__(self, kind: str, cause: EntryCause) -> None:
        super().__init__(
            f"{kind} for {cause.kind} {cause.id} was entered before with other figures: correct it by a ticket of its own "
            f"{cause.kind} {cause.id} 的 {kind} 记录此前已登记且数额不同，请另以工单更正"
        )
