"""The standing of a bond list (核注清单状态): what follows for the book from all that was said of it, in whatever order it came.

A submission says the goods; decisions of customs say what becomes of it. They are put in the order in which customs said
them, not in that of their arrival: change by change, time by time. A list that is refused or deleted holds nothing in the
book; a change or a deletion that is refused leaves what was there before, and what customs says later under its number is of
the list itself, unless it says otherwise.

>>> from customs.ledger.book.items import book_item
>>> line = SaidLine(book_item("T2992W000001", "12"), Decimal(5))
>>> declared = SaidOfList(what="declared", at=datetime(2026, 10, 1), direction="E", kind="8", lines=(line,))
>>> pre = SaidOfList(what="pre", at=datetime(2026, 10, 2, 11, 20))
>>> deducted = SaidOfList(what="deducted", at=datetime(2026, 10, 4, 7, 41))
>>> found = standing_of([deducted, declared, pre])
>>> found.state, {str(item): held.actual_out for item, held in found.holds.items()}
('deducted', {'T2992W000001/12': Decimal('5')})
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, exactly
from customs.ledger.book.bond_lists import (
    RETAIL,
    REVERSED,
    UNCOUNTED,
    BondHead,
    BondLine,
    BondList,
    BondReceipt,
    BookStatement,
    DeclaredAs,
    Deduction,
    Direction,
)
from customs.ledger.book.items import BookItem, BookQuantities

#: What may be said of a list, in the order in which one holds against another of the same moment.
What = Literal["declared", "stored", "manual", "passed", "pre", "deducted", "rejected", "deleted"]
_RANKS: Mapping[str, int] = {each: at for at, each in enumerate(What.__args__)}  # type: ignore[attr-defined]

#: What of a list counts in the book.
_COUNTS = ("pre", "deducted")

#: manageResult of INV201.
_RESULTS: Mapping[str, What] = {
    "Y": "stored",
    "1": "deducted",
    "2": "manual",
    "3": "rejected",
    "4": "pre",
    "5": "passed",
}

_MARKS: Mapping[Deduction, What] = {
    Deduction.NONE: "passed",
    Deduction.PRE: "pre",
    Deduction.DEDUCTED: "deducted",
    Deduction.WRITTEN_OFF: "deducted",
}


class SaidLine(NamedTuple):
    """Goods of a list: item, quantity, and the article (料号) that the line names."""

    item: BookItem
    quantity: Decimal
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfList:
    """One thing that was said of a bond list: by its enterprise (declared) or by customs."""

    what: What
    at: datetime
    change_no: int = 0
    declared_as: str = DeclaredAs.NEW.value
    direction: str = ""
    kind: str = ""
    mode: str = ""
    related_bond_no: str = ""
    lines: tuple[SaidLine, ...] = ()
    retail_list_nos: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BondStanding:
    """How a bond list stands: its state, and what it holds in the book."""

    state: What | Literal[""]
    direction: str = ""
    kind: str = ""
    related_bond_no: str = ""
    lines: tuple[SaidLine, ...] = ()
    retail_list_nos: tuple[str, ...] = ()
    decided_at: datetime | None = None
    reasons: tuple[str, ...] = ()
    holds: Mapping[BookItem, BookQuantities] = FrozenDict()

    @property
    def lives(self) -> bool:
        """True if it binds the retail lists that it names: it is neither refused nor deleted."""
        return self.state not in ("rejected", "deleted")

    @property
    def gathers_parcels(self) -> bool:
        """True for an out-list of retail parcels."""
        return self.kind == RETAIL and self.direction == Direction.OUT.value


@exactly
def standing_of(said: Iterable[SaidOfList]) -> BondStanding:
    """Return the standing of a list; the same whatever the order in which things were said."""
    ordered = sorted(said, key=lambda each: (each.change_no, each.what != "declared", each.at, _RANKS[each.what]))
    submissions = {each.change_no: each for each in ordered if each.what == "declared"}
    decisions = [each for each in ordered if each.what != "declared"]
    state: What | Literal[""] = "declared" if submissions else ""
    submission, decided = submissions.get(min(submissions)) if submissions else None, None
    refused = set[int]()  # changes and deletions, after which customs speaks of the list itself
    for each in decisions:
        of_the_list = each.change_no in refused and each.declared_as == DeclaredAs.NEW
        asked = None if of_the_list else submissions.get(each.change_no)
        declared_as = asked.declared_as if asked else each.declared_as
        if each.what == "rejected" and declared_as != DeclaredAs.NEW:
            refused.add(each.change_no)
        after = _after(state, each.what, declared_as)
        if after is None:
            continue
        state, decided = after, each
        if declared_as != DeclaredAs.DELETION and asked:
            submission = asked
    known = [each for each in (submission, *ordered) if each]
    lines = submission.lines if submission and submission.lines else _told_by_customs(decisions)
    mode = next((each.mode for each in reversed(ordered) if each.mode), "")
    direction = _first(each.direction for each in known)
    return BondStanding(
        state=state,
        direction=direction,
        kind=_first(each.kind for each in known),
        related_bond_no=_first(each.related_bond_no for each in known),
        lines=lines,
        retail_list_nos=submission.retail_list_nos if submission else (),
        decided_at=decided.at if decided else None,
        reasons=decided.reasons if decided else (),
        holds=_holds(state, direction, mode, lines),
    )


def _after(state: str, said: What, declared_as: str) -> What | None:
    """The state after a decision, None if it leaves the state as it is."""
    if declared_as == DeclaredAs.DELETION:
        return "deleted" if said in ("deducted", "pre", "passed", "deleted") else None
    if said == "rejected" and declared_as == DeclaredAs.CHANGE:
        return None
    if said in ("stored", "manual") and state in (*_COUNTS, "passed"):
        return None
    return said


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _told_by_customs(decisions: Sequence[SaidOfList]) -> tuple[SaidLine, ...]:
    """The lines that customs' own messages give, where the list itself was never seen: the last that have any."""
    return next((each.lines for each in reversed(decisions) if each.lines), ())


def _holds(state: str, direction: str, mode: str, lines: Iterable[SaidLine]) -> Mapping[BookItem, BookQuantities]:
    """Return the holdings of a list by item. Quantities taken back (反扣) counts on the other side, so that none falls below 0."""
    if state not in _COUNTS or mode in UNCOUNTED or not direction:
        return FrozenDict()
    comes = (direction == Direction.IN) != (mode == REVERSED)
    name = ("pre_" if state == "pre" else "actual_") + ("in" if comes else "out")
    sums: dict[BookItem, Decimal] = {}
    for each in lines:
        sums[each.item] = sums.get(each.item, ZERO) + each.quantity
    return FrozenDict({item: BookQuantities(**{name: quantity}) for item, quantity in sums.items() if quantity})


def said_by(message: BondList | BondReceipt | BookStatement, at: datetime) -> SaidOfList:
    """Return what a message says of its list; ``at`` counts where it has no time of its own."""
    if isinstance(message, BondList):
        return SaidOfList(
            what="declared",
            at=at,
            change_no=message.change_no or 0,
            declared_as=message.declared_as.value,
            direction=message.direction.value,
            kind=message.kind,
            related_bond_no=message.related_bond_no,
            lines=_lines(message.lines),
            retail_list_nos=message.retail_list_nos,
        )
    if isinstance(message, BondReceipt):
        head, what = message.head, _RESULTS.get(message.result, "stored")
        return _decided(
            what, message.at or at, head, message.change_no, message.declared_as, _lines(message.lines), message.reasons
        )
    head = message.head
    own = tuple(
        SaidLine(row.item, row.in_quantity, row.sku)
        for row in message.rows
        if row.item and row.in_quantity and head.direction is Direction.IN and row.bond_no == head.numbers.bond_no
    )
    what = _MARKS.get(head.deduction or Deduction.DEDUCTED, "deducted")
    return _decided(what, head.deducted_at or head.pre_deducted_at or at, head, head.change_no, None, own, ())


def _decided(
    what: What,
    at: datetime,
    head: BondHead | None,
    change_no: int | None,
    declared_as: DeclaredAs | None,
    lines: tuple[SaidLine, ...],
    reasons: tuple[str, ...],
) -> SaidOfList:
    if head and head.status == "3":
        what = "deleted"
    return SaidOfList(
        what=what,
        at=at,
        change_no=change_no or 0,
        declared_as=(declared_as or DeclaredAs.NEW).value,
        direction=head.direction.value if head and head.direction else "",
        kind=head.kind if head else "",
        mode=head.mode if head else "",
        related_bond_no=head.related_bond_no if head else "",
        lines=lines,
        reasons=reasons,
    )


def _lines(lines: Iterable[BondLine]) -> tuple[SaidLine, ...]:
    """The lines that count: with an item and a quantity, and not deleted by a change."""
    return tuple(
        SaidLine(each.item, each.quantity, each.sku)
        for each in lines
        if each.item and each.quantity is not None and each.change != "2"
    )
