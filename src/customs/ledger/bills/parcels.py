"""Parcels as their declarant knows them (自有一方登记): the assessment, the charge, and what became of the parcel.

A parcel is entered whole, as often as something of it changed; the same parcel again changes nothing. Nothing personal is
kept: no buyer, no address, only goods, amounts and business numbers.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import RowMapping, Table, select

from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO
from customs.ledger.accounts import Account, Posting, entry_after, upserting
from customs.ledger.among import among
from customs.ledger.bills.facts import case_facts, case_of, converted_of, transport_facts, transport_of
from customs.ledger.bills.tables import PARCEL_ACCOUNTS, PARCEL_TAXES, TAX_BILLS
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_accounts
from customs.ledger.parts import in_parts
from customs.reconciliation.three_way.sides import OwnSide, ParcelCourse, due_of, own_key, total_of
from customs.tax.assessment import compute

#: The outcome of one of several parcels: ``refused`` if its cause was entered for it with other figures.
ParcelOutcome: TypeAlias = Literal["entered", "unchanged", "refused"]

#: How many orders with the same figures are looked at.
_MOST_OWNERS = 20


def enter_parcel(connection: LedgerConnection, own: OwnSide, cause: EntryCause, at: datetime) -> bool:
    """Enter a parcel as it stands now; return False if nothing of it changed.

    Raises ``CauseUsedError`` if the cause was entered for it with other figures.
    """
    (outcome,) = enter_parcels(connection, [(own, cause)], at)
    if outcome == "refused":
        raise CauseUsedError(own.course.value, cause)
    return outcome == "entered"


def enter_parcels(
    connection: LedgerConnection, parcels: Sequence[tuple[OwnSide, EntryCause]], at: datetime
) -> list[ParcelOutcome]:
    """Enter many parcels as they stand now, and return what became of each."""
    accounts = lock_accounts(connection, PARCEL_ACCOUNTS, {own.order_no for own, _ in parcels})
    before = _entries_before(connection, accounts, {cause.id for _, cause in parcels})
    last = {(each["account"], each["place"]): each["stated"] for each in before}
    used: dict[tuple[Any, ...], Mapping[Any, Any]] = {
        (each["account"], each["kind"], each["cause_kind"], each["cause"]): each for each in before
    }
    outcomes: list[ParcelOutcome] = []
    entries: list[Mapping[str, Any]] = []
    rows: dict[str, dict[str, Any]] = {}
    for own, cause in parcels:
        account, values = accounts[own.order_no], _values(own)
        stated = _stated_as(values)
        now = {"due": values["due"], "borne": EXACT.subtract(own.charged or ZERO, own.repaid)}
        figures = {name: EXACT.subtract(amount, account.figures[name]) for name, amount in now.items()}
        posting = Posting(kind=own.course.value, cause=cause, at=at, figures=figures, details={"stated": stated})
        known = used.get((account.id, posting.kind, cause.kind, cause.id))
        if last.get((account.id, account.place)) == stated:
            outcomes.append("unchanged")
        elif known:
            same = known["stated"] == stated and all(
                EXACT.subtract(known[name], known[f"{name}_before"]) == change for name, change in figures.items()
            )
            outcomes.append("unchanged" if same else "refused")
        else:
            account, entry = entry_after(account, posting)
            accounts[own.order_no] = account
            last[account.id, account.place] = stated
            used[account.id, posting.kind, cause.kind, cause.id] = entry
            entries.append(entry)
            rows[own.order_no] = {"account": account.id, "place": account.place, **values}
            outcomes.append("entered")
    if entries:
        keeping = upserting(connection, PARCEL_TAXES)
        changed = {each.name: keeping.excluded[each.name] for each in PARCEL_TAXES.c if each.name != "account"}
        connection.sql.execute(PARCEL_ACCOUNTS.entries.insert(), entries)
        writing = keeping.on_conflict_do_update(index_elements=["account"], set_=changed)
        connection.sql.execute(writing, list(rows.values()))
    return outcomes


def enter_assessments(
    connection: LedgerConnection, parcels: Sequence[tuple[OwnSide, EntryCause]], at: datetime
) -> list[ParcelOutcome]:
    """Enter the assessment and the charge of parcels, known or new; return what became of each.

    A known parcel keeps what else the ledger has of it: its list number, its course, what came back and was repaid.
    """
    kept = find_parcels(connection, {own.order_no for own, _ in parcels})
    anew = [(_assessed_anew(kept.get(own.order_no), own), cause) for own, cause in parcels]
    return enter_parcels(connection, anew, at)


def _assessed_anew(kept: OwnSide | None, own: OwnSide) -> OwnSide:
    if kept is None:
        return own
    charged = kept.charged if own.charged is None else own.charged
    return replace(
        kept,
        list_no=own.list_no or kept.list_no,
        waybill_no=own.waybill_no or kept.waybill_no,
        merchant_code=own.merchant_code,
        guarantor_code=own.guarantor_code,
        assessment=own.assessment,
        charged=charged,
        converted=own.converted or kept.converted,
    )


def _entries_before(
    connection: LedgerConnection, accounts: Mapping[str, Account], causes: Collection[str]
) -> Sequence[RowMapping]:
    """Return the last entry of each account, and those of causes that are entered again."""
    entries, kept = PARCEL_ACCOUNTS.entries.c, PARCEL_TAXES.c
    found, own = list[RowMapping](), sorted(set(causes))
    for part in in_parts([each.id for each in accounts.values()]):
        wanted = (
            select(PARCEL_ACCOUNTS.entries)
            .join_from(PARCEL_ACCOUNTS.entries, PARCEL_TAXES, kept.account == entries.account)
            .where(entries.account.in_(part))
        )
        found += connection.sql.execute(wanted.where(entries.place == kept.place)).mappings().all()
        for some in in_parts(own):
            again = wanted.where(entries.place != kept.place, entries.cause.in_(some))
            found += connection.sql.execute(again).mappings().all()
    return found


def _stated_as(values: Mapping[str, Any]) -> str:
    """Return a short text that is the same for the same parcel, whether its amounts were written with cents or not."""
    plain = {
        name: f"{value.normalize(EXACT):f}" if isinstance(value, Decimal) else value for name, value in values.items()
    }
    return hashlib.sha256(repr(sorted(plain.items())).encode()).hexdigest()[:32]


def _values(own: OwnSide) -> dict[str, Any]:
    released = own.released_on
    day = released or own.assessment.law.day
    facts = {
        "case": case_facts(own.assessment.case),
        "regime": own.assessment.regime.value,
        "returned": {str(gnum): str(qty) for gnum, qty in own.returned.items()},
        "revised": {version: case_facts(case) for version, case in own.revised.items()},
        "stated": transport_facts(own.stated),
        "converted": [own.converted.currency, str(own.converted.rate)] if own.converted else None,
    }
    return {
        "order_no": own.order_no,
        "list_no": own.list_no,
        "waybill_no": own.waybill_no,
        "merchant_code": own.merchant_code,
        "guarantor_code": own.guarantor_code,
        "month": f"{day:%Y-%m}",
        "course": own.course.value,
        "released_on": released,
        "due": total_of(due_of(own)),
        "charged": own.charged,
        "repaid": own.repaid,
        "facts": json.dumps(facts, ensure_ascii=False),
        "figures": own_key(own),
    }


def find_parcel(connection: LedgerConnection, order_no: str) -> OwnSide | None:
    """Return a parcel as it is kept, None if there is none."""
    return find_parcels(connection, [order_no]).get(order_no)


def find_parcels(connection: LedgerConnection, order_nos: Collection[str]) -> dict[str, OwnSide]:
    """Return parcels as they are kept, by their order numbers."""
    wanted = select(PARCEL_TAXES).where(among(PARCEL_TAXES.c.order_no, "orders"))
    rows = connection.sql.execute(wanted, {"orders": sorted(order_nos)}).mappings()
    return {row["order_no"]: kept_parcel(row) for row in rows}


def kept_parcel(row: RowMapping) -> OwnSide:
    """Return the parcel of a row of ``parcel_taxes``; its assessment is computed again from its facts."""
    facts = json.loads(row["facts"])
    assessment = compute(case_of(facts["case"]))
    if assessment.regime.value != facts["regime"]:  # the regime was given, not decided
        assessment = compute(assessment.case, regime=type(assessment.regime)(facts["regime"]))
    names = ("order_no", "list_no", "waybill_no", "merchant_code", "guarantor_code", "charged", "repaid", "released_on")
    return OwnSide(
        **{name: row[name] for name in names},
        course=ParcelCourse(row["course"]),
        assessment=assessment,
        returned=FrozenDict({int(gnum): Decimal(qty) for gnum, qty in facts["returned"].items()}),
        revised=FrozenDict({version: case_of(each) for version, each in facts["revised"].items()}),
        stated=transport_of(facts["stated"]),
        converted=converted_of(facts["converted"]),
    )


def orders_assessed_as(connection: LedgerConnection, key: str) -> Collection[str]:
    """Return orders whose assessment has the figures of a key, at most twenty."""
    return _orders(connection, PARCEL_TAXES, key)


def orders_billed_as(connection: LedgerConnection, key: str) -> Collection[str]:
    """Return orders whose list has a standing bill with the figures of a key, at most twenty."""
    bills, parcels = TAX_BILLS.c, PARCEL_TAXES.c
    wanted = (
        select(parcels.order_no)
        .join(TAX_BILLS, bills.list_no == parcels.list_no)
        .where(bills.figures == key, bills.status != "3", parcels.list_no != "")
        .order_by(parcels.order_no)
        .limit(_MOST_OWNERS)
    )
    return list(connection.sql.execute(wanted).scalars())


def _orders(connection: LedgerConnection, table: Table, key: str) -> Collection[str]:
    wanted = select(table.c.order_no).where(table.c.figures == key).order_by(table.c.order_no).limit(_MOST_OWNERS)
    return list(connection.sql.execute(wanted).scalars())
