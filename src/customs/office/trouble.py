"""Trouble by seed (异常情形): delays, reordering, repeats, losses, outages and faults of the office's own systems.

What happens to an answer depends on the seed and on its number alone, so that a rehearsal can be repeated exactly.

>>> from datetime import datetime
>>> night = Trouble(losses=0.05, repeats=0.10, reordered=0.2, outages=((datetime(2026, 11, 11, 1), datetime(2026, 11, 11, 2)),))
>>> night.closed_until(datetime(2026, 11, 11, 1, 30))
datetime.datetime(2026, 11, 11, 2, 0)
>>> night.closed_until(datetime(2026, 11, 11, 3)) is None
True
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customs.office.chance import Chance


class OfficeClosedError(Exception):
    """The office takes nothing at the moment; ``until`` is when it does again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the office is closed until {until:%Y-%m-%d %H:%M:%S} 系统维护，暂不接收报文")
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The shares of what goes wrong, between 0 and 1, of all answers, or of all documents for ``faults``."""

    losses: float = 0.0
    """Answers that never come unless they are asked for (``Office.query``)."""
    repeats: float = 0.0
    """Answers that come twice."""
    reordered: float = 0.0
    """Answers that come late, so that later ones overtake them."""
    late_by: timedelta = timedelta(minutes=5)
    """How late a reordered answer or a repetition comes at most."""
    slowness: float = 0.0
    """Every step takes up to this many times its time longer, such as at a peak."""
    faults: float = 0.0
    """Documents refused by a fault of the e-port's system; the same document is taken when it comes again."""
    outages: tuple[tuple[datetime, datetime], ...] = ()
    """Times at which nothing is taken and nothing comes: begin and end."""

    def closed_until(self, at: datetime) -> datetime | None:
        """Return the end of the outage at a time, None while the office is open."""
        return next((end for begin, end in self.outages if begin <= at < end), None)

    def arrivals(self, chance: Chance, number: int, at: datetime) -> tuple[datetime, ...]:
        """Return when an answer that is due at a time arrives: never, once or twice."""
        if self.losses and chance.of(number, "lost") < self.losses:
            return ()
        late = self.reordered and chance.of(number, "late") < self.reordered
        times = [at + self.late_by * chance.of(number, "by") if late else at]
        if self.repeats and chance.of(number, "again") < self.repeats:
            times.append(times[0] + self.late_by * chance.of(number, "again by"))
        return tuple(self.closed_until(each) or each for each in times)

    def longer(self, chance: Chance, number: int, time: timedelta) -> timedelta:
        """Return how long a step takes: around its time, longer at a peak."""
        return time * (0.75 + chance.of(number, "pace") * (0.5 + self.slowness))


#: Nothing goes wrong.
CALM = Trouble()
