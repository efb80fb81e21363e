"""Sealing the copies of the boxes (副本加密): the pieces of a copy each under a key of its own, whose salts are one row.

Erasing a document takes its salt away, and what is left of the copy stays. The key of a salt is derived from the ledger's
master key, which is not in the database. A backup of the database holds the salts of its day: what is erased later is gone
from it only when the backup is gone, or its master key.
"""

import secrets
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from sqlalchemy import bindparam, select, update

from customs.exchange.copies import (
    CopyErasedError,
    Erasure,
    mark_of,
    new_salts,
    open_pieces,
    seal_pieces,
    without_salts,
)
from customs.exchange.pieces import Pieces
from customs.ledger.database import LedgerConnection
from customs.ledger.engines import LedgerError
from customs.ledger.exchange.tables import EXCHANGE_SALTS
from customs.ledger.keys import KEY_BYTES, LedgerKeys, Randomness
from customs.ledger.numbering import insert_numbered

_SALTS = select(EXCHANGE_SALTS.c.salts).where(EXCHANGE_SALTS.c.id == bindparam("number"))


def master_of(keys: LedgerKeys) -> bytes:
    """Return the master key of copies, derived from that of the ledger."""
    return blake2b(b"customs ledger copies", key=keys.master, digest_size=KEY_BYTES).digest()


def mark(keys: LedgerKeys, content: bytes, form: bytes = b"") -> bytes:
    """Return the mark of bytes: the same for the same bytes; without the master key it tells nothing."""
    return mark_of(master_of(keys), content, form)


def seal_copies(
    connection: LedgerConnection,
    copies: Sequence[tuple[Pieces, str, bytes]],
    randomness: Randomness = secrets.token_bytes,
) -> list[tuple[int, bytes]]:
    """Seal copies, each given by its pieces, the name by which it is erased, and what proves it; return for each the number
    of its salts and the sealed bytes.
    """
    if not copies:
        return []
    master = master_of(connection.keys)
    made = [new_salts(pieces, randomness) for pieces, _, _ in copies]
    rows = [{"owner": owner, "salts": salts} for (_, owner, _), salts in zip(copies, made, strict=True)]
    numbers = insert_numbered(connection, EXCHANGE_SALTS, rows)
    return [
        (number, seal_pieces(master, salts, pieces, number, proof))
        for (pieces, _, proof), salts, number in zip(copies, made, numbers, strict=True)
    ]


def open_copy(connection: LedgerConnection, salts: int, sealed: bytes, proof: bytes, of: str) -> bytes:
    """Return what was sealed. Raises ``CopyErasedError`` that names ``of``, and ``LedgerError`` for damage."""
    found = connection.sql.execute(_SALTS, {"number": salts}).scalar()
    return open_sealed(connection.keys, found, sealed, proof, of)


def open_sealed(keys: LedgerKeys, salts: bytes | None, sealed: bytes, proof: bytes, of: str) -> bytes:
    """Return what was sealed under salts, None if they were erased. Raises ``CopyErasedError`` that names ``of``, and
    ``LedgerError`` for damage.
    """
    if salts is None:
        raise CopyErasedError(of)
    try:
        return open_pieces(master_of(keys), bytes(salts), sealed, proof, of)
    except (InvalidTag, ValueError, IndexError):
        raise LedgerError(
            f"the copy of {of} in the ledger is damaged: put a backup back {of} 的副本已损坏，请以备份恢复账簿数据库"
        ) from None


def erase_copies(connection: LedgerConnection, erasures: Iterable[Erasure]) -> int:
    """Erase the salts of documents for good; return how many there were."""
    count = 0
    for owner, places in erasures:
        wanted = select(EXCHANGE_SALTS.c.id, EXCHANGE_SALTS.c.salts).where(
            EXCHANGE_SALTS.c.owner == owner, EXCHANGE_SALTS.c.salts.is_not(None)
        )
        for number, salts in connection.sql.execute(wanted.with_for_update()).all():
            left, erased = without_salts(bytes(salts), places)
            connection.sql.execute(update(EXCHANGE_SALTS).where(EXCHANGE_SALTS.c.id == number).values(salts=left))
            count += erased
    return count
