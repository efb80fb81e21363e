"""Opening a destination (打开接入点): its way, its boxes in the state folder, and the conditions of its loops."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from random import Random
from typing import Any

from customs.exchange.contract import ExchangeWay, LocalWay
from customs.exchange.destinations import Destination, Exchange
from customs.exchange.inbox import Inbox
from customs.exchange.pacing import SendingRate
from customs.exchange.receiving import ReceiveConditions, place_receipts
from customs.exchange.sending import SendConditions
from customs.exchange.stored_inbox import StoredInbox, inboxes, open_inbox, read_inbox
from customs.exchange.stored_outbox import StoredOutbox, open_outbox
from customs.exchange.way_kinds import open_way
from customs.fields.moments import Clock

#: What is put behind the name of a destination for the inbox of receipts that come with answers: the sender writes to it,
#: while another process may be receiving.
ANSWERS = "-answers"


@contextmanager
def opened_to_send(
    exchange: Exchange, destination: Destination, *, clock: Clock, chance: Random, **more: Any
) -> Iterator[tuple[StoredOutbox, ExchangeWay, SendConditions]]:
    """Open a destination to send: its outbox, its way, and the conditions of ``send_due``.

    Receipts that come with answers are taken into an inbox of the sender; all inboxes of the state folder are heard.
    Raises ``JournalHeldError`` if another process sends there, ``JournalError``, and ``WayError``, also for a folder of this
    machine into which nothing can be put.
    """
    with ExitStack() as held:
        outbox = held.enter_context(open_outbox(exchange.state, destination.name, master=exchange.master))
        answers = held.enter_context(open_inbox(exchange.state, destination.name + ANSWERS, master=exchange.master))
        way = held.enter_context(closing(_way(exchange, destination, clock, answers)))
        if isinstance(way, LocalWay):
            way.check_place()
        others = [each for each in inboxes(exchange.state) if each != destination.name + ANSWERS]
        heard: dict[str, Inbox] = {each: held.enter_context(read_inbox(exchange.state, each)) for each in others}

        def keep(items: Any) -> None:
            answers.take(items, at=clock(), areas=destination.areas)

        yield (
            outbox,
            way,
            SendConditions(
                clock=clock,
                chance=chance,
                pace=_rate(destination.messages_a_minute),
                key_pace=_rate(destination.documents_a_minute),
                inboxes={**heard, destination.name + ANSWERS: answers},
                keep=keep,
                **more,
            ),
        )
        place_receipts(answers, exchange.receipts)


@contextmanager
def opened_to_receive(
    exchange: Exchange, destination: Destination, *, clock: Clock
) -> Iterator[tuple[StoredInbox, ExchangeWay, ReceiveConditions]]:
    """Open a destination to receive: its inbox, its way, and the conditions of ``receive``.

    Raises ``JournalHeldError`` if another process receives from there, ``JournalError`` and ``WayError``.
    """
    with ExitStack() as held:
        inbox = held.enter_context(open_inbox(exchange.state, destination.name, master=exchange.master))
        way = held.enter_context(closing(_way(exchange, destination, clock, inbox)))
        yield inbox, way, ReceiveConditions(clock=clock, areas=destination.areas, folder=exchange.receipts)


def _way(exchange: Exchange, destination: Destination, clock: Clock, inbox: StoredInbox) -> ExchangeWay:
    beside = exchange.file.parent
    return open_way(destination.kind, destination.settings, beside, clock=clock, since=inbox.last_fetched)


def _rate(most: float | None) -> SendingRate | None:
    return SendingRate(most) if most else None
