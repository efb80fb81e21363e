"""What all parcels of a run share (一次运行的共用条件)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customs.areas import Area
from customs.documents import Subscription
from customs.fields.moments import Clock
from customs.road.results import DocumentName
from customs.road.sources import Guids
from customs.signing import Signer
from customs.tax import Method, RateTable


@dataclass(frozen=True)
class Road:
    """What all parcels of a run share."""

    area: Area
    signers: Mapping[DocumentName, Signer]
    on: date
    clock: Clock
    guids: Guids
    rates: RateTable | None
    method: Method
    exchange: Mapping[str, Decimal] | None
    registrations: Mapping[str, str] | None
    subscriptions: tuple[Subscription, ...] = ()
