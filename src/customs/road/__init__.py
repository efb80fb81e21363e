"""The road from a declaration to signed messages (申报准备)."""

from customs.fields.moments import Clock
from customs.road.building import build, declared
from customs.road.results import Batch, DocumentName, Outgoing, Prepared
from customs.road.sources import Guids, fixed_clock, random_guids, seeded_guids, system_clock
from customs.road.walk import Signers, examine, prepare, prepare_many

__all__ = [
    "Batch",
    "Clock",
    "DocumentName",
    "Guids",
    "Outgoing",
    "Prepared",
    "Signers",
    "build",
    "declared",
    "examine",
    "fixed_clock",
    "prepare",
    "prepare_many",
    "random_guids",
    "seeded_guids",
    "system_clock",
]
