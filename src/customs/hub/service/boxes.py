"""The boxes of a hub at work (枢纽收发): what is due of a destination is sent, and what waits there received, over the ledger.

One worker at a time sends to a destination, and one receives from it; the others leave it and ask again later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

from customs.exchange.contract import ExchangeWay, Item, LocalWay
from customs.exchange.destinations import Destination, Exchange
from customs.exchange.inbox import Inbox
from customs.exchange.opening import ANSWERS
from customs.exchange.pacing import SendingRate
from customs.exchange.receiving import ReceiveConditions, ReceiveReport, receive
from customs.exchange.sending import SendConditions, SendReport, send_due
from customs.exchange.way_kinds import open_way
from customs.fields.moments import Clock
from customs.ledger.database import Ledger
from customs.ledger.exchange import LedgerInbox, open_ledger_inbox, open_ledger_outbox, read_ledger_inbox


@dataclass(frozen=True, slots=True)
class HubPort:
    """A destination of an enterprise as a worker has it (接入点)."""

    ledger: Ledger
    enterprise: str
    exchange: Exchange
    destination: Destination
    clock: Clock
    sources: tuple[str, ...] = ()
    """The inboxes of the enterprise."""

    @property
    def name(self) -> str:
        """The name of its outbox, and of the inbox of what is fetched there."""
        return f"{self.enterprise}/{self.destination.name}"


@contextmanager
def sending(port: HubPort, chance: Random) -> Iterator[Callable[[], SendReport]]:
    """Hold a destination to send; gives what sends all that is due. Raises ``LedgerHeldError`` and ``WayError``."""
    with ExitStack() as held:
        outbox = held.enter_context(open_ledger_outbox(port.ledger, port.name))
        answers = held.enter_context(open_ledger_inbox(port.ledger, port.name + ANSWERS))
        way = held.enter_context(closing(_way(port, answers)))
        if isinstance(way, LocalWay):
            way.check_place()

        def keep(items: Sequence[Item]) -> None:
            answers.take(items, at=port.clock(), areas=port.destination.areas)

        conditions = SendConditions(
            clock=port.clock,
            chance=chance,
            pace=_rate(port.destination.messages_a_minute),
            key_pace=_rate(port.destination.documents_a_minute),
            inboxes=_heard(port, answers),
            keep=keep,
        )
        yield partial(send_due, outbox, way, conditions)


def _heard(port: HubPort, answers: LedgerInbox) -> Mapping[str, Inbox]:
    """Return the inboxes in which receipts of what is sent may be: all those of the enterprise."""
    names = [f"{port.enterprise}/{source}" for source in port.sources]
    return {each: answers if each == port.name + ANSWERS else read_ledger_inbox(port.ledger, each) for each in names}


@contextmanager
def receiving(port: HubPort) -> Iterator[Callable[[], ReceiveReport]]:
    """Hold a destination to receive; gives what fetches once. Raises ``LedgerHeldError`` and ``WayError``."""
    with ExitStack() as held:
        inbox = held.enter_context(open_ledger_inbox(port.ledger, port.name))
        way = held.enter_context(closing(_way(port, inbox)))
        yield partial(receive, inbox, way, ReceiveConditions(clock=port.clock, areas=port.destination.areas))


def _way(port: HubPort, inbox: LedgerInbox) -> ExchangeWay:
    kind, settings = port.destination.kind, port.destination.settings
    return open_way(kind, settings, port.exchange.file.parent, clock=port.clock, since=inbox.last_fetched)


def _rate(most: float | None) -> SendingRate | None:
    return SendingRate(most) if most else None
