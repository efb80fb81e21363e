"""The library's own warnings (事前提示): what it would have said before the office refused what a provocation sent.

Asked is whoever sees it in practice: the foresight of the parcel alone, with records, and with what was declared before;
the comparison of the documents; the check of who signed; and the step that would send a change.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import customs
from customs.documents import MESSAGES, Document, Message, ParcelDocuments
from customs.office import OfficeSettings
from customs.receipts.foresight import foresee
from customs.receipts.state import ParcelState, Submitted
from customs.road import Run, fixed_clock, seeded_guids
from customs.road.results import DOCUMENTS, KINDS, DocumentName
from customs.rules import Finding, check_document, match
from customs.rules.records import KnownRecords
from customs.signing.declarant import check_signer
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import MORNING, Stage

_ON = MORNING.date()


def warnings_of(provocation: Provocation, stage: Stage) -> tuple[str, ...]:
    """Return the codes of the findings that warn of what a provocation sends, each once."""
    found = [*_foreseen(provocation, stage), *_compared(stage), *_signed(stage), *_changes(stage)]
    return tuple(dict.fromkeys(each.code for each in found))


def _foreseen(provocation: Provocation, stage: Stage) -> Iterator[Finding]:
    """The findings of the parcel's foresight, alone, with records, and after what was declared before."""
    asked: Any = (provocation.asked or provocation.parcel)()
    settings = provocation.settings() if callable(provocation.settings) else provocation.settings
    records = _records(settings) if settings else None
    for each in foresee(asked, on=_ON):
        yield each.finding
    if records:
        for each in foresee(asked, on=_ON, records=records):
            yield each.finding
    before = {each.key: each for each in stage.sent}
    if len(before) < len(stage.sent) or len(set(stage.orders)) < len(stage.sent):
        history = ParcelState(history=tuple(_submitted(each) for each in before.values()))
        for each in foresee(asked, on=_ON, state=history):
            yield each.finding


def _records(settings: OfficeSettings) -> KnownRecords:
    """The settings of the office as records that a declarant could keep."""
    books = {
        book: {number: {"hs_code": each.hs_code, "item_name": each.name} for number, each in goods.items()}
        for book, goods in (settings.account_books or {}).items()
    }
    known = settings.registered
    return KnownRecords(
        registrations=None if known is None else frozenset(known),
        guarantees=settings.guarantees or {},
        account_books=books,
        quotas={("1", number, _ON.year): Decimal(used) for number, used in settings.bought.items()},
    )


def _submitted(document: Document) -> Submitted:
    head: Any = getattr(document, "head", document)
    return Submitted(key=document.key, guid=head.guid, app_time=head.app_time)


def _compared(stage: Stage) -> Iterator[Finding]:
    """The findings of the documents as they were sent, alone and together."""
    last = {each.message: each for each in stage.sent}
    for document in last.values():
        try:
            yield from check_document(document)
        except (AttributeError, TypeError, ValueError):
            continue  # spoilt beyond what a document can hold
    four = [last.get(KINDS[name].message, stage.four[at]) for at, name in enumerate(DOCUMENTS)]
    yield from match(ParcelDocuments(*four))  # type: ignore[arg-type]


def _signed(stage: Stage) -> Iterator[Finding]:
    """The findings about who signed."""
    for document, signer in stage.signed:
        yield from check_signer(Message("0" * 36, (document,)), signer.certificate)


def _changes(stage: Stage) -> Iterator[Finding]:
    """The findings of the step that would send a change, by what was declared and answered before it."""
    names: dict[str, DocumentName] = {KINDS[name].message: name for name in DOCUMENTS}
    for at, document in enumerate(stage.sent):
        head: Any = getattr(document, "head", document)
        if head.app_type != "2" or document.message not in names:
            continue
        before = [_submitted(each) for each in stage.sent[:at] if each.message in MESSAGES]
        events = [each for each in stage.rehearsal.events() if each.at and before and each.at < stage.times[at]]
        run = Run(on=_ON, clock=fixed_clock(stage.times[at]), guids=seeded_guids(1))
        made = customs.amendment(
            stage.parcel, customs.track([*before, *events]), run=run, documents=(names[document.message],)
        )
        yield from made.findings
