"""The keys of the ledger (账簿密钥): under which identity numbers are hashed and personal data is sealed.

They stand in a file of their own, outside the database: whoever has one of the two has nothing. Hashing keys have
versions, so that a new one can be brought in while the old hashes are still found; the master key seals.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "ledger.key"
>>> keys = make_keys(file)
>>> load_keys(file) == keys, keys.version
(True, 1)
"""

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customs.fields.frozen import FrozenDict
from customs.files import make_folder, write_whole
from customs.rules.knowledge import Hashes

KEY_BYTES = 32

#: A key seals one text only, so that its nonce may be the same for all.
_NONCE = bytes(12)

Randomness = Callable[[int], bytes]


class LedgerKeyError(Exception):
    """A file holds no keys of a ledger, or those of another one."""


@dataclass(frozen=True, slots=True)
class LedgerKeys:
    """The master key, and the hashing keys by version, of which the highest hashes what is new."""

    master: bytes = field(repr=False)
    hashing: Mapping[int, bytes] = field(repr=False, hash=False)

    @property
    def version(self) -> int:
        """The version of the key that hashes what is new."""
        return max(self.hashing)

    def hashes(self, version: int) -> Hashes:
        """Return the hashes of a version."""
        return Hashes(self.hashing[version])

    def mark(self) -> str:
        """Return the mark by which a ledger knows its keys again, which says nothing of them."""
        return hmac.digest(self.master, b"customs ledger", "sha256").hex()

    def seal(self, salt: bytes, content: bytes) -> bytes:
        """Return a text sealed under the key of a salt; each salt seals one text."""
        return AESGCM(self._key(salt)).encrypt(_NONCE, content, None)

    def open(self, salt: bytes, sealed: bytes) -> bytes:
        """Return what was sealed. Raises ``LedgerKeyError`` if it was changed, or sealed under another key."""
        try:
            return AESGCM(self._key(salt)).decrypt(_NONCE, sealed, None)
        except InvalidTag:
            raise LedgerKeyError(
                "sealed data of the ledger cannot be opened: put the right key file back 账簿加密数据无法打开，请恢复原密钥文件"
            ) from None

    def _key(self, salt: bytes) -> bytes:
        return blake2b(salt, key=self.master, digest_size=KEY_BYTES).digest()


def make_keys(path: Path, randomness: Randomness = secrets.token_bytes) -> LedgerKeys:
    """Make the keys of a new ledger in a file that its owner alone can read. Raises
    ``NotWrittenError``, also if there is one.
    """
    keys = LedgerKeys(randomness(KEY_BYTES), FrozenDict({1: randomness(KEY_BYTES)}))
    make_folder(path.parent)
    write_whole(path, _text(keys), replacing=False)
    return keys


def load_keys(path: Path) -> LedgerKeys:
    """Read the keys of a ledger. Raises ``LedgerKeyError`` for a file that is not there or holds none, and ``OSError``."""
    try:
        found: Any = json.loads(path.read_bytes())
        master = bytes.fromhex(found["master"])
        hashing = {int(version): bytes.fromhex(key) for version, key in found["hashing"].items()}
    except FileNotFoundError:
        raise LedgerKeyError(
            f"there is no file {path}: put back the copy of the keys with which the ledger was made; new ones do not open it "
            f"没有账簿密钥文件 {path}：请放回建账时的密钥副本，新密钥打不开此账簿"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LedgerKeyError(f"{path} holds no keys of a ledger 该文件不是账簿密钥文件") from None
    if not hashing or {len(each) for each in (master, *hashing.values())} != {KEY_BYTES}:
        raise LedgerKeyError(f"{path} holds no keys of a ledger 该文件不是账簿密钥文件")
    return LedgerKeys(master, FrozenDict(hashing))


def add_hashing_key(path: Path, randomness: Randomness = secrets.token_bytes) -> LedgerKeys:
    """Add a new version of the hashing key to a file and return its keys; ``rotate_people`` brings it into use."""
    keys = load_keys(path)
    more = replace(keys, hashing=FrozenDict({**keys.hashing, keys.version + 1: randomness(KEY_BYTES)}))
    write_whole(path, _text(more), replacing=True)
    return more


def _text(keys: LedgerKeys) -> bytes:
    hashing = {str(version): key.hex() for version, key in keys.hashing.items()}
    return json.dumps({"master": keys.master.hex(), "hashing": hashing}, indent=1).encode()
