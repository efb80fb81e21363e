"""The clock of a hub (枢纽时钟): that of its database, which all processes of the hub share.

A process whose own clock differs by more than half a minute begins nothing: slow, it would hold a destination and send
nothing, and what it entered would lie in the past; fast, it would take what others have leased, and what it entered would
keep them waiting. It goes on by itself once its clock is right.

>>> eight = datetime(2026, 11, 11, 8)
>>> check_clock(eight, eight + timedelta(seconds=30))
>>> check_clock(eight, eight + timedelta(days=1))
Traceback (most recent call last):
customs.hub.store.clocks.ClockOffError: the clock of this machine is 86,400 s behind that of the database: set both by one ...
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.ledger.database import Ledger

#: How far a clock may differ from that of the database: half of the shortest lease of the hub.
MOST_OFF = timedelta(seconds=30)

#: Seconds for which a clock that was compared is trusted between two requests.
TRUSTED = 5.0


class ClockOffError(Exception):
    """The clock of a process differs from that of the database; ``en`` and ``zh`` say by how much."""

    def __init__(self, off: timedelta) -> None:
        seconds = round(abs(off.total_seconds()))
        side, side_zh = ("ahead of", "快") if off > timedelta() else ("behind", "慢")
        self.en = f"the clock of this machine is {seconds:,} s {side} that of the database: set both by one time server"
        self.zh = f"本机时钟比数据库时钟{side_zh} {seconds:,} 秒，请统一校时"
        super().__init__(f"{self.en} {self.zh}")


def check_clock(own: datetime, there: datetime | None) -> None:
    """Raise ``ClockOffError`` if a time differs from that of the database, which is None where both have one clock."""
    if there is not None and abs(off := instant(own) - there) > MOST_OFF:
        raise ClockOffError(off)


@dataclass(slots=True)
class WatchedClock:
    """A clock that is compared with that of the database, every few seconds at most. Raises ``ClockOffError``."""

    ledger: Ledger = field(repr=False)
    clock: Clock
    passed: Callable[[], float] = monotonic
    _until: float = field(default=float("-inf"), init=False)

    def __call__(self) -> datetime:
        """Return the time. Raises ``ClockOffError``, and ``LedgerError`` if the database does not answer."""
        if (passed := self.passed()) >= self._until:
            check_clock(self.clock(), self.ledger.time_there())
            self._until = passed + TRUSTED
        return self.clock()


def check_worker(ledger: Ledger, clock: Clock) -> None:
    """Raise what keeps a worker from a turn: ``LedgerFormError``, ``ClockOffError`` or ``LedgerError``."""
    ledger.check_form()
    check_clock(clock(), ledger.time_there())
