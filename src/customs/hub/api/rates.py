"""Rates of calls (调用频率): how fast each token asks, and the headers that say how much is left.

The headers are those of the draft "RateLimit header fields for HTTP" of the IETF (draft-ietf-httpapi-ratelimit-headers).
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from customs.exchange.pacing import SendingRate

#: Requests of one token in a minute, and how many may come at once before the rate counts.
MOST_A_MINUTE, AT_ONCE = 1200, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPace:
    """How fast a token may go on: seconds to wait, requests that may come at once, seconds until all may again."""

    wait: int
    left: int
    full_in: int
    most: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say so.

        >>> CallPace(wait=0, left=99, full_in=1, most=1200).headers["RateLimit"]
        '"token";r=99;t=1'
        """
        return {
            "RateLimit-Policy": f'"token";q={self.most};w=60',
            "RateLimit": f'"token";r={self.left};t={self.full_in}',
        }


class CallRates:
    """How fast each token asks, in this process; threads may share it."""

    def __init__(self, most: float = MOST_A_MINUTE, at_once: int = AT_ONCE) -> None:
        self._most, self._ahead = most, timedelta(minutes=at_once / most)
        self._rates: dict[int, SendingRate] = {}
        self._lock = threading.Lock()

    def take(self, token: int, now: datetime) -> CallPace:
        """Note a request that does not have to wait; return how the token may go on."""
        with self._lock:
            rate = self._rates.setdefault(token, SendingRate(self._most))
            ahead = rate.free_at(now) - now
            wait = ceil((ahead - self._ahead).total_seconds()) if ahead > self._ahead else 0
            if not wait:
                rate.take(now)
            ahead = max(rate.free_at(now) - now, timedelta(0))
            left = 1 + int((self._ahead - ahead) / timedelta(minutes=1) * self._most) if ahead <= self._ahead else 0
            return CallPace(wait=wait, left=left, full_in=ceil(ahead.total_seconds()), most=int(self._most))
