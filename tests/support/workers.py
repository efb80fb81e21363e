"""Work that worker processes do in tests: it has to be found by its name in another process."""

from collections.abc import Sequence

import customs


def declare(run: customs.Run, parcels: Sequence[str]) -> list[customs.Batch]:
    """The batches of a chunk."""
    return list(run.prepare_many(parcels))
