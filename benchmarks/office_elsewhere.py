"""The simulated office in a process of its own (另一进程中的模拟海关), as customs is: it answers while the hub goes on.

What it is sent does not wait for it; what it has answered by a time is asked for, and heard later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.hub.service.collecting import collecting_seldom
from customs.testing.hub import OfficeWay
from customs.testing.rehearsal import Rehearsal, office


@dataclass
class OfficeElsewhere(OfficeWay):
    """The way to an office in another process, at the times of the rehearsal here."""

    line: "Connection[object, object] | None" = None

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Give the office a message, and go on."""
        assert self.line
        self.line.send((self.rehearsal.now, delivery.content))
        return HandedOver(outcome="sent")

    def ask(self) -> None:
        """Ask for what has been answered until now, and go on."""
        assert self.line
        self.line.send((self.rehearsal.now, b""))

    def hear(self) -> None:
        """Wait for what was asked for first, and let it arrive."""
        assert self.line
        self.arrived(self.line.recv())  # type: ignore[arg-type]

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what has arrived and is not confirmed."""
        yield from list(self.waiting.values())


@contextmanager
def office_elsewhere(rehearsal: Rehearsal) -> Iterator[OfficeElsewhere]:
    """Start the office in a process of its own, and end it."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_answering, args=(there, rehearsal.now), daemon=True)
    process.start()
    there.close()
    try:
        yield OfficeElsewhere(rehearsal, line=here)
    finally:
        here.close()
        process.join()


def _answering(line: "Connection[object, object]", now: datetime) -> None:
    """Take what comes at its time, and answer what is asked for, until nobody is there any more."""
    at, came = office(now), SimpleQueue[object]()
    Thread(target=_listening, args=(line, came), daemon=True).start()
    with collecting_seldom():
        while isinstance(question := came.get(), tuple):
            at.now, content = question
            if content:
                at.office.take(content)
            else:
                line.send([(each.name, each.content) for each in at.office.due()])


def _listening(line: "Connection[object, object]", came: SimpleQueue[object]) -> None:
    """Take from the line what the office has no time for yet, so that nobody waits who sends."""
    while True:
        try:
            came.put(line.recv())
        except EOFError:
            came.put(None)
            return
