"""The office behind doors (对外服务的模拟海关): it stores what it takes, then takes it, and keeps answers until confirmed.

Promised: what a door said was taken is taken, after a kill at any moment too; an answer waits until it is confirmed, and
comes again after a kill before that. The memory of the office is what its archive gives when it is played again: the same
messages at the same times, the same seed and settings, so the same answers. A message on which the office fails stands in the
folder ``aside`` with the reason, once, and stops neither the others nor a start.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from customs.fields.moments import CHINA_TIME, Clock
from customs.office.archive import Kept, OfficeArchive
from customs.office.aside import AsideMessage, MessageFaultError, keep_aside
from customs.office.chance import Chance
from customs.office.local_desk import LocalAnswer, LocalDesk
from customs.office.local_papers import read_local
from customs.office.office import Office, OfficeAnswer
from customs.office.settings import OfficeSettings
from customs.office.trouble import CALM, OfficeClosedError, Trouble

_T = TypeVar("_T")

#: How the door of a local gateway is named in the archive, and of its own messages.
GATEWAY, LOCAL = "gateway:", "local:"

#: The gateways that answer each file by its name, beside what customs says of the message in it.
BY_FILE = ("shandong",)


class ServedOffice:
    """The office with its archive. Its functions may be called by several threads. Raises ``FolderHeldError``."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        seed: int = 0,
        settings: OfficeSettings | None = None,
        trouble: Trouble = CALM,
        told: Callable[[AsideMessage], object] = lambda aside: None,
    ) -> None:
        self._clock, self._trouble, self._lock = clock, trouble, threading.RLock()
        self._folder, self.told = folder, told
        self._archive = OfficeArchive(folder)
        self._aside = {each.aside for each in self._archive.kept if each.aside}
        self._at = datetime.min
        self.office = Office(settings, clock=lambda: self._at, seed=seed, trouble=trouble)
        self.local = LocalDesk(settings or OfficeSettings(), trouble, Chance(seed))
        self._confirmed: set[str] = set()
        self._files: set[bytes] = set()
        self._waiting: dict[str, dict[str, OfficeAnswer]] = {}
        for each in self._archive.kept:
            self._played(each)

    def _played(self, kept: Kept) -> None:
        """Take what was stored at its time, or note what was confirmed."""
        self._at = kept.at
        self._confirmed.update(kept.confirmed)
        if kept.name:
            self._files.add(_file(kept.name, kept.content))
        gateway = kept.via.removeprefix(GATEWAY).removeprefix(LOCAL)
        by_file = bool(kept.name) and gateway in BY_FILE
        if by_file:
            self.local.take_file(gateway, kept.name, kept.at, refused=kept.via.startswith(LOCAL))
        if kept.via.startswith(LOCAL):
            if not by_file:
                self.local.take(gateway, kept.content, kept.at)
        elif not kept.confirmed and not kept.aside:
            self._worked(lambda: self.office.take(kept.content, sender=kept.sender, via=kept.via))

    def _worked(self, work: Callable[[], _T]) -> _T:
        """Let the office work; a message on which it fails is set aside, and the work goes on."""
        while True:
            try:
                return work()
            except MessageFaultError as fault:
                self._set_aside(fault)

    def _set_aside(self, fault: MessageFaultError) -> None:
        if fault.number in self._aside:
            return
        aside = keep_aside(self._folder, fault, self._archive.sealed)
        self._archive.add(Kept(at=self._at, aside=fault.number))
        self._aside.add(fault.number)
        self.told(aside)

    def alone(self) -> AbstractContextManager[object]:
        """Let one thread look and take, so that nothing is taken in between."""
        return self._lock

    @property
    def last(self) -> datetime:
        """The time of the last thing in the archive, the earliest of all if it is empty."""
        return self._at

    def take(self, content: bytes, *, via: str, sender: str = "", name: str = "") -> bool:
        """Store a message and take it. Raises ``OfficeClosedError``, and ``NotWrittenError``: then nothing was taken.

        A file of the same name and content, where ``name`` is given, is taken once: False says that it was there.
        """
        with self._lock:
            now = self._now()
            if name and _file(name, content) in self._files:
                return False
            if until := self._trouble.closed_until(now):
                raise OfficeClosedError(until)
            kept = Kept(at=now, via=via, sender=sender, name=name, content=content)
            self._archive.add(kept)
            self._played(kept)
            return True

    def take_local(self, gateway: str, content: bytes) -> None:
        """Store a message in a gateway's own form and take it. Raises ``LocalFaultError`` for one that the gateway does not
        take, and what ``take`` raises.
        """
        read_local(gateway, content)
        self.take(content, via=LOCAL + gateway)

    def refuse_file(self, gateway: str, content: bytes, name: str) -> None:
        """Store a file that a gateway answers by its name with a refusal. Raises what ``take`` raises."""
        self.take(content, via=LOCAL + gateway, name=name)

    def waiting(self, via: str, most: int = 1000) -> list[tuple[str, OfficeAnswer]]:
        """Return answers that wait at a door, each with its number, the oldest first."""
        with self._lock:
            self._at = self._now()
            unified = self._worked(lambda: self.office.due(self._at))
            for answer in (*unified, *map(_told, self.local.due(self._at))):
                number = _number(answer)
                if number not in self._confirmed:
                    self._waiting.setdefault(answer.via, {})[number] = answer
            return list(self._waiting.get(via, {}).items())[:most]

    def confirm(self, via: str, numbers: Iterable[str]) -> None:
        """Take answers away that are stored on the other side; numbers that do not wait are ignored."""
        with self._lock:
            waiting = self._waiting.get(via, {})
            known = tuple(each for each in numbers if each in waiting)
            if known:
                self._archive.add(Kept(at=self._now(), confirmed=known))
                self._confirmed.update(known)
                for each in known:
                    del waiting[each]

    @property
    def now(self) -> datetime:
        """The time at the office."""
        return self._now()

    def _now(self) -> datetime:
        """The time of the clock, which never goes back behind what was taken."""
        now = self._clock()
        return max(self._at, now.astimezone(CHINA_TIME).replace(tzinfo=None) if now.tzinfo else now)

    def close(self) -> None:
        """Give the folder to the next process."""
        self._archive.__exit__(None, None, None)


def _number(answer: OfficeAnswer) -> str:
    """The number of an answer, the same after every start: a repetition arrives at another time."""
    told = f"{answer.at.isoformat()}\n{answer.to}\n{answer.name}\n".encode()
    return hashlib.sha256(told + answer.content).hexdigest()[:24]


def _told(answer: LocalAnswer) -> OfficeAnswer:
    """The receipt of a local gateway as it waits beside those of the unified edition."""
    return OfficeAnswer(at=answer.at, to="", name=answer.name, content=answer.content, via=GATEWAY + answer.gateway)


def _file(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + content).digest()
