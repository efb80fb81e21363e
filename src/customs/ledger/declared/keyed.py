"""The key of contents (内容密钥): the one under which the ledger knows what a parcel says, which is never rotated.

The content of a parcel is not kept, so that its hash could not be made anew. The key is derived from the master key.
"""

import hmac

from customs.ledger.keys import LedgerKeys
from customs.rules.knowledge import Hashes


def content_hashes(keys: LedgerKeys) -> Hashes:
    """Return the hashes of contents."""
    return Hashes(hmac.digest(keys.master, b"customs declared contents", "sha256"))
