"""A document before the office (受理中的单证), with all that a check may ask, and the table of checks itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from customs.office.papers import Paper
from customs.office.settings import OfficeSettings
from customs.office.store import Held, OfficeStore
from customs.signing import Verification


@dataclass(frozen=True, slots=True)
class OfficeCase:
    """One document, the memory and the settings of the office, the moment, and how the message was signed and sent."""

    paper: Paper
    store: OfficeStore
    settings: OfficeSettings
    now: datetime
    signature: Verification | None = None
    """None for a message without signature."""
    sender: str = ""
    """The exchange id on the envelope, empty for a bare message."""
    dxp_id: str = ""
    """The exchange id inside the message."""
    transmitter: str = ""

    @property
    def held(self) -> Held | None:
        """The stored copy of the document, None without one that counts."""
        return self.store.standing(*self.paper.key)


class OfficeCheck(NamedTuple):
    """A rule: the code that customs gives, the messages it is about, and a function that returns what is wrong.

    The function returns None if nothing is, else a text for the code's text, which may be empty.
    """

    code: str
    messages: tuple[str, ...]
    broken: Callable[[OfficeCase], str | None]
    numbering: str = ""
    """``printed`` or ``seen`` where the two numberings of lists differ."""


def first_broken(checks: Iterable[OfficeCheck], case: OfficeCase) -> tuple[str, str] | None:
    """Return the code and the detail of the first check of its kind that a document does not pass."""
    for check in checks:
        detail = check.broken(case)
        if detail is not None:
            return check.code, detail
    return None


def when(broken: bool, detail: str = "") -> str | None:
    """Return the detail of a rule if it is broken."""
    return detail if broken else None
