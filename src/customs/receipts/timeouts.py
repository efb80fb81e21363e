"""Time-outs (节点时限): how long a parcel may stay at a node before somebody looks.

No official text says how long customs takes. Published traces of quiet days have seconds from declaration to release
(Hainan 2023: 19 s; Jinhua 2020: 6 s; an early pilot in Hangzhou: 10 minutes). Every default is a judgement of this
library: far above those traces where machines answer, and days where officers or goods are waited for.

>>> DEFAULT.of(State.SENT), DEFAULT.of(State.RELEASED)
(datetime.timedelta(seconds=3600), None)
>>> Timeouts(sent=timedelta(minutes=10)).of(State.SENT)
datetime.timedelta(seconds=600)
"""

from dataclasses import dataclass
from datetime import timedelta

from customs.codes.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each node may last."""

    unanswered: timedelta = timedelta(minutes=30)
    """From the submission to the first answer; the slowest trace has 10 minutes from the first receipt to release."""
    stored: timedelta = timedelta(hours=1)
    """Saved at the e-port and not declared (1): nobody but the declarant moves it."""
    sent: timedelta = timedelta(hours=1)
    """Declared at the e-port or handed to customs (2, 3); traces have 5 to 10 seconds."""
    failed: timedelta = timedelta(minutes=30)
    """The hand-over to customs failed (4), the e-port tries again by itself."""
    missing: timedelta = timedelta(minutes=30)
    """A missing document was sent and the e-port has not said that it has it."""
    accepted: timedelta = timedelta(hours=4)
    """Stored by customs (120); traces have less than a second to 10 minutes up to the release."""
    awaiting_arrival: timedelta = timedelta(days=7)
    """The goods have to arrive at the site first."""
    manual_review: timedelta = timedelta(days=2)
    """An officer decides (300)."""
    suspended: timedelta = timedelta(days=3)
    """On hold (600)."""
    inspection: timedelta = timedelta(days=3)
    """Goods are presented and inspected (500)."""
    concluded: timedelta = timedelta(days=1)
    """Reviewed and not yet released (399)."""

    def of(self, state: State | None) -> timedelta | None:
        """Return how long a node may last; None for one that nothing is waited for. ``None`` is a submission unanswered."""
        if state is None:
            return self.unanswered
        name = TIMEOUT_NAMES.get(state, "")
        found: timedelta | None = getattr(self, name) if name else None
        return found


#: The time-out of each node at which something is waited for, by its name.
TIMEOUT_NAMES = {
    State.STORED: "stored",
    State.SENT: "sent",
    State.TECHNICAL_FAILURE: "failed",
    State.ACCEPTED: "accepted",
    State.AWAITING_ARRIVAL: "awaiting_arrival",
    State.MANUAL_REVIEW: "manual_review",
    State.SUSPENDED: "suspended",
    State.INSPECTION: "inspection",
    State.CONCLUDED: "concluded",
}

#: The time-outs that hold unless others are given.
DEFAULT = Timeouts()
