"""The simulated office in a process of its own (另一进程中的模拟海关), as customs is: it answers while the hub goes on.

What it is sent does not wait for it; what it has answered is asked for, and heard later. A second worker of the hub has a line
of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeAlias

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.hub.service.collecting import collecting_seldom
from customs.testing.hub import OfficeWay
from customs.testing.rehearsal import Rehearsal, office

Line: TypeAlias = "Connection[Any, Any]"


class Said(NamedTuple):
    """What the office is told: the time, None for the last that it was told; a message; and True if answers are wanted."""

    now: datetime | None
    content: bytes = b""
    asks: bool = False


@dataclass
class OfficeElsewhere(OfficeWay):
    """The way to an office in another process, at the times of the rehearsal here."""

    line: "Line | None" = None

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Give the office a message, and go on."""
        self._say(Said(self.rehearsal.now, delivery.content))
        return HandedOver(outcome="sent")

    def ask(self) -> None:
        """Ask for what has been answered until now, and go on."""
        self._say(Said(self.rehearsal.now, asks=True))

    def ask_others_time(self) -> None:
        """Ask for what has been answered by the time at which another worker is; there is something when it is heard."""
        self._say(Said(None, asks=True))

    def tell_time(self) -> None:
        """Tell the office the time, after which nothing is sent any more."""
        self._say(Said(self.rehearsal.now))

    def hear(self) -> None:
        """Wait for what was asked for first, and let it arrive at the time of the office."""
        assert self.line
        self.rehearsal.now, found = self.line.recv()
        self.arrived(found)

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what has arrived and is not confirmed."""
        yield from list(self.waiting.values())

    def _say(self, said: Said) -> None:
        assert self.line
        self.line.send(said)


@contextmanager
def office_elsewhere(now: datetime) -> Iterator[tuple[Line, Line]]:
    """Start the office in a process of its own, give two lines to it, and end it."""
    context = get_context("spawn")
    lines = [context.Pipe(), context.Pipe()]
    process = context.Process(target=_answering, args=([there for _, there in lines], now), daemon=True)
    process.start()
    for _, there in lines:
        there.close()
    try:
        yield lines[0][0], lines[1][0]
    finally:
        process.terminate()
        process.join()


def way_to(line: Line, rehearsal: Rehearsal) -> OfficeElsewhere:
    """Return the way to the office by a line."""
    return OfficeElsewhere(rehearsal, line=line)


def _answering(lines: list[Line], now: datetime) -> None:
    """Take what comes at its time, and answer what is asked for, until the process is ended."""
    at, came, ended, waiting = office(now), SimpleQueue[tuple[Line, Said]](), False, list[Line]()
    for line in lines:
        Thread(target=_listening, args=(line, came), daemon=True).start()
    with collecting_seldom():
        while True:
            line, said = came.get()
            at.now = max(at.now, said.now or at.now)
            ended = ended or not (said.content or said.asks)
            if said.content:
                at.office.take(said.content)
            if said.asks:
                waiting.append(line)
            at_once = ended or (said.asks and said.now is not None)
            if waiting and ((found := at.office.due()) or at_once):
                waiting.pop(0).send((at.now, [(each.name, each.content) for each in found]))


def _listening(line: Line, came: SimpleQueue[tuple[Line, Said]]) -> None:
    """Take from the line what the office has no time for yet, so that nobody waits who sends."""
    while True:
        try:
            came.put((line, line.recv()))
        except EOFError:
            return
