"""Deliveries (投递): the messages of an enterprise in its outboxes, where each stands and why, and a person's word on them.

An enterprise sees the boxes of its own destinations alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import func, select

from customs.exchange.circuit import Circuit
from customs.exchange.outbox import OutboxEntry, UnknownDeliveryError
from customs.exchange.standing import DeliveryEvent, DeliveryState, Standing, held, released, retried
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import find_box
from customs.ledger.exchange.delivering import circuit_in, enter_events, set_circuit
from customs.ledger.exchange.finding import entries_in, entry_in, history_in, of_number_in
from customs.ledger.exchange.tables import EXCHANGE_MESSAGES

#: A person's word on a delivery.
DeliveryWord: TypeAlias = Literal["retry", "hold", "release"]


class NoSuchDestinationError(LookupError):
    """The enterprise has no destination of a name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        there = ", ".join(known) or "-"
        self.en = f"there is no destination {name!r}; there are: {there}"
        self.zh = f"没有接入点 {name!r}，现有：{there}"
        super().__init__(f"{self.en} {self.zh}")


class WordNotAllowedError(Exception):
    """The state of a delivery does not allow what a person asks."""

    def __init__(self, word: DeliveryWord, state: DeliveryState) -> None:
        word_zh = {"retry": "重发", "hold": "暂缓", "release": "放行"}[word]
        self.en = f"the message is {state.value}: {word} is not possible now"
        self.zh = f"报文当前状态为 {state.value}，不能{word_zh}"
        super().__init__(f"{self.en} {self.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationStanding:
    """A destination of an enterprise: how many messages are in each state, and since when it is out of order, if it is."""

    name: str
    counts: Mapping[DeliveryState, int]
    outage_since: datetime | None


def destinations_shown(connection: LedgerConnection, enterprise: HubEnterprise) -> list[DestinationStanding]:
    """Return the destinations of an enterprise with what is in their outboxes."""
    messages, found = EXCHANGE_MESSAGES.c, list[DestinationStanding]()
    for each in enterprise.destinations:
        box = _box(connection, enterprise, each.name)
        wanted = select(messages.state, func.count()).where(messages.box == box).group_by(messages.state)
        counts = {} if box is None else {DeliveryState(state): count for state, count in connection.sql.execute(wanted)}
        circuit = Circuit() if box is None else circuit_in(connection, box)
        since = circuit.since if circuit.is_open else None
        found.append(DestinationStanding(name=each.name, counts=counts, outage_since=since))
    return found


def list_deliveries(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    destination: str,
    *,
    states: Sequence[DeliveryState] = (),
    after: int = 0,
    most: int = 50,
) -> list[tuple[int, OutboxEntry]]:
    """Return messages to a destination in the order in which they were put, each with its number, those behind ``after``.

    Raises ``NoSuchDestinationError``.
    """
    box = _box(connection, enterprise, destination)
    return [] if box is None else entries_in(connection, box, states, after, most)


def deliveries_of(
    connection: LedgerConnection, enterprise: HubEnterprise, number: str
) -> list[tuple[str, OutboxEntry]]:
    """Return the messages of an enterprise with a document of a business number, each with its destination."""
    boxes = [(each.name, _box(connection, enterprise, each.name)) for each in enterprise.destinations]
    return [(name, each) for name, box in boxes if box for each in of_number_in(connection, box, number)]


def show_delivery(
    connection: LedgerConnection, enterprise: HubEnterprise, destination: str, message_id: str
) -> tuple[OutboxEntry, tuple[DeliveryEvent, ...]]:
    """Return a message with what happened to it. Raises ``NoSuchDestinationError`` and ``UnknownDeliveryError``."""
    box = _box(connection, enterprise, destination)
    if box is None:
        raise UnknownDeliveryError(message_id)
    return entry_in(connection, box, message_id), history_in(connection, box, message_id)


def say_of_delivery(
    connection: LedgerConnection,
    enterprise: HubEnterprise,
    name: tuple[str, str],
    word: DeliveryWord,
    *,
    now: datetime,
    reason: str = "",
    even_if_sent: bool = False,
) -> OutboxEntry:
    """Enter a person's word on a message, by destination and id; return where it stands then.

    After a retry or a release the destination is tried at once, also in an outage. Raises ``NoSuchDestinationError``,
    ``UnknownDeliveryError`` and ``WordNotAllowedError``.
    """
    destination, message_id = name
    box = _box(connection, enterprise, destination)
    if box is None:
        raise UnknownDeliveryError(message_id)
    messages = EXCHANGE_MESSAGES.c
    wanted = select(messages.seq).where(messages.box == box, messages.id == message_id)
    connection.sql.execute(wanted.with_for_update())
    standing = entry_in(connection, box, message_id).standing
    event = _event_of(standing, word, now, reason, even_if_sent=even_if_sent)
    if event is None:
        raise WordNotAllowedError(word, standing.state)
    enter_events(connection, box, [(message_id, event)])
    if word != "hold" and circuit_in(connection, box).is_open:
        set_circuit(connection, box, Circuit())
    return entry_in(connection, box, message_id)


def _event_of(
    standing: Standing, word: DeliveryWord, now: datetime, reason: str, *, even_if_sent: bool
) -> DeliveryEvent | None:
    if word == "hold":
        return held(standing, now, reason or "held by a person 人工暂缓")
    return released(standing, now) if word == "release" else retried(standing, now, even_if_sent=even_if_sent)


def _box(connection: LedgerConnection, enterprise: HubEnterprise, destination: str) -> int | None:
    """Return the outbox of a destination, None if nothing was put into it. Raises ``NoSuchDestinationError``."""
    names = [each.name for each in enterprise.destinations]
    if destination not in names:
        raise NoSuchDestinationError(destination, names)
    return find_box(connection, "outbox", f"{enterprise.name}/{destination}")
