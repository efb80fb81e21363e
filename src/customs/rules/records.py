"""Records (备案与账务): what customs, the e-port and the declarant's own books know and no parcel shows.

Whoever keeps such records answers the questions; None says that they do not know, and nothing is checked then.
``KnownRecords`` answers from memory, ``load_records`` reads it from a file.

>>> records = KnownRecords(registrations=frozenset({"91330100MA2AEXMP7J"}), guarantees={"91330100MA2AEXMP7J": Decimal("500.00")})
>>> records.registered("91330100MA2AEXMP7J"), records.registered("somebody"), records.guarantee_left("somebody")
(True, False, None)
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol

from customs.declaration import Declaration
from customs.fields import terms_of
from customs.fields.money import exactly
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.reading import name_of
from customs.tax import TaxAssessment

#: The facts of goods that a record may state, by the names of a line.
RECORDED = ("hs_code", "unit", "legal_unit1", "legal_unit2", "item_name", "origin_country")


class Records(Protocol):
    """Facts that only records can tell. None, where a question is not answered."""

    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return what a buyer has used of the year's quota with all platforms, in CNY, without the order ``beside``.

        Records that know no single orders leave ``beside`` aside; it is ``PLATFORM_CODE/ORDER_NO``.
        """
        ...

    def goods_on_record(self, account_book_no: str) -> Mapping[str, Mapping[str, str]] | None:
        """Return the goods of an account book by record number, each with the facts that its record states
        (``RECORDED``).
        """
        ...

    def guarantee_left(self, guarantor_code: str) -> Decimal | None:
        """Return what is left of an enterprise's tax guarantee, in CNY."""
        ...

    def registered(self, code: str) -> bool | None:
        """Return True if an enterprise is registered with customs for its part."""
        ...

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return what else the records say against a parcel on a day, such as parties that may not appear together."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecords:
    """Records in memory. Give each only if it is complete: what it lacks counts as not there."""

    registrations: frozenset[str] | None = None
    """The codes of all enterprises of the caller's parcels that are registered."""
    guarantees: Mapping[str, Decimal] = field(default_factory=dict)
    """What is left of the guarantee, by the code of the guarantor."""
    account_books: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """By account book and record number the facts on record."""
    quotas: Mapping[tuple[str, str, int], Decimal] = field(default_factory=dict, repr=False)
    """The quota used, by identity type, identity number and year. In memory alone: it names persons."""

    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return the quota that a buyer has used, None if it is not known."""
        return self.quotas.get((id_type, id_number, year))

    def goods_on_record(self, account_book_no: str) -> Mapping[str, Mapping[str, str]] | None:
        """Return the goods of an account book, None if it is not known."""
        return self.account_books.get(account_book_no)

    def guarantee_left(self, guarantor_code: str) -> Decimal | None:
        """Return what is left of a guarantee, None if it is not known."""
        return self.guarantees.get(guarantor_code)

    def registered(self, code: str) -> bool | None:
        """Return True if an enterprise is registered, None if no registrations were given."""
        return None if self.registrations is None else code in self.registrations

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return nothing: memory knows no more than the other answers."""
        return ()


class RecordsError(ValueError):
    """A file of records that cannot be used; the text names the file and the key."""


def load_records(file: Path) -> KnownRecords:
    """Return the records in a TOML file.

    ``registrations`` is a list of codes; ``[guarantees]`` has amounts in quotes by code; ``[account_books.BOOK.RECORD]``
    the facts of goods (``RECORDED``). Raises ``RecordsError``, and ``OSError`` where the file cannot be read.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecordsError(f"{file.name} is no TOML in UTF-8: {error} 不是 UTF-8 编码的 TOML 文件") from None
    known = {"registrations", "guarantees", "account_books"}
    if unknown := sorted(data.keys() - known):
        raise RecordsError(
            f"{file.name}: {unknown[0]} is not known here; there are {', '.join(sorted(known))} 未知的键"
        )
    given = data.get("registrations")
    if given is not None and not (isinstance(given, list) and all(isinstance(each, str) for each in given)):
        raise RecordsError(f"{file.name}: registrations is a list of codes in quotes 须为带引号的代码列表")
    return KnownRecords(
        registrations=None if given is None else frozenset(given),
        guarantees={code: _amount(file, code, text) for code, text in _table(file, data, "guarantees").items()},
        account_books={
            book: {number: _facts(file, f"account_books.{book}.{number}", facts) for number, facts in goods.items()}
            for book, goods in _table(file, data, "account_books").items()
            if isinstance(goods, dict)
        },
    )


def _table(file: Path, data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise RecordsError(f"{file.name}: {name} is a table 须为表")
    return found


def _amount(file: Path, code: str, text: object) -> Decimal:
    try:
        amount = Decimal(text if isinstance(text, str) else "")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise RecordsError(f'{file.name}: guarantees.{code} is an amount in quotes, such as "500.00" 须为带引号的金额')
    return amount


def _facts(file: Path, key: str, facts: object) -> dict[str, str]:
    if not isinstance(facts, dict) or not all(isinstance(each, str) for each in facts.values()):
        raise RecordsError(f"{file.name}: {key} holds facts in quotes 须为带引号的值")
    if unknown := sorted(facts.keys() - set(RECORDED)):
        raise RecordsError(
            f"{file.name}: {key}.{unknown[0]} is no fact of a record; there are {', '.join(RECORDED)} 未知的键"
        )
    return dict(facts)


@exactly
def check_records(declaration: Declaration, assessment: TaxAssessment | None, records: Records) -> list[Finding]:
    """Return what the records say against a parcel: registrations, goods on record, guarantee."""
    return [
        *_registrations(declaration, records),
        *_goods(declaration, records),
        *_guarantee(declaration, assessment, records),
    ]


def _registrations(declaration: Declaration, records: Records) -> Iterator[Finding]:
    parties = declaration.parties
    terms = terms_of(type(parties))
    for name in ("platform_code", "merchant_code", "payment_company_code", "carrier_code", "declarant_code"):
        code = getattr(parties, name)
        if records.registered(code) is False:
            yield catalogue.NOT_REGISTERED.at(
                f"parties.{name}", name=name_of(terms[name]), code=code, registered="", registered_zh=""
            )


def _goods(declaration: Declaration, records: Records) -> Iterator[Finding]:
    book = declaration.clearance.account_book_no
    goods = records.goods_on_record(book) if book else None
    if goods is None:
        return
    for position, line in enumerate(declaration.order.lines):
        path, record = f"order.lines[{position}]", goods.get(line.record_no or "")
        if record is None:
            yield catalogue.GOODS_NOT_ON_RECORD.at(f"{path}.record_no", number=line.record_no or "", book=book)
            continue
        terms = terms_of(type(line))
        for name, recorded in record.items():
            given = getattr(line, name) or ""
            if given != recorded:
                facts = {"name": name_of(terms[name]), "given": given, "recorded": recorded}
                yield catalogue.GOODS_DIFFER.at(f"{path}.{name}", **facts)


def _guarantee(declaration: Declaration, assessment: TaxAssessment | None, records: Records) -> Iterator[Finding]:
    left = records.guarantee_left(declaration.parties.guarantor_code)
    if left is not None and assessment and assessment.due > left:
        yield catalogue.GUARANTEE_SHORT.at("parties.guarantor_code", left=left, due=assessment.due)
