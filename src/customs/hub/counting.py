"""Counting answers (回执计数): released and refused orders, receipts that nobody knows, and clocks that differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customs.codes.states import State
from customs.documents import Answer
from customs.hub.providers import provider_to_act
from customs.hub.refusals import refusal_of
from customs.hub.tallies import Tally, TallyName, added
from customs.receipts.events import time_of
from customs.receipts.explanation import explain
from customs.receipts.state import ParcelState, Submitted

#: By how much an answer may be of another time before it is counted; clocks that are set by the network differ less.
TOLERANCE = timedelta(seconds=60)

#: The code of an answer that is not known and has none.
NO_CODE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedOrder:
    """An order that was brought up: its row as it was before, and its state."""

    row: Any
    state: ParcelState

    @property
    def node(self) -> str:
        """The node that it stands at, empty before the first answer."""
        return self.state.node.value if self.state.node else ""

    @property
    def moved(self) -> bool:
        """True if it came to another node."""
        return bool(self.node != self.row.node)


def tallies_of(
    folded: Iterable[FoldedOrder], answers: Iterable[tuple[int, Answer]], strays: int, now: datetime
) -> tuple[Tally, ...]:
    """Return the counts of orders that were brought up and of the new answers, each with the number of its order's row."""
    orders = {each.row.id: each for each in folded}
    found = [tally for each in orders.values() if each.moved for tally in _of_move(each)]
    for order, answer in answers:
        if order in orders:
            found += _of_answer(orders[order], answer, now)
    if strays:
        found.append(Tally(name=TallyName.STRAY, count=strays))
    return added(found)


def _of_move(order: FoldedOrder) -> Iterator[Tally]:
    row, examples = order.row, (order.row.order_no,)
    if order.node == State.RELEASED:
        yield Tally(name=TallyName.RELEASED, district=row.customs_code, examples=examples)
    elif order.node == State.REJECTED:
        said = refusal_of(order.state)
        provider = provider_to_act(said.party, row)
        yield Tally(
            name=TallyName.REJECTED,
            district=row.customs_code,
            provider=provider,
            code=said.cause or "",
            examples=examples,
        )


def _of_answer(order: FoldedOrder, answer: Answer, now: datetime) -> Iterator[Tally]:
    district, examples = order.row.customs_code, (order.row.order_no,)
    yield Tally(name=TallyName.ANSWERED, district=district)
    for said in explain(answer):
        if not said.known:
            code = said.code or NO_CODE
            yield Tally(name=TallyName.UNKNOWN, district=district, code=f"{answer.receipt} {code}", examples=examples)
    if answer.at is None:
        return
    ahead, early = answer.at - now, _submitted(order.state, answer) - answer.at
    for name, difference in ((TallyName.AHEAD, ahead), (TallyName.EARLY, early)):
        if difference > TOLERANCE:
            seconds = int(difference.total_seconds())
            yield Tally(name=name, district=district, most=seconds, examples=examples)


def _submitted(state: ParcelState, answer: Answer) -> datetime:
    """Return when the document of an answer was first submitted; the time of the answer where that is not known."""
    assert answer.at is not None, "an answer without a time is not compared"
    times = [
        time_of(each) for each in state.history if isinstance(each, Submitted) and each.document == answer.key.message
    ]
    return min((each for each in times if each is not None), default=answer.at)
