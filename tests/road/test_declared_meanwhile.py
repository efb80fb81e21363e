"""A parcel that another worker declares while it is decided here is skipped, not refused for its own declaration."""

from datetime import date, datetime

import customs
from customs.documents import BusinessKey
from customs.road.recognition import carriers_of, content_to_digest
from customs.rules.knowledge import Declared, Memory
from customs.testing import sample_parcels

ON, EIGHT = date(2026, 11, 11), datetime(2026, 11, 11, 8)


class Shared:
    """What several workers declared; another one declares the parcel after the first question about it."""

    def __init__(self, declared: Declared) -> None:
        self._declared, self.asked = declared, 0

    def declared(self, key: BusinessKey) -> Declared | None:
        self.asked += 1
        return None if self.asked == 1 else self._declared

    def digest(self, content: bytes) -> str:
        return Memory().digest(content)


def run(knowledge: Shared | None = None) -> customs.Run:
    return customs.Run(
        on=ON, clock=customs.fixed_clock(EIGHT), guids=customs.seeded_guids(1), only=("order",), knowledge=knowledge
    )


def test_the_same_content_declared_meanwhile_is_skipped() -> None:
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    plain = run()
    declared = Declared(
        message="M1",
        at=EIGHT,
        carriers={Memory().digest(content_to_digest(parcel)): carriers_of(plain, parcel)},
    )
    ((found,),) = [batch.parcels for batch in run(Shared(declared)).prepare_many([parcel])]
    assert found.skipped
    assert found.findings == ()


def test_another_content_declared_meanwhile_is_refused() -> None:
    (parcel,) = sample_parcels(1, seed=7, mode="1210")
    declared = Declared(message="M1", at=EIGHT, carriers={"another": frozenset({"x"})})
    ((found,),) = [batch.parcels for batch in run(Shared(declared)).prepare_many([parcel])]
    assert [each.code for each in found.findings] == ["declared-before"]
