"""The sending loop (发送循环): everything that is due goes out by the way of its destination, one attempt after the other.

Nothing waits here: a call does what is due and says when the next turn comes. Time and chance are given. Receipts that
are in an inbox already are heard before each turn, so that nothing is repeated whose receipt is there.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from customs.exchange.folders import FolderSettings, FolderWay
>>> from customs.fields.moments import fixed_clock
>>> from customs.exchange.stored_outbox import open_outbox
>>> conditions = SendConditions(clock=fixed_clock(datetime(2026, 11, 11, 8)), chance=Random(1))
>>> with TemporaryDirectory() as folder, open_outbox(folder, "port") as outbox:
...     (Path(folder) / "out").mkdir()
...     message = Delivery(id="1", name="CEB311", file_name="a.xml", content=b"<a/>")
...     _ = outbox.put([message], at=datetime(2026, 11, 11, 8))
...     report = send_due(outbox, FolderWay(FolderSettings(root=Path(folder))), conditions)
>>> report.handed_over, report.next_due
(1, None)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from random import Random
from typing import TypeAlias

from customs.exchange.circuit import Circuit
from customs.exchange.contract import Delivery, ExchangeWay, HandedOver, Item, LocalWay, StagingWay
from customs.exchange.copies import CopyErasedError
from customs.exchange.inbox import Inbox, TakenItem
from customs.exchange.outbox import Dispatch, Outbox, OutboxEntry, instant
from customs.exchange.pacing import SendingRate
from customs.exchange.standing import (
    RULES,
    Circumstances,
    DeliveryEvent,
    DeliveryState,
    ResendRules,
    answered,
    claim,
    interrupted,
    looked_up,
    park,
    settled,
    turn_of,
)
from customs.fields.moments import Clock

_Ended: TypeAlias = list[tuple[str, DeliveryEvent]]


def _say_nothing(dispatch: Dispatch, event: DeliveryEvent) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SendConditions:
    """The conditions under which a destination is sent to."""

    clock: Clock
    chance: Random
    """For the jitter of delays."""
    rules: ResendRules = RULES
    pace: SendingRate | None = None
    """Of the destination: messages."""
    key_pace: SendingRate | None = None
    """Of the key that signs behind it: documents."""
    inboxes: Mapping[str, Inbox] = field(default_factory=dict)
    """Where receipts of these messages may be, by name."""
    keep: Callable[[Sequence[Item]], object] | None = None
    """Takes in receipts that come with the answer to a message, such as ``Inbox.take``; it has them on the disk when it
    returns."""
    told: Callable[[Dispatch, DeliveryEvent], None] = _say_nothing
    """Is told of every turn, for people who look on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """The outcome of a call of ``send_due``: messages by the state to which their turns led, and when the next turn comes."""

    counts: Mapping[DeliveryState, int]
    circuit: Circuit
    next_due: datetime | None
    """None if nothing is left that will be done by itself."""

    @property
    def handed_over(self) -> int:
        """How many messages the other side certainly has."""
        return self.counts.get(DeliveryState.HANDED_OVER, 0)


def send_due(outbox: Outbox, way: ExchangeWay, conditions: SendConditions) -> SendReport:
    """Do what is due for all messages of a destination, and say when the next turn comes.

    An attempt whose sender was killed counts as unknown. During an outage one message at a time is tried. Raises
    ``JournalError`` if the outbox cannot be written: then nothing more is handed over.
    """
    counts: Counter[DeliveryState] = Counter()
    circuit, ended = outbox.circuit, _left_behind(outbox, way, conditions)
    entered = circuit
    turn = partial(turn_of, can_lookup=way.can_lookup, rules=conditions.rules)
    probing = _probing(way, conditions.rules)
    while True:
        if ended:
            outbox.enter(ended, circuit if circuit != entered else None)
            entered = circuit
        _hear_all(outbox, conditions)
        now = instant(conditions.clock())
        is_held = _held_until(circuit, conditions, now) > now
        due = () if is_held else outbox.due(now, turn, _most_together(way, circuit, conditions))
        if not due:
            return SendReport(counts=counts, circuit=circuit, next_due=_next_due(outbox, circuit, conditions, now))
        ended, circuit = _turns(outbox, way, conditions, due, circuit, probing)
        for dispatch, (_, event) in zip(due, ended, strict=True):
            conditions.told(dispatch, event)
            counts[event.state] += 1


def _most_together(way: ExchangeWay, circuit: Circuit, conditions: SendConditions) -> int:
    """Return how many messages may be handed over together: one at a time as a probe, or at a rate."""
    is_alone = circuit.is_open or conditions.pace or conditions.key_pace
    return way.most_staged if isinstance(way, StagingWay) and not is_alone else 1


def _hear_all(outbox: Outbox, conditions: SendConditions) -> None:
    for name, inbox in conditions.inboxes.items():
        hear(outbox, inbox, name, conditions)


def _left_behind(outbox: Outbox, way: ExchangeWay, conditions: SendConditions) -> _Ended:
    at = _at(way, conditions)
    return [(each.id, interrupted(each.standing, at)) for each in outbox.entries([DeliveryState.CLAIMED])]


def _at(way: ExchangeWay, conditions: SendConditions) -> Circumstances:
    return Circumstances(instant(conditions.clock()), way.can_lookup, conditions.chance, conditions.rules)


def _held_until(circuit: Circuit, conditions: SendConditions, now: datetime) -> datetime:
    """Return when the next attempt may be made, for the circuit and the rates."""
    paces = [each.free_at(now) for each in (conditions.pace, conditions.key_pace) if each]
    return max([now, *paces, *([circuit.probe_at] if circuit.probe_at else [])])


def _next_due(outbox: Outbox, circuit: Circuit, conditions: SendConditions, now: datetime) -> datetime | None:
    due = outbox.next_due()
    return max(due, _held_until(circuit, conditions, now)) if due else None


def _turns(
    outbox: Outbox,
    way: ExchangeWay,
    conditions: SendConditions,
    due: Sequence[Dispatch],
    circuit: Circuit,
    probing: ResendRules,
) -> tuple[_Ended, Circuit]:
    """Take the turns of messages; return what came of them, in order, and how the destination stands then."""
    if due[0].turn == "park":
        return [(due[0].id, park(instant(conditions.clock())))], circuit
    ended: dict[str, DeliveryEvent] = {}
    ready: list[tuple[Dispatch, Delivery]] = []
    for each in due:
        try:
            ready.append((each, outbox.delivery(each.id)))
        except CopyErasedError as error:
            now = instant(conditions.clock())
            ended[each.id] = DeliveryEvent(at=now, happening="buried", state=DeliveryState.DEAD, said=str(error))
    take = _look_up if due[0].turn == "look up" else _hand_over
    for dispatch, handed in take(outbox, way, conditions, ready) if ready else ():
        at = _at(way, conditions)
        is_look = dispatch.turn == "look up"
        ended[dispatch.id] = (looked_up if is_look else settled)(dispatch.standing, handed, at)
        if not is_look or handed.again == "after the outage":
            circuit = circuit.after(handed, at.now, probing)
    return [(each.id, ended[each.id]) for each in due], circuit


def _probing(way: ExchangeWay, rules: ResendRules) -> ResendRules:
    """Return the rules for probes of a way; one on this machine is tried more often."""
    if not isinstance(way, LocalWay):
        return rules
    return replace(rules, longest_delay=min(rules.longest_delay, rules.longest_local_delay))


_Outcomes: TypeAlias = Iterator[tuple[Dispatch, HandedOver]]


def _look_up(
    outbox: Outbox, way: ExchangeWay, conditions: SendConditions, ready: Sequence[tuple[Dispatch, Delivery]]
) -> _Outcomes:
    for dispatch, delivery in ready:
        handed = way.lookup(delivery)
        _keep(handed, conditions)
        yield dispatch, handed


def _hand_over(
    outbox: Outbox, way: ExchangeWay, conditions: SendConditions, ready: Sequence[tuple[Dispatch, Delivery]]
) -> _Outcomes:
    """Hand messages over: made ready where the way can, then claimed on the disk, then handed over."""
    staging = way if isinstance(way, StagingWay) else None
    staged: Sequence[HandedOver | None] = [None] * len(ready)
    if staging:
        staged = staging.stage([delivery for _, delivery in ready])
    needs_none = [(dispatch, handed) for (dispatch, _), handed in zip(ready, staged, strict=True) if handed]
    yield from needs_none
    tried = [each for each, handed in zip(ready, staged, strict=True) if handed is None]
    if not tried:
        return
    now = instant(conditions.clock())
    begun = [(dispatch.id, claim(now)) for dispatch, _ in tried]
    outbox.enter(begun)
    for _, delivery in tried:
        _pace(delivery, conditions)
    if staging:
        outcomes: Iterable[HandedOver] = staging.hand_over_staged([delivery for _, delivery in tried])
    else:
        outcomes = map(way.hand_over, [delivery for _, delivery in tried])
    for (dispatch, _), (_, event), handed in zip(tried, begun, outcomes, strict=True):
        _keep(handed, conditions)
        yield replace(dispatch, standing=dispatch.standing.after(event)), handed


def _keep(handed: HandedOver, conditions: SendConditions) -> None:
    """Store the receipts that came with an answer, before anything says that the message arrived."""
    if handed.items and conditions.keep:
        conditions.keep(handed.items)


def _pace(delivery: Delivery, conditions: SendConditions) -> None:
    now = instant(conditions.clock())
    if conditions.pace:
        conditions.pace.take(now)
    if conditions.key_pace:
        conditions.key_pace.take(now, max(1, len(delivery.keys)))


def hear(outbox: Outbox, inbox: Inbox, source: str, conditions: SendConditions) -> int:
    """Enter what receipts in an inbox say of messages in an outbox; return to how many events that led.

    Any answer of customs shows that its message arrived; a refusal of form or routing that it has to be corrected, or sent
    again. ``source`` is the name of the inbox. A receipt is looked at once, in whatever order it came.
    """
    count = 0
    while items := tuple(inbox.after(outbox.heard(source))):
        at = Circumstances(instant(conditions.clock()), False, conditions.chance, conditions.rules)
        events: dict[str, DeliveryEvent] = {}
        for entry, word in (said for each in items for said in _spoken_of(outbox, each)):
            if event := answered(entry.standing, word, at):
                events[entry.id] = event
        outbox.hear(source, items[-1].number, list(events.items()))
        count += len(events)
    return count


def _spoken_of(outbox: Outbox, item: TakenItem) -> list[tuple[OutboxEntry, HandedOver]]:
    """Return the messages of which an item speaks, and what it says.

    A receipt that names its message only by business key speaks of it if no other message has that key: with several
    attempts nobody knows which one is meant, and a repetition is harmless where a lost message is not.
    """
    if item.word:
        return [(each, item.word) for each in outbox.of_file(item.about)]
    found: list[tuple[OutboxEntry, HandedOver]] = []
    for line in item.lines:
        named = outbox.named(line.key, line.submitted)
        if len(named) == 1:
            found.append((named[0], line.word))
    return found
