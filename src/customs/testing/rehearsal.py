"""Rehearsals (演练): the simulated office with a clock that the test moves, for users' own tests.

Nothing waits: an hour at customs passes when the test says so.

>>> import customs
>>> from customs.testing import issue_test_key, office, sample_parcels
>>> from customs.testing.parcels import DECLARANT
>>> at_customs = office(datetime(2026, 11, 11, 8), seed=7)
>>> run = at_customs.run(signer=issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer())
>>> prepared = run.prepare(next(sample_parcels(1, seed=7, mode="9610")))
>>> at_customs.send(*prepared.messages)
>>> at_customs.wait(minutes=1)
>>> at_customs.statuses("CEB622")
['2', '120', '800']
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from customs.documents import Answer, Document, Message, answers_of
from customs.office import CALM, Office, OfficeAnswer, OfficeSettings, Trouble
from customs.road import Run, seeded_guids
from customs.road.results import Outgoing
from customs.wire import read


@dataclass(slots=True)
class Rehearsal:
    """The office, the time, and every answer that has come."""

    now: datetime
    seed: int
    office: Office = field(init=False, repr=False)
    answers: list[OfficeAnswer] = field(default_factory=list, repr=False)

    def clock(self) -> datetime:
        """Return the time of the rehearsal."""
        return self.now

    def run(self, **conditions: Any) -> Run:
        """Return a run on the day of the rehearsal, whose clock is the rehearsal's."""
        return Run(on=self.now.date(), clock=self.clock, guids=seeded_guids(self.seed), **conditions)

    def send(self, *messages: Outgoing | bytes) -> None:
        """Hand messages to the office."""
        for each in messages:
            self.office.take(each.content if isinstance(each, Outgoing) else each)

    def wait(self, time: timedelta | None = None, *, minutes: float = 0) -> None:
        """Let time pass, and keep what arrives."""
        self.now += (time or timedelta(0)) + timedelta(minutes=minutes)
        self.answers += self.office.due(self.now)

    def receipts(self, name: str = "") -> list[Document]:
        """Return the receipts that have come, all of them or those of a kind."""
        return [
            document
            for each in self.answers
            if each.name == name or (not name and each.name != "DxpRep")
            for document in self._message(each).documents
        ]

    def events(self) -> list[Answer]:
        """Return the receipts that have come as answers, as ``customs.track`` takes them."""
        return [answer for each in self.answers if each.name != "DxpRep" for answer in answers_of(self._message(each))]

    def statuses(self, name: str) -> list[str]:
        """Return the statuses in the receipts of a kind, in the order in which they came."""
        return [status for each in self.answers if each.name == name for status in each.statuses]

    @staticmethod
    def _message(answer: OfficeAnswer) -> Message[Document]:
        return read(answer.content, unwrap=True)


def office(
    now: datetime, *, seed: int = 0, settings: OfficeSettings | None = None, trouble: Trouble = CALM
) -> Rehearsal:
    """Return the simulated office at a time in China, with a clock that stands until the test lets time pass."""
    made = Rehearsal(now, seed)
    made.office = Office(settings, clock=made.clock, seed=seed, trouble=trouble)
    return made
