"""Copies of what was sent and received (加密副本), sealed so that one parcel's data can be erased and the rest stays.

Each piece has a random salt of its own; its key is the keyed BLAKE2b of that salt under the master key. Without the salt, or
without the master key, nothing opens it. The salts stand in a database of their own (``exchange/keys/``), apart from the
sealed pieces: a backup of everything but that folder keeps nothing of what is erased later. The master key is a file that
``customs.toml`` names, or ``exchange/keys/master.key`` in the state folder, made with it for its owner alone.

What it promises: a salt is on the disk before the piece that needs it counts; what is opened is byte for byte what was
sealed, or an error; after ``erase`` no salt of the owner is left in the database or in the files beside it.

Why pieces and not messages have keys: docs/adr/0024.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customs.exchange.pieces import Piece
from customs.files import OWNER_ONLY, drop_parts, make_folder, take_rights, write_whole
from customs.journal.state import JournalError, OpenState, Tables, open_state, unusable

#: The folder of all keys within a state folder, and the master key in it unless another file is named.
KEYS = "exchange/keys"
MASTER = f"{KEYS}/master.key"
KEY_BYTES = 32

#: A key seals one piece only, so that its nonce may be the same for all.
_NONCE = bytes(12)

#: Bytes of the number of a salt and of the length, before each sealed piece.
_NUMBER, _LENGTH = 8, 4

_FORM = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE salts(id INTEGER PRIMARY KEY, owner TEXT NOT NULL, salt BLOB);
CREATE INDEX salts_owner ON salts(owner)
"""


class CopyErasedError(Exception):
    """A copy cannot be opened, because data in it were erased. The message can no longer be repeated."""

    def __init__(self, of: str) -> None:
        super().__init__(
            f"the copy of {of} can no longer be opened: data of a parcel in it were erased, declare its other parcels anew "
            f"{of} 的副本已无法打开：其中某个包裹的数据已删除，其余包裹请重新申报"
        )


class Copies:
    """Seals pieces and opens them again; made by ``open_copies``."""

    def __init__(self, state: OpenState, master: bytes) -> None:
        self._state, self._master = state, master

    def written(self) -> AbstractContextManager[None]:
        """Keep the salts of all that is sealed within, or none."""
        return self._state.written()

    def seal(self, pieces: Sequence[Piece]) -> bytes:
        """Return pieces sealed, within ``written``."""
        database = self._state.database
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM salts").fetchone()
        salts = secrets.token_bytes(KEY_BYTES * len(pieces))
        rows, sealed = [], []
        for place, piece in enumerate(pieces):
            number, salt = last + 1 + place, salts[KEY_BYTES * place : KEY_BYTES * (place + 1)]
            rows.append((number, piece.owner, salt))
            found = AESGCM(self._key(salt)).encrypt(_NONCE, piece.content, None)
            sealed += [number.to_bytes(_NUMBER), len(found).to_bytes(_LENGTH), found]
        database.executemany("INSERT INTO salts VALUES (?, ?, ?)", rows)
        return b"".join(sealed)

    def open(self, sealed: bytes, of: str) -> bytes:
        """Return what was sealed. Raises ``CopyErasedError`` that names ``id``, and ``JournalError`` for damage."""
        parts, at = [], 0
        while at < len(sealed):
            begin = at + _NUMBER + _LENGTH
            end = begin + int.from_bytes(sealed[at + _NUMBER : begin])
            parts.append((int.from_bytes(sealed[at : at + _NUMBER]), begin, end))
            at = end
        numbers = [number for number, *_ in parts] or [0]
        rows = self._state.database.execute(
            "SELECT id, salt FROM salts WHERE id BETWEEN ? AND ?", (min(numbers), max(numbers))
        )
        salts = dict(rows.fetchall())
        if any(number in salts and salts[number] is None for number in numbers):
            raise CopyErasedError(of)
        try:
            return b"".join(
                [
                    AESGCM(self._key(salts.get(number, b""))).decrypt(_NONCE, sealed[begin:end], None)
                    for number, begin, end in parts
                ]
            )
        except InvalidTag:
            raise JournalError(
                f"the copy of {of} in {self._state.folder} is damaged: put a copy of the folder back "
                f"{of} 的副本已损坏，请以备份恢复状态目录"
            ) from None

    def erase(self, owners: Iterable[str]) -> int:
        """Erase the salts of owners for good; return how many there were."""
        database = self._state.database
        database.execute("PRAGMA secure_delete = ON")
        before = database.total_changes
        with self.written():
            database.executemany(
                "UPDATE salts SET salt = NULL WHERE owner = ? AND salt IS NOT NULL", [(each,) for each in owners]
            )
        count = database.total_changes - before
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _key(self, salt: bytes) -> bytes:
        return blake2b(salt, key=self._master, digest_size=KEY_BYTES).digest()

    def close(self) -> None:
        self._state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SealedBox:
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_copies(folder: Path, name: str, master: Path | None = None) -> Copies:
    """Open the copies of an outbox or inbox of a state folder, by its ``name``.

    Raises ``JournalHeldError`` if another process has them, and ``JournalError``, also for a master key that is lost or
    another one.
    """
    tables = Tables(
        home=f"{KEYS}/{name}", file="salts.db", forms=(_FORM,), name=("keys of copies", "副本密钥"), doing="exchanging"
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
