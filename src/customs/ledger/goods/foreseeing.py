"""Foreseeing what a goods list would change (备案导入预览): what ``enter_goods`` would make of each record, and nothing is entered."""

from customs.intake.goods import GoodsRecord
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.content import differences
from customs.ledger.goods.kept import GoodsEntered, GoodsMove, frozen_changes, listed_state
from customs.ledger.goods.policy import RECORD_PRACTICE, RecordPolicy
from customs.ledger.goods.standings import find_goods
from customs.ledger.goods.states import GoodsState


def foreseen_goods(
    connection: LedgerConnection,
    record: GoodsRecord,
    *,
    unsaid: GoodsState | None = None,
    policy: RecordPolicy = RECORD_PRACTICE,
) -> GoodsEntered:
    """Return what would become of a record if it were entered now, with the version and state that it would have."""
    before = find_goods(connection, record.sku, record.account_book_no or "")
    differ = differences(before.record if before else None, record)
    state = listed_state(record, before, unsaid, changed=bool(differ))
    move: GoodsMove = "changed"
    version = before.last.version + 1 if before else 1
    findings = tuple(frozen_changes(before, differ, policy)) if before else ()
    if before is None:
        move, differ = "new", ()
    elif not differ:
        move, version = ("same" if state is before.last.state else "state"), before.last.version
    elif findings:
        move, version, state = "frozen", before.last.version, before.last.state
    return GoodsEntered(
        sku=record.sku,
        account_book_no=record.account_book_no or "",
        move=move,
        version=version,
        state=state,
        differences=differ,
        findings=findings,
    )
