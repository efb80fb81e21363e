"""The push door (推送通道): the receipts of a gateway, posted to the enterprise until it answers as agreed.

Promised: a receipt is confirmed only after the receiver said, in the gateway's words, that it has it; so it comes at least
once, also after a kill of the office at any moment, and perhaps again: whoever takes it must know repetitions. What is not
answered so is posted again after the waits of its gateway, by the office's clock; after a new start at once. Guangzhou gives up
after nine repetitions: the receipt then waits to be fetched. Receipts overtake each other, come twice or are lost for good as
the office's trouble says. Nothing that a receiver answers ends the office, and while nobody takes a connection only one is
tried for all that is due.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customs.files import NotWrittenError
from customs.office.pushes import PUSHES, Pushed, PushTarget, UnreachedError, post_form
from customs.office.served import GATEWAY, ServedOffice
from customs.wire.envelope import message_in


@dataclass(slots=True)
class PushDoor:
    """The pushes of one gateway to one address. Raises ``ValueError`` for a gateway that pushes nothing, or lacks a secret."""

    office: ServedOffice
    gateway: str
    target: PushTarget
    secrets: Mapping[str, str] = field(repr=False)
    post: Callable[[str, Mapping[str, str]], bytes] = post_form
    """Posts a form to an address and returns the answer. Raises ``UnreachedError``."""
    _tries: dict[str, int] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        push = PUSHES.get(self.gateway)
        if push is None:
            raise ValueError(f"{self.gateway} pushes nothing, {', '.join(sorted(PUSHES))} do {self.gateway} 不推送回执")
        if missing := [each for each in push.secrets if each not in self.secrets]:
            raise ValueError(f"{self.gateway}: pushes need {missing[0]} 推送回执须有 {missing[0]}")
        if push.has_caller != bool(self.target.caller):
            need, zh = ("needs", "须有") if push.has_caller else ("has no", "没有")
            raise ValueError(f"{self.gateway}: a call-back {need} caller 回调{zh} caller")
        push.form(Pushed("trial", b"<a/>"), self.target, self.secrets)  # what is wrong with a key is told now

    def deliver(self) -> int:
        """Post the receipts that are due, and return how many the enterprise took."""
        via, now, taken, is_reached = GATEWAY + self.gateway, self.office.now, 0, True
        for number, answer in self.office.waiting(via, most=100_000):
            if self._due.get(number, now) > now:
                continue
            is_heard = False
            if is_reached:
                try:
                    is_heard = self._is_heard(Pushed(answer.name, message_in(answer.content)))
                except UnreachedError:
                    is_reached = False
            if is_heard and self._confirmed(via, number):
                taken += 1
            else:
                self._wait(number, now)
        return taken

    def _is_heard(self, pushed: Pushed) -> bool:
        push = PUSHES[self.gateway]
        return push.is_heard(self.post(self.target.address, push.form(pushed, self.target, self.secrets)))

    def _confirmed(self, via: str, number: str) -> bool:
        try:
            self.office.confirm(via, [number])
        except NotWrittenError:  # it comes again, as after a kill
            return False
        self._tries.pop(number, None)
        self._due.pop(number, None)
        return True

    def _wait(self, number: str, now: datetime) -> None:
        push, tries = PUSHES[self.gateway], self._tries.get(number, 0)
        self._tries[number] = tries + 1
        if tries < len(push.waits) or not push.ends:
            self._due[number] = now + push.waits[min(tries, len(push.waits) - 1)]
        else:
            self._due[number] = datetime.max
