"""Receipts set aside (搁置的回执): those that cannot be laid to their orders, kept as they came, and taken up again.

A receipt comes here alone: one that nobody can read when it is taken in, one that fails in a way that nobody foresaw when it
is laid to its orders. The rest of the inbox goes on. Taken up again, it changes what it would have changed when it came, since
the order in which receipts come changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from customs.bilingual import halves, joined
from customs.exchange.inbox import TakenKind
from customs.hub.counts.tallies import enter_tallies
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.turns.error_places import place_of_error
from customs.hub.turns.errors import is_of_all
from customs.hub.turns.folding import FoldingReport, fold
from customs.ledger.database import LedgerConnection
from customs.ledger.engines import told
from customs.ledger.exchange import KeptReceipt, item_contents
from customs.ledger.exchange.boxes import find_box
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_ITEMS

_ITEMS, _BOXES = EXCHANGE_ITEMS.c, EXCHANGE_BOXES.c


class NotAsideError(LookupError):
    """An enterprise has no receipt of a number that was set aside."""

    def __init__(self, number: int) -> None:
        self.en = f"no receipt {number} is set aside"
        self.zh = f"没有编号为 {number} 的搁置回执"
        super().__init__(f"{self.en} {self.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideReceipt:
    """A receipt that was set aside: its number, from where and when it came, and why, in both languages."""

    number: int
    source: str
    name: str
    at: datetime
    why_en: str
    why_zh: str


def set_receipt_aside(connection: LedgerConnection, source: str, upto: int, error: Exception) -> int:
    """Set the first receipt of an inbox behind a number aside, since laying it failed; return its number.

    Of the error its kind and its places are kept, since its text may hold a value.
    """
    box = find_box(connection, "inbox", source)
    first = select(func.min(_ITEMS.id)).where(_ITEMS.box == box, _ITEMS.id > upto, _ITEMS.kind == "receipt")
    number: int = connection.sql.execute(first).scalar_one()
    _enter(connection, number, "aside", _why(error))
    return number


def list_aside(
    connection: LedgerConnection, enterprise: str, *, after: int = 0, most: int = 1_000
) -> list[AsideReceipt]:
    """Return the receipts of an enterprise that were set aside, in the order in which they came, those behind a number."""
    wanted = (
        select(_ITEMS.id, _ITEMS.name, _ITEMS.at, _ITEMS.reason, _BOXES.name.label("source"))
        .join(EXCHANGE_BOXES, _BOXES.id == _ITEMS.box)
        .where(_BOXES.kind == "inbox", _BOXES.name.startswith(f"{enterprise}/", autoescape=True))
        .where(_ITEMS.kind == "aside", _ITEMS.id > after)
        .order_by(_ITEMS.id)
        .limit(most)
    )
    found = list[AsideReceipt]()
    for row in connection.sql.execute(wanted):
        en, zh = halves(row.reason)
        source = row.source.partition("/")[2]
        found.append(AsideReceipt(number=row.id, source=source, name=row.name, at=row.at, why_en=en, why_zh=zh or en))
    return found


def take_up(connection: LedgerConnection, enterprise: HubEnterprise, number: int, *, now: datetime) -> FoldingReport:
    """Lay a receipt that was set aside to its orders; one that fails again, was erased, or nobody can read, stays aside.

    Raises ``NotAsideError``, and ``LedgerError``.
    """
    source = _source_of(connection, enterprise.name, number)
    items = item_contents(connection, f"{enterprise.name}/{source}", [number])
    receipts = [KeptReceipt(number=number, content=content) for number, content in items]
    areas = enterprise.areas.get(source, ("unified",))
    try:
        with told(), connection.sql.begin_nested():
            report = fold(connection, enterprise, receipts, now=now, areas=areas)
    except Exception as error:
        if is_of_all(error):
            raise
        _enter(connection, number, "aside", _why(error))
        return FoldingReport(aside=1)
    if not report.answers:
        return FoldingReport(aside=1)
    _enter(connection, number, "receipt", "")
    enter_tallies(connection, enterprise.name, report.tallies, at=now, source=source)
    return report


def taken_up_words(report: FoldingReport) -> tuple[str, str]:
    """Return what came of taking a receipt up again, in English and Chinese.

    >>> taken_up_words(FoldingReport(aside=1))
    ('it stays aside: see the reason', '仍搁置，请查看原因')
    """
    if report.aside:
        return "it stays aside: see the reason", "仍搁置，请查看原因"
    return "it was laid to its orders", "已归并到订单"


def _why(error: Exception) -> str:
    return joined(f"unforeseen {place_of_error(error)} 未预料的错误，请将此行交给技术支持")


def _enter(connection: LedgerConnection, number: int, kind: TakenKind, reason: str) -> None:
    entering = update(EXCHANGE_ITEMS).where(_ITEMS.id == number)
    connection.sql.execute(entering.values(kind=kind, reason=reason))


def _source_of(connection: LedgerConnection, enterprise: str, number: int) -> str:
    """Return from which source a receipt came that is set aside, for this transaction alone. Raises ``NotAsideError``."""
    locking = select(_ITEMS.box).where(_ITEMS.id == number, _ITEMS.kind == "aside").with_for_update()
    box = connection.sql.execute(locking).scalar()
    name: str = connection.sql.execute(select(_BOXES.name).where(_BOXES.id == box)).scalar() or ""
    owner, _, source = name.partition("/")
    if owner != enterprise:
        raise NotAsideError(number)
    return source
