"""Goods records as they are kept (商品备案登记): entered from lists, brought from state to state, each change with its cause.

Promised: the same cause twice changes nothing; what a list repeats is not entered again; a version that holds stays until
another is on record; two writers of one record come one after the other; versions and changes are never changed or deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import select

from customs.intake.goods import GoodsRecord
from customs.ledger.accounts import upserting
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.content import GoodsDifference, content_text, differences, field_label
from customs.ledger.goods.policy import RECORD_PRACTICE, RecordPolicy
from customs.ledger.goods.standings import GoodsChange, GoodsStanding, find_goods, goods_change_from, goods_standing
from customs.ledger.goods.states import LISTED, MOVES, GoodsState
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_RECORDS, GOODS_VERSIONS
from customs.rules import Finding, catalogue

#: What became of a record that was entered: it is new, has a new version, another state, is the same, or may not change so.
GoodsMove: TypeAlias = Literal["new", "changed", "state", "same", "frozen"]


class GoodsMoveError(Exception):
    """A record that is not there, or a state into which it cannot be brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsEntered:
    """The outcome for a record that was entered from a list: what became of it, what differs, and why it may not."""

    sku: str
    account_book_no: str
    move: GoodsMove
    version: int
    state: GoodsState
    differences: tuple[GoodsDifference, ...] = ()
    findings: tuple[Finding, ...] = ()


def enter_goods(
    connection: LedgerConnection,
    record: GoodsRecord,
    cause: EntryCause,
    *,
    at: datetime,
    unsaid: GoodsState | None = None,
    policy: RecordPolicy = RECORD_PRACTICE,
) -> GoodsEntered:
    """Enter a record as a list has it, and return what became of it.

    Another content is a new version, in the state that the list says; ``unsaid`` is that of one without a state: by default
    a draft, or the state that it has where its content is the same. A change of what is frozen once the record was declared
    is not entered and told. Raises ``CauseUsedError`` if the cause was entered with another content or state.
    """
    number = _locked(connection, record.sku, record.account_book_no or "")
    before = goods_standing(connection, number)
    differ = differences(before.record if before else None, record)
    state = listed_state(record, before, unsaid, changed=bool(differ))
    if entered := _entered_as(connection, number, cause):
        meant = LISTED[record.state] if record.state else (unsaid or entered[1],)
        if content_text(record) != entered[0] or entered[1] not in meant:
            raise CauseUsedError("goods", cause)
        assert before is not None
        return _told(before, "same")
    if before and not differ:
        if state is before.last.state:
            return _told(before, "same")
        _append(connection, before, GoodsState(state), ("state", cause, at))
        return _told(goods_standing(connection, number), "state")
    if before and (frozen := tuple(frozen_changes(before, differ, policy))):
        return _told(before, "frozen", differ, frozen)
    version = before.last.version + 1 if before else 1
    record_no = record.facts.get("record_no", "")
    values = {"record": number, "version": version, "record_no": record_no, "content": content_text(record)}
    connection.sql.execute(GOODS_VERSIONS.insert(), values)
    _append(connection, before or number, state, ("version", cause, at), version=version)
    return _told(goods_standing(connection, number), "changed" if before else "new", differ if before else ())


def listed_state(
    record: GoodsRecord, before: GoodsStanding | None, unsaid: GoodsState | None, *, changed: bool
) -> GoodsState:
    """Return the state in which a record stands once a list was entered; ``changed`` if its content is another."""
    if record.state:
        meant = LISTED[record.state]
        return before.last.state if before and before.last.state in meant else meant[0]
    if unsaid:
        return unsaid
    return before.last.state if before and not changed else GoodsState.DRAFT


def frozen_changes(
    before: GoodsStanding, differ: tuple[GoodsDifference, ...], policy: RecordPolicy
) -> Iterator[Finding]:
    """Yield a finding for each difference that may not be entered, since parcels were declared with the record."""
    for each in differ if before.last.used else ():
        if each.field in policy.frozen_after_use and each.before:
            facts = {"before": each.before, "after": each.after or "-"}
            yield catalogue.GOODS_FROZEN.at(each.field, sku=before.sku, name=field_label(each.field), **facts)


def move_goods(
    connection: LedgerConnection, key: tuple[str, str], state: GoodsState, cause: EntryCause, *, at: datetime
) -> bool:
    """Bring a record, by SKU and account book, into a state; return False if the cause was entered before.

    Raises ``GoodsMoveError`` if there is no such record or the state does not follow, and ``CauseUsedError``.
    """
    sku, book = key
    before = find_goods(connection, sku, book)
    if before is None:
        raise GoodsMoveError(f"there is no goods record {sku} 没有货号 {sku} 的备案")
    _lock(connection, before.id)
    before = goods_standing(connection, before.id)
    assert before is not None
    known = _cause_entered(connection, before.id, "state", cause)
    if known is not None:
        if known.state != state:
            raise CauseUsedError("goods", cause)
        return False
    if state not in MOVES[before.last.state]:
        may = ", ".join(sorted(MOVES[before.last.state]))
        raise GoodsMoveError(
            f"goods record {sku} is {before.last.state}: it cannot become {state}, only {may} "
            f"货号 {sku} 的备案当前为 {before.last.state}，不能变为 {state}，可变为 {may}"
        )
    _append(connection, before, state, ("state", cause, at))
    return True


def mark_used(connection: LedgerConnection, standing: GoodsStanding, cause: EntryCause, *, at: datetime) -> bool:
    """Note that a parcel was declared with a record; return False if one was before."""
    _lock(connection, standing.id)
    now = goods_standing(connection, standing.id)
    assert now is not None
    if now.last.used:
        return False
    _append(connection, now, now.last.state, ("used", cause, at))
    return True


def _locked(connection: LedgerConnection, sku: str, account_book_no: str) -> int:
    """Return the number of a record, made if there is none, for this transaction alone."""
    values = {"sku": sku, "account_book_no": account_book_no}
    connection.sql.execute(upserting(connection, GOODS_RECORDS).values(**values).on_conflict_do_nothing())
    records = GOODS_RECORDS.c
    wanted = select(records.id).where(records.sku == sku, records.account_book_no == account_book_no)
    return int(connection.sql.execute(wanted.with_for_update()).scalar_one())


def _lock(connection: LedgerConnection, number: int) -> None:
    connection.sql.execute(select(GOODS_RECORDS.c.id).where(GOODS_RECORDS.c.id == number).with_for_update())


def _append(
    connection: LedgerConnection,
    before: GoodsStanding | int,
    state: GoodsState,
    said: tuple[str, EntryCause, datetime],
    *,
    version: int | None = None,
) -> None:
    """Enter a change after the last one; ``before`` is the number of a record that has none yet."""
    last, number = (before.last, before.id) if isinstance(before, GoodsStanding) else (None, before)
    kind, cause, at = said
    version = version or (last.version if last else 1)
    in_force = last.in_force if last else None
    if state is GoodsState.ON_RECORD:
        in_force = version
    elif state in (GoodsState.SUSPENDED, GoodsState.WITHDRAWN):
        in_force = None
    values = {
        "record": number,
        "place": last.place + 1 if last else 1,
        "place_before": last.place if last else None,
        "kind": kind,
        "state": state.value,
        "version": version,
        "in_force": in_force,
        "used": kind == "used" or bool(last and last.used),
        "cause_kind": cause.kind,
        "cause": cause.id,
        "by": cause.by,
        "why": cause.why,
        "at": at,
    }
    connection.sql.execute(GOODS_CHANGES.insert(), values)


def _cause_entered(connection: LedgerConnection, number: int, kind: str, cause: EntryCause) -> GoodsChange | None:
    changes = GOODS_CHANGES.c
    wanted = select(GOODS_CHANGES).where(
        changes.record == number, changes.kind == kind, changes.cause_kind == cause.kind, changes.cause == cause.id
    )
    found = connection.sql.execute(wanted).one_or_none()
    return None if found is None else goods_change_from(found)


def _entered_as(connection: LedgerConnection, number: int, cause: EntryCause) -> tuple[str, GoodsState] | None:
    """Return the content and state that a cause entered from a list, None if it entered nothing."""
    found = _cause_entered(connection, number, "version", cause) or _cause_entered(connection, number, "state", cause)
    if found is None:
        return None
    versions = GOODS_VERSIONS.c
    wanted = select(versions.content).where(versions.record == number, versions.version == found.version)
    return connection.sql.execute(wanted).scalar_one(), found.state


def _told(
    standing: GoodsStanding | None,
    move: GoodsMove,
    differ: tuple[GoodsDifference, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> GoodsEntered:
    assert standing is not None, "it was entered"
    return GoodsEntered(
        sku=standing.sku,
        account_book_no=standing.account_book_no,
        move=move,
        version=standing.last.version,
        state=standing.last.state,
        differences=differ,
        findings=findings,
    )
