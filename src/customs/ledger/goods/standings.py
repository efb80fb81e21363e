"""Goods records as they stand (商品备案现状): found by SKU and record number, with the version that may be declared and all before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from customs.fields.frozen import FrozenDict
from customs.intake.goods import GoodsRecord
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.content import record_from
from customs.ledger.goods.states import LISTED, GoodsState
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_RECORDS, GOODS_VERSIONS
from customs.ledger.parts import in_parts

_STATES: Mapping[GoodsState, str] = FrozenDict(
    {each: name for name, states in LISTED.items() for each in states if name != "pending"}
    | {GoodsState.DRAFT: "pending", GoodsState.SUBMITTED: "pending"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsChange:
    """A change of a record: how it stands after it, why and when."""

    place: int
    kind: str
    """``version``, ``state`` or ``used``."""
    state: GoodsState
    version: int
    in_force: int | None
    """The version that may be declared after it, None if none may."""
    used: bool
    """True once a parcel was declared with it."""
    cause: EntryCause
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsStanding:
    """A record as it stands: its last change, the newest version, and the one that may be declared."""

    id: int
    last: GoodsChange
    record: GoodsRecord
    in_force: GoodsRecord | None

    @property
    def sku(self) -> str:
        """The SKU (货号)."""
        return self.record.sku

    @property
    def account_book_no(self) -> str:
        """The account book, empty if none."""
        return self.record.account_book_no or ""


def find_goods(connection: LedgerConnection, sku: str, account_book_no: str = "") -> GoodsStanding | None:
    """Return the record of a SKU in an account book as it stands, None if there is none."""
    records = GOODS_RECORDS.c
    wanted = select(records.id).where(records.sku == sku, records.account_book_no == account_book_no)
    found = connection.sql.execute(wanted).scalar()
    return None if found is None else goods_standing(connection, int(found))


def goods_of_sku(connection: LedgerConnection, sku: str) -> tuple[GoodsStanding, ...]:
    """Return the records of a SKU in all account books."""
    wanted = standings_query().where(GOODS_RECORDS.c.sku == sku).order_by(GOODS_RECORDS.c.account_book_no)
    return tuple(map(standing_from, connection.sql.execute(wanted).all()))


def goods_numbered(connection: LedgerConnection, account_book_no: str, record_no: str) -> GoodsStanding | None:
    """Return the record with a record number (备案序号 or 料号) in an account book; one that may be declared goes first."""
    return goods_of_numbers(connection, account_book_no, [record_no]).get(record_no)


def goods_of_numbers(
    connection: LedgerConnection, account_book_no: str, record_nos: Iterable[str]
) -> dict[str, GoodsStanding]:
    """Return the records of an account book by their record numbers, those that there are, as ``goods_numbered`` does."""
    versions, records = GOODS_VERSIONS.c, GOODS_RECORDS.c
    held = defaultdict[str, list[GoodsStanding]](list)
    for part in in_parts(dict.fromkeys(record_nos)):
        having, asked = select(versions.record).where(versions.record_no.in_(part)), set(part)
        wanted = standings_query().where(records.account_book_no == account_book_no, records.id.in_(having))
        for each in map(standing_from, connection.sql.execute(wanted.order_by(records.id)).all()):
            number = (each.in_force or each.record).facts.get("record_no")
            if number in asked:
                held[number].append(each)
    return {number: next((each for each in found if each.in_force), found[0]) for number, found in held.items()}


def kept_goods(connection: LedgerConnection) -> Iterator[GoodsStanding]:
    """Yield all records as they stand, by SKU and account book."""
    records = GOODS_RECORDS.c
    for row in connection.sql.execute(standings_query().order_by(records.sku, records.account_book_no)).all():
        yield standing_from(row)


def history_of(connection: LedgerConnection, standing: GoodsStanding) -> tuple[GoodsChange, ...]:
    """Return the changes of a record in order."""
    changes = GOODS_CHANGES.c
    wanted = select(GOODS_CHANGES).where(changes.record == standing.id).order_by(changes.place)
    return tuple(goods_change_from(row) for row in connection.sql.execute(wanted))


def version_of(connection: LedgerConnection, standing: GoodsStanding, version: int) -> GoodsRecord | None:
    """Return a version of a record, None if there is none."""
    versions = GOODS_VERSIONS.c
    wanted = select(versions.content).where(versions.record == standing.id, versions.version == version)
    found = connection.sql.execute(wanted).scalar()
    return None if found is None else record_from(standing.sku, found)


def standings_query() -> Select[Any]:
    """Return the question for records as they stand."""
    changes, versions = GOODS_CHANGES.c, GOODS_VERSIONS.c
    other = GOODS_CHANGES.alias("other")
    held = GOODS_VERSIONS.alias("held")
    last = select(func.max(other.c.place)).where(other.c.record == GOODS_RECORDS.c.id).scalar_subquery()
    return (
        select(GOODS_CHANGES, GOODS_RECORDS.c.sku, versions.content, held.c.content.label("held"))
        .join(GOODS_RECORDS, GOODS_RECORDS.c.id == changes.record)
        .join(GOODS_VERSIONS, (versions.record == changes.record) & (versions.version == changes.version))
        .outerjoin(held, (held.c.record == changes.record) & (held.c.version == changes.in_force))
        .where(changes.place == last)
    )


def goods_standing(connection: LedgerConnection, number: int) -> GoodsStanding | None:
    """Return the record of a number as it stands, None if there is none."""
    found = connection.sql.execute(standings_query().where(GOODS_RECORDS.c.id == number)).one_or_none()
    return None if found is None else standing_from(found)


def standing_from(row: Row[Any]) -> GoodsStanding:
    """Return the record of a row of ``standings_query``."""
    found = row._mapping
    last = goods_change_from(row)
    newest = record_from(found["sku"], found["content"], _STATES[last.state])
    held: GoodsRecord | None = None
    if last.in_force == last.version:
        held = newest
    elif last.in_force is not None:
        held = record_from(found["sku"], found["held"], "approved")
    return GoodsStanding(id=found["record"], last=last, record=newest, in_force=held)


def goods_change_from(row: Row[Any]) -> GoodsChange:
    """Return the change of a row of the table of changes."""
    found = row._mapping
    return GoodsChange(
        state=GoodsState(found["state"]),
        cause=EntryCause(found["cause_kind"], found["cause"], found["by"], found["why"]),
        **{name: found[name] for name in ("place", "kind", "version", "in_force", "used", "at")},
    )
