"""Sizes of messages (报文大小): a message is closed before the document that would make it too large.

Nothing here is loaded as long as a hundred parcels are certain to fit, see ``sending.may_exceed``.

>>> list(parts("abcd", [3, 3, 5, 1], most=6))
['ab', 'cd']
>>> list(parts("abc", [9, 1, 5], most=6))
['a', 'bc']
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from customs.areas import Area
from customs.areas.gateway.steps import GatewayError, before_message
from customs.areas.messages.writing import message_facts, text_of
from customs.areas.profile.conversions import CodeError
from customs.documents import Document
from customs.documents.base import GUID_LENGTH
from customs.road.results import KINDS
from customs.road.sending import AROUND, Group, Sending
from customs.road.stages import Written
from customs.rules import Finding, catalogue

if TYPE_CHECKING:
    from customs.areas.messages import ParcelFacts
    from customs.areas.profile.fields import LocalMessage
    from customs.road.run import Run

T = TypeVar("T")


def parts(items: Sequence[T], sizes: Sequence[int], most: int) -> Iterator[Sequence[T]]:
    """Cut items into parts of at most ``most`` bytes, in order, each as long as it may be; one that is larger is alone."""
    first = total = 0
    for place, size in enumerate(sizes):
        if total + size > most and place > first:
            yield items[first:place]
            first, total = place, 0
        total += size
    yield items[first:]


def room(run: "Run") -> int:
    """Return the most bytes that the documents of a message may have together."""
    return run.most_bytes - AROUND


def sizes_of(texts: Sequence[str]) -> list[int]:
    """Return the bytes of documents that were written as texts."""
    return [len(each.encode()) for each in texts]


def too_large(kind: type[Document], order_no: str | None, size: int, run: "Run", path: str = "") -> Finding:
    """Return the finding on a document that no message may hold."""
    return catalogue.DOCUMENT_TOO_LARGE.at(
        path,
        order_no=order_no or "?",
        title=kind.title,
        document=kind.message,
        size=f"{size:,}",
        most=f"{room(run):,}",
    )


def fitting(run: "Run", group: Group) -> tuple[Group, list[Sending]]:
    """Return the parcels whose documents fit, each alone, into a message; and what the others are told."""
    fit: list[Written] = []
    told: list[Sending] = []
    for each in group:
        found = _too_large_of(run, each)
        if found:
            told.append(Sending(run.place, (each.position,), None, (found,)))
        else:
            fit.append(each)
    return fit, told


def _too_large_of(run: "Run", parcel: Written) -> Finding | None:
    """Return the finding on the first document of a parcel that is too large."""
    order_no = parcel.declaration.order.order_no
    for name, text in parcel.texts.items():
        (size,) = sizes_of([text])
        if size > room(run):
            return too_large(KINDS[name], order_no, size, run, name)
    for taken in run.format.areas:
        for message in taken.own:
            for size in _local_sizes(run, taken.area, message, [parcel]):
                if size > room(run):
                    first, kind = next(pair for pair in KINDS.items() if pair[0] in message.documents)
                    return too_large(kind, order_no, size, run, first)
    return None


def local_parts(run: "Run", area: Area, message: "LocalMessage", group: Group) -> Iterator[Group]:
    """Cut parcels into parts, each of which fits into one message of the area's own format."""
    return parts(group, _local_sizes(run, area, message, group), room(run))


def _local_sizes(run: "Run", area: Area, message: "LocalMessage", group: Group) -> list[int]:
    """Return the bytes of each parcel in a message of its own, which is more than it takes beside others."""
    unnumbered = replace(area, serials=area.serials and (lambda: 0))  # no number is taken to measure
    values = [next((judged.values for judged in each.judged if judged.area is area), None) for each in group]
    return [_local_size(run, unnumbered, message, each) if each else 0 for each in values]


def _local_size(run: "Run", area: Area, message: "LocalMessage", parcel: "ParcelFacts") -> int:
    facts = message_facts(area, message, [parcel], time=run.clock(), guid="0" * GUID_LENGTH)
    try:
        return len(text_of(area, message, before_message(area, facts)).encode())
    except (GatewayError, CodeError):  # which is told when the message is made
        return 0
