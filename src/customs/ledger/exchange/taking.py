"""Taking in (入箱) what came, within the transaction of the caller: each thing once, see ``customs.exchange.Inbox``."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import select

from customs.areas import AreaProfile
from customs.documents import BusinessKey
from customs.exchange.contract import Item
from customs.exchange.inbox import TakenItem, TakenKind
from customs.exchange.item_reading import UNIFIED_EDITION, ReceiptLine, answers_in, lines_of
from customs.exchange.outbox import instant
from customs.exchange.pieces import Pieces
from customs.exchange.stored_inbox import (
    MOST_AT_ONCE,
    as_repeat,
    item_digest,
    line_key_text,
    numbers_of,
    word_in,
    word_text,
)
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.boxes import find_box, in_box, lock_box
from customs.ledger.exchange.sealing import open_copy, open_sealed, seal_copies
from customs.ledger.exchange.tables import EXCHANGE_ITEMS, EXCHANGE_LINES, EXCHANGE_NUMBERS, EXCHANGE_SALTS
from customs.ledger.many_rows import add_rows
from customs.ledger.numbering import insert_numbered
from customs.ledger.parts import in_parts
from customs.wire import ReadError
from customs.wire.unread import unread

_ITEMS, _LINES = EXCHANGE_ITEMS.c, EXCHANGE_LINES.c


class _Line(NamedTuple):
    """A line of a receipt, as far as it tells it from others."""

    receipt: str
    key_digest: bytes
    code: str
    at: datetime | None


def take_items(
    connection: LedgerConnection,
    source: str,
    items: Sequence[Item],
    *,
    at: datetime,
    areas: Sequence[str | AreaProfile] = UNIFIED_EDITION,
) -> tuple[TakenItem, ...]:
    """Take items into the inbox of a source, and return what each is. ``areas`` are the formats that are tried."""
    box = lock_box(connection, "inbox", source)
    digests = [item_digest(each) for each in items]
    known = _known(connection, box, digests)
    new: dict[bytes, tuple[Item, tuple[ReceiptLine, ...], str]] = {}
    for item, digest in zip(items, digests, strict=True):
        if digest not in new and digest not in known:
            new[digest] = (item, *_read(connection, item, digest, tuple(areas)))
    sealed = seal_copies(
        connection, [(Pieces((item.content,)), in_box(box, digest.hex()), digest) for digest, (item, *_) in new.items()]
    )
    copies = [
        {"digest": digest, "salts": salts, "sealed": copy} for digest, (salts, copy) in zip(new, sealed, strict=True)
    ]
    found = {each.digest: each for each in _enter(connection, box, list(new.values()), copies, instant(at))}
    before = [digest for digest in dict.fromkeys(digests) if digest not in new]
    for part in in_parts(before):
        found.update(
            (each.digest, each) for each in items_where(connection, _ITEMS.box == box, _ITEMS.digest.in_(part))
        )
    taken, seen = list[TakenItem](), set[bytes]()
    for digest in digests:
        each = found[digest.hex()]
        first = digest in new and digest not in seen
        seen.add(digest)
        taken.append(each if first else replace(as_repeat(each), known=True))
    return tuple(taken)


def _read(
    connection: LedgerConnection, item: Item, digest: bytes, areas: tuple[str | AreaProfile, ...]
) -> tuple[tuple[ReceiptLine, ...], str]:
    """Return the lines of an item, or why it has none; its answers are kept for whoever lays them to orders."""
    if item.word:
        return (), ""
    try:
        answers = answers_in(item.content, areas)
    except ReadError as error:
        return (), unread(error)
    named = tuple([each for each in areas if isinstance(each, str)])
    if len(named) == len(areas):
        connection.lately.keep(digest, named, answers)
    return lines_of(answers), ""


def _known(connection: LedgerConnection, box: int, digests: Sequence[bytes]) -> set[bytes]:
    found = set[bytes]()
    for part in in_parts(digests):
        wanted = select(_ITEMS.digest).where(_ITEMS.box == box, _ITEMS.digest.in_(part))
        found |= {bytes(each) for each in connection.sql.execute(wanted).scalars()}
    return found


def _enter(
    connection: LedgerConnection,
    box: int,
    items: Sequence[tuple[Item, Sequence[ReceiptLine], str]],
    copies: Sequence[dict[str, Any]],
    at: datetime,
) -> list[TakenItem]:
    """Enter new items with their lines and numbers; return them as they stand."""
    if not items:
        return []
    lines = [[_line_row(each) for each in of_item] for _, of_item, _ in items]
    repeats = _repeats(connection, box, lines)
    rows = [
        {
            "box": box,
            "name": item.name,
            "kind": _kind(item, reason, repeated=repeated),
            "at": at,
            "reason": reason,
            "about": item.about,
            "word": word_text(item.word),
            "placed": False,
            **copy,
        }
        for (item, _, reason), repeated, copy in zip(items, repeats, copies, strict=True)
    ]
    numbers = insert_numbered(connection, EXCHANGE_ITEMS, rows)
    line_rows = [
        {"item": number, "place": place, **row}
        for number, of_item in zip(numbers, lines, strict=True)
        for place, row in enumerate(of_item)
    ]
    add_rows(connection, EXCHANGE_LINES, line_rows)
    named = sorted(
        {
            (text, number)
            for number, (_, of_item, _) in zip(numbers, items, strict=True)
            for each in of_item
            for text in numbers_of(each.key)
        }
    )
    add_rows(connection, EXCHANGE_NUMBERS, [{"number": text, "item": number} for text, number in named], once=True)
    return [
        TakenItem(
            number=number,
            name=row["name"],
            kind=row["kind"],
            at=at,
            digest=row["digest"].hex(),
            reason=row["reason"],
            lines=tuple(
                [replace(each, at=instant(each.at)) if each.at and each.at.tzinfo else each for each in of_item]
            ),
            about=row["about"],
            word=word_in(row["word"]),
        )
        for number, row, (_, of_item, _) in zip(numbers, rows, items, strict=True)
    ]


def _kind(item: Item, reason: str, *, repeated: bool) -> TakenKind:
    return "word" if item.word else "aside" if reason else "repeat" if repeated else "receipt"


def _repeats(connection: LedgerConnection, box: int, items: Sequence[Sequence[dict[str, Any]]]) -> list[bool]:
    """Return of each item, by its lines, whether every one was in another receipt before it.

    A line without a time says nothing about that. Where the first line is new, as most often, the others are not asked for.
    """
    lines = [[_Line(row["receipt"], row["key_digest"], row["code"], row["at"]) for row in rows] for rows in items]
    timed = [of_item if of_item and all(each.at for each in of_item) else [] for of_item in lines]
    together = Counter(line for of_item in lines for line in set(of_item))
    known = _known_lines(connection, box, {of_item[0] for of_item in timed if of_item})
    doubtful = [each for each in timed if each and (each[0] in known or together[each[0]] > 1)]
    known |= _known_lines(connection, box, {line for of_item in doubtful for line in of_item})
    repeats = []
    for of_item, if_timed in zip(lines, timed, strict=True):
        repeats.append(bool(if_timed) and known.issuperset(if_timed))
        known.update(of_item)
    return repeats


def _known_lines(connection: LedgerConnection, box: int, lines: Set[_Line]) -> set[_Line]:
    """Return those of some lines that are in the box.

    The items are asked for apart, and only where a line was found: each holds a copy, and fills a page of the database.
    """
    found = defaultdict[_Line, set[int]](set)
    for part in in_parts(sorted({each.key_digest for each in lines})):
        asked = select(_LINES.item, _LINES.receipt, _LINES.key_digest, _LINES.code, _LINES.at)
        for item, *of_line in connection.sql.execute(asked.where(_LINES.key_digest.in_(part))):
            if (line := _Line(*of_line)) in lines:
                found[line].add(item)
    own = set[int]()
    for numbers in in_parts({item for of_line in found.values() for item in of_line}):
        own.update(connection.sql.execute(select(_ITEMS.id).where(_ITEMS.box == box, _ITEMS.id.in_(numbers))).scalars())
    return {line for line, of_line in found.items() if not own.isdisjoint(of_line)}


def _line_row(line: ReceiptLine) -> dict[str, Any]:
    key = line_key_text(line.key)
    return {
        "receipt": line.receipt,
        "key": key,
        "key_digest": blake2b(key.encode(), digest_size=16).digest(),
        "code": line.code,
        "at": instant(line.at) if line.at else None,
        "submitted": line.submitted,
        "word": word_text(line.word),
    }


def items_where(connection: LedgerConnection, *conditions: Any, most: int | None = None) -> list[TakenItem]:
    """Return the items of some conditions, in the order in which they came."""
    wanted = select(EXCHANGE_ITEMS).where(*conditions).order_by(_ITEMS.id)
    rows = connection.sql.execute(wanted if most is None else wanted.limit(most)).all()
    lines: dict[int, list[ReceiptLine]] = {row.id: [] for row in rows}
    numbers = list(lines)
    for part in in_parts(numbers):
        asked = select(EXCHANGE_LINES).where(_LINES.item.in_(part))
        for line in connection.sql.execute(asked.order_by(_LINES.item, _LINES.place)):
            lines[line.item].append(_line(line))
    return [
        TakenItem(
            number=row.id,
            name=row.name,
            kind=row.kind,
            at=row.at,
            digest=bytes(row.digest).hex(),
            reason=row.reason,
            lines=tuple(lines[row.id]),
            about=row.about,
            word=word_in(row.word),
        )
        for row in rows
    ]


def items_after(connection: LedgerConnection, source: str, number: int, most: int = MOST_AT_ONCE) -> list[TakenItem]:
    """Return receipts, repetitions and words behind a number in the inbox of a source, in the order in which they came."""
    box = find_box(connection, "inbox", source)
    if box is None:
        return []
    kinds = ("receipt", "word", "repeat")
    return items_where(connection, _ITEMS.box == box, _ITEMS.id > number, _ITEMS.kind.in_(kinds), most=most)


def item_content(connection: LedgerConnection, source: str, number: int) -> bytes:
    """Return the bytes of an item as they came. Raises ``CopyErasedError``, and ``LookupError`` if there is none."""
    box = find_box(connection, "inbox", source)
    wanted = select(_ITEMS.salts, _ITEMS.sealed, _ITEMS.digest).where(_ITEMS.box == box, _ITEMS.id == number)
    row = connection.sql.execute(wanted).one_or_none()
    if row is None:
        raise LookupError(f"the inbox has no item {number} 收件箱中没有第 {number} 条")
    return open_copy(connection, row.salts, bytes(row.sealed), bytes(row.digest), f"item {number} 第 {number} 条")


def item_contents(connection: LedgerConnection, source: str, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Yield items with their bytes as they came, in the order of their numbers; those that were erased are left out."""
    box, salts = find_box(connection, "inbox", source), EXCHANGE_SALTS.c
    for part in in_parts(numbers):
        wanted = (
            select(_ITEMS.id, _ITEMS.sealed, _ITEMS.digest, salts.salts)
            .join(EXCHANGE_SALTS, salts.id == _ITEMS.salts)
            .where(_ITEMS.box == box, _ITEMS.id.in_(part), salts.salts.is_not(None))
        )
        for row in connection.sql.execute(wanted.order_by(_ITEMS.id)):
            of = f"item {row.id} 第 {row.id} 条"
            yield row.id, open_sealed(connection.keys, row.salts, bytes(row.sealed), bytes(row.digest), of)


def _line(row: Any) -> ReceiptLine:
    message, fields = json.loads(row.key)
    word = word_in(row.word)
    assert word
    return ReceiptLine(
        receipt=row.receipt,
        key=BusinessKey(message, tuple((name, text) for name, text in fields)),
        code=row.code,
        at=row.at,
        submitted=row.submitted,
        word=word,
    )
