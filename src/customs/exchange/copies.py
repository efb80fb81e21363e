"""Copies of what was sent and received (加密副本), sealed so that one parcel's data can be erased and the rest stays.

Each piece has a salt of its own, at random; its key is that salt encrypted under the master key. Without the salt, or
without the master key, nothing opens it. The salts stand in a database of their own (``exchange/keys/``), those of a copy
in one row under the name of the copy, apart from the sealed pieces: a backup of everything but that folder keeps nothing of
what is erased later, and what is to be erased is found without the pieces, which may be gone or damaged.
The master key is a file that ``customs.toml`` names, or ``exchange/keys/master.key`` in the state folder, made with it
for its owner alone.

What it promises: a salt is on the disk before the piece that needs it counts; what is opened is byte for byte what was
sealed, with the same proof, or an error; after ``erase`` no salt of those pieces is left in the database or in the files
beside it.

Why pieces and not messages have keys: docs/adr/0024.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, chain, pairwise
from pathlib import Path
from struct import error as struct_error
from struct import pack, unpack_from
from typing import ClassVar, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from customs.exchange.pieces import Pieces
from customs.files import OWNER_ONLY, drop_parts, make_folder, take_rights, write_whole
from customs.journal.state import Closing, JournalError, OpenState, Tables, open_state, unusable

#: The folder of all keys within a state folder, and the master key in it unless another file is named.
KEYS = "exchange/keys"
MASTER = f"{KEYS}/master.key"
KEY_BYTES = 32

#: A key seals one piece only, so that its nonce may be the same for all.
_NONCE = bytes(12)

#: Bytes that AES-GCM adds to a piece.
_TAG = 16

#: Bytes at random before the salts of a copy, so that no two copies have the same keys under the master key.
_START = 16

#: The beginning of a copy: how it is made, the number of its salts, how many documents it has. The lengths of the
#: documents follow, and those of the frame before each and behind the last; then the documents and the frame, sealed.
_HEAD = ">BQI"
_HEAD_BYTES = 13
_BY_PLACE = 1

#: The number of a salt and the length, before each piece of a copy that an earlier release made.
_NUMBER, _LENGTH = 8, 4

#: A salt that was erased.
_ERASED = bytes(KEY_BYTES)

_FORM = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE salts(id INTEGER PRIMARY KEY, owner TEXT NOT NULL, salt BLOB);
CREATE INDEX salts_owner ON salts(owner)
"""

#: Salts of one copy in one row. An owner is the name of a copy, or of a piece of one that an earlier release made.
_BY_COPY = """
DROP INDEX salts_owner;
CREATE INDEX salts_owner ON salts(owner) WHERE owner <> ''
"""


class Erasure(NamedTuple):
    """Documents of the copies of a name that are to be erased, by their places; all of them without places (删除范围)."""

    owner: str
    places: Sequence[int] | None = None


class CopyErasedError(Exception):
    """A copy cannot be opened, because data in it were erased. The message can no longer be repeated."""

    def __init__(self, of: str) -> None:
        super().__init__(
            f"the copy of {of} can no longer be opened: data of a parcel in it were erased, declare its other parcels anew "
            f"{of} 的副本已无法打开：其中某个包裹的数据已删除，其余包裹请重新申报"
        )


def damaged_copy(folder: Path, of: str) -> JournalError:
    """Return why a copy cannot be opened that is not as it was sealed."""
    return JournalError(
        f"the copy of {of} in {folder} is damaged: put a copy of the folder back {of} 的副本已损坏，请以备份恢复状态目录"
    )


class Copies(Closing):
    """Seals pieces and opens them again; made by ``open_copies``."""

    def __init__(self, state: OpenState, master: bytes) -> None:
        self._state, self._master = state, master

    def mark(self, content: bytes, form: bytes = b"") -> bytes:
        """Return the mark of bytes that are put: the same for the same bytes; without the master key it tells nothing."""
        return mark_of(self._master, content, form)

    def written(self) -> AbstractContextManager[None]:
        """Keep the salts of all that is sealed within, or none."""
        return self._state.written()

    def seal(self, pieces: Pieces, owner: str, proof: bytes) -> bytes:
        """Return pieces sealed, within ``written``, as a copy of a name by which they are erased.

        ``proof`` tells them from those of every other copy.
        """
        database = self._state.database
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM salts").fetchone()
        salts = new_salts(pieces)
        database.execute("INSERT INTO salts VALUES (?, ?, ?)", (last + 1, owner, salts))
        return seal_pieces(self._master, salts, pieces, last + 1, proof)

    def open(self, sealed: bytes, owner: str, proof: bytes, of: str) -> bytes:
        """Return what was sealed. Raises ``CopyErasedError`` that names ``of``, and ``JournalError`` for damage."""
        try:
            return self._open(sealed, owner, proof, of) if sealed[0] == _BY_PLACE else self._open_earlier(sealed, of)
        except (InvalidTag, ValueError, IndexError, OverflowError, struct_error):
            raise damaged_copy(self._state.folder, of) from None

    def _open(self, sealed: bytes, owner: str, proof: bytes, of: str) -> bytes:
        _, number, _ = unpack_from(_HEAD, sealed)
        select = (
            "SELECT salt FROM salts WHERE id = ? AND owner = ?"  # what is not proven names no salts of another copy
        )
        row = self._state.database.execute(select, (number, owner)).fetchone()
        return open_pieces(self._master, row[0] if row else b"", sealed, proof, of)

    def _open_earlier(self, sealed: bytes, of: str) -> bytes:
        """Return what an earlier release sealed: each piece behind the number of its salt."""
        parts, at = [], 0
        while at < len(sealed):
            begin = at + _NUMBER + _LENGTH
            end = begin + int.from_bytes(sealed[at + _NUMBER : begin])
            parts.append((int.from_bytes(sealed[at : at + _NUMBER]), begin, end))
            at = end
        numbers = [number for number, *_ in parts]
        rows = self._state.database.execute(
            "SELECT id, salt FROM salts WHERE id BETWEEN ? AND ?", (min(numbers), max(numbers))
        )
        salts = dict(rows.fetchall())
        if any(number in salts and salts[number] is None for number in numbers):
            raise CopyErasedError(of)
        keys = [blake2b(salts.get(each, b""), key=self._master, digest_size=KEY_BYTES).digest() for each in numbers]
        return b"".join(
            [
                AESGCM(key).decrypt(_NONCE, sealed[begin:end], None)
                for key, (_, begin, end) in zip(keys, parts, strict=True)
            ]
        )

    def erase(self, erasures: Iterable[Erasure]) -> int:
        """Erase the salts of documents for good; return how many there were."""
        database = self._state.database
        database.execute("PRAGMA secure_delete = ON")
        with self.written():
            count = sum(map(self._erase, erasures))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _erase(self, erasure: Erasure) -> int:
        owner, places = erasure
        rows = self._state.database.execute(
            "SELECT id, salt FROM salts WHERE owner = ? AND owner <> '' AND salt IS NOT NULL", (owner,)
        )
        count = 0
        for number, salts in rows.fetchall():
            left, erased = without_salts(salts, places)
            self._state.database.execute("UPDATE salts SET salt = ? WHERE id = ?", (left, number))
            count += erased
        return count

    def close(self) -> None:
        self._state.close()


def mark_of(master: bytes, content: bytes, form: bytes = b"") -> bytes:
    """Return the mark of bytes: the same for the same bytes; without the master key it tells nothing."""
    return _marking(master).encrypt(_NONCE, form, content)[-_TAG:]


@lru_cache(maxsize=8)
def _marking(master: bytes) -> AESGCM:
    return AESGCM(blake2b(b"marks of messages", key=master, digest_size=KEY_BYTES).digest())


def new_salts(pieces: Pieces, randomness: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """Return salts for the pieces of a copy: one for each document, and one for what stands around them."""
    return randomness(_START + KEY_BYTES * (len(pieces.documents) + 1))


def seal_pieces(master: bytes, salts: bytes, pieces: Pieces, number: int, proof: bytes) -> bytes:
    """Return pieces sealed under their salts, which stand under a number; ``proof`` tells them from every other copy."""
    documents = pieces.documents
    frame = pieces.frame or (b"",) * (len(documents) + 1)
    lengths = map(len, chain(documents, frame))
    head = pack(f"{_HEAD}{len(documents) + len(frame)}I", _BY_PLACE, number, len(documents), *lengths)
    *keys, own = _keys_of(master, salts)
    sealed = [AESGCM(key).encrypt(_NONCE, document, None) for key, document in zip(keys, documents, strict=True)]
    return b"".join([head, *sealed, AESGCM(own).encrypt(_NONCE, b"".join(frame), head + proof)])


def open_pieces(master: bytes, salts: bytes, sealed: bytes, proof: bytes, of: str) -> bytes:
    """Return what was sealed, whole. Raises ``CopyErasedError`` that names ``of``; ``InvalidTag``, ``ValueError``,
    ``IndexError`` or ``struct.error`` for what is not as it was sealed.
    """
    _, _, count = unpack_from(_HEAD, sealed)
    lengths = unpack_from(f">{2 * count + 1}I", sealed, _HEAD_BYTES)
    begin = _HEAD_BYTES + 4 * len(lengths)
    if _ERASED in salts:
        raise CopyErasedError(of)
    *keys, own = _keys_of(master, salts)
    ends = list(accumulate(lengths[:count], lambda at, length: at + length + _TAG, initial=begin))
    documents = [
        AESGCM(key).decrypt(_NONCE, sealed[at:end], None) for key, (at, end) in zip(keys, pairwise(ends), strict=True)
    ]
    frame = AESGCM(own).decrypt(_NONCE, sealed[ends[-1] :], sealed[:begin] + proof)
    if not frame:
        return b"".join(documents)
    cuts = list(accumulate(lengths[count:], initial=0))
    before = [frame[at:end] for at, end in pairwise(cuts)]
    return b"".join(chain(*zip(before, documents, strict=False), before[-1:]))


def _keys_of(master: bytes, salts: bytes) -> list[bytes]:
    """Return the keys of pieces: their salts, encrypted under the master key."""
    keys = Cipher(AES(master), CTR(salts[:_START])).encryptor().update(salts[_START:])
    return [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]


def without_salts(salts: bytes, places: Sequence[int] | None) -> tuple[bytes | None, int]:
    """Return the salts of a copy without those of some documents, and how many these were."""
    if len(salts) == KEY_BYTES:  # of one piece, as an earlier release kept it
        return None, 1
    left, count = bytearray(salts), 0
    documents = (len(salts) - _START) // KEY_BYTES - 1
    for place in range(documents) if places is None else places:
        own = slice(_START + KEY_BYTES * place, _START + KEY_BYTES * (place + 1))
        if place < documents and left[own] != _ERASED:
            left[own] = _ERASED
            count += 1
    return bytes(left), count


class SealedBox(Closing):
    """A database of the exchange with the copies that belong to it, sealed; without them it can only be read."""

    _read_only: ClassVar[str]

    def __init__(self, state: OpenState, copies: Copies | None) -> None:
        self._state, self._database, self._copies = state, state.database, copies

    @property
    def _sealing(self) -> Copies:
        if self._copies is None:
            raise JournalError(self._read_only)
        return self._copies

    def close(self) -> None:
        """Give the destination to the next process."""
        try:
            if self._copies:
                self._copies.close()
        finally:
            self._state.close()


def open_copies(folder: Path, name: str, master: Path | None = None) -> Copies:
    """Open the copies of an outbox or inbox of a state folder, by its ``name``.

    Raises ``JournalHeldError`` if another process has them, and ``JournalError``, also for a master key that is lost or
    another one.
    """
    tables = Tables(
        home=f"{KEYS}/{name}",
        file="salts.db",
        forms=(_FORM, _BY_COPY),
        name=("keys of copies", "副本密钥"),
        doing="exchanging",
    )
    state = open_state(folder, tables)
    try:
        return Copies(state, _master_of(state, master))
    except BaseException:
        state.close()
        raise


def _master_of(state: OpenState, path: Path | None) -> bytes:
    """Return the master key from its file; made if there is none and nothing was sealed yet."""
    folder, own = state.folder, state.folder / MASTER
    path = path or own
    known = state.database.execute("SELECT text FROM marks WHERE name = 'master'").fetchone()
    try:
        if not path.exists() and known is None:
            make_folder(path.parent)
            write_whole(path, secrets.token_bytes(KEY_BYTES), replacing=False)
        if path == own:
            take_rights(path, OWNER_ONLY)
            drop_parts(own.parent)  # of a run that was killed while it made the key
        master = path.read_bytes()
    except FileNotFoundError:
        raise JournalError(
            f"the master key of the copies is missing: put {path} back 副本主密钥缺失：请恢复文件 {path}"
        ) from None
    except FileExistsError:  # another outbox or inbox made it just now
        master = path.read_bytes()
    except OSError as error:
        raise unusable(folder, error) from None
    mark = hmac.digest(master, b"customs exchange", "sha256").hex()
    if len(master) != KEY_BYTES or (known and not hmac.compare_digest(known[0], mark)):
        raise JournalError(
            f"{path} is not the master key of the copies in {folder}: put the right file back "
            f"文件 {path} 不是此状态目录副本的主密钥，请恢复原文件"
        )
    if known is None:
        with state.written():
            state.database.execute("INSERT INTO marks VALUES ('master', ?)", (mark,))
    return master
