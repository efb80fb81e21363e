"""The yardstick Y (标尺): what no declaration can do without, at the speed of C.

lxml's bare parse of the four documents of a parcel, and ``json.loads`` of the parcel itself. Unlike the signature, which
some processors make three times as fast as others, it grows with the machine as the work of a declaration does.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from lxml import etree

import customs
from benchmarks.measure import Work
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.testing import issue_test_key, sample_parcels
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire import write_document
from customs.wire.canonical import CEB

ON = date(2026, 11, 11)
CLOCK = customs.fixed_clock(datetime(2026, 11, 11, 8))
SEED = 7


@dataclass(frozen=True)
class Parcels:
    """So many fictitious parcels as JSON, the key that signs them, and the run that they go through."""

    count: int
    pair: KeyPair = field(default_factory=lambda: issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)))

    @cached_property
    def texts(self) -> list[bytes]:
        """The parcels, in JSON."""
        parcels = sample_parcels(self.count, seed=SEED, mode="1210")
        return [parcel.model_dump_json(exclude_none=True).encode() for parcel in parcels]

    @cached_property
    def signer(self) -> customs.signing.Signer:
        """The open key."""
        return self.pair.signer()

    @cached_property
    def run(self) -> customs.Run:
        """The run, which has seen a parcel."""
        run = customs.Run(signer=self.signer, on=ON, clock=CLOCK, guids=customs.random_guids)
        run.prepare(self.texts[0])
        return run

    def documents(self) -> Iterator[tuple[bytes, ...]]:
        """Yield the four documents of each parcel, bare, each as a whole of its own."""
        for prepared in self.run.examine(self.texts):
            four = prepared.documents
            assert four, prepared.findings
            yield tuple(
                f'<r xmlns:ceb="{CEB}">{write_document(each)}</r>'.encode()
                for each in (four.order, four.payment, four.waybill, four.declaration_list)
            )


def yardstick(parcels: Parcels) -> Work:
    """Parse the four documents and the JSON of each parcel."""
    texts, documents = parcels.texts, list(parcels.documents())

    def run() -> int:
        for text, four in zip(texts, documents, strict=True):
            json.loads(text)
            for document in four:
                etree.fromstring(document)
        return len(texts)

    return run


def bare_signatures(parcels: Parcels, count: int = 300) -> Work:
    """Sign some hundred bytes, as SignedInfo has them, with RSA-2048 and SHA-1."""
    signer = parcels.signer

    def run() -> int:
        for _ in range(count):
            signer.sign(b"x" * 711)
        return count

    return run


def batched(parcels: Parcels) -> Work:
    """Take the parcels from JSON to signed messages of 100 documents each."""
    run, texts = parcels.run, parcels.texts

    def work() -> int:
        made = sum(len(batch.messages) for batch in run.prepare_many(texts))
        assert made == 4 * len(texts) // DOCUMENTS_IN_A_MESSAGE
        return len(texts)

    return work


def messages(parcels: Parcels) -> Sequence[bytes]:
    """Return the signed messages of the parcels, 100 documents each."""
    return [each.content for batch in parcels.run.prepare_many(parcels.texts) for each in batch.messages]
