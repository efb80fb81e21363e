"""A night at customs (通关之夜): parcels that go out by a way and come back, with all that happens to them on it.

The sender and the receiver are processes of their own, the commands of the library; the office, its door and the time are
those of the test. Time passes in steps, at each of which is done what is due.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

import customs
from customs.declaration import Declaration
from customs.office import GoodsOnRecord, OfficeSettings, Trouble
from customs.receipts.next_step import StepKind, next_step
from customs.receipts.streams import TrackedParcel, track_all
from customs.signing import Signer
from customs.testing import Rehearsal, office, sample_parcels
from customs.testing.parcels import Mode
from customs.wire.envelope import opened
from support import MORNING, SINGLES_DAY, some
from support.faults import WHOLE
from support.interruption import interrupted
from support.office_doors import Door

#: How long the office is closed, a minute into the night.
OUTAGE = MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=11)

#: Time passes by so much at least; nothing happens to a parcel for so long when customs is done with it, until it is closed.
STEP, AT_MOST = timedelta(seconds=30), timedelta(hours=12)

#: Longer than anything at customs lasts that no officer does.
IN_VAIN = timedelta(hours=5)

#: Goods that the account book of the night does not hold, and why parcels are refused.
NOT_ON_RECORD = "000011"
OFFICER, OVER_LIMIT, NO_RECORD = "申报价格偏低，请提供价格说明", "超过年度限额", "商品未备案"

TROUBLE = Trouble(losses=0.05, repeats=0.10, reordered=0.2, late_by=timedelta(minutes=3), outages=(OUTAGE,))


@dataclass(frozen=True)
class Load:
    """The parcels of a night, their messages in portions, what the office knows of them, and why it refuses some."""

    parcels: list[Declaration]
    portions: list[dict[str, bytes]]
    """Messages by the names of their files."""
    settings: OfficeSettings
    reasons: dict[str, str]
    """By order number."""

    @property
    def messages(self) -> list[bytes]:
        return [each for portion in self.portions for each in portion.values()]


def load(number: int, portion: int, signer: Signer, *, seed: int) -> Load:
    """So many parcels of both modes in turn, five in a message, some of which will be refused."""
    modes: tuple[Mode, ...] = ("1210", "9610")
    half = [list(sample_parcels(number // 2, seed=seed, mode=mode)) for mode in modes]
    parcels = [each for pair in zip(*half, strict=True) for each in pair]
    conditions: dict[str, Any] = {"clock": customs.fixed_clock(MORNING), "guids": customs.seeded_guids(seed)}
    run = customs.Run(on=SINGLES_DAY, signer=signer, **conditions)
    portions = []
    for begin in range(0, number, portion):
        of_it = parcels[begin : begin + portion]
        fives = [of_it[place : place + 5] for place in range(0, len(of_it), 5)]
        batches = [batch for five in fives for batch in run.prepare_many(five)]
        assert not any(each.refused for batch in batches for each in batch.parcels)
        portions.append({message.file_name: message.content for batch in batches for message in batch.messages})
    return Load(parcels, portions, *_refusals(parcels))


def _refusals(parcels: Sequence[Declaration]) -> tuple[OfficeSettings, dict[str, str]]:
    """What the office knows, and why it refuses some parcels: an officer's word, the year's limit, goods without record."""
    lines = {each.order.order_no: each.order.lines for each in parcels}
    book = {line.record_no or "": GoodsOnRecord(hs_code=line.hs_code) for some in lines.values() for line in some}
    refused, over, left_out = parcels[3::20], parcels[12::20], {"", NOT_ON_RECORD}
    settings = OfficeSettings(
        account_books={"T2991W000001": {number: goods for number, goods in book.items() if number not in left_out}},
        refused={each.order.order_no: OFFICER for each in refused},
        bought={each.order.buyer_id_number: Decimal("25999.00") for each in over},
    )
    reasons = dict.fromkeys([each.order.order_no for each in refused], OFFICER)
    reasons |= dict.fromkeys([each.order.order_no for each in over], OVER_LIMIT)
    unknown = [number for number, some in lines.items() if any(line.record_no == NOT_ON_RECORD for line in some)]
    return settings, reasons | dict.fromkeys(unknown, NO_RECORD)


def at_customs(load: Load, *, seed: int) -> Rehearsal:
    """The office of the night, with everything that goes wrong."""
    return office(MORNING, seed=seed, settings=load.settings, trouble=TROUBLE)


@dataclass
class Night:
    """A night in which a load goes by one door."""

    folder: Path
    rehearsal: Rehearsal
    door: Door
    load: Load
    said: dict[str, bytes] = field(default_factory=dict)
    """What the office said and did not lose, by digest."""
    turn: datetime | None = None
    """When the sender has something to do next."""

    def __post_init__(self) -> None:
        (self.folder / "customs.toml").write_text(f"[destinations.port]\n{self.door.settings}\n", encoding="utf-8")
        for number, portion in enumerate(self.load.portions):
            (self.folder / f"messages/{number}").mkdir(parents=True)
            for name, content in portion.items():
                (self.folder / f"messages/{number}/{name}").write_bytes(content)

    @property
    def now(self) -> datetime:
        return self.rehearsal.now

    def send(self, *portions: int, moment: str = WHOLE) -> int:
        """Send portions, or what is in the outbox; return the exit code."""
        given = [self.folder / f"messages/{each}" for each in portions]
        return self._command(["send", *given, "--wait", "0", "--json"], moment)

    def receive(self, *, moment: str = WHOLE) -> int:
        """Receive what lies there; return the exit code."""
        return self._command(["receive", "--json"], moment)

    def _command(self, given: Sequence[str | Path], moment: str) -> int:
        done = interrupted(moment, "kill", [*given, "--config", self.folder / "customs.toml"], at=self.now)
        if done.returncode != -9:
            assert done.returncode in (0, 1), done.stderr
            assert done.stdout, done.stderr
            (told,) = map(json.loads, done.stdout.splitlines())
            assert not told["failed"], told
            if given[0] == "send":
                self.turn = told["next"] and datetime.fromisoformat(told["next"])
        return done.returncode

    def lay(self, contents: Iterable[bytes]) -> None:
        """Lay down what the office says."""
        for each in contents:
            self.said[blake2b(opened(each)[0], digest_size=32).hexdigest()] = each
            self.door.lay(each)

    def pass_on(self, step: timedelta = STEP) -> None:
        """Let some time pass; the office takes what arrived and lays down what it has to say."""
        self.rehearsal.now += step
        self.door.bring()
        self.lay(each.content for each in self.rehearsal.office.due(self.now))

    @property
    def is_closed(self) -> bool:
        """True during the outage."""
        return OUTAGE[0] <= self.now < OUTAGE[1]

    def wait_for_the_sender(self) -> None:
        """Let time pass until the sender has its next turn, such as a probe during an outage."""
        if self.turn and self.turn > self.now:
            self.pass_on(self.turn - self.now)

    def go_on(self) -> None:
        """Let time pass until nothing is under way any more."""
        last = self.now + AT_MOST
        while times := [each for each in self._times() if each < last]:
            self.pass_on(max(STEP, min(times) - self.now))
            if self.turn and self.turn <= self.now:
                self.send()
            if self.door.waiting():
                self.receive()

    def _times(self) -> list[datetime]:
        outage = OUTAGE[1] if self.now < OUTAGE[1] else None
        return [each for each in (self.turn, self.rehearsal.office.next_due(), outage) if each]

    def ask_for_silent(self) -> int:
        """Ask the office for the parcels of which too long nothing was heard; return how many those are."""
        self.rehearsal.now += IN_VAIN
        silent = [each for each in self.tracked() if next_step(each.state, now=self.now).kind is StepKind.QUERY]
        for each in silent:
            for _, number in each.numbers:
                self.lay(answer.content for answer in self.rehearsal.office.query(number))
        return len(silent)

    def received(self) -> list[bytes]:
        """The receipts that stand as files."""
        return [each.read_bytes() for each in some((self.folder / "receipts").iterdir())]

    def tracked(self) -> tuple[TrackedParcel, ...]:
        """The parcels as ``customs track`` shows them, by what was sent and what was received."""
        return self.tracked_by(self.received())

    def tracked_by(self, receipts: Iterable[bytes]) -> tuple[TrackedParcel, ...]:
        """The parcels by some receipts."""
        found = track_all([*self.load.messages, *receipts])
        assert found.unread == ()
        return found.parcels
