"""Papers (单证) of the book: found by any of their numbers, with all that was said of them, each saying once.

Promised: a saying is entered with its cause once, the same cause with another saying is refused; two papers that turn out to
be one, because a message names a number of each, are one from then on, with the sayings of both.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, insert, or_, select, update

from customs.ledger.accounts import upserting
from customs.ledger.book.tables import BINDINGS, NUMBERS, PAPERS, SAYINGS
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection

PaperKind = Literal["bond", "retail", "return"]


@dataclass(frozen=True, slots=True)
class BookPaper:
    """A paper, for this transaction alone: its number in the ledger, and those of the papers that turned out to be it."""

    kind: PaperKind
    id: int
    family: tuple[int, ...]


def paper_of(connection: LedgerConnection, kind: PaperKind, numbers: Mapping[str, str]) -> BookPaper:
    """Return the paper with any of these numbers by scheme, locked, with all of them from now on; made if there is none."""
    known = sorted({_head(connection, each) for each in _found(connection, kind, numbers).values()})
    if not known:
        known = [_made(connection, kind, numbers)]
    head, *others = known
    connection.sql.execute(select(PAPERS.c.id).where(PAPERS.c.id == head).with_for_update())
    for each in others:
        whole = or_(PAPERS.c.id == each, PAPERS.c.same_as == each)
        connection.sql.execute(update(PAPERS).where(whole).values(same_as=head))
        connection.sql.execute(delete(BINDINGS).where(BINDINGS.c.paper == each))
    _add_numbers(connection, kind, numbers, head)
    same = connection.sql.execute(select(PAPERS.c.id).where(PAPERS.c.same_as == head)).scalars()
    return BookPaper(kind, head, (head, *sorted(same)))


def say(
    connection: LedgerConnection, paper: BookPaper, facts: Mapping[str, Any], cause: EntryCause, at: datetime
) -> bool:
    """Enter what is said of a paper; return False if the cause said it before. Raises ``CauseUsedError``."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    place = select(func.coalesce(func.max(SAYINGS.c.place), 0) + 1).where(SAYINGS.c.paper == paper.id)
    before = connection.sql.execute(
        select(SAYINGS.c.facts).where(
            SAYINGS.c.paper.in_(paper.family), SAYINGS.c.cause_kind == cause.kind, SAYINGS.c.cause == cause.id
        )
    ).scalar()
    if before is not None:
        if before != text:
            raise CauseUsedError(paper.kind, cause)
        return False
    values = {"paper": paper.id, "at": at, "cause_kind": cause.kind, "cause": cause.id, "facts": text}
    connection.sql.execute(insert(SAYINGS).values(place=place.scalar_subquery(), **values))
    return True


def sayings_of(connection: LedgerConnection, paper: BookPaper) -> list[Mapping[str, Any]]:
    """Return all that was said of a paper, in the order in which it was entered."""
    wanted = select(SAYINGS.c.facts).where(SAYINGS.c.paper.in_(paper.family)).order_by(SAYINGS.c.paper, SAYINGS.c.place)
    return [json.loads(each) for each in connection.sql.execute(wanted).scalars()]


def stand(
    connection: LedgerConnection, paper: BookPaper, standing: Mapping[str, Any], binds: Sequence[str] | None = None
) -> None:
    """Note how a paper stands, and which retail lists it binds."""
    connection.sql.execute(update(PAPERS).where(PAPERS.c.id == paper.id).values(**standing))
    if binds is None:
        return
    old = set(connection.sql.execute(select(BINDINGS.c.list_no).where(BINDINGS.c.paper == paper.id)).scalars())
    for each in old - set(binds):
        connection.sql.execute(delete(BINDINGS).where(BINDINGS.c.paper == paper.id, BINDINGS.c.list_no == each))
    if new := [{"paper": paper.id, "list_no": each} for each in dict.fromkeys(binds) if each not in old]:
        connection.sql.execute(insert(BINDINGS), new)


def _found(connection: LedgerConnection, kind: PaperKind, numbers: Mapping[str, str]) -> dict[str, int]:
    """The papers that have these numbers, by scheme."""
    known = {}
    for scheme, number in numbers.items():
        if number:
            wanted = select(NUMBERS.c.paper).where(
                NUMBERS.c.kind == kind, NUMBERS.c.scheme == scheme, NUMBERS.c.number == number
            )
            if (paper := connection.sql.execute(wanted).scalar()) is not None:
                known[scheme] = int(paper)
    return known


def _head(connection: LedgerConnection, paper: int) -> int:
    head = connection.sql.execute(select(PAPERS.c.same_as).where(PAPERS.c.id == paper)).scalar()
    return paper if head is None else int(head)


def _made(connection: LedgerConnection, kind: PaperKind, numbers: Mapping[str, str]) -> int:
    """Make a paper; where another process made it just now, return that one."""
    made = int(connection.sql.execute(insert(PAPERS).values(kind=kind).returning(PAPERS.c.id)).scalar_one())
    _add_numbers(connection, kind, numbers, made)
    taken = sorted(set(_found(connection, kind, numbers).values()))
    if taken == [made]:
        return made
    other = next(each for each in taken if each != made)
    connection.sql.execute(update(NUMBERS).where(NUMBERS.c.paper == made).values(paper=other))
    connection.sql.execute(delete(PAPERS).where(PAPERS.c.id == made))
    return other


def _add_numbers(connection: LedgerConnection, kind: PaperKind, numbers: Mapping[str, str], paper: int) -> None:
    for scheme, number in numbers.items():
        if number:
            adding = upserting(connection, NUMBERS).values(kind=kind, scheme=scheme, number=number, paper=paper)
            connection.sql.execute(adding.on_conflict_do_nothing())
