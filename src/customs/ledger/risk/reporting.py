"""The report of risk patterns (风险模式报告): each hit with what was seen, in which orders, since when, and who should look.

It shows and explains; it stops nothing and gives no score. It names persons, telephones and addresses by numbers of the
ledger only. The database groups, so that memory does not grow with the orders.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from customs.codes import code_list
from customs.ledger.contacts import contacts_to_rotate
from customs.ledger.database import LedgerConnection
from customs.ledger.risk.observed import RiskCase
from customs.ledger.risk.patterns import PATTERNS, RiskPattern
from customs.ledger.risk.rules import RiskRule, risk_rules
from customs.tax import law

#: Orders that a hit names; ``orders_of`` has all.
MOST_NAMED = 10

#: Rows that are held at once.
_STREAMED = {"yield_per": 500}

#: Figures that are numbers of something, and amounts in CNY.
_NUMBERS = frozenset({"person", "number", "year", "hour", "day"})
_AMOUNTS = frozenset({"value", "sum", "limit", "price", "usual"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskHit:
    """A pattern that was seen: the rule, its figures, the first orders and their times."""

    rule: RiskRule
    figures: Mapping[str, Any]
    """By name: ``orders`` is how many there are."""
    orders: tuple[str, ...]
    """The earliest orders, at most ten."""
    since: datetime
    until: datetime
    case: RiskCase = field(repr=False)
    key: tuple[Any, ...] = field(repr=False)
    """The values of the columns that make the group; a contact is its keyed hash."""

    def told(self, *, chinese: bool = False) -> str:
        """Return what was seen as a sentence."""
        figures = {name: _shown(name, value, chinese=chinese) for name, value in self.figures.items()}
        return self.rule.seen[chinese].format(**figures)


def risk_hits(
    connection: LedgerConnection,
    *,
    since: date,
    until: date,
    names: Collection[str] = (),
    rules: Mapping[str, RiskRule] | None = None,
) -> Iterator[RiskHit]:
    """Yield what is seen in the orders of the days, both included, of the rules named or of all; rule by rule, the hit with
    most orders first. ``rules`` are those of ``load_risk_numbers``.
    """
    for name, rule in (rules or risk_rules()).items():
        if not names or name in names:
            for case in _cases(PATTERNS[name], rule, since, until):
                yield from _hits(connection, rule, case)


def orders_of(connection: LedgerConnection, hit: RiskHit, most: int | None = None) -> Iterator[str]:
    """Yield the orders of a hit, the earliest first."""
    pattern = PATTERNS[hit.rule.name]
    rows = pattern.rows(hit.case)
    wanted = (
        select(rows.c.order)
        .where(*(rows.c[name] == value for name, value in zip(pattern.by, hit.key, strict=True)))
        .group_by(rows.c.order)
        .order_by(func.min(rows.c.at), rows.c.order)
        .limit(most)
    )
    yield from connection.sql.execute(wanted, execution_options=_STREAMED).scalars()


def is_comparable(connection: LedgerConnection) -> bool:
    """Return False while contacts are hashed under two keys: equal ones are then not all found. ``rotate_people`` goes on."""
    return contacts_to_rotate(connection) == 0


def _cases(pattern: RiskPattern, rule: RiskRule, since: date, until: date) -> Iterator[RiskCase]:
    """Yield the days that a pattern looks at, with the limits in force."""
    if pattern.days == "given":
        yield RiskCase(since=since, until=until, numbers=rule.numbers, limits=law.on(until).limits)
        return
    for year in range(since.year, until.year + 1):
        begin, end = date(year, 1, 1), min(until, date(year, 12, 31))
        first = begin if pattern.days == "whole year" else max(since, begin)
        yield RiskCase(since=first, until=end, numbers=rule.numbers, limits=law.on(end).limits)


def _hits(connection: LedgerConnection, rule: RiskRule, case: RiskCase) -> Iterator[RiskHit]:
    """Yield the hits of a rule; a second reading of the same groups in the same order gives their first orders."""
    pattern = PATTERNS[rule.name]
    groups = _groups(pattern, case).subquery("groups")
    rank = [groups.c.orders.desc(), groups.c.since, *(groups.c[name] for name in pattern.by)]
    named: Iterator[tuple[tuple[Any, ...], tuple[str, ...]]] | None = None
    for row in connection.sql.execute(select(groups).order_by(*rank), execution_options=_STREAMED):
        found = dict(row._mapping)
        first, last = found.pop("since"), found.pop("until")
        key = tuple(found[name] for name in pattern.by)
        figures = {name: value for name, value in found.items() if not isinstance(value, bytes)}
        if pattern.limit:
            figures |= {"year": case.until.year, "limit": getattr(case.limits, pattern.limit)}
        named = named or _named(connection, pattern, case)
        owner, orders = next(named)
        assert owner == key, "both readings are of one moment"
        yield RiskHit(rule=rule, figures=figures, orders=orders, since=first, until=last, case=case, key=key)


def _named(
    connection: LedgerConnection, pattern: RiskPattern, case: RiskCase
) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...]]]:
    """Yield the key and the first orders of each hit."""
    groups, rows = _groups(pattern, case).subquery("groups"), pattern.rows(case)
    by = [rows.c[name] for name in pattern.by]
    of_group = and_(*(groups.c[name] == rows.c[name] for name in pattern.by))
    first = func.min(rows.c.at)
    ordered = func.row_number().over(partition_by=by, order_by=[first, rows.c.order]).label("place")
    grouped = [groups.c.orders, groups.c.since, *(groups.c[name] for name in pattern.by)]
    own = rows.c.order.label("own_order")
    ranked = (
        select(*grouped, own, ordered).join(rows, of_group).group_by(*grouped, *by, rows.c.order).subquery("ranked")
    )
    rank = [ranked.c.orders.desc(), ranked.c.since, *(ranked.c[name] for name in pattern.by)]
    wanted = (
        select(*(ranked.c[name] for name in pattern.by), ranked.c.own_order)
        .where(ranked.c.place <= MOST_NAMED)
        .order_by(*rank, ranked.c.place)
    )
    found = connection.sql.execute(wanted, execution_options=_STREAMED)
    for key, each_of in groupby(map(tuple, found), lambda row: row[:-1]):
        yield key, tuple(row[-1] for row in each_of)


def _groups(pattern: RiskPattern, case: RiskCase) -> Select[Any]:
    rows = pattern.rows(case)
    by = [rows.c[name] for name in pattern.by]
    figures: dict[str, ColumnElement[Any]] = {"orders": func.count(func.distinct(rows.c.order))}
    figures |= {name: made(rows.c) for name, made in pattern.figures.items()}
    return (
        select(
            *by,
            *(made.label(name) for name, made in figures.items()),
            func.min(rows.c.at).label("since"),
            func.max(rows.c.at).label("until"),
        )
        .group_by(*by)
        .having(pattern.hit(figures, case))
    )


def _shown(name: str, value: Any, *, chinese: bool) -> str:
    if name == "unit" and value in code_list("units"):
        unit = code_list("units")[value]
        return unit.zh if chinese else unit.en or unit.zh
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if name in _AMOUNTS else f"{value.normalize():f}"
    return f"{value:,}" if isinstance(value, int) and name not in _NUMBERS else str(value)
