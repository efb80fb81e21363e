"""The office (模拟海关): takes messages, and answers as customs does, deterministic by seed and clock.

Promised: an answer is made of what was taken before it alone; the same messages at the same times, with the same seed
and settings, give the same answers to the byte; what was taken once is counted for ever, so that nothing can be declared
twice unseen. Nothing here waits or looks at the time by itself.

>>> from datetime import date, datetime, timedelta
>>> import customs
>>> from customs.testing import issue_test_key, sample_parcels
>>> from customs.testing.parcels import DECLARANT
>>> morning = datetime(2026, 11, 11, 8)
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> key = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))
>>> made = customs.prepare(parcel, signer=key.signer(), on=morning.date(), clock=customs.fixed_clock(morning),
...     guids=customs.seeded_guids(1))
>>> office = Office(clock=customs.fixed_clock(morning), seed=7)
>>> for message in made.messages:
...     office.take(message.content)
>>> answers = office.due(morning + timedelta(minutes=1))
>>> [(each.name, each.statuses) for each in answers if each.name == "CEB622"]
[('CEB622', ('2',)), ('CEB622', ('120',)), ('CEB622', ('800',))]
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

from customs.documents import MESSAGES, Document, Receipt
from customs.fields.moments import CHINA_TIME, Clock
from customs.office.aside import MessageFaultError
from customs.office.case import OfficeCase, first_broken
from customs.office.chance import Chance
from customs.office.checks import checks_at_e_port
from customs.office.course import Course, CourseStep
from customs.office.form import Formed, FormRefusal, formed
from customs.office.gate import Opened, opened, platform_reply
from customs.office.letters import Letter, format_error, messages, receipt
from customs.office.papers import EXPORTED, Paper, PaperKey
from customs.office.settings import OfficeSettings
from customs.office.store import DeclarationCount, OfficeStore
from customs.office.texts import said
from customs.office.trouble import CALM, OfficeClosedError, Trouble
from customs.signing import verify
from customs.wire import wrap


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswer:
    """An answer of the office: when it arrives, for whom, and its bytes."""

    at: datetime
    to: str
    """The exchange id that it is for; empty for a message that did not say."""
    name: str
    """``CEB622`` and the like, or ``DxpRep``."""
    content: bytes = field(repr=False)
    statuses: tuple[str, ...] = ()
    """The status of each receipt in it, in order."""
    via: str = ""
    """The door by which the message came, as its taker named it."""


class _Origin(NamedTuple):
    """A message as it came, and by which door."""

    number: int
    content: bytes
    via: str


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A message that was opened: who sent it, and its documents."""

    origin: _Origin
    to: tuple[str, ...]
    came: Opened
    message: Formed | None = None


class Office:
    """Customs and the e-port, simulated (模拟海关与电子口岸)."""

    def __init__(
        self,
        settings: OfficeSettings | None = None,
        *,
        clock: Clock,
        seed: int = 0,
        trouble: Trouble = CALM,
    ) -> None:
        self.settings, self._clock, self._trouble = settings or OfficeSettings(), clock, trouble
        self._chance = Chance(seed)
        self.store = OfficeStore(self._chance.secret())
        self._numbers = count(1)
        self._answered = count(1)
        self._guids = (self._chance.guid(each) for each in count(1))
        self._events: list[tuple[datetime, int, _Origin, Callable[[datetime], None]]] = []
        self._turn = count()
        self._ready: list[tuple[datetime, int, OfficeAnswer]] = []
        self._last: dict[str, dict[str, OfficeAnswer]] = {}
        self._failed: set[PaperKey] = set()
        self._course = Course(self.settings, self.store, self._chance, self._guids)

    def take(self, content: bytes, *, sender: str = "", via: str = "") -> None:
        """Take bytes in, at the time of the clock. ``sender`` is the exchange id that the door knows, if it knows one;
        ``via`` names the door, and comes back with the answers.

        Whatever is wrong with them is answered. Raises ``OfficeClosedError`` during an outage: nothing was taken. As every
        function that looks at the time, it raises ``MessageFaultError`` if the office failed on an earlier message, which it
        drops: nothing was taken, and it may be called again.
        """
        now = self._now()
        if until := self._trouble.closed_until(now):
            raise OfficeClosedError(until)
        self._advance(now)
        origin = _Origin(next(self._numbers), content, via)
        at = now + self._trouble.longer(self._chance, origin.number, self.settings.pace.answer)
        self._later(at, lambda at: self._read(origin, sender, now, at), origin)

    def _read(self, origin: _Origin, sender: str, now: datetime, at: datetime) -> None:
        """Open a message that came at a time, and refuse it or look at its documents."""
        came = opened(origin.content, self.settings, now)
        message = formed(came.content) if came.fault is None else None
        to = came.sender or sender
        if isinstance(message, Formed):
            to = to or message.transfer.get("dxpId", "")
            wanted = [address for address, wants in message.subscribers if wants in ("ALL", "RET")]
            self._at_e_port(_Arrival(origin, (to, *wanted), came, message), at)
        else:
            self._refuse(_Arrival(origin, (to,), came), message, at)

    def due(self, now: datetime | None = None) -> list[OfficeAnswer]:
        """Return the answers that have arrived by a time, by default that of the clock, each once, in their order."""
        now = _plain(now) if now else self._now()
        self._advance(now)
        found = []
        while self._ready and self._ready[0][0] <= now:
            found.append(heapq.heappop(self._ready)[2])
        return found

    def next_due(self) -> datetime | None:
        """Return when something happens next; None if nothing is under way."""
        times = [each[0][0] for each in (self._events, self._ready) if each]
        return min(times, default=None)

    def query(self, number: str) -> list[OfficeAnswer]:
        """Return the last answers of each kind about an order, list, payment or waybill number, lost ones too."""
        self._advance(self._now())
        return list(self._last.get(number, {}).values())

    def counts(self) -> Mapping[PaperKey, DeclarationCount]:
        """Return how often each document came, and how often it was taken in as new."""
        return self.store.counts

    def _now(self) -> datetime:
        return _plain(self._clock())

    def _later(self, at: datetime, what: Callable[[datetime], None], origin: _Origin) -> None:
        heapq.heappush(self._events, (at, next(self._turn), origin, what))

    def _advance(self, now: datetime) -> None:
        while self._events and self._events[0][0] <= now:
            at, _, origin, what = heapq.heappop(self._events)
            try:
                what(at)
            except Exception as error:
                raise MessageFaultError(origin.number, origin.via, origin.content, error) from error

    def _refuse(self, arrival: _Arrival, refusal: FormRefusal | Formed | None, at: datetime) -> None:
        """Answer a message that is refused as a whole."""
        came = arrival.came
        if came.fault:
            code, detail = came.fault
            self._put("DxpRep", platform_reply(came, said(code, detail), at), arrival, at, (came.copy_id,), (code,))
            return
        assert isinstance(refusal, FormRefusal)
        original = {
            "oriCopMsgId": came.copy_id,
            "oriMessageType": refusal.message,
            "oriBizMessage": _writable(came.content.decode("utf-8", "replace")),
        }
        self._send(arrival, [format_error(refusal.status, refusal.text, at, next(self._guids), original)], at)

    def _at_e_port(self, arrival: _Arrival, at: datetime) -> None:
        """Check the documents of a message, answer each, and pass on to customs what was taken."""
        message = arrival.message
        assert message is not None
        signature = verify(arrival.came.content, roots=self.settings.roots, at=at) if message.signed else None
        most = MESSAGES[message.kind.message].most or len(message.papers)
        letters, taken = [], []
        for paper, fault in message.papers:
            case = OfficeCase(
                paper, self.store, self.settings, at, signature, arrival.came.sender, message.transfer.get("dxpId", "")
            )
            self.store.counts[paper.key].came += 1
            refused = self._refusal(case, fault, crowded=len(message.papers) > most)
            if refused:
                status, text = refused
                letters.append(receipt(paper, status, text, at, self._course.numbers_for(paper)))
                continue
            letter, goes_on = self._course.accept(case)
            letters.append(letter)
            if goes_on:
                taken.append(paper)
        self._send(arrival, letters, at)
        if taken:
            number = arrival.origin.number
            then = at + self._trouble.longer(self._chance, -number, self.settings.pace.storing)
            self._later(then, lambda at: self._at_customs(arrival, taken, at), arrival.origin)

    def _refusal(self, case: OfficeCase, fault: str, *, crowded: bool) -> tuple[str, str] | None:
        """The status and the text with which the e-port refuses a document."""
        kind = case.paper.kind
        if crowded:
            return kind.many, said(kind.many, export=kind.export)
        if fault:
            code = _code_of_form(case.paper)
            return code, said(code, *(() if code != kind.form else (fault,)), export=kind.export)
        if kind.fault and case.paper.key not in self._failed and self._fails(case.paper):
            self._failed.add(case.paper.key)
            return kind.fault, said(kind.fault)
        broken = first_broken(checks_at_e_port(kind.message, case.settings.numbering), case)
        return (broken[0], said(*broken, export=kind.export)) if broken else None

    def _fails(self, paper: Paper) -> bool:
        return self._chance.of(*paper.key, "fault") < self._trouble.faults

    def _at_customs(self, arrival: _Arrival, papers: Iterable[Paper], at: datetime) -> None:
        """Store or refuse documents at customs, and plan what follows."""
        self._follow(arrival, at, (step for paper in papers for step in self._course.store_at_customs(paper, at)))

    def _follow(self, arrival: _Arrival, at: datetime, steps: Iterable[tuple[timedelta, CourseStep]]) -> None:
        """Send what is said at once, and plan what is said later."""
        at_once: list[Letter] = []
        for wait, step in steps:
            if isinstance(step, Letter):
                at_once.append(step)
            else:
                then: Callable[[datetime], None] = partial(self._go_on, arrival, step)
                self._later(at + wait, then, arrival.origin)
        self._send(arrival, at_once, at)

    def _go_on(
        self, arrival: _Arrival, step: Callable[[datetime], Iterable[tuple[timedelta, CourseStep]]], at: datetime
    ) -> None:
        self._follow(arrival, at, step(at))

    def _send(self, arrival: _Arrival, letters: Sequence[Letter], at: datetime) -> None:
        for name, content, numbers in messages(letters, self._guids):
            self._put(name, content, arrival, at, numbers, _statuses(letters, name))

    def _put(
        self,
        name: str,
        content: bytes,
        arrival: _Arrival,
        at: datetime,
        numbers: Iterable[str],
        statuses: tuple[str, ...],
    ) -> None:
        """Let an answer go, by way of trouble, to the sender and to whoever subscribed."""
        for to in arrival.to:
            written = self._enveloped(name, content, to, at) if arrival.came.enveloped and name != "DxpRep" else content
            number = next(self._answered)
            answer = OfficeAnswer(at=at, to=to, name=name, content=written, statuses=statuses, via=arrival.origin.via)
            for each in numbers:
                self._last.setdefault(each, {})[name] = answer
            for arrives in self._trouble.arrivals(self._chance, number, at):
                coming = replace(answer, at=arrives)
                heapq.heappush(self._ready, (arrives, next(self._turn), coming))

    def _enveloped(self, name: str, content: bytes, to: str, at: datetime) -> bytes:
        exported = f"CEB{int(name[3:]) - 1}" in EXPORTED
        own = self.settings.export_id if exported else self.settings.import_id
        return wrap(
            content,
            copy_id=next(self._guids),
            sender=own,
            receivers=[to],
            created=at,
            message_type=f"{name}Message",
        )


def _plain(at: datetime) -> datetime:
    """The time in China, without a zone."""
    return at.astimezone(CHINA_TIME).replace(tzinfo=None) if at.tzinfo else at


def _writable(text: str) -> str:
    """The text of a message that is no XML, without the characters that XML cannot hold."""
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))


def _code_of_form(paper: Paper) -> str:
    """The code for a document that breaks its schema."""
    if paper.kind.lines and not paper.lines:
        return paper.kind.lines
    if paper.kind.message == "CEB623" and not paper["reason"]:
        return "-623012"
    return paper.kind.form


def _statuses(letters: Sequence[Letter], name: str) -> tuple[str, ...]:
    """The statuses of the receipts of a kind."""
    return tuple(_status(each.document) for each in letters if each.document.message == name)


def _status(document: Document) -> str:
    assert isinstance(document, Receipt)
    return document.values((document.status_field,))[0]
