"""Parcels asked about together (批量查询): a few questions for as many parcels as one message holds.

Each kind of answer is asked for once: what was declared, quota, guarantee, shop orders, parties, account book, goods on
record. So the questions grow with the kinds of answers, not with the parcels.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

from customs.declaration import Declaration
from customs.fields.money import ZERO
from customs.journal.keys import ParcelKeys, of_declaration
from customs.ledger.bills import guarantees_left
from customs.ledger.book.answering import check_books
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.asking import declared_under_any
from customs.ledger.declared.keyed import content_hashes
from customs.ledger.declared.shop_orders import of_other_platforms
from customs.ledger.goods.answering import goods_of_lines
from customs.ledger.parties import PartyAnswers
from customs.ledger.quota import order_key, quota_beside
from customs.road import Run
from customs.road.given import Given, Source, plain
from customs.road.recognition import content_to_digest
from customs.rules import Finding
from customs.rules.knowledge import Declared, Hashes
from customs.rules.parcel import read_checked
from customs.rules.records import KnownRecords, check_records
from customs.tax import ExchangeMissingError, QuantityMissingError, RatesMissingError, TaxAssessment, assess
from customs.tax.law import first_day

#: What was declared, by key as ``text_of`` gives it; None for a key of which nothing was.
KeptAnswers: TypeAlias = dict[str, Declared | None]


def asked_together(
    connection: LedgerConnection, parties: PartyAnswers, sources: Sequence[Source], *, run: Run
) -> tuple[list[Source], KeptAnswers]:
    """Return parcels as ``LedgerKnowledge.asked`` does, and what was declared under each of their keys."""
    read = {place: found for place, each in enumerate(sources) if (found := _readable(each)) is not None}
    keys = {place: of_declaration(each) for place, each in read.items()}
    texts = dict.fromkeys(text for each in keys.values() for text in keys_asked(each))
    declared = declared_under_any(connection, texts)
    hashes = content_hashes(connection.keys)
    new = {
        place: each
        for place, each in read.items()
        if not _is_declared(each, declared.get(keys[place].named_by), hashes)
    }
    asked = list(sources)
    for place, given in zip(new, _given(connection, parties, list(new.values()), run), strict=True):
        if given is not None:
            asked[place] = _as_given(sources[place], *given)
    return asked, {text: declared.get(text) for text in texts}


def objections_to(
    connection: LedgerConnection, parties: PartyAnswers, declarations: Sequence[Declaration], *, on: date
) -> list[list[Finding]]:
    """Return what the ledger says against each of many parcels on a day: one order from two channels, parties, book."""
    others = of_other_platforms(connection, declarations, content_hashes(connection.keys))
    registered, books = parties.objections_of(connection, declarations, on=on), check_books(connection, declarations)
    return [
        [*([other] if other else []), *of_parties, *of_book]
        for other, of_parties, of_book in zip(others, registered, books, strict=True)
    ]


def keys_asked(keys: ParcelKeys) -> list[str]:
    """Return the keys by which a run asks whether a parcel was declared."""
    return [keys.named_by, *(text for _, text in keys.once)]


def _is_declared(declaration: Declaration, before: Declared | None, hashes: Hashes) -> bool:
    """True if a parcel was declared with the same content."""
    return before is not None and hashes.content(content_to_digest(declaration)).hex() in before.carriers


def _given(
    connection: LedgerConnection, parties: PartyAnswers, declarations: Sequence[Declaration], run: Run
) -> list[tuple[Declaration, tuple[Finding, ...]] | None]:
    """Return parcels with the quota that their buyers have used, each with what the ledger says against it; None for one whose
    buyer it does not know and against which it has nothing.
    """
    if not declarations:
        return []
    buyers = [
        (
            (each.order.buyer_id_type, each.order.buyer_id_number),
            order_key(each.parties.platform_code, each.order.order_no),
        )
        for each in declarations
    ]
    uses = quota_beside(connection, buyers, run.on.year)
    free = {} if run.only else guarantees_left(connection, {each.parties.guarantor_code for each in declarations})
    records = KnownRecords(account_books=goods_of_lines(connection, declarations), guarantees=free)
    said, found = objections_to(connection, parties, declarations, on=run.on), list[Any]()
    for each, buyer, objections in zip(declarations, buyers, said, strict=True):
        assessment = _assessed(each, run) if each.parties.guarantor_code in free else None
        findings, used = (*objections, *check_records(each, assessment, records)), uses.get(buyer, ZERO)
        declaration = each.model_copy(update={"quota_used": used}) if used > (each.quota_used or ZERO) else each
        found.append((declaration, findings) if findings or buyer in uses else None)
    return found


def _assessed(declaration: Declaration, run: Run) -> TaxAssessment | None:
    """Return the tax of a parcel, None where something is missing: the run says what."""
    if run.on < first_day():
        return None
    try:
        return assess(declaration, on=run.on, rates=run.rates, method=run.method, exchange=run.exchange)
    except (RatesMissingError, QuantityMissingError, ExchangeMissingError):
        return None


def _as_given(source: Source, declaration: Declaration, findings: tuple[Finding, ...]) -> Source:
    given = source if isinstance(source, Given) else Given(source)
    return given._replace(
        parcel=declaration,
        order_no=given.order_no or declaration.order.order_no,
        findings=(*given.findings, *findings),
    )


def _readable(source: Source) -> Declaration | None:
    """Return the declaration of a parcel, None if it cannot be read or its source refuses it: the run says why."""
    if isinstance(source, Given) and source.refused:
        return None
    given = plain(source)
    if isinstance(given, Declaration):
        return given
    found, findings = read_checked(given)
    return None if any(each.is_error for each in findings) else found
