"""Conditional requirements (条件必填): fields that a document needs or must leave out, depending on other fields.

Schemas cannot express conditions; the text of the standard has them. One table holds them for all messages, a row for
each field. Source: field texts of the unified edition 2022-05.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from customs.documents import Document
from customs.fields import Record, terms_of
from customs.rules import catalogue
from customs.rules.finding import Finding, Kind
from customs.rules.reading import name_of

BONDED, DIRECT = "1210", "9610"

#: Trade modes of special zones on the export side.
ZONES = frozenset({"1210", "1239"})

#: Submissions about a document that customs has: amend, delete.
AMENDING = frozenset({"2", "3"})

#: Transport by post, which has no bill of lading.
POST = "6"

#: The status of a tax bill that is on a payment form.
ON_A_PAYMENT_FORM = "2"


class Requirement(NamedTuple):
    """One row: ``field`` of the message is ``needed`` (or not admitted) where another field of its head is one of
    ``values`` (or, with ``unless``, where it is none of them).
    """

    message: str
    field: str
    depends_on: str
    values: frozenset[str]
    kind: Kind
    needed: bool = True
    unless: bool = False
    in_lines: bool = False

    def at(self, where: str, record: Record) -> Finding:
        """Return the finding on a record that does not meet it."""
        return self.kind.at(f"{where}{self.field}", name=name_of(terms_of(type(record))[self.field]))


def every_condition() -> Iterator[Requirement]:
    """Yield the rows of all messages."""
    bonded, direct = frozenset({BONDED}), frozenset({DIRECT})
    for field in ("account_book_no", "area_operator_code", "area_operator_name"):
        yield Requirement("CEB621", field, "trade_mode", bonded, catalogue.BONDED_FIELD)
    for field in ("transport_no", "voyage_no", "bill_no"):
        yield Requirement("CEB621", field, "trade_mode", bonded, catalogue.BONDED_EXTRA, needed=False)
        yield Requirement("CEB621", field, "trade_mode", direct, catalogue.DIRECT_FIELD)
    yield Requirement("CEB621", "record_no", "trade_mode", bonded, catalogue.BONDED_FIELD, in_lines=True)
    for field in ("pre_entry_no", "list_no"):
        yield Requirement("CEB621", field, "app_type", AMENDING, catalogue.AMENDED)
        yield Requirement("CEB621", field, "app_type", AMENDING, catalogue.NEW_NUMBERED, needed=False, unless=True)
    for field in ("account_book_no", "area_operator_code", "area_operator_name"):
        yield Requirement("CEB603", field, "trade_mode", ZONES, catalogue.ZONE_FIELD)
    yield Requirement("CEB603", "record_no", "trade_mode", ZONES, catalogue.ZONE_FIELD, in_lines=True)
    post = frozenset({POST})
    yield Requirement("CEB507", "bill_no", "transport_mode", post, catalogue.TRANSPORT_FIELD, unless=True)
    for field in ("transport_name", "voyage_no", "bill_no"):
        yield Requirement("CEB509", field, "transport_mode", post, catalogue.TRANSPORT_FIELD, unless=True)
    always = frozenset[str]()
    yield Requirement(
        "CEB792", "result_line_no", "entry_status", always, catalogue.RESULT_LINE, unless=True, in_lines=True
    )
    for message in ("CEB816", "CEB818"):
        on_a_form = frozenset({ON_A_PAYMENT_FORM})
        yield Requirement(message, "payment_form_no", "tax_status", on_a_form, catalogue.PAYMENT_FORM)


@cache
def _deciding(message: str) -> tuple[str, ...]:
    """The fields on which the rows of a message depend."""
    return tuple(dict.fromkeys(row.depends_on for row in every_condition() if row.message == message))


@lru_cache(1024)
def _in_force(message: str, decided: tuple[str | None, ...]) -> tuple[Requirement, ...]:
    """The rows of a message that apply where the deciding fields have these values."""
    values = dict(zip(_deciding(message), decided, strict=True))
    rows = (row for row in every_condition() if row.message == message)
    return tuple(row for row in rows if (values[row.depends_on] in row.values) is not row.unless)


def check_conditions(document: Document) -> list[Finding]:
    """Return the fields that a document lacks or must not have, by the text of the standard. Paths begin in the
    document, such as ``head.bill_no`` or ``lines[0].record_no``.

    >>> from customs.documents import TaxBillStatus, TaxBillStatusHead
    >>> from datetime import datetime
    >>> head = TaxBillStatusHead(guid="0" * 36, returned_at=datetime(2026, 12, 1), list_no="L", tax_bill_no="T",
    ...     tax_status="2")
    >>> [(each.code, each.path) for each in check_conditions(TaxBillStatus(head=head))]
    [('payment-form-missing', 'head.payment_form_no')]
    """
    findings: list[Finding] = []
    given = document.__dict__
    head: Any = given.get("head", document)
    prefix, values = "" if head is document else "head.", head.__dict__
    for row in _in_force(document.message, tuple([values[each] for each in _deciding(document.message)])):
        if row.in_lines:
            for at, line in enumerate(given["lines"]):
                if (line.__dict__[row.field] is None) is row.needed:
                    findings.append(row.at(f"lines[{at}].", line))
        elif (values[row.field] is None) is row.needed:
            findings.append(row.at(prefix, head))
    further = _FURTHER.get(document.message)
    if further:
        findings += further(document)
    return findings


def are_met(kind: type[Document], values: Mapping[str, Any]) -> bool:
    """Return True if ``check_conditions`` has nothing to say of a document with a head, from its ``nested_values``; False
    leaves it to that, as it does for a message of which the text says more than the table and second quantities.
    """
    head, message = values["head"], kind.message
    for row in _in_force(message, tuple([head[each] for each in _deciding(message)])):
        if row.in_lines:
            if any((line[row.field] is None) is row.needed for line in values["lines"]):
                return False
        elif (head[row.field] is None) is row.needed:
            return False
    if message not in _WITH_SECOND_QUANTITIES:
        return message not in _FURTHER
    for line in values["lines"]:
        qty, unit = line["legal_qty2"], line["legal_unit2"]
        if (qty is None) != (unit is None) or (qty is not None and qty <= 0):
            return False
    return True


def _second_quantities(document: Document) -> Iterator[Finding]:
    """Second statutory quantity and unit: both or neither, the quantity above 0."""
    for position, line in enumerate(document.__dict__["lines"]):
        qty, unit = line.legal_qty2, line.legal_unit2
        if (qty is None) != (unit is None) or (qty is not None and qty <= 0):
            yield catalogue.SECOND_QTY.at(f"lines[{position}].legal_qty2")


def _periods(document: Document) -> Iterator[Finding]:
    """A request to consolidate names a period, with both ends in order, or the lists."""
    head, lines = document.__dict__["head"], document.__dict__["lines"]
    if (head.since is None) != (head.until is None) or (head.since and head.until < head.since):
        yield catalogue.PERIOD.at("head.until")
    if head.since is None and not lines:
        yield catalogue.NOTHING_TO_CONSOLIDATE.at("lines")


#: Messages whose lines have a second statutory quantity.
_WITH_SECOND_QUANTITIES = ("CEB213", "CEB603", "CEB621")

#: What the text says of a message beyond the table.
_FURTHER: dict[str, Callable[[Document], Iterator[Finding]]] = {
    "CEB701": _periods,
    **dict.fromkeys(_WITH_SECOND_QUANTITIES, _second_quantities),
}
