"""The road from a declaration to signed messages (申报准备)."""

from customs.prepare.building import build, declared
from customs.prepare.results import Batch, DocumentName, Outgoing, Prepared
from customs.prepare.road import Signers, examine, prepare, prepare_many
from customs.prepare.sources import Clock, Guids, fixed_clock, random_guids, seeded_guids, system_clock

__all__ = [
    "Batch", "Clock", "DocumentName", "Guids", "Outgoing", "Prepared", "Signers", "build", "declared", "examine", "fixed_clock",
    "prepare", "prepare_many", "random_guids", "seeded_guids", "system_clock",
]
