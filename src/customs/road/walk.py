"""The one road: a declaration to tax, documents, findings, messages and signatures.

Each step is a function of its own (``assess``, ``build``, ``match``, ``write_message``, ``sign``); ``prepare`` walks it
for one parcel, ``prepare_many`` for a stream, with up to 100 documents in a message.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from customs import areas
from customs.areas import Area, AreaProfile
from customs.declaration import Declaration
from customs.documents import (
    BusinessKey,
    ParcelDocuments,
    Subscription,
)
from customs.fields.moments import Clock
from customs.road import local
from customs.road.building import build, declared
from customs.road.results import DOCUMENTS, Batch, DocumentName, Prepared
from customs.road.run import Road
from customs.road.sending import Written, parcels_in_a_group, send, shared_heads, transmitter, written
from customs.road.sources import Guids
from customs.rules import (
    Finding,
    catalogue,
    check_assessment,
    check_declarant,
    check_declaration,
    check_missing,
    match,
    read_declaration,
)
from customs.signing import Signer
from customs.tax import (
    DEFAULT,
    ExchangeMissingError,
    Method,
    QuantityMissingError,
    RatesMissingError,
    RateTable,
    TaxAssessment,
    assess,
)
from customs.tax.law import first_day

#: One signer for all documents, or one for each: payer and carrier sign their own.
Signers = Signer | Mapping[DocumentName, Signer] | None

#: What a stream may hold: declarations, or JSON texts and mappings that are read as such.
Source = Declaration | str | bytes | Mapping[str, Any]


def prepare(
    declaration: Source,
    *,
    area: str | AreaProfile | Area = "unified",
    signer: Signers,
    on: date,
    clock: Clock,
    guids: Guids,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    subscriptions: Sequence[Subscription] = (),
    registrations: Mapping[str, str] | None = None,
) -> Prepared:
    """One parcel to its four messages of one document each.

    ``on`` is the declaration day, whose law applies; ``clock`` gives the time of submission and ``guids`` the numbers of
    documents and messages (``customs.road.sources`` has ready ones). ``signer`` is one ``Signer``, or one for each
    document by name (``order``, ``payment``, ``waybill``, ``declaration_list``), or None: documents without a signer are
    written unsigned and noted, the list is not written without one. ``rates``, ``method`` and ``exchange`` are those of
    ``customs.assess``. ``registrations`` leads from 10-digit registration
    numbers to credit codes, to compare the declarant with the certificate.

    What is wrong with the parcel stands in ``findings``; an error means no messages. Raises ``UnknownAreaError``, and
    ``ValueError`` for a signer of an unknown document.

    >>> from datetime import date, datetime
    >>> import customs
    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
    >>> prepared = customs.prepare(parcel, signer=None, on=date(2026, 11, 11),
    ...     clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
    >>> [message.name for message in prepared.messages]  # without a key the list is not written
    ['CEB311', 'CEB411', 'CEB511']
    >>> [finding.code for finding in prepared.findings]
    ['unsigned', 'unsigned', 'unsigned', 'list-not-signed']
    """
    road = Road(
        area=_area(area),
        signers=_signers(signer),
        on=on,
        clock=clock,
        guids=guids,
        rates=rates,
        method=method,
        exchange=exchange,
        subscriptions=tuple(subscriptions),
        registrations=registrations,
    )
    parcel = _walk(road, 1, declaration)
    if not parcel.refused:
        send(road, [written(road, parcel)])
    return parcel


def prepare_many(
    declarations: Iterable[Source],
    *,
    area: str | AreaProfile | Area = "unified",
    signer: Signers,
    on: date,
    clock: Clock,
    guids: Guids,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    subscriptions: Sequence[Subscription] = (),
    registrations: Mapping[str, str] | None = None,
) -> Iterator[Batch]:
    """A stream of parcels to messages of up to 100 documents, in memory that does not grow with the stream but for the
    order and waybill numbers seen, of which each may be declared once.

    Parcels of different transmitting enterprises go into different messages. A parcel's typed documents are released once
    they are written; ``customs.examine`` keeps them, and ``customs.read`` reads them back. Every input ends in a batch, as a message
    or with findings that say why not; a refused parcel never holds up the others. Parameters as for ``prepare``.

    >>> from datetime import date
    >>> import customs
    >>> lines = ['{"order": ', "{}"]
    >>> for batch in customs.prepare_many(lines, signer=None, on=date(2026, 11, 11), clock=customs.system_clock,
    ...         guids=customs.random_guids):
    ...     for parcel in batch.parcels:
    ...         print(parcel.position, parcel.findings[0].code, parcel.findings[0].path)
    1 json-unreadable
    2 field-missing parties
    """
    road = Road(
        area=_area(area),
        signers=_signers(signer),
        on=on,
        clock=clock,
        guids=guids,
        rates=rates,
        method=method,
        exchange=exchange,
        subscriptions=tuple(subscriptions),
        registrations=registrations,
    )
    return _batches(road, declarations)


def examine(
    declarations: Iterable[Source],
    *,
    area: str | AreaProfile | Area = "unified",
    signer: Signers = None,
    on: date,
    clock: Clock,
    guids: Guids,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    registrations: Mapping[str, str] | None = None,
) -> Iterator[Prepared]:
    """A stream of parcels to tax, documents and findings, in order, without any message: what customs would say.

    Parameters as for ``prepare``; with a ``signer`` the declarant is compared with its certificate too.

    >>> from datetime import date
    >>> import customs
    >>> from customs.testing import sample_parcels
    >>> parcels = sample_parcels(3, seed=7, mode="9610")
    >>> on, clock, guids = date(2026, 11, 11), customs.system_clock, customs.random_guids
    >>> [parcel.refused for parcel in customs.examine(parcels, on=on, clock=clock, guids=guids)]
    [False, False, False]
    """
    road = Road(
        area=_area(area),
        signers=_signers(signer),
        on=on,
        clock=clock,
        guids=guids,
        rates=rates,
        method=method,
        exchange=exchange,
        registrations=registrations,
    )
    return _examine(road, declarations)


def _area(area: str | AreaProfile | Area) -> Area:
    profile = areas.find(area) if isinstance(area, str) else area
    return areas.configure(profile) if isinstance(profile, AreaProfile) else profile


def _signers(signer: Signers) -> Mapping[DocumentName, Signer]:
    if signer is None:
        return {}
    if not isinstance(signer, Mapping):
        return dict.fromkeys(DOCUMENTS, signer)
    if unknown := sorted(signer.keys() - set(DOCUMENTS)):
        raise ValueError(f"signers are given by document, {', '.join(DOCUMENTS)}; not known: {', '.join(unknown)}")
    return signer


def _examine(road: Road, declarations: Iterable[Source]) -> Iterator[Prepared]:
    seen: dict[BusinessKey, int] = {}
    for position, source in enumerate(declarations, 1):
        parcel = _walk(road, position, source)
        if not parcel.refused:
            parcel.findings += _duplicates(parcel, seen)
        yield parcel


def _batches(road: Road, declarations: Iterable[Source]) -> Iterator[Batch]:
    limit = parcels_in_a_group(road.area)
    waiting: dict[tuple[str, ...], list[Written]] = {}
    refused: list[Prepared] = []
    for parcel in _examine(road, declarations):
        if parcel.refused:
            refused.append(parcel)
            if len(refused) == limit:
                yield Batch((), tuple(refused))
                refused = []
            continue
        together = *transmitter(parcel), *shared_heads(road.area, parcel)
        group = waiting.setdefault(together, [])
        group.append(written(road, parcel))
        parcel.documents = None
        if len(group) == limit:
            yield Batch(send(road, group), (*refused, *(each.parcel for each in group)))
            refused = []
            del waiting[together]
    for group in waiting.values():
        yield Batch(send(road, group), (*refused, *(each.parcel for each in group)))
        refused = []
    if refused:
        yield Batch((), tuple(refused))


def _walk(road: Road, position: int, source: Source) -> Prepared:
    """A parcel as far as its documents and findings."""
    parcel = Prepared(position)
    if isinstance(source, Declaration):
        parcel.declaration = source
    else:
        parcel.declaration, parcel.findings = read_declaration(source)
    if parcel.declaration:
        parcel.findings += check_declaration(parcel.declaration)
        if not parcel.refused:
            _assess(road, parcel, parcel.declaration)
    return parcel


def _assess(road: Road, parcel: Prepared, declaration: Declaration) -> None:
    """The step from the declaration to its tax, and on to the documents if the parcel is within the limits.

    Before retail import had a law of its own there was no unified edition either; what local platforms took then, they still can be
    written.
    """
    if road.on < first_day() and not road.area.profile.messages:
        parcel.findings.append(catalogue.NO_LAW.at("", day=road.on))
        return
    try:
        assessment = assess(declaration, on=road.on, rates=road.rates, method=road.method, exchange=road.exchange)
    except (RatesMissingError, QuantityMissingError, ExchangeMissingError) as error:
        parcel.findings += check_missing(declaration, error)
        return
    parcel.assessment = assessment
    parcel.findings += check_assessment(declaration, assessment, road.area.profile.practice)
    if assessment.computed:
        _document(road, parcel, declaration, assessment)


def _document(road: Road, parcel: Prepared, declaration: Declaration, assessment: TaxAssessment) -> None:
    """The step from the tax to the documents and their match."""
    parcel.documents, problems = build(
        declaration, tax=assessment.due, on=road.on, app_time=road.clock(), guids=road.guids
    )
    if parcel.documents:
        problems = match(parcel.documents, road.area.profile.practice) + _signer_findings(road, parcel.documents)
    known = {(each.code, each.path) for each in parcel.findings}
    for finding in map(declared, problems):
        if (finding.code, finding.path) not in known:
            known.add((finding.code, finding.path))
            parcel.findings.append(finding)
    if parcel.documents:
        local.localise(road.area, parcel, declaration, on=road.on)


def _signer_findings(road: Road, documents: ParcelDocuments) -> list[Finding]:
    signer = road.signers.get("declaration_list")
    if signer is None:
        return []
    holder = signer.certificate
    return check_declarant(documents.declaration_list, holder.credit_code, holder.organisation, road.registrations)


def _duplicates(parcel: Prepared, seen: dict[BusinessKey, int]) -> Iterator[Finding]:
    """Rule 13 within a stream: one list for one order and one waybill. Refused parcels do not count."""
    assert parcel.documents is not None, "only parcels that were not refused come here"
    order, waybill = parcel.documents.order, parcel.documents.waybill
    keys = {"order.order_no": order.key, "waybill.waybill_no": waybill.key}
    repeated = {path: seen[key] for path, key in keys.items() if key in seen}
    names = {"order.order_no": "订单编号 orderNo", "waybill.waybill_no": "物流运单编号 logisticsNo"}
    for path, first in repeated.items():
        yield catalogue.DUPLICATE.at(path, name=names[path], first=first)
    if not repeated:
        seen.update(dict.fromkeys(keys.values(), parcel.position))
