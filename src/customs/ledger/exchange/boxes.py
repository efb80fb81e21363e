"""Boxes (箱) in the ledger: found by kind and name, locked while something is put into one, with their marks."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from sqlalchemy import bindparam, select

from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_MARKS

BoxKind: TypeAlias = Literal["outbox", "inbox"]

_BOXES = EXCHANGE_BOXES.c

#: Whoever only refers to a box that is locked so, as a mark does, does not wait.
_LOCKING = (
    select(_BOXES.name, _BOXES.id)
    .where(_BOXES.kind == bindparam("of_kind"), _BOXES.name.in_(bindparam("names", expanding=True)))
    .order_by(_BOXES.name)
    .with_for_update(key_share=True)
)


def lock_box(connection: LedgerConnection, kind: BoxKind, name: str) -> int:
    """Return the number of a box, for this transaction alone until it ends; made if there is none.

    Whatever is put into one box is so in the order in which it counts.
    """
    return lock_boxes(connection, kind, [name])[name]


def lock_boxes(connection: LedgerConnection, kind: BoxKind, names: Collection[str]) -> dict[str, int]:
    """Return the numbers of boxes by name, locked and made like one of ``lock_box``, in the order of their names.

    A transaction that puts into one box after another locks all of them first: so no two wait for each other in a circle.
    """
    wanted = sorted(set(names))
    asked = {"of_kind": kind, "names": wanted}
    found = {row.name: int(row.id) for row in connection.sql.execute(_LOCKING, asked)}
    if missing := [{"kind": kind, "name": name} for name in wanted if name not in found]:
        connection.sql.execute(upserting(connection, EXCHANGE_BOXES).on_conflict_do_nothing(), missing)
        found = {row.name: int(row.id) for row in connection.sql.execute(_LOCKING, asked)}
    return found


def find_box(connection: LedgerConnection, kind: BoxKind, name: str) -> int | None:
    """Return the number of a box, None if there is none."""
    boxes = EXCHANGE_BOXES.c
    found = connection.sql.execute(select(boxes.id).where(boxes.kind == kind, boxes.name == name)).scalar()
    return None if found is None else int(found)


def box_of(ledger: Ledger, kind: BoxKind, name: str) -> int:
    """Return the number of a box, made if there is none; whoever finds it waits for nobody."""
    with ledger.read() as connection:
        found = find_box(connection, kind, name)
    if found is None:
        with ledger.begin() as connection:
            found = lock_box(connection, kind, name)
    return found


def in_box(box: int, owner: str) -> str:
    """Return the name under which a copy of a box is erased: the same message may be in another box too."""
    return f"{box}\x1f{owner}"


def set_mark(connection: LedgerConnection, box: int, name: str, text: str) -> None:
    """Note something of a box."""
    adding = upserting(connection, EXCHANGE_MARKS).values(box=box, name=name, text=text)
    connection.sql.execute(adding.on_conflict_do_update(index_elements=["box", "name"], set_={"text": text}))


def mark_in(connection: LedgerConnection, box: int, name: str) -> str:
    """Return what was noted of a box, empty if nothing was."""
    marks = EXCHANGE_MARKS.c
    found = connection.sql.execute(select(marks.text).where(marks.box == box, marks.name == name)).scalar()
    return str(found or "")
