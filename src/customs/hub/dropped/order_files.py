"""Order files (订单文件): an order list taken into the hub, order by order, each once, with the reasons for what is refused.

What is taken in, and that this file was, is one transaction: a file that is given again after a kill gets the outcome that
it had, and nothing is done twice.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from customs.declaration import Declaration
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.taking_in import TakenIn, take_in
from customs.hub.store.answered import claim_key, keep_answer
from customs.intake.columns import ColumnsError
from customs.intake.composing import Composed, OrderList, orders_in
from customs.intake.draft import shown_number
from customs.intake.enterprise import Enterprise
from customs.intake.gathering import OrderRows
from customs.intake.goods_sheets import goods_in
from customs.intake.reading import read_sheet
from customs.intake.returned import CellFault, ReturnedOrder, write_returned
from customs.intake.returned_faults import faults_of, refused_name
from customs.intake.sheets import Sheet, SheetError
from customs.ledger.database import LedgerConnection
from customs.rules.finding import Finding
from customs.rules.parcel import read_declaration

#: Orders of one file: what one transaction takes in.
MOST_ORDERS = 20_000

#: What may become of an order of a file.
_OUTCOMES = ("new", "known", "amended", "conflict", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """The outcome of an order of a file; ``outcome`` is that of ``take_in``, or ``refused``."""

    order_no: str
    rows: tuple[int, ...]
    outcome: str
    zh: str
    en: str
    reasons: tuple[CellFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """The outcome of a file: its orders, or why it is no order list. No personal data stands in it."""

    orders: tuple[FileOrder, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    """Reasons in English and Chinese why the file as a whole cannot be read."""
    returned: tuple[str, bytes] = field(default=("", b""), repr=False)
    """Name and content of the file in which refused orders go back, in the form in which they came."""

    def counts(self) -> dict[str, int]:
        """Return how many orders had which outcome."""
        said = [each.outcome for each in self.orders]
        return {name: said.count(name) for name in _OUTCOMES}

    def details(self) -> dict[str, Any]:
        """Return what the record tells of its parts: the outcome of each order."""
        return {"orders": [{**asdict(each), "reasons": [one.told() for one in each.reasons]} for each in self.orders]}


class _Read(NamedTuple):
    """The orders of a file: those to take in by profile, and the outcomes of those that are refused."""

    parcels: Mapping[str, list[tuple[Composed, Declaration]]]
    refused: list[FileOrder]
    returned: tuple[str, bytes]


def take_file(
    connection: LedgerConnection,
    hub: HubEnterprise,
    intake: Enterprise,
    path: Path,
    content: bytes,
    *,
    now: datetime,
) -> FileOutcome:
    """Take the orders of a file in, within the transaction of the caller; ``content`` is what it holds.

    Raises ``IntakeError`` for goods records that cannot be used, and ``OSError``.
    """
    changed = path.lstat().st_mtime_ns
    found = _read_file(path, intake, now)
    if isinstance(found, FileOutcome):
        return found
    key = f"file {path.name} {changed} {sha256(content).hexdigest()}"
    answer = claim_key(connection, hub.name, key, content, now=now)
    taken = _kept(answer) if answer else _taken(connection, hub, found.parcels, now)
    if not answer:
        keep_answer(connection, hub.name, key, json.dumps([asdict(each) for each in taken]), now=now)
    orders = sorted([*taken, *found.refused], key=lambda each: each.rows[0])
    return FileOutcome(orders=tuple(orders), returned=found.returned)


def _read_file(path: Path, intake: Enterprise, now: datetime) -> _Read | FileOutcome:
    """Return the orders of a file, or the outcome of one that is no order list. Raises ``IntakeError`` and ``OSError``."""
    own = intake.goods
    goods = goods_in(own.path, own.sheet).get if own else None
    try:
        with read_sheet(path) as sheet:
            profiles = intake.profiles.values()
            orders = orders_in(sheet, intake.columns, goods=goods, profiles=profiles, on=now.date())
            if len(orders) > MOST_ORDERS:
                raise SheetError(
                    f"{path.name} has {len(orders):,} orders, {MOST_ORDERS:,} are allowed: split it",
                    f"{path.name} 有 {len(orders):,} 个订单，上限 {MOST_ORDERS:,} 个，请拆分",
                )
        return _composed(path, sheet, orders)
    except SheetError as error:
        return FileOutcome(unreadable=((error.en, error.zh),))
    except ColumnsError as error:
        return FileOutcome(unreadable=error.reasons)


def _composed(path: Path, sheet: Sheet, orders: OrderList) -> _Read:
    parcels: dict[str, list[tuple[Composed, Declaration]]] = {}
    refused, returned = list[FileOrder](), list[ReturnedOrder]()
    for profile, of_profile in orders.by_profile():
        for rows, composed in of_profile:
            declaration, findings = _read(composed)
            if profile and declaration is not None:
                parcels.setdefault(profile.name, []).append((composed, declaration))
                continue
            faults = tuple(faults_of(composed, [each for each in findings if each.is_error]))
            returned.append(ReturnedOrder(rows=rows.rows, faults=faults))
            refused.append(_refused(rows, faults))
    back = (refused_name(path.stem, sheet), write_returned(sheet, returned)) if returned else ("", b"")
    return _Read(parcels, refused, back)


def _read(composed: Composed) -> tuple[Declaration | None, Iterable[Finding]]:
    """Return the parcel of an order, None with the findings that refuse it."""
    if composed.refused:
        return None, composed.findings
    declaration, findings = read_declaration(composed.given)
    return declaration, (*composed.findings, *findings)


def _refused(order: OrderRows, faults: tuple[CellFault, ...]) -> FileOrder:
    number = shown_number(order.order_no)
    return FileOrder(
        order_no=number,
        rows=tuple(each.number for each in order.rows),
        outcome="refused",
        zh=f"订单 {number or '（无编号）'}：未接单，原因见下",
        en=f"order {number or '(without a number)'}: not taken in, for the reasons below",
        reasons=faults,
    )


def _taken(
    connection: LedgerConnection,
    hub: HubEnterprise,
    parcels: Mapping[str, list[tuple[Composed, Declaration]]],
    now: datetime,
) -> list[FileOrder]:
    found = list[FileOrder]()
    for profile, orders in parcels.items():
        given = [declaration for _, declaration in orders]
        outcomes = take_in(connection, hub.name, given, at=now, profile=profile, hooks=hub.hooks)
        found += [_of_taken(composed, each) for (composed, _), each in zip(orders, outcomes, strict=True)]
    return found


def _of_taken(composed: Composed, taken: TakenIn) -> FileOrder:
    return FileOrder(order_no=taken.order_no, rows=composed.rows, outcome=taken.outcome, zh=taken.zh, en=taken.en)


def _kept(answer: str) -> list[FileOrder]:
    """Return the outcomes that a file had before."""
    return [FileOrder(**{**each, "rows": tuple(each["rows"]), "reasons": ()}) for each in json.loads(answer)]
