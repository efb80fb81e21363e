"""Receipts as the office writes them (回执): typed documents of the standard from a document that came, and tax bills."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import NamedTuple

from customs.documents import MESSAGES, Document, Message
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.fields import terms_of
from customs.fields.terms import Code, Count, Term, Text
from customs.office.duty import ListDuty, number
from customs.office.papers import Paper
from customs.office.store import Held
from customs.wire import write

#: The first character of the number that the e-port gives, by message.
PRE_ENTRY = {"CEB621": "B", "CEB623": "C", "CEB625": "T", "CEB711": "R"}

_ZERO = Decimal(0)


class Letter(NamedTuple):
    """A receipt with the numbers by which it can be asked for."""

    document: Document
    numbers: tuple[str, ...]


def receipt(paper: Paper, status: str, text: str, at: datetime, numbers: Mapping[str, str]) -> Letter:
    """Return the receipt of a document: what it repeats of it, its status and text, and the numbers given.

    A field that the schema requires, and that there is nothing for yet, such as the number of a list, holds zeros; what a
    refused document has in another length is cut or filled up with them.
    """
    kind = MESSAGES[paper.kind.receipt]
    values, given = dict[str, object](), {**paper.head, **numbers}
    for wire, lengths, term, zeros in _repeated(kind):
        if text_of_field := given.get(wire):
            values[wire] = text_of_field if len(text_of_field) in lengths else _fitting(text_of_field, term)
        elif zeros:
            values[wire] = zeros
    values |= {"returnStatus": status, "returnTime": at, "returnInfo": text}
    return Letter(kind.model_validate(values), tuple(each for each in paper.key[2:] if each))


@cache
def _repeated(kind: type[Document]) -> tuple[tuple[str, range, Term, str], ...]:
    """The fields of a receipt by their names on the wire, each with the lengths of texts that surely fit, its term, and the
    zeros that stand for it where there is nothing and the schema requires it.
    """
    fields = kind.model_fields
    return tuple(
        (str(term.wire), _lengths(term), term, _fitting("0", term) if fields[name].is_required() else "")
        for name, term in terms_of(kind).items()
    )


def _lengths(term: Term) -> range:
    if isinstance(term, Code):
        return range(term.length, term.length + 1)
    return range(term.minimum, (term.maximum or 0) + 1) if isinstance(term, Text) else range(0)


def _fitting(text: str, term: Term) -> str:
    """The text of a field in a length that its term admits."""
    if isinstance(term, Code):
        return text[: term.length].ljust(term.length, "0")
    if isinstance(term, Count):
        return text if text.isdecimal() and len(text) <= (term.digits or 9) else "0"
    return text[: term.maximum].ljust(term.minimum, "0") if isinstance(term, Text) else text


def tax_bill(held: Held, duty: ListDuty, at: datetime, guid: str) -> Letter:
    """Return the electronic tax bill of a list that was released."""
    paper = held.paper
    head = {
        "guid": guid,
        "returnTime": at,
        "invtNo": held.invt_no,
        "taxNo": held.tax_no,
        "status": "1",
        "customsTax": sum((each.tariff for each in duty.lines), _ZERO),
        "valueAddedTax": sum((each.vat for each in duty.lines), _ZERO),
        "consumptionTax": sum((each.consumption for each in duty.lines), _ZERO),
    }
    repeated = ("assureCode", "ebcCode", "logisticsCode", "agentCode", "customsCode", "orderNo", "logisticsNo")
    lines = [
        {
            "gnum": each.gnum,
            "gcode": each.hs_code,
            "taxPrice": each.value,
            "customsTax": each.tariff,
            "valueAddedTax": each.vat,
            "consumptionTax": each.consumption,
        }
        for each in duty.lines
    ]
    values = {"TaxHeadRd": head | {each: paper[each] for each in repeated}, "TaxListRd": lines}
    return Letter(MESSAGES["CEB816"].model_validate(values), paper.key[2:])


def tax_status(held: Held, status: str, at: datetime, guid: str, form_no: str = "") -> Letter:
    """Return the status of a tax bill: 2 on a payment form, 3 void."""
    head = {
        "guid": guid,
        "returnTime": at,
        "invtNo": held.invt_no,
        "taxNo": held.tax_no,
        "status": status,
        "assureCode": held.paper["assureCode"],
        **({"entDutyNo": form_no} if form_no else {}),
    }
    return Letter(MESSAGES["CEB818"].model_validate({"TaxHeadStatus": head}), held.paper.key[2:])


def consolidation_result(held: Held, lists: Sequence[Held], at: datetime, guid: str) -> Letter:
    """Return the result of a consolidation: the declaration of general trade that customs made of lists."""
    paper = held.paper
    repeated = ("customsCode", "agentCode", "agentName", "ebcCode", "ebcName", "declAgentCode", "declAgentName")
    head = {each: paper[each] for each in (*repeated, "msgCount", "msgSeqNo")} | {
        "guid": guid,
        "sumNo": held.invt_no,
        "opDate": at.replace(microsecond=0),
        "declSeqNo": held.invt_no,
        "decState": "P",
        "grossWeight": sum((number(each.paper["grossWeight"]) for each in lists), _ZERO),
        "netWeight": sum((number(each.paper["netWeight"]) for each in lists), _ZERO),
    }
    lines = [
        {"invtNo": each.invt_no, "logisticsNo": each.paper["logisticsNo"], "gnum": line["gnum"], "gcode": line["gcode"]}
        for each in lists
        for line in each.paper.lines
    ]
    values = {"SummaryResultHead": head, "SummaryResultList": lines}
    return Letter(MESSAGES["CEB792"].model_validate(values), paper.key[2:])


def format_error(status: str, text: str, at: datetime, guid: str, original: Mapping[str, str]) -> Letter:
    """Return the format error for a message: ``original`` has its CopMsgId, type and content."""
    values = {"guid": guid, "returnStatus": status, "returnInfo": text, "returnTime": at, **original}
    return Letter(MESSAGES["CEB900"].model_validate(values), (original["oriCopMsgId"],))


def messages(letters: Iterable[Letter], guids: Iterator[str]) -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
    """Yield the messages that carry receipts, at most 100 in one: name, bytes, and the numbers in it."""
    by_kind: dict[str, list[Letter]] = {}
    for each in letters:
        by_kind.setdefault(each.document.message, []).append(each)
    for name, found in by_kind.items():
        rest = iter(found)
        while some := list(islice(rest, DOCUMENTS_IN_A_MESSAGE)):
            content = write(Message(next(guids), tuple(each.document for each in some)))
            yield name, content, tuple(number for each in some for number in each.numbers)
