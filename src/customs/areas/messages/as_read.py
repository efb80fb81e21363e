"""Facts as they were read (读出的事实): with them a message is written that no declaration makes, such as one of export."""

from collections.abc import Callable, Mapping
from typing import Any

from customs.areas.messages.parcel_facts import LineFacts, ParcelFacts
from customs.areas.messages.reading import LocalParcel


class _Given(dict[str, Any]):
    """Values of a section; what a message does not have is not given."""

    def __missing__(self, name: str) -> None:
        return None


def facts_as_read(parcel: LocalParcel) -> ParcelFacts:
    """The facts of a parcel in a message, with which ``customs.areas.render`` writes one again.

    A message that is not made from a declaration is built of facts by their names in this way.

    >>> facts_as_read(LocalParcel({"order.order_no": "A1"}, ({"line.qty": 2},))).order["order_no"]
    'A1'
    """
    held = _sections(parcel.facts)
    return ParcelFacts(
        parties=held("parties"),
        order=held("order"),
        payment=held("payment"),
        waybill=held("waybill"),
        clearance=held("clearance"),
        parcel=held("parcel"),
        tax=held("tax"),
        local=held("local"),
        lines=tuple(map(_line, parcel.lines)),
    )


def _line(facts: Mapping[str, Any]) -> LineFacts:
    held = _sections(facts)
    return LineFacts(held("line"), held("goods"))


def _sections(facts: Mapping[str, Any]) -> Callable[[str], _Given]:
    """A function that gives the values of a section by field, of facts by their names."""
    found: dict[str, _Given] = {}
    for name, value in facts.items():
        section, _, field = name.partition(".")
        found.setdefault(section, _Given())[field] = value
    return lambda section: found.get(section, _Given())
