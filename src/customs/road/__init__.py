"""The road from a declaration to signed messages (申报准备): a run, the stages of a parcel, the results."""

from customs.fields.moments import Clock, FixedClock, fixed_clock, system_clock
from customs.road.building import build, declared
from customs.road.numbers import Guids, SeededGuids, random_guids, seeded_guids
from customs.road.results import AreaFindings, Batch, DocumentName, Outgoing, Prepared
from customs.road.run import Keys, LiveSignersError, Run, Signers, prepare

__all__ = [
    "AreaFindings",
    "Batch",
    "Clock",
    "DocumentName",
    "FixedClock",
    "Guids",
    "Keys",
    "LiveSignersError",
    "Outgoing",
    "Prepared",
    "Run",
    "SeededGuids",
    "Signers",
    "build",
    "declared",
    "fixed_clock",
    "prepare",
    "random_guids",
    "seeded_guids",
    "system_clock",
]
