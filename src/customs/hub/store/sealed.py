"""Sealed contents of the hub (加密内容): parcels, and what was sent and answered of them, each content under a salt of its own.

Whoever takes the salt away has erased the content; the number of a row, its times and its digest stay.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> read_parcel(parcel_bytes(parcel)) == parcel
True
"""

import hmac
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from customs.declaration import Declaration
from customs.ledger.keys import KEY_BYTES, LedgerKeys

Randomness = Callable[[int], bytes]


class SealedContent(NamedTuple):
    """A content as it is kept: its salt and its sealed bytes, None once they are erased."""

    salt: bytes | None
    sealed: bytes | None


def seal(keys: LedgerKeys, content: bytes, randomness: Randomness = secrets.token_bytes) -> SealedContent:
    """Seal a content under a new salt."""
    salt = randomness(KEY_BYTES)
    return SealedContent(salt, keys.seal(salt, content))


def opened(keys: LedgerKeys, kept: Any) -> bytes | None:
    """Return what a row with ``salt`` and ``sealed`` holds, None if it was erased. Raises ``LedgerKeyError``."""
    return None if kept.salt is None else keys.open(kept.salt, kept.sealed)


def digest(keys: LedgerKeys, content: bytes) -> bytes:
    """Return the keyed digest by which a content is known again; its key is not rotated, since contents may be erased."""
    return hmac.digest(_digest_key(keys.master), content, "sha256")


@lru_cache(maxsize=4)
def _digest_key(master: bytes) -> bytes:
    return hmac.digest(master, b"customs hub contents", "sha256")


def parcel_bytes(parcel: Declaration) -> bytes:
    """Return a parcel as it is kept."""
    return parcel.model_dump_json(exclude_none=True).encode()


def read_parcel(content: bytes) -> Declaration:
    """Return a parcel that was kept."""
    return Declaration.model_validate_json(content)
