"""Single documents on the road (单独申报): a payment company, a carrier or a platform that declares its own document alone.

It gives its own part of the parcel. What only other documents need may be left out; it is None in the declaration that
is read. What is given for all four is used as there, tax and derived amounts included.

>>> [name for name, field in reading(("payment",)).model_fields.items() if field.is_required()]
['parties', 'order', 'payment']
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import create_model

from customs.codes.named import YUAN
from customs.declaration import Declaration, Line
from customs.documents import Document, OrderLine, ParcelValues
from customs.fields import Record, terms_of
from customs.fields.moments import china_time
from customs.fields.money import ZERO
from customs.fields.record import assemble, nested_values
from customs.road.building import FACTS, HEADS, SECTION_OF, declared, derive, order_line
from customs.road.given import Plain
from customs.road.local import Judged
from customs.road.results import DOCUMENTS, KINDS, DocumentName, Prepared
from customs.road.stages import Documented, Read, outcome
from customs.rules import Finding, catalogue, check_document, check_party, read_declaration
from customs.rules.parcel import read_as
from customs.rules.reading import name_of
from customs.rules.salvage import order_no_in
from customs.tax import ExchangeMissingError, QuantityMissingError, RatesMissingError
from customs.tax import assess as tax_of

if TYPE_CHECKING:
    from customs.road.run import Run

#: The facts of the message that carries the documents, whatever they are.
_TRANSFER = frozenset({("parties", "transmitter_code"), ("parties", "transmitter_name"), ("parties", "dxp_id")})


@cache
def reading(only: tuple[DocumentName, ...]) -> type[Declaration]:
    """Return the declaration in which everything may be left out that the documents ``only`` do not need."""
    needed = _needed(only)
    parts: dict[str, Any] = {}
    for section, record in FACTS.items():
        changed = {
            name: _optional(record, name)
            for name in record.model_fields
            if record.model_fields[name].is_required() and (section, name) not in needed
        }
        if section == "order":
            changed |= _lines(demanded="order" in only)
        part = create_model(record.__name__, __base__=record, **changed)
        asks = any(field.is_required() for field in part.model_fields.values())
        metadata = Declaration.model_fields[section].metadata
        parts[section] = (Annotated[(part, *metadata)], ... if asks else part())
    return create_model("Declaration", __base__=Declaration, **parts)


def _needed(only: tuple[DocumentName, ...]) -> frozenset[tuple[str, str]]:
    """Return the fields of the declaration without which one of the documents cannot be."""
    own = {
        (section, name)
        for document in only
        for name, section in SECTION_OF[document].items()
        if HEADS[document].model_fields[name].is_required()
    }
    return _TRANSFER | own


def _optional(record: type[Record], name: str) -> Any:
    """Return the definition of a field that may be left out."""
    info = record.model_fields[name]
    given: Any = Annotated[(info.annotation, *info.metadata)]
    return (given | None, None)


def _lines(*, demanded: bool) -> dict[str, Any]:
    """Return the lines of goods, which the order alone asks for, and of each what the order needs."""
    info = FACTS["order"].model_fields["lines"]
    needed = {name for name, field in OrderLine.model_fields.items() if field.is_required()} if demanded else set()
    spare = [name for name, field in Line.model_fields.items() if field.is_required() and name not in needed]
    line = create_model("Line", __base__=Line, **{name: _optional(Line, name) for name in spare})
    return {"lines": (Annotated[(tuple.__class_getitem__((line, ...)), *info.metadata)], ... if demanded else ())}


def read(run: "Run", position: int, source: Plain) -> Read | Prepared:
    """Read as much of a parcel as its documents need."""
    if isinstance(source, Declaration):
        return Read(position, source, ())
    found, findings = read_as(reading(run.only), source)
    if found is None:
        return Prepared(position, findings=tuple(findings), salvaged=order_no_in(source))
    return Read(position, _plain(found), ())


def _plain(part: Declaration) -> Declaration:
    """Return what was read as a declaration of the usual types, which workers can hand on."""
    values = {name: part.__dict__[name] for name in Declaration.model_fields}
    for section, record in FACTS.items():
        values[section] = assemble(record, {name: values[section].__dict__[name] for name in record.model_fields})
    lines = [
        assemble(Line, {name: each.__dict__[name] for name in Line.model_fields}) for each in values["order"].lines
    ]
    values["order"] = values["order"].model_copy(update={"lines": tuple(lines)})
    return assemble(Declaration, values)


def document(run: "Run", parcel: Read) -> Documented | Prepared:
    """Build the documents that the run is about, and check each by itself, with the enterprise that signs it."""
    declaration, derived = parcel.declaration, _derived(run, parcel.declaration)
    lacking = tuple(_lacking(run.only, declaration, derived))
    if lacking:
        return Prepared(parcel.position, declaration, findings=lacking)
    made: dict[DocumentName, Document] = {name: _built(run, name, declaration, derived[name]) for name in run.only}
    findings = tuple(dict.fromkeys(finding for name in run.only for finding in _checked(run, name, made[name])))
    keys: dict[DocumentName, str] = {name: each.key_text for name, each in made.items()}
    documented = Documented(
        position=parcel.position,
        declaration=declaration,
        findings=findings,
        assessment=None,
        values=ParcelValues(
            **cast("Any", dict.fromkeys(DOCUMENTS) | {name: nested_values(each) for name, each in made.items()})
        ),
        judged=tuple(Judged(each.area, (), refused=False) for each in run.format.areas),
        keys=keys,
        once=tuple([KINDS[name].number_in(text) for name, text in keys.items()]),
        earlier=parcel.earlier,
        carriers=parcel.carriers,
    )
    return outcome(documented) if any(each.is_error for each in findings) else documented


def _derived(run: "Run", declaration: Declaration) -> Mapping[str, dict[str, Any]]:
    """Return the fields that were left out, as far as the parcel says what they are: with its tax, if it is whole."""
    amounts = declaration.order.tax_total, declaration.order.paid_amount, declaration.payment.amount_paid
    whole = None if None not in amounts else read_declaration(declaration.model_dump(exclude_none=True))[0]
    if whole is None:
        return _from_given(declaration)
    try:
        tax = tax_of(whole, on=run.on, rates=run.rates, method=run.method, exchange=run.exchange).taxes.total
    except (RatesMissingError, QuantityMissingError, ExchangeMissingError):
        return _from_given(declaration)
    return derive(whole, tax, [line.value for line in whole.order.lines])


def _from_given(declaration: Declaration) -> Mapping[str, dict[str, Any]]:
    """Return what follows from the amounts that are given, without the tax."""
    order, waybill = declaration.order, declaration.waybill
    goods_value = order.goods_value
    if goods_value is None and order.lines:
        goods_value = sum((line.value for line in order.lines), ZERO)
    freight = order.freight
    if freight is None and waybill.freight is not None:
        freight = waybill.freight + waybill.insured_fee
    parts, paid = (goods_value, freight, order.tax_total), order.paid_amount
    if paid is None and None not in parts:
        paid = sum((each for each in parts if each is not None), ZERO) - order.discount
    amount_paid = declaration.payment.amount_paid
    persons = ("consignee", "consignee_address", "consignee_telephone")
    return {
        "order": {"goods_value": goods_value, "freight": freight, "tax_total": order.tax_total, "paid_amount": paid},
        "payment": {"amount_paid": paid if amount_paid is None else amount_paid},
        "waybill": {name: getattr(waybill, name) or getattr(order, name) for name in persons},
    }


def _lacking(
    only: tuple[DocumentName, ...], declaration: Declaration, derived: Mapping[str, dict[str, Any]]
) -> Iterator[Finding]:
    """Yield the fields that a document needs and that neither were given nor follow from what was."""
    for document in only:
        head = HEADS[document]
        for name, value in derived[document].items():
            if value is None and head.model_fields[name].is_required():
                term = terms_of(head)[name]
                facts = {"name": name_of(term), "allowed_zh": term.allowed.zh, "allowed": term.allowed.en}
                yield declared(catalogue.MISSING.at(f"{document}.{name}", **facts))


def _built(run: "Run", name: DocumentName, declaration: Declaration, derived: dict[str, Any]) -> Document:
    """Return one document of the parcel."""
    sections = {section: getattr(declaration, section).__dict__ for section in FACTS}
    values = {
        "guid": run.guids(),
        "app_type": declaration.app_type,
        "app_status": declaration.app_status,
        "app_time": china_time(run.clock()),
        "currency": YUAN,
        **({"order_type": "I"} if name == "order" else {}),
        **{field: sections[section][field] for field, section in SECTION_OF[name].items()},
        **derived,
    }
    parts: dict[str, Any] = {"head": assemble(HEADS[name], values)}
    if name == "order":
        parts["lines"] = tuple(
            order_line(number, line, line.value) for number, line in enumerate(declaration.order.lines, 1)
        )
    return assemble(KINDS[name], parts)


def _checked(run: "Run", name: DocumentName, made: Document) -> Iterator[Finding]:
    """Yield the findings on one document at the fields of the declaration that they come from."""
    for finding in check_document(made, run.place.profile.practice):
        yield declared(replace(finding, path=f"{name}.{finding.path.removeprefix('head.')}"))
    if signer := run.signers.get(name):
        holder = signer.certificate.credit_code, signer.certificate.organisation
        for finding in check_party(made, *holder, run.registrations, path=name):
            yield declared(finding)
