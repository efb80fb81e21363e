"""The road of a parcel (申报流程), top to bottom: read, assessed, documented, written; the messages follow in ``sending``.

Each stage is a frozen value that one function makes from the stage before. A parcel that cannot go on leaves the road
as its outcome, ``Prepared``. Each step is also a public function: ``read_declaration``, ``assess``, ``build``,
``match``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from customs.declaration import Declaration
from customs.documents import DOCUMENTS_IN_A_MESSAGE, ParcelDocuments, ParcelValues
from customs.fields.money import exactly
from customs.road.building import build_values, declared, documents_of
from customs.road.given import Given, Plain
from customs.road.given import Source as Source  # for whoever takes a stream
from customs.road.local import Judged, judge
from customs.road.recognition import NEW, Once, key_texts, once_named, recognised
from customs.road.results import KINDS, AreaFindings, DocumentName, Prepared
from customs.rules import (
    Finding,
    catalogue,
    check_assessment,
    check_declaration,
    check_missing,
    match,
)
from customs.rules.knowledge import Declared, Knowledge, Memory, content_of, known_as
from customs.rules.parcel import read_checked
from customs.rules.salvage import order_no_in
from customs.rules.soundness import is_sound
from customs.tax import ExchangeMissingError, QuantityMissingError, RatesMissingError, Regime, TaxAssessment
from customs.tax import assess as tax_of
from customs.tax.law import first_day
from customs.wire import write_values

if TYPE_CHECKING:
    from customs.road.run import Run

T = TypeVar("T")


#: What an assessment may lack.
_MISSING = (RatesMissingError, QuantityMissingError, ExchangeMissingError)


class Read(NamedTuple):
    """A parcel that was read and whose fields are in order."""

    position: int
    declaration: Declaration
    findings: tuple[Finding, ...]
    earlier: Declared | None = None
    carriers: frozenset[str] = frozenset()
    """The messages that carry the parcel from earlier, see ``recognition``."""


class Assessed(NamedTuple):
    """A parcel whose tax was computed; the findings may hold errors, such as a limit that is exceeded."""

    position: int
    declaration: Declaration
    findings: tuple[Finding, ...]
    assessment: TaxAssessment
    earlier: Declared | None = None
    carriers: frozenset[str] = frozenset()


class Documented(NamedTuple):
    """A parcel with its documents and without errors."""

    position: int
    declaration: Declaration
    findings: tuple[Finding, ...]
    assessment: TaxAssessment | None
    values: ParcelValues
    """The documents, as their values."""
    judged: tuple[Judged, ...]
    """The findings of each area, the run's own first."""
    keys: Mapping[DocumentName, str]
    """The business keys, see ``Document.key_text``."""
    once: tuple[str, ...]
    """The keys of the numbers that may be declared once, as ``known_as`` gives them."""
    earlier: Declared | None = None
    carriers: frozenset[str] = frozenset()

    @property
    def documents(self) -> ParcelDocuments:
        """The documents, made anew from their values."""
        return documents_of(self.values)


class Written(NamedTuple):
    """A parcel whose documents are written as texts and released; it waits for the messages that will hold them."""

    position: int
    declaration: Declaration
    findings: tuple[Finding, ...]
    assessment: TaxAssessment | None
    judged: tuple[Judged, ...]
    keys: Mapping[DocumentName, str]
    texts: Mapping[DocumentName, str]
    """The documents that an area takes in the unified edition, as XML."""
    earlier: Declared | None = None
    carriers: frozenset[str] = frozenset()
    documents: ParcelDocuments | None = None
    """Kept for a parcel by itself; those of a stream are released."""


@exactly
def examine(run: "Run", position: int, source: Source, knowledge: Knowledge | None) -> Documented | Prepared:
    """Take a parcel as far as its documents and findings."""
    return _gone_on(run, _read(run, position, source), knowledge)


def _read(run: "Run", position: int, source: Source) -> Read | Prepared:
    """Read a parcel, or of it what single documents need."""
    if isinstance(source, Given):
        return _read_given(run, position, source)
    if run.only:
        from customs.road import alone  # which needs the stages of this module

        return alone.read(run, position, source)
    return read(position, source)


def _read_given(run: "Run", position: int, given: Given) -> Read | Prepared:
    """Read a parcel that its source did not refuse; the findings of the source stand before others."""
    if given.refused:
        return Prepared(position, findings=given.findings, salvaged=given.order_no)
    found = _read(run, position, given.parcel)
    findings = (*given.findings, *found.findings)
    return found._replace(findings=findings) if isinstance(found, Read) else replace(found, findings=findings)


@exactly
def _gone_on(
    run: "Run", parcel: Read | Prepared, knowledge: Knowledge | None, ahead: TaxAssessment | None = None
) -> Documented | Prepared:
    """Take a parcel that was read as far as its documents and findings; ``ahead`` is its tax, if that is known."""
    found: Read | Assessed | Documented | Prepared = parcel
    if isinstance(found, Read) and run.knowledge and knowledge:
        found = recognised(run, found, knowledge)
    if run.only and isinstance(found, Read):
        from customs.road import alone

        found = alone.document(run, found)
    if isinstance(found, Read):
        found = assess(run, found, knowledge, ahead)
    if isinstance(found, Assessed):
        found = document(run, found)
    if isinstance(found, Documented) and knowledge:
        compared = compare(found, knowledge)
        if compared is not found and run.knowledge and isinstance(parcel, Read):
            again = recognised(run, parcel, knowledge)  # others may have declared it while it was decided here
            compared = again if isinstance(again, Prepared) and again.skipped else compared
        found = compared
    return found


def read(position: int, source: Plain) -> Read | Prepared:
    """Read a parcel and check its fields."""
    if isinstance(source, Declaration):
        declaration, found = source, tuple(check_declaration(source))
    else:
        given, findings = read_checked(source)
        found = tuple(findings)
        if given is None:
            return Prepared(position, findings=found, salvaged=order_no_in(source))
        declaration = given
    if any(each.is_error for each in found):
        return Prepared(position, declaration, findings=found)
    return Read(position, declaration, found)


def assess(
    run: "Run", parcel: Read, knowledge: Knowledge | None, ahead: TaxAssessment | None = None
) -> Assessed | Prepared:
    """Assess the tax of a parcel, if it was not done ``ahead``, and check it.

    The retail import regime and the unified edition begin on one day; local platforms before them have formats that
    can still be written.
    """
    declaration = parcel.declaration
    if run.on < first_day() and not run.place.profile.messages:
        return Prepared(parcel.position, declaration, findings=(*parcel.findings, catalogue.NO_LAW.at("", day=run.on)))
    try:
        assessment = ahead or _tax(run, declaration)
        if isinstance(knowledge, Memory) and (used := used_up(assessment, declaration, knowledge)) is not None:
            more = declaration.model_copy(update={"quota_used": used})
            assessment = _tax(run, more)
    except _MISSING as error:
        return Prepared(parcel.position, declaration, findings=(*parcel.findings, *check_missing(declaration, error)))
    findings = (*parcel.findings, *check_assessment(declaration, assessment, run.place.profile.practice))
    if assessment.regime is Regime.OUTSIDE:
        return Prepared(parcel.position, declaration, assessment, findings=findings)
    return Assessed(parcel.position, declaration, findings, assessment, parcel.earlier, parcel.carriers)


def _tax(run: "Run", declaration: Declaration) -> TaxAssessment:
    return tax_of(declaration, on=run.on, rates=run.rates, method=run.method, exchange=run.exchange)


def used_up(assessment: TaxAssessment, declaration: Declaration, memory: Memory) -> Decimal | None:
    """Return the quota that the buyer has used with the earlier parcels of the stream, if the parcel passes the yearly
    limit with it; None otherwise.
    """
    order = declaration.order
    used = memory.used(order.buyer_id_type, order.buyer_id_number, declaration.quota_used)
    more = used > (declaration.quota_used or 0)
    return used if more and used + assessment.dutiable_value > assessment.law.limits.yearly else None


def document(run: "Run", parcel: Assessed) -> Documented | Prepared:
    """Build the documents of a parcel, match them with each other, and check them against the rules of its areas."""
    declaration, assessment = parcel.declaration, parcel.assessment
    values, problems = build_values(
        declaration, tax=assessment.taxes.total, on=run.on, app_time=run.clock(), guids=run.guids
    )
    if values is None:
        findings = (*parcel.findings, *_new(problems, parcel.findings))
        return Prepared(parcel.position, declaration, assessment, findings=findings)
    practice = run.place.profile.practice
    problems = [] if is_sound(values, practice) else match(documents_of(values), practice)
    problems += run.declarants[declaration.parties.declarant_code, declaration.parties.declarant_name]
    district = run.districts[declaration.clearance.customs_code]
    judged = judge(district, declaration, documents_of(values), assessment) if district.judges else district.areas
    found = _new(problems, parcel.findings) if problems else ()
    findings = (*parcel.findings, *found, *judged[0].findings, *district.notes)
    keys: dict[DocumentName, str] = {
        name: kind.key_text_of(each["head"]) for (name, kind), each in zip(KINDS.items(), values, strict=True)
    }
    documented = Documented(
        position=parcel.position,
        declaration=declaration,
        findings=findings,
        assessment=assessment,
        values=values,
        judged=judged,
        keys=keys,
        once=tuple([KINDS[name].number_in(text) for name, text in keys.items()]),
        earlier=parcel.earlier,
        carriers=parcel.carriers,
    )
    return outcome(documented) if any(each.is_error for each in findings) else documented


def compare(parcel: Documented, knowledge: Knowledge) -> Documented | Prepared:
    """Refuse a parcel with a number that was declared before: order, waybill, payment or internal number (``ONCE``)."""
    if isinstance(knowledge, Memory) and knowledge.are_new(parcel.once):
        return parcel
    numbers = [each for each in once_named(key_texts(parcel.declaration)) if each[0].document in parcel.keys]
    earlier = [(each, known) for each, key in numbers if (known := knowledge.declared(key))]
    if not earlier:
        return parcel
    repeated = tuple(found for each, known in earlier if (found := _repeated(parcel, each, known)))
    return outcome(parcel._replace(findings=(*parcel.findings, *repeated))) if repeated else parcel


def write(run: "Run", parcel: Documented, *, keep: bool = False) -> Written:
    """Write the documents of a parcel, those that an area takes in the unified edition, and release them unless they
    are to be kept.
    """
    values = parcel.values
    texts: dict[DocumentName, str] = {
        name: write_values(KINDS[name], getattr(values, name)) for name in run.format.unified
    }
    return Written(
        position=parcel.position,
        declaration=parcel.declaration,
        findings=parcel.findings,
        assessment=parcel.assessment,
        judged=parcel.judged,
        keys=parcel.keys,
        texts=texts,
        earlier=parcel.earlier,
        carriers=parcel.carriers,
        documents=parcel.documents if keep else None,
    )


def outcome(parcel: Documented | Prepared) -> Prepared:
    """Return the outcome of a parcel that is not written."""
    if isinstance(parcel, Prepared):
        return parcel
    return Prepared(
        position=parcel.position,
        declaration=parcel.declaration,
        assessment=parcel.assessment,
        documents=parcel.documents,
        findings=parcel.findings,
        beside=tuple(AreaFindings(each.area.name, each.findings) for each in parcel.judged[1:]),
        earlier=parcel.earlier,
    )


def a_stream(declarations: Iterable[Source]) -> Iterable[Source]:
    """Return a stream of parcels. Raises ``TypeError`` for a single parcel or the name of a file: a text would be taken
    apart into its characters.
    """
    if isinstance(declarations, _NO_STREAM):
        raise TypeError(
            f"a stream of parcels is expected, such as a list or an open file of JSON lines, not a single "
            f"{type(declarations).__name__}: give [parcel] for one parcel, open(name, encoding='utf-8') for a file "
            f"此处须为包裹序列：单个包裹请写作 [parcel]，文件请先打开"
        )
    return declarations


#: Values that are one parcel, or that name a file.
_NO_STREAM = (str, bytes, bytearray, PathLike, Mapping, Declaration)


#: Parcels of a stream that are read, taxed, and later written, one right after the other: those of a full message. What the
#: processor needs for a step stays at hand that way, which saves a tenth of the time and more.
TOGETHER = DOCUMENTS_IN_A_MESSAGE


def examined(
    run: "Run", declarations: Iterable[Source], memory: Memory | None = None, *, together: int = 1
) -> Iterator[Documented | Prepared]:
    """Take each parcel of a stream as far as its documents; each of its numbers may come once, refused parcels aside.

    ``together`` parcels are read, and their tax computed, before the first of them goes on. ``memory`` is that of the chunks
    before it, if it is a part of a stream.
    """
    memory = Memory(run.knowledge) if memory is None else memory
    for group in in_groups(enumerate(declarations, run.first), together):
        parcels = _read_all(run, group)
        for each, ahead in zip(parcels, _taxed_ahead(run, parcels), strict=True):
            parcel = _gone_on(run, each, memory, ahead)
            if isinstance(parcel, Documented):
                memory.note_parcel(parcel.position, parcel.once)
                if parcel.assessment:
                    buyer = parcel.declaration.order
                    memory.use(buyer.buyer_id_type, buyer.buyer_id_number, parcel.assessment.dutiable_value)
            elif parcel.skipped and parcel.declaration:
                memory.note_parcel(
                    parcel.position, [known_as(key) for _, key in once_named(key_texts(parcel.declaration))]
                )
            yield parcel


@exactly
def _read_all(run: "Run", group: Iterable[tuple[int, Source]]) -> list[Read | Prepared]:
    return [_read(run, position, source) for position, source in group]


@exactly
def _taxed_ahead(run: "Run", parcels: Sequence[Read | Prepared]) -> list[TaxAssessment | None]:
    """Return the tax of parcels, computed one right after the other; None where that is left to the parcel's own turn: where
    it may be known already, and where something is missing or no law is known.
    """
    if run.only or run.knowledge or run.on < first_day() or len(parcels) == 1:
        return [None] * len(parcels)
    found: list[TaxAssessment | None] = []
    for each in parcels:
        try:
            found.append(_tax(run, each.declaration) if isinstance(each, Read) else None)
        except _MISSING:
            found.append(None)
    return found


def in_groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in groups of a size, the last one as many as are left; what came before an error comes before it.

    >>> list(in_groups("customs", 3))
    [['c', 'u', 's'], ['t', 'o', 'm'], ['s']]
    """
    rest = iter(items)
    while True:
        group: list[T] = []
        try:
            group.extend(islice(rest, size))
        except BaseException:
            if group:
                yield group
            raise
        if group:
            yield group
        if len(group) < size:
            return


def _new(problems: list[Finding], known: tuple[Finding, ...]) -> Iterator[Finding]:
    """The findings on documents at the fields of the declaration that they come from, without those already known
    there.
    """
    seen = {(each.code, each.path) for each in known}
    for finding in map(declared, problems):
        if (finding.code, finding.path) not in seen:
            seen.add((finding.code, finding.path))
            yield finding


def _repeated(parcel: Documented, once: Once, earlier: Declared) -> Finding | None:
    """The finding on a number that was declared earlier; amendments and deletions name what earlier runs declared."""
    if earlier.parcel is not None:
        return catalogue.DUPLICATE.at(once.path, name=once.name, first=earlier.parcel)
    if parcel.declaration.app_type != NEW or parcel.earlier is not None:
        return None
    same = earlier.content == content_of(getattr(parcel.documents, once.document))
    return catalogue.DECLARED_BEFORE.at(
        once.path,
        name=once.name,
        message=earlier.message,
        day=earlier.at or "?",
        said_zh="内容相同" if same else "内容不同",
        said="the same content" if same else "other content",
    )
