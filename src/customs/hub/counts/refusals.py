"""Refusals (退单原因) of orders: the code of the refusal, the class of its cause and who has to act, in one short text.

The text is the detail of the node ``rejected``, so that figures and alarms need not open what was answered. It holds no
text of a receipt.

>>> OrderRefusal(code="-621018", cause=ErrorCause.QUOTA, party=Party.PLATFORM).text
'-621018 quota platform'
>>> refusal_in("100 - -").words
('100', '原因不明', 'the cause is not known')
>>> refusal_in("").code
''
"""

from dataclasses import dataclass

from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.receipts.actions import Party
from customs.receipts.explained import cause_words
from customs.receipts.explanation import explain
from customs.receipts.state import ParcelState

_NONE = "-"
_CAUSES = {each.value: each for each in ErrorCause}
_PARTIES = {each.value: each for each in Party}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefusal:
    """A refusal of customs: its code, the class of its cause, and who has to act; each empty where it is not known."""

    code: str = ""
    cause: ErrorCause | None = None
    party: Party | None = None

    @property
    def text(self) -> str:
        """The refusal as it is kept."""
        return " ".join(each or _NONE for each in (self.code, self.cause, self.party))

    @property
    def words(self) -> tuple[str, str, str]:
        """The code, and its class in Chinese and English."""
        return self.code, *cause_words(self.cause)


def refusal_in(text: str) -> OrderRefusal:
    """Return the refusal of a text as it is kept; an empty one if the text holds none."""
    parts = text.split(" ")
    if len(parts) != 3:
        return OrderRefusal()
    code, cause, party = (each if each != _NONE else "" for each in parts)
    return OrderRefusal(code=code, cause=_CAUSES.get(cause), party=_PARTIES.get(party))


def refusal_of(state: ParcelState) -> OrderRefusal:
    """Return the refusal that holds an order up: that of its first refused document."""
    for document in state.documents.values():
        if document.state is State.REJECTED and document.deciding is not None:
            said, code = explain(document.deciding)[0], document.deciding.code
            return OrderRefusal(
                code=_short(said.code) or _short(code),
                cause=said.cause,
                party=said.party,
            )
    return OrderRefusal()


def _short(code: str) -> str:
    """Return a code that is one, of at most 40 characters without blanks; empty for anything else."""
    return code if code.isascii() and code.isprintable() and " " not in code and len(code) <= 40 else ""
