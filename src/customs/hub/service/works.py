"""Works (工作项): what a worker does again and again for each enterprise, each by itself, and how often it looks.

A work takes one turn and says what came of it; its loop decides when the next one comes. What one work cannot do, such as
send to a closed gateway, holds up no other.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Generic, TypeAlias, TypeVar

from customs.exchange.outbox import instant
from customs.exchange.receiving import ReceiveReport
from customs.exchange.sending import SendReport
from customs.fields.moments import Clock
from customs.hub.calls.making import CallOutcome, Hook, HubCall, make_call, make_calls
from customs.hub.dropped.folder import DropFolder, DroppedOutcome, TakeFile, dropped_turn
from customs.hub.dropped.node_files import take_node_file
from customs.hub.dropped.order_files import take_file
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.service.boxes import HubPort, receiving, sending
from customs.hub.service.opening import OpenEnterprise
from customs.hub.turns.turn import declare_turn, fold_turn, steps_turn
from customs.ledger.database import Ledger, LedgerConnection

T = TypeVar("T")

#: Calls that one turn makes.
CALLS_TOGETHER = 50

#: Seconds between two looks at a drop folder; a file is complete that was the same at two of them.
FOLDER_LOOKS = 5.0

#: The words for a destination that is tried with one message at a time.
OUTAGE = "the destination is out of order: one message at a time is tried 接入点故障：逐份试发"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """The outcome of one turn: what was done, by name, and whether more waits."""

    counts: Mapping[str, int] = field(default_factory=dict)
    more: bool = False
    failed: str = ""
    """Why the other side could not be asked, where that is no fault of the worker."""


WorkTurn: TypeAlias = Callable[[], WorkDone]


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Work:
    """A work: its kind, the enterprise and source it is for, its turn, and how many seconds lie between idle turns."""

    kind: str
    enterprise: str
    source: str
    turn: WorkTurn = field(repr=False)
    every: float
    close: Callable[[], None] = field(default=_nothing, repr=False)
    """Gives back what the work holds; the next turn takes it again."""


#: Works that one thread does in turn; a slow one holds up only these.
Lane: TypeAlias = tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPace:
    """The time of a worker, its chance for the jitter of repetitions, and how many seconds lie between idle turns."""

    clock: Clock
    chance: Random
    every: float = 1.0


def lanes_of(ledger: Ledger, opened: OpenEnterprise, pace: WorkPace) -> Iterator[Lane]:
    """Yield the works of an enterprise: its orders, each of its destinations both ways, its receipts, its calls."""
    hub, clock = opened.hub, pace.clock
    declaring = [("declare", profile, partial(_declared, ledger, hub, profile, clock)) for profile in hub.profiles]
    yield _lane(hub.name, pace.every, *declaring, ("steps", "", partial(_stepped, ledger, hub, clock)))
    for name, destination in opened.exchange.destinations.items():
        port = HubPort(ledger, hub.name, opened.exchange, destination, clock, tuple(hub.areas))
        sender, receiver = Holding(partial(sending, port, pace.chance)), Holding(partial(receiving, port))
        yield (Work("send", hub.name, name, partial(_sent, sender), pace.every, sender.close),)
        poll = destination.poll.total_seconds()
        yield (Work("receive", hub.name, name, partial(_received, receiver), poll, receiver.close),)
    folding = [("fold", source, partial(_folded, ledger, hub, source, clock)) for source in hub.areas]
    yield _lane(hub.name, pace.every, *folding)
    for kind, folder, take in _drop_folders(opened):
        dropping = partial(_dropped, ledger, DropFolder(folder), take, clock)
        yield (Work(kind, hub.name, "", dropping, FOLDER_LOOKS),)
    if opened.hooks:
        yield _lane(hub.name, pace.every, ("call", "", partial(_called, ledger, opened, clock)))


def _lane(enterprise: str, every: float, *works: tuple[str, str, WorkTurn]) -> Lane:
    return tuple(Work(kind, enterprise, source, turn, every) for kind, source, turn in works)


class Holding(Generic[T]):
    """A destination that is opened with the first turn and held until it is closed, or something fails there."""

    def __init__(self, opening: Callable[[], AbstractContextManager[Callable[[], T]]]) -> None:
        self._opening = opening
        self._held = ExitStack()
        self._turn: Callable[[], T] | None = None

    def __call__(self) -> T:
        """Take a turn. Raises ``LedgerHeldError`` while another worker holds it, and ``WayError``."""
        if self._turn is None:
            self._turn = self._held.enter_context(self._opening())
        return self._turn()

    def close(self) -> None:
        """Give the destination to the next worker."""
        self._turn, held, self._held = None, self._held, ExitStack()
        held.close()


def _declared(ledger: Ledger, hub: HubEnterprise, profile: str, clock: Clock) -> WorkDone:
    done = declare_turn(ledger, hub, profile, now=instant(clock()))
    counts = {"declared": done.declared, "refused": done.refused, "failed": done.failed, "messages": done.messages}
    return WorkDone(counts=counts, more=done.taken > 0)


def _drop_folders(opened: OpenEnterprise) -> Iterator[tuple[str, Path, TakeFile]]:
    """Yield the folders into which files are dropped, with the work that takes them."""

    def take_orders(connection: LedgerConnection, path: Path, content: bytes, now: datetime) -> DroppedOutcome:
        return take_file(connection, opened.hub, opened.intake, path, content, now=now)

    def take_nodes(connection: LedgerConnection, path: Path, content: bytes, now: datetime) -> DroppedOutcome:
        return take_node_file(connection, opened.hub, path, now=now)

    if opened.folder:
        yield "intake", opened.folder, take_orders
    if opened.nodes:
        yield "nodes", opened.nodes, take_nodes


def _dropped(ledger: Ledger, folder: DropFolder, take: TakeFile, clock: Clock) -> WorkDone:
    done = dropped_turn(ledger, folder, take, clock=lambda: instant(clock()))
    return WorkDone(counts={"files": done.files, **done.counts}, failed=done.left)


def _stepped(ledger: Ledger, hub: HubEnterprise, clock: Clock) -> WorkDone:
    done = steps_turn(ledger, hub, now=instant(clock()))
    counts = {"pushed": done.pushed, "cancelled": done.cancelled, "left": done.left, "aside": done.aside}
    return WorkDone(counts=counts)


def _sent(sender: Holding[SendReport]) -> WorkDone:
    done = sender()
    counts = {state.value: count for state, count in done.counts.items()}
    return WorkDone(counts=counts, failed=OUTAGE if done.circuit.is_open else "")


def _received(receiver: Holding[ReceiveReport]) -> WorkDone:
    done = receiver()
    counts: dict[str, int] = dict(done.counts.items())
    counts["left"] = sum(not each.wait for each in done.left)
    return WorkDone(counts=counts, failed=done.failed)


def _folded(ledger: Ledger, hub: HubEnterprise, source: str, clock: Clock) -> WorkDone:
    done = fold_turn(ledger, hub, source, now=instant(clock()))
    if done is None:
        return WorkDone()
    counts = {"answers": done.answers, "new": done.new, "moved": done.moved, "strays": done.strays, "aside": done.aside}
    return WorkDone(counts=counts, more=True)


def _called(ledger: Ledger, opened: OpenEnterprise, clock: Clock) -> WorkDone:
    def calling(call: HubCall, hook: Hook) -> CallOutcome:
        return make_call(call, hook, now=clock())

    made = make_calls(ledger, opened.hooks, calling, now=instant(clock()), most=CALLS_TOGETHER)
    return WorkDone(counts={"calls": made}, more=made > 0)
