"""Pacing (限速): so much in a minute for a destination, or for a key that signs behind it, and no more.

A U-key signs 250 documents a minute (unified edition 2022-05, crypto annex). Units are spread evenly, so that no burst
meets a gateway that counts by the second.

>>> pace, now = SendingRate(60), datetime(2026, 11, 11, 8)
>>> pace.take(now, 2)
>>> pace.free_at(now) - now
datetime.timedelta(seconds=2)
"""

from datetime import datetime, timedelta

#: Documents that a U-key signs in a minute.
UKEY_A_MINUTE = 250


class SendingRate:
    """How fast something may go: ``most`` units a minute. It is shared by all that use the same destination or key.

    ``free_at`` is when the next unit may go, where that was kept elsewhere.
    """

    def __init__(self, most: float, free_at: datetime | None = None) -> None:
        if not most > 0:
            raise ValueError(f"a rate has to be above zero, not {most} 速率应大于零")
        self._each = timedelta(minutes=1) / most
        self._free_at = free_at

    def free_at(self, now: datetime) -> datetime:
        """Return when the next unit may go."""
        return max(self._free_at, now) if self._free_at else now

    def take(self, now: datetime, units: int = 1) -> None:
        """Note that units went."""
        self._free_at = self.free_at(now) + self._each * units
