"""Where a delivery stands (投递状态), and what is its turn: the rules of sending as functions of values.

Every attempt, look-up and word of a person is an event; nothing is ever changed, the state is what the events say. The
same stored bytes are handed over at each attempt. After an attempt whose outcome is unknown, three things come before the
bytes are repeated: the other side is asked, a receipt is waited for, the other side is asked again; they are repeated
twice at most, then a person decides.

Source: practice of the public clients and of the best comparable systems (EXCHANGE sections 7.3 and 8).

>>> from random import Random
>>> now = datetime(2026, 11, 11, 8)
>>> put = Standing(state=DeliveryState.PREPARED, due=now)
>>> claimed = put.after(claim(now))
>>> lost = claimed.after(settled(claimed, HandedOver(outcome="unknown"), Circumstances(now, can_lookup=True, chance=Random(1))))
>>> lost.state.value, turn_of(lost, can_lookup=True)
('unknown', 'look up')
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Literal, TypeAlias

from customs.bilingual import joined
from customs.exchange.contract import Again, HandedOver, HandOverOutcome


class DeliveryState(StrEnum):
    """The state of a delivery (投递状态)."""

    PREPARED = "prepared"
    """待发: stored, and not handed over yet."""
    CLAIMED = "claimed"
    """发送中: an attempt is under way."""
    HANDED_OVER = "handed over"
    """已送达: the other side has it; from here on receipts say what becomes of it."""
    UNKNOWN = "unknown"
    """结果不明: the other side may have it."""
    NOT_SENT = "not sent"
    """未送出: the other side certainly has nothing; the same bytes are handed over again when it is due."""
    PARKED = "parked"
    """搁置: held by a person, or left to one after the last attempt."""
    DEAD = "dead"
    """作废: refused; the same bytes are never sent again."""


#: States in which the other side may be about to take the message: no other attempt with one of its documents begins.
IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)

#: States in which a message waits for its turn.
WAITING = (DeliveryState.PREPARED, DeliveryState.NOT_SENT, DeliveryState.UNKNOWN)

#: What happened to a delivery.
Happening: TypeAlias = Literal[
    "put",
    "claimed",
    "handed over",
    "interrupted",
    "looked up",
    "answered",
    "parked",
    "held",
    "released",
    "retried",
    "buried",
]

#: What is to be done with a delivery that is due.
TurnKind: TypeAlias = Literal["hand over", "look up", "park"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    """An event in the life of a delivery (投递事件): what happened when, and what was decided."""

    at: datetime
    happening: Happening
    state: DeliveryState
    """The state that it leads to."""
    due: datetime | None = None
    """When its turn comes next; None if nothing is to be done by itself."""
    outcome: HandOverOutcome | None = None
    again: Again = "later"
    counts: bool = True
    """False for an attempt during an outage."""
    said: str = ""
    """Why, for people."""
    answer: bytes = b""
    """The answer of the other side as it came; empty where the copy was erased."""

    def __repr__(self) -> str:
        return f"<DeliveryEvent {self.happening} {self.at} {self.state} {self.said}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a delivery stands after its events."""

    state: DeliveryState
    due: datetime | None = None
    attempts: int = 0
    """How often it was handed over, or was about to be."""
    failures: int = 0
    """How often it was certainly not handed over, outages not counted."""
    doubtful: int = 0
    """Attempts in a row whose outcome is unknown."""
    looks: int = 0
    """Look-ups since the last attempt."""
    said: str = ""

    def after(self, event: DeliveryEvent) -> "Standing":
        """Return where it stands after an event."""
        changed = replace(self, state=event.state, due=event.due, said=event.said or self.said)
        match event.happening:
            case "claimed":
                return replace(changed, attempts=self.attempts + 1, looks=0)
            case "handed over" | "interrupted" if event.outcome == "unknown":
                return replace(changed, doubtful=self.doubtful + 1)
            case "handed over" if event.outcome == "not sent":
                return replace(changed, failures=self.failures + event.counts)
            case "looked up" if event.outcome == "unknown":
                return replace(changed, looks=self.looks + 1)
            case "looked up":
                return replace(changed, doubtful=0)
            case "retried":
                return replace(changed, failures=0, doubtful=0, looks=0)
            case "released":
                return replace(changed, failures=0, doubtful=min(self.doubtful, 1), looks=0)
        return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendRules:
    """When the same bytes are handed over again (重发规则). The figures are this library's choice within practice; customs
    and the platforms publish none.
    """

    first_delay: timedelta = timedelta(seconds=30)
    """After the first certain failure; it doubles with each (HMRC waits 30 s)."""
    longest_delay: timedelta = timedelta(minutes=15)
    """(OpenAS2 waits 15 minutes)."""
    longest_local_delay: timedelta = timedelta(minutes=1)
    """Between two probes of a folder that cannot be used, for want of room or rights: a probe there burdens nobody."""
    most_failures: int = 12
    """Then a person decides."""
    wait_for_receipt: timedelta = timedelta(minutes=5)
    """After an attempt with an unknown outcome; first receipts come within seconds (6 to 19 s in traces)."""
    most_repeats: int = 2
    """How often bytes are repeated that the other side may have."""
    failures_to_outage: int = 5
    """Failures in a row after which a destination is taken to be out of order."""


RULES = ResendRules()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances in which an outcome is judged."""

    now: datetime
    can_lookup: bool
    chance: Random
    rules: ResendRules = RULES


def standing_of(events: Sequence[DeliveryEvent]) -> Standing:
    """Return where a delivery stands after all its events; there is at least that of having been put."""
    standing = Standing(state=events[0].state, due=events[0].due)
    for each in events[1:]:
        standing = standing.after(each)
    return standing


def turn_of(standing: Standing, *, can_lookup: bool, rules: ResendRules = RULES) -> TurnKind:
    """Return what is to be done with a delivery that is due."""
    if standing.state is not DeliveryState.UNKNOWN:
        return "hand over"
    if can_lookup and standing.looks < 2:
        return "look up"
    return "hand over" if standing.doubtful <= rules.most_repeats else "park"


def claim(now: datetime) -> DeliveryEvent:
    """Return the event with which an attempt begins; it is on the disk before anything leaves."""
    return DeliveryEvent(at=now, happening="claimed", state=DeliveryState.CLAIMED)


def park(now: datetime) -> DeliveryEvent:
    """Return the event that leaves a delivery with an unknown outcome to a person."""
    return DeliveryEvent(at=now, happening="parked", state=DeliveryState.PARKED, said=_DOUBTFUL)


_DOUBTFUL = (
    "it may have arrived, and neither the other side nor a receipt says so: look for it there, then retry it or leave it "
    "报文可能已送达，但对方和回执均未证实：请到对方系统查询，再决定重发或作罢"
)
_TOO_OFTEN = (
    "it could not be handed over too many times: mend the connection, then retry it 多次未能送出：请排除故障后重发"
)
_INTERRUPTED = "the sender ended during the attempt 发送程序在发送过程中中断"


def interrupted(standing: Standing, at: Circumstances) -> DeliveryEvent:
    """Return the event for an attempt whose sender was killed: nobody knows how far it came."""
    found = _unknown(standing, HandedOver(outcome="unknown", said=_INTERRUPTED), at)
    return replace(found, happening="interrupted")


def settled(standing: Standing, handed: HandedOver, at: Circumstances) -> DeliveryEvent:
    """Return the event for the outcome of an attempt.

    That this attempt did not succeed says nothing about an earlier one whose outcome is unknown: then it stays unknown.
    """
    if handed.outcome == "sent":
        return _event(handed, at, "handed over", DeliveryState.HANDED_OVER)
    if handed.outcome == "unknown":
        return _unknown(standing, handed, at)
    if handed.again == "never":
        return _event(handed, at, "handed over", DeliveryState.DEAD)
    state = DeliveryState.UNKNOWN if standing.doubtful else DeliveryState.NOT_SENT
    if handed.again == "after the outage":
        return replace(_event(handed, at, "handed over", state, due=at.now), counts=False)
    if standing.failures + 1 >= at.rules.most_failures:
        parked = _event(handed, at, "handed over", DeliveryState.PARKED)
        return replace(parked, said=joined(handed.said, _TOO_OFTEN))
    return _event(handed, at, "handed over", state, due=at.now + delay(standing.failures, at.chance, at.rules))


def _unknown(standing: Standing, handed: HandedOver, at: Circumstances) -> DeliveryEvent:
    due = at.now if at.can_lookup else at.now + at.rules.wait_for_receipt
    return _event(handed, at, "handed over", DeliveryState.UNKNOWN, due=due)


def looked_up(standing: Standing, handed: HandedOver, at: Circumstances) -> DeliveryEvent:
    """Return the event for the outcome of a look-up."""
    if handed.outcome == "sent":
        return _event(handed, at, "looked up", DeliveryState.HANDED_OVER)
    if handed.outcome == "not sent":
        state = DeliveryState.DEAD if handed.again == "never" else DeliveryState.NOT_SENT
        return _event(handed, at, "looked up", state, due=at.now if state is DeliveryState.NOT_SENT else None)
    due = at.now if standing.looks else at.now + at.rules.wait_for_receipt
    return _event(handed, at, "looked up", DeliveryState.UNKNOWN, due=due)


def answered(standing: Standing, handed: HandedOver, at: Circumstances) -> DeliveryEvent | None:
    """Return the event for a receipt that names the delivery, None if it changes nothing.

    ``handed`` is ``sent`` for a receipt that shows that the message arrived, and ``not sent`` for a refusal of the
    platform: with ``later`` the same bytes go again after a delay, with ``never`` they are dead.
    """
    if handed.outcome == "sent":
        if not standing.doubtful or standing.state not in (DeliveryState.UNKNOWN, DeliveryState.PARKED):
            return None  # it is known to be there, or certainly is not: then the receipt is about another attempt
        return _event(handed, at, "answered", DeliveryState.HANDED_OVER)
    if handed.outcome == "unknown" or standing.state in (DeliveryState.DEAD, DeliveryState.CLAIMED):
        return None
    if handed.again == "never":
        return _event(handed, at, "answered", DeliveryState.DEAD)
    if standing.state is not DeliveryState.HANDED_OVER:
        return None
    return _event(
        handed, at, "answered", DeliveryState.NOT_SENT, due=at.now + delay(standing.failures, at.chance, at.rules)
    )


def held(standing: Standing, now: datetime, reason: str) -> DeliveryEvent | None:
    """Return the event with which a person holds a delivery that waits; None if it does not wait."""
    if standing.state not in WAITING:
        return None
    return DeliveryEvent(at=now, happening="held", state=DeliveryState.PARKED, said=reason)


def released(standing: Standing, now: datetime) -> DeliveryEvent | None:
    """Return the event with which a person lets a parked delivery go on where it was; None if it is not parked."""
    if standing.state is not DeliveryState.PARKED:
        return None
    before = DeliveryState.NOT_SENT if standing.attempts else DeliveryState.PREPARED
    state = DeliveryState.UNKNOWN if standing.doubtful else before
    return DeliveryEvent(at=now, happening="released", state=state, due=now)


def retried(standing: Standing, now: datetime, *, even_if_sent: bool = False) -> DeliveryEvent | None:
    """Return the event with which a person has the same bytes handed over again, at once; None if that is not theirs to say.

    The person knows that the other side has nothing, or that it will now take what it refused. What was handed over
    goes again only if that is asked for.
    """
    if standing.state in (DeliveryState.PREPARED, DeliveryState.CLAIMED):
        return None
    if standing.state is DeliveryState.HANDED_OVER and not even_if_sent:
        return None
    return DeliveryEvent(at=now, happening="retried", state=DeliveryState.NOT_SENT, due=now)


def buried(standing: Standing, now: datetime, reason: str) -> DeliveryEvent | None:
    """Return the event with which a person gives a delivery up; None if it was handed over, or is dead already."""
    if standing.state in (DeliveryState.HANDED_OVER, DeliveryState.CLAIMED, DeliveryState.DEAD):
        return None
    return DeliveryEvent(at=now, happening="buried", state=DeliveryState.DEAD, said=reason)


def _event(
    handed: HandedOver, at: Circumstances, happening: Happening, state: DeliveryState, *, due: datetime | None = None
) -> DeliveryEvent:
    return DeliveryEvent(
        at=at.now,
        happening=happening,
        state=state,
        due=due,
        outcome=handed.outcome,
        again=handed.again,
        said=handed.said,
        answer=handed.answer,
    )


def delay(failures: int, chance: Random, rules: ResendRules = RULES) -> timedelta:
    """Return how long to wait after so many failures before this one: doubled each time, with a jitter of a quarter, so that
    what failed together does not come back together.
    """
    doubled: timedelta = min(rules.longest_delay, rules.first_delay * (1 << min(failures, 20)))
    return doubled * (0.75 + chance.random() / 2)
