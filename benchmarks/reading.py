"""Speed of reading messages beside lxml's bare parse of the same bytes, in one run: `make bench`.

A message of 100 declaration lists as ``prepare_many`` makes it, one message of 100 receipts of customs, and 100 messages
of one receipt each, as ``customs.read`` and ``customs.read_answers`` give them to users. Each is a ratio to
``lxml.etree.fromstring`` of the same bytes, which builds the tree and looks at none of it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from lxml import etree

import customs
from benchmarks.measure import best_rates, save
from benchmarks.receipts import COURSE, message
from customs.documents import DeclarationList
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT

ON, NOW = date(2026, 11, 11), datetime(2026, 11, 11, 8)
DOCUMENTS, ROUNDS = 100, 40

#: The receipts that are measured, of those in a parcel's course: an order's, and a list's.
KINDS = ("CEB312", "CEB622")

Reader = Callable[[bytes], object]


def main() -> None:
    works: dict[str, tuple[Sequence[bytes], Reader]] = {"100 declaration lists": ([declaration_lists()], customs.read)}
    for kind in KINDS:
        single = receipts(kind)
        works[f"100 receipts {kind}"] = ([together(single)], customs.read)
        works[f"100 messages of one receipt {kind}, read"] = (single, customs.read)
        works[f"100 messages of one receipt {kind}, as answers"] = (single, customs.read_answers)
    found = {name: round(ratio, 2) for name, ratio in to_parse(works).items()}
    ratios = {
        "reading a message of 100 lists, to the bare parse": found.pop("100 declaration lists"),
        "reading 100 receipts, to the bare parse": max(found[f"100 receipts {kind}"] for kind in KINDS),
        **{f"{name}, to the bare parse": ratio for name, ratio in found.items()},
    }
    for name, ratio in ratios.items():
        print(f"{name:72}{ratio:8.2f}")
    save("reading", ("lxml", "pydantic"), ratios=ratios)


def to_parse(works: Mapping[str, tuple[Sequence[bytes], Reader]]) -> dict[str, float]:
    """How often the bare parse of its bytes fits into each work."""
    taken = {}
    for name, (contents, reader) in works.items():
        taken[name, True] = repeat(contents, reader)
        taken[name, False] = repeat(contents, etree.fromstring)
    names = {f"{name} {ours}": work for (name, ours), work in taken.items()}
    rates = best_rates(names, ROUNDS)
    return {name: rates[f"{name} False"] / rates[f"{name} True"] for name in works}


def repeat(contents: Sequence[bytes], work: Reader) -> Callable[[], int]:
    def run() -> int:
        for content in contents:
            work(content)
        return 1

    return run


def declaration_lists() -> bytes:
    """A signed message of 100 lists, as the road makes it."""
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    run = customs.Run(signer=signer, on=ON, clock=customs.fixed_clock(NOW), guids=customs.random_guids)
    batches = run.prepare_many(sample_parcels(2 * DOCUMENTS, seed=5, mode="1210"))
    messages = [each for batch in batches for each in batch.messages]
    return next(each.content for each in messages if each.kind is DeclarationList and len(each.keys) == DOCUMENTS)


def receipts(kind: str) -> list[bytes]:
    """So many messages of one receipt."""
    course = [each for each in COURSE if each[0] == kind]
    return [message(number, *course[number % len(course)]) for number in range(DOCUMENTS)]


def together(messages: Sequence[bytes]) -> bytes:
    """The receipts of messages of one kind in one message."""
    first, end = messages[0], messages[0].rindex(b"</")
    start = first.index(b">", first.index(b"Message")) + 1
    bodies = [each[each.index(b">", each.index(b"Message")) + 1 : each.rindex(b"</")] for each in messages]
    return b"".join((first[:start], *bodies, first[end:]))


if __name__ == "__main__":
    main()
