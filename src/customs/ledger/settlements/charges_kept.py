"""Bills of carriers and warehouses in the ledger (运费、仓储账单入账), with the enterprise's own figures beside them.

A file is taken once; a number that is billed again, in the same file or a later one, is a difference (FRT01).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, union

from customs.intake.reading import read_sheet
from customs.intake.sheets import Sheet, SheetRow, Value
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.bill_texts import CellError
from customs.ledger.settlements.bills_kept import AT_ONCE, columns_of_cause
from customs.ledger.settlements.charge_matching import ChargeCase, ChargeLine, judged_charges, number_of
from customs.ledger.settlements.own_payments import LONGEST_NUMBER, columns_found, text_of, wrong_cell
from customs.ledger.settlements.provider_profiles import COLUMN_WORDS, KEYS, OWN_WORDS, ProviderProfile
from customs.ledger.settlements.settlement_tables import CHARGES, FILES, OWN_FIGURES
from customs.rules.finding import Finding

_CHUNK = 1 << 20

#: Words of cells that are not numbers.
_TEXTS = frozenset({"waybill", "sku", "order", "work", "material", "province", "day", "left", "collected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCharge:
    """A number of a bill after the comparison: a waybill, an article of a day, a piece of work, a material."""

    key: str
    outcome: str
    """agrees or differs."""
    findings: tuple[Finding, ...]


def take_charges(
    connection: LedgerConnection,
    path: Path,
    profile: ProviderProfile,
    *,
    cause: EntryCause,
    at: datetime,
    name: str = "",
) -> int | None:
    """Take a bill with all its lines and return how many it has, None if the ledger has the file.

    ``name`` is what people call the file, where it is not that of the path.
    Raises ``SheetError`` for a table that the profile does not fit.
    """
    if has_charges(connection, path, profile):
        return None
    known = {"provider": profile.name, "kind": profile.kind, "digest": file_digest(path)}
    values = known | {"name": (name or path.name)[:300], "at": at}
    adding = FILES.insert().values(**values, **columns_of_cause(cause)).returning(FILES.c.id)
    number, count = connection.sql.execute(adding).scalar_one(), 0
    lines = _charges(path, profile)
    while batch := list(islice(lines, AT_ONCE)):
        connection.sql.execute(CHARGES.insert(), [each | {"file": number} for each in batch])
        count += len(batch)
    return count


def has_charges(connection: LedgerConnection, path: Path, profile: ProviderProfile) -> bool:
    """Return True if the ledger has a bill."""
    digest = file_digest(path)
    same = (FILES.c.provider == profile.name, FILES.c.kind == profile.kind, FILES.c.digest == digest)
    return connection.sql.execute(select(FILES.c.id).where(*same)).scalar() is not None


def amounts_charged(path: Path, profile: ProviderProfile) -> Iterator[tuple[date | None, Decimal]]:
    """Yield the day and the amount of each line of a bill, in CNY; 0 where it has none. Raises ``SheetError``."""
    for each in _charges(path, profile):
        yield each["day"], each["amount"] or Decimal("0.00")


def _charges(path: Path, profile: ProviderProfile) -> Iterator[dict[str, Any]]:
    """Yield the lines of a bill as they are kept."""
    with read_sheet(path) as sheet:
        for row in _rows(path.name, sheet, profile.columns, COLUMN_WORDS[profile.kind][0]):
            yield _charge(path.name, row, profile)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


_Facts = tuple[int, dict[str, str], date | None]


def _rows(name: str, sheet: Sheet, columns: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Iterator[_Facts]:
    """Yield the lines of a table: the number of the row, its cells, its day."""
    at = columns_found(name, sheet.headings, columns, needed)
    for row in sheet.rows:
        facts = {word: text_of(row.values[place]) for word, place in at.items()}
        yield row.number, facts, _day(name, row, at.get("day"))


def _day(name: str, row: SheetRow, place: int | None) -> date | None:
    """Return the day of a row: of a workbook, as 2026-11-11, or in seconds since 1970 at midnight in China."""
    value: Value = row.values[place] if place is not None else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = text_of(value).replace("/", "-")
    if not text:
        return None
    try:
        if text.isdigit() and len(text) == 10:
            return _of_seconds(int(text))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise wrong_cell(name, row.number, "日期") from None


def _of_seconds(seconds: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + (seconds + 8 * 3600) // 86_400)


def _checked(name: str, row: _Facts) -> dict[str, str]:
    """Return the cells of a row of which every number is one, with its day."""
    number, facts, day = row
    for word in facts.keys() - _TEXTS:
        try:
            number_of(facts, word)
        except CellError:
            raise wrong_cell(name, number, word) from None
    return facts | ({"day": str(day)} if day else {})


def _charge(name: str, row: _Facts, profile: ProviderProfile) -> dict[str, Any]:
    number, _, day = row
    facts = _checked(name, row)
    amount = number_of(facts, "amount")
    return {
        "line": number,
        "provider": profile.name,
        "kind": profile.kind,
        "key": _key(name, number, facts, profile.kind),
        "day": day,
        "amount": None if amount is None else amount.quantize(Decimal("0.01")),
        "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True),
    }


def _key(name: str, number: int, facts: Mapping[str, str], kind: str) -> str:
    parts = [facts.get(word, "") for word in KEYS[kind]]
    if not all(parts) or max(map(len, parts)) > LONGEST_NUMBER:
        raise wrong_cell(name, number, "/".join(KEYS[kind]))
    return " ".join(parts)


def enter_own_figures(
    connection: LedgerConnection, path: Path, profile: ProviderProfile, *, cause: EntryCause, at: datetime
) -> int:
    """Enter the enterprise's own figures of a table, and return how many are new. Raises ``SheetError``."""
    entered, rows = 0, own_figures_in(path, profile)
    while batch := list(islice(rows, AT_ONCE)):
        latest = {key: (day, facts) for key, day, facts in batch}
        known = _own(connection, profile.kind, list(latest))
        fresh = [
            {"kind": profile.kind, "key": key, "day": day, "facts": facts, "at": at, **columns_of_cause(cause)}
            for key, (day, facts) in latest.items()
            if key not in known or known[key] != json.loads(facts)
        ]
        if fresh:
            connection.sql.execute(OWN_FIGURES.insert(), fresh)
        entered += len(fresh)
    return entered


def own_figures_in(path: Path, profile: ProviderProfile) -> Iterator[tuple[str, date | None, str]]:
    """Yield the number, the day and the facts as JSON of each row of own figures. Raises ``SheetError``."""
    with read_sheet(path) as sheet:
        for row in _rows(path.name, sheet, profile.own, OWN_WORDS[profile.kind][0]):
            facts = _checked(path.name, row)
            key = _key(path.name, row[0], facts, profile.kind)
            yield key, row[2], json.dumps(facts, ensure_ascii=False, sort_keys=True)


def _own(connection: LedgerConnection, kind: str, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return what was last entered for some numbers."""
    last = (
        select(func.max(OWN_FIGURES.c.id))
        .where(OWN_FIGURES.c.kind == kind, OWN_FIGURES.c.key.in_(keys))
        .group_by(OWN_FIGURES.c.key)
    )
    found = connection.sql.execute(select(OWN_FIGURES.c.key, OWN_FIGURES.c.facts).where(OWN_FIGURES.c.id.in_(last)))
    return {key: json.loads(facts) for key, facts in found}


def compared_charges(
    connection: LedgerConnection, profile: ProviderProfile, period_end: date | None = None
) -> Iterator[ComparedCharge]:
    """Yield every number that is billed or should be; own figures of days after the end of the period are not due yet."""
    last = ""
    while keys := _next_keys(connection, profile, last):
        lines = defaultdict[str, list[ChargeLine]](list)
        query = (
            select(CHARGES, FILES.c.name)
            .join(FILES)
            .where(CHARGES.c.provider == profile.name, CHARGES.c.kind == profile.kind, CHARGES.c.key.in_(keys))
            .order_by(CHARGES.c.id)
        )
        for each in connection.sql.execute(query).mappings():
            facts = json.loads(each["facts"])
            line = ChargeLine(file=each["name"], line=each["line"], day=each["day"], facts=facts)
            lines[each["key"]].append(line)
        own = _own(connection, profile.kind, keys)
        for key in keys:
            case = ChargeCase(
                key=key, lines=tuple(lines[key]), own=own.get(key), is_due=_is_due(own.get(key), period_end)
            )
            findings = judged_charges(case, profile)
            yield ComparedCharge(key=key, outcome="differs" if findings else "agrees", findings=findings)
        last = keys[-1]


def _is_due(own: Mapping[str, str] | None, period_end: date | None) -> bool:
    """True if the period is over in which something should be billed."""
    day = (own or {}).get("day", "")
    return period_end is None or not day or day <= str(period_end)


def _next_keys(connection: LedgerConnection, profile: ProviderProfile, last: str) -> list[str]:
    billed = (
        select(CHARGES.c.key)
        .distinct()
        .where(CHARGES.c.provider == profile.name, CHARGES.c.kind == profile.kind, CHARGES.c.key > last)
        .order_by(CHARGES.c.key)
        .limit(AT_ONCE)
    )
    own = (
        select(OWN_FIGURES.c.key)
        .distinct()
        .where(OWN_FIGURES.c.kind == profile.kind, OWN_FIGURES.c.key > last)
        .order_by(OWN_FIGURES.c.key)
        .limit(AT_ONCE)
    )
    keys = union(billed.subquery().select(), own.subquery().select()).subquery()
    return list(connection.sql.execute(select(keys.c.key).order_by(keys.c.key).limit(AT_ONCE)).scalars())
