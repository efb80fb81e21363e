"""Counting answers (回执计数): released and refused orders, receipts that nobody knows, and clocks that differ."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customs.codes.states import State
from customs.documents import Answer
from customs.hub.counts.providers import provider_to_act
from customs.hub.counts.refusals import refusal_of
from customs.hub.counts.tallies import Tally, TallyName, added
from customs.receipts.events import time_of
from customs.receipts.explanation import explain
from customs.receipts.state import ParcelState, Submitted

#: By how much an answer may be of another time before it is counted; clocks that are set by the network differ less.
TOLERANCE = timedelta(seconds=60)

#: Characters of the longest code of the catalogue; what is longer is a number of its own.
_LONGEST_CODE = 9

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
    counted = [(orders[order], answer) for order, answer in answers if order in orders]
    in_districts = Counter(order.row.customs_code for order, _ in counted)
    found += [Tally(name=TallyName.ANSWERED, district=each, count=count) for each, count in in_districts.items()]
    submitted = {number: _submissions(each.state) for number, each in orders.items()}
    explained: dict[tuple[str, ...], tuple[str, ...]] = {}
    for order, answer in counted:
        said = _said(answer)
        if said not in explained:
            explained[said] = tuple(each.code or NO_CODE for each in explain(answer) if not each.known)
        found += _unknown(order, answer.receipt, explained[said])
        if answer.at is not None:
            found += _clocks(
                order, answer.at - now, submitted[order.row.id].get(answer.key.message, answer.at) - answer.at
            )
    if strays:
        found.append(Tally(name=TallyName.STRAY, count=strays))
    return added(found)


def _said(answer: Answer) -> tuple[str, ...]:
    """Return what an answer says without the numbers of its document: the same for thousands, and explained once."""
    texts = answer.texts
    for number in (answer.submitted, *[text for _, text in answer.key.fields]):
        if len(number) > _LONGEST_CODE:
            texts = tuple([text.replace(number, "") for text in texts])
    return answer.receipt, answer.area, answer.state, answer.code, answer.key.message, *texts


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


def _unknown(order: FoldedOrder, receipt: str, codes: Iterable[str]) -> Iterator[Tally]:
    """Yield the codes of an answer that the catalogue does not know."""
    for each in codes:
        code, examples = f"{receipt} {each}", (order.row.order_no,)
        yield Tally(name=TallyName.UNKNOWN, district=order.row.customs_code, code=code, examples=examples)


def _clocks(order: FoldedOrder, ahead: timedelta, early: timedelta) -> Iterator[Tally]:
    """Yield by how much an answer is of a later time than ours, or of an earlier one than its submission."""
    for name, difference in ((TallyName.AHEAD, ahead), (TallyName.EARLY, early)):
        if difference > TOLERANCE:
            seconds, examples = int(difference.total_seconds()), (order.row.order_no,)
            yield Tally(name=name, district=order.row.customs_code, most=seconds, examples=examples)


def _submissions(state: ParcelState) -> dict[str, datetime]:
    """Return when each document was first submitted."""
    found: dict[str, datetime] = {}
    for each in state.history:
        if isinstance(each, Submitted) and (at := time_of(each)) is not None:
            found[each.document] = min(found.get(each.document, at), at)
    return found
