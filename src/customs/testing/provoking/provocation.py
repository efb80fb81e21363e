"""A provocation (退单演练): a parcel, or a change of its messages, that draws a code of customs from the office."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from customs.declaration import Declaration
from customs.office import CALM, OfficeAnswer, OfficeSettings, Trouble
from customs.testing.provoking.stage import Stage, sample
from customs.wire import read, read_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Provocation:
    """One code of customs, the receipt that carries it, and how it is provoked."""

    code: str
    receipt: str
    zh: str
    en: str
    play: Callable[[Stage], None] = field(default=Stage.declare, repr=False)
    parcel: Callable[[], Declaration] = field(default=sample, repr=False)
    """The parcel whose messages are sent."""
    asked: Callable[[], Declaration | Mapping[str, Any]] | None = field(default=None, repr=False)
    """The parcel that foresight is asked about, where a message is spoilt in the same way; by default ``parcel``."""
    settings: OfficeSettings | Callable[[], OfficeSettings] | None = field(default=None, repr=False)
    trouble: Trouble = CALM
    text: str = ""
    """A part of the receipt's text, where the code alone does not tell."""
    export: bool = False
    beyond: str = ""
    """Why no parcel shows it, where the code can be foreseen in other cases: a key of ``ENSURED`` or ``NEEDS``."""

    def rehearsed(self) -> Stage:
        """Return the stage after everything was sent and answered."""
        settings = self.settings() if callable(self.settings) else self.settings
        stage = Stage.of(self.parcel(), settings, self.trouble)
        self.play(stage)
        return stage

    def answer(self, stage: Stage) -> tuple[str, str] | None:
        """Return status and text of the receipt that carries the code; None if the office did not give it."""
        for came in stage.rehearsal.answers:
            if came.name == self.receipt:
                for status, text in _told(came):
                    if (status == self.code or f"[Code:{self.code};" in text) and self.text in text:
                        return status, text
        return None


def _told(came: OfficeAnswer) -> Iterator[tuple[str, str]]:
    """Status and text of each receipt in an answer."""
    if came.name == "DxpRep":
        yield from ((each.code, each.info or "") for each in read_reply(came.content).responses)
        return
    for document in read(came.content, unwrap=True).documents:
        values = dict(document)
        yield str(values["return_status"]), str(values["return_info"])
