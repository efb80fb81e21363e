"""Work that worker processes do in tests: it has to be found by its name in another process."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import customs
from customs.bulk import Chunk, DecidedChunk, decide


def declare(run: customs.Run, parcels: Sequence[str]) -> list[customs.Batch]:
    """The batches of a chunk."""
    return list(run.prepare_many(parcels))


def die_at_81(run: customs.Run, chunk: Chunk) -> DecidedChunk:
    """Decide a chunk; the process that gets the one from position 81 is killed."""
    if chunk.first == 81:
        os.kill(os.getpid(), signal.SIGKILL)
    return decide(run, chunk)


def fail_at_81(run: customs.Run, chunk: Chunk) -> DecidedChunk:
    """Decide a chunk; the one from position 81 cannot be decided."""
    if chunk.first == 81:
        raise LookupError("no key at 81")
    return decide(run, chunk)


@dataclass(frozen=True)
class Opened:
    """A key whose file of lines counts how often it was opened."""

    key: Path
    certificate: Path
    log: Path

    def __call__(self) -> customs.RsaSigner | customs.Sm2Signer:
        """Open the key."""
        with self.log.open("a") as log:
            log.write("opened\n")
        return customs.KeyFile(self.key, self.certificate)()
