"""The circuit of a destination (熔断): while it is out of order nothing is sent to it but one probe at a time.

A gateway in maintenance, or one that fails several times in a row, gets no more attempts of the messages that wait for
it, and none is counted against them. A probe goes out after a delay that doubles up to a quarter of an hour; the first
that succeeds, or that is refused for a reason of its own, opens the way to all others.

>>> now = datetime(2026, 11, 11, 8)
>>> broken = Circuit().after(HandedOver(outcome="not sent", again="after the outage"), now)
>>> broken.holds(now), broken.holds(broken.probe_at), broken.after(HandedOver(outcome="sent"), now)
(True, False, Circuit(failures=0, since=None, probe_at=None, probes=0))
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from customs.exchange.contract import HandedOver
from customs.exchange.standing import RULES, ResendRules


@dataclass(frozen=True, slots=True)
class Circuit:
    """The circuit of one destination: closed as long as ``since`` is None."""

    failures: int = 0
    """Failures in a row."""
    since: datetime | None = None
    probe_at: datetime | None = None
    probes: int = 0

    def holds(self, now: datetime) -> bool:
        """True if nothing may be sent at the moment."""
        return self.probe_at is not None and now < self.probe_at

    @property
    def is_open(self) -> bool:
        """True during an outage: one probe at a time."""
        return self.since is not None

    def after(self, handed: HandedOver, now: datetime, rules: ResendRules = RULES) -> "Circuit":
        """Return the circuit after an attempt."""
        if handed.outcome == "sent" or (handed.outcome == "not sent" and handed.again == "never"):
            return Circuit()
        failures = self.failures + 1
        if not self.is_open and handed.again != "after the outage" and failures < rules.failures_to_outage:
            return Circuit(failures)
        if self.holds(now):  # handed over together with the one that opened it: that is no probe
            return replace(self, failures=failures)
        pause: timedelta = min(rules.longest_delay, rules.first_delay * (1 << min(self.probes, 20)))
        return Circuit(failures, self.since or now, now + pause, self.probes + 1)
