"""Opening a destination (打开接入点): its way, its boxes, and the conditions of its loops."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from random import Random
from typing import Any

from customs.exchange.boxes import Boxes, KeptInbox, KeptOutbox
from customs.exchange.contract import ExchangeWay, LocalWay
from customs.exchange.destinations import Destination, Exchange
from customs.exchange.inbox import Inbox
from customs.exchange.pacing import SendingRate
from customs.exchange.receiving import ReceiveConditions, place_receipts
from customs.exchange.sending import SendConditions
from customs.exchange.way_kinds import open_way
from customs.fields.moments import Clock

#: What is put behind the name of a destination for the inbox of receipts that come with answers: the sender writes to it,
#: while another process may be receiving.
ANSWERS = "-answers"


@contextmanager
def opened_to_send(
    exchange: Exchange, boxes: Boxes, destination: Destination, *, clock: Clock, chance: Random, **more: Any
) -> Iterator[tuple[KeptOutbox, ExchangeWay, SendConditions]]:
    """Open a destination to send: its outbox, its way, and the conditions of ``send_due``.

    Receipts that come with answers are taken into an inbox of the sender; all inboxes are heard. Raises what the boxes raise,
    such as ``JournalHeldError`` or ``LedgerHeldError`` if another process sends there, and ``WayError``, also for a folder of
    this machine into which nothing can be put.
    """
    with ExitStack() as held:
        outbox = held.enter_context(boxes.outbox(destination.name))
        answers = held.enter_context(boxes.inbox(destination.name + ANSWERS))
        way = held.enter_context(closing(_way(exchange, destination, clock, answers)))
        if isinstance(way, LocalWay):
            way.check_place()
        others = [each for each in boxes.inboxes() if each != destination.name + ANSWERS]
        heard: dict[str, Inbox] = {each: held.enter_context(boxes.inbox_to_read(each)) for each in others}

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
    exchange: Exchange, boxes: Boxes, destination: Destination, *, clock: Clock
) -> Iterator[tuple[KeptInbox, ExchangeWay, ReceiveConditions]]:
    """Open a destination to receive: its inbox, its way, and the conditions of ``receive``.

    Raises what the boxes raise, such as ``JournalHeldError`` or ``LedgerHeldError`` if another process receives from there, and
    ``WayError``.
    """
    with ExitStack() as held:
        inbox = held.enter_context(boxes.inbox(destination.name))
        way = held.enter_context(closing(_way(exchange, destination, clock, inbox)))
        yield inbox, way, ReceiveConditions(clock=clock, areas=destination.areas, folder=exchange.receipts)


def _way(exchange: Exchange, destination: Destination, clock: Clock, inbox: Inbox) -> ExchangeWay:
    beside = exchange.file.parent
    return open_way(destination.kind, destination.settings, beside, clock=clock, since=inbox.last_fetched)


def _rate(most: float | None) -> SendingRate | None:
    return SendingRate(most) if most else None
