"""Parcels declared with a journal, as the command line does it: alone, or with a store that others share."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import customs
from customs.journal import continued, open_journal, read_journal
from customs.journal.shared import SharedDeclarations
from customs.road import Batch
from customs.testing import sample_parcels
from support import SINGLES_DAY

NOW = datetime(2026, 11, 11, 8)
PARCELS = list(sample_parcels(4, seed=5, mode="9610"))


def run_of(signer: customs.RsaSigner | None = None, **changes: object) -> customs.Run:
    run = customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(NOW), guids=customs.random_guids, signer=signer)
    return run.with_(**changes)


def declared(
    run: customs.Run,
    parcels: Sequence[Any],
    folder: Path,
    state: Path | None = None,
    shared: SharedDeclarations | None = None,
) -> list[Batch]:
    """Declare parcels as the command line does."""
    folder.mkdir(exist_ok=True)
    with open_journal(state or folder, shared=shared) as journal:
        known, batches = continued(run, journal), []
        with journal.run("parcels.jsonl", folder, at=NOW):
            for batch in known.prepare_many(parcels):
                journal.record(batch, folder, area=known.place, at=NOW)
                batches.append(batch)
    return batches


def codes(batches: list[Batch]) -> list[list[str]]:
    return [[each.code for each in parcel.findings] for batch in batches for parcel in batch.parcels]


def carried(folder: Path) -> Counter[tuple[str, str]]:
    """How often each order is in a message of each kind."""
    with read_journal(folder) as journal:
        return Counter((each.message, each.order_no) for each in journal.entries())


def messages(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xml"))
