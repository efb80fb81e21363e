"""Incomplete receipts: whatever customs leaves out, the receipt is read and gives an answer."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import customs
from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.documents import (
    MESSAGES,
    DeclarationListReceipt,
    Document,
    Message,
    OrderReceipt,
    Receipt,
    TaxBill,
    answers_of,
)
from customs.fields import Record, part_type, terms_of
from customs.fields.terms import Part, Text
from customs.reconciliation.figures import figures_billed
from customs.testing import messages_of
from customs.wire import ReadError
from customs.wire.canonical import CEB

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
KINDS = [kind for kind in MESSAGES.values() if issubclass(kind, Receipt)]
NAMES = [kind.message for kind in KINDS]

#: Customs refuses a list at once: no internal number, no pre-entry number, a time to the second, no version.
REFUSED_AT_ONCE = f"""<ceb:CEB622Message xmlns:ceb="{CEB}" guid="{GUID}"><ceb:InventoryReturn>
<ceb:guid>{GUID}</ceb:guid><ceb:agentCode>D1</ceb:agentCode><ceb:copNo/><ceb:returnStatus>-621001</ceb:returnStatus>
<ceb:returnTime>20261111080000</ceb:returnTime><ceb:returnInfo>说明</ceb:returnInfo></ceb:InventoryReturn></ceb:CEB622Message>"""
LIST = "CEB622Message.InventoryReturn[0]"


def odd(message: Message[Document]) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in message.oddities]


def test_a_rejection_without_the_numbers_of_the_list_is_read() -> None:
    message = customs.read(REFUSED_AT_ONCE.encode())
    (receipt,) = message.documents
    assert isinstance(receipt, DeclarationListReceipt)
    assert (receipt.internal_no, receipt.pre_entry_no) == (None, None)
    assert receipt.returned_at == datetime(2026, 11, 11, 8)
    assert odd(message) == [
        ("field-missing", "CEB622Message@version"),
        ("field-missing", f"{LIST}.copNo"),
        ("field-missing", f"{LIST}.preNo"),
        ("time-of-seconds", f"{LIST}.returnTime"),
    ]


def test_the_answer_of_an_incomplete_rejection_says_what_it_knows() -> None:
    (answer,) = customs.read_answers(REFUSED_AT_ONCE.encode())
    assert (answer.state, answer.cause, answer.code) == (State.REJECTED, ErrorCause.DATA, "-621001")
    assert dict(answer.key.fields) == {"declarant_code": "D1", "internal_no": ""}
    assert [each.path for each in answer.oddities][1:3] == [f"{LIST}.copNo", f"{LIST}.preNo"]


def test_a_number_longer_than_the_standard_has_it_still_leads_to_the_declaration() -> None:
    number = "N" * 40
    message = customs.read(REFUSED_AT_ONCE.replace("<ceb:copNo/>", f"<ceb:copNo>{number}</ceb:copNo>").encode())
    assert ("value-irregular", f"{LIST}.copNo") in odd(message)
    assert answers_of(message)[0].key["internal_no"] == number
    assert number not in repr(message.oddities)


def test_a_time_that_is_none_is_kept_as_it_came() -> None:
    message = customs.read(REFUSED_AT_ONCE.replace("20261111080000", "2026-11-11 08:00").encode())
    assert [(each.code, each.text) for each in message.oddities][-1] == ("value-irregular", "2026-11-11 08:00")
    assert answers_of(message)[0].at is None


def test_a_receipt_that_says_nothing_is_an_answer_of_unknown_state() -> None:
    (answer,) = customs.read_answers(f'<CEB816Message xmlns="{CEB}"><Tax/></CEB816Message>'.encode())
    assert (answer.state, answer.code, answer.at, answer.submitted) == (State.UNKNOWN, "", None, "")
    assert [each.path for each in answer.oddities] == [
        "CEB816Message@guid",
        "CEB816Message@version",
        "CEB816Message.Tax[0].TaxHeadRd",
        "CEB816Message.Tax[0].TaxListRd",
    ]


def test_a_bill_of_more_lines_than_the_standard_admits_is_read_and_says_so() -> None:
    tax = "<Tax><TaxHeadRd/>" + "<TaxListRd/>" * 100 + "</Tax>"
    message = customs.read(f'<CEB816Message xmlns="{CEB}" guid="{GUID}" version="1.0">{tax}</CEB816Message>'.encode())
    (bill,) = message.documents
    assert isinstance(bill, TaxBill)
    assert len(bill.lines) == 100
    assert ("value-irregular", "CEB816Message.Tax[0].TaxListRd") in odd(message)


texts = st.text("0123456789-+.eEX 中\n", max_size=60) | st.sampled_from(
    ["20261111080000", "20260230000000", "NaN", " 120 "]
)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(KINDS), st.data())
@pytest.mark.long
def test_whatever_stands_in_the_fields_of_a_receipt_it_is_read_and_gives_an_answer(
    kind: type[Receipt], data: st.DataObject
) -> None:
    whole = etree.fromstring(customs.write(data.draw(messages_of(kind, most=2))))
    for field in leaves(whole):
        if not len(field) and data.draw(st.booleans()):
            field.text = data.draw(texts)
    content = etree.tostring(whole)
    message = customs.read(content)
    answers = customs.read_answers(content)
    assert [each.receipt for each in answers] == [kind.message] * len(message.documents)
    for document in message.documents:
        customs.check_document(document)
        assert document.model_dump_json(by_alias=True)


def test_a_format_error_that_does_not_say_of_what_is_an_answer_without_a_number() -> None:
    content = f'<CEB900Message xmlns="{CEB}" guid="{GUID}" version="1.0"><MessageReturn/></CEB900Message>'
    (answer,) = customs.read_answers(content.encode())
    assert (answer.authority, answer.state, answer.key.message) == ("platform", State.UNKNOWN, "")
    assert answer.key.fields == (("message_id", ""),)


def test_a_receipt_in_an_encoding_that_it_does_not_declare_is_an_answer_too() -> None:
    content = REFUSED_AT_ONCE.encode("gbk")
    (answer,) = customs.read_answers(content)
    assert (answer.code, answer.oddities) == ("-621001", customs.read(content).oddities)
    assert answer.oddities[0].code == "encoding-guessed"


def test_an_incomplete_receipt_is_not_written_again() -> None:
    message = customs.read(REFUSED_AT_ONCE.encode())
    with pytest.raises(ValueError, match=r"CEB622 internal_no \(copNo .*\): the standard requires it"):
        customs.write(Message(GUID, message.documents))


def test_a_receipt_of_our_own_needs_every_field_of_the_standard() -> None:
    with pytest.raises(ValueError, match="order_no"):
        OrderReceipt.model_validate({"guid": GUID, "platform_code": "P1", "merchant_code": "M1"})


def test_a_declaration_that_lacks_a_field_is_refused_as_ever() -> None:
    content = f'<CEB411Message xmlns="{CEB}" guid="{GUID}"/>'
    with pytest.raises(ReadError, match="has 0"):
        customs.read(content.encode())


def test_a_bill_without_its_amounts_cannot_be_reconciled() -> None:
    content = f'<CEB816Message xmlns="{CEB}" guid="{GUID}" version="1.0"><Tax><TaxHeadRd/></Tax></CEB816Message>'
    (bill,) = customs.read(content.encode()).documents
    assert isinstance(bill, TaxBill)
    with pytest.raises(ValueError, match="head of the tax bill lacks"):
        figures_billed(bill)


def test_a_head_without_any_field_lacks_each_of_them() -> None:
    content = f'<CEB818Message xmlns="{CEB}" guid="{GUID}" version="1.0"><Tax><TaxHeadStatus/></Tax></CEB818Message>'
    found = [(each.code, each.path) for each in customs.read(content.encode()).oddities]
    fields = ("guid", "returnTime", "invtNo", "taxNo", "status")
    assert found == [("field-missing", f"CEB818Message.Tax[0].TaxHeadStatus.{each}") for each in fields]


def leaves(document: etree._Element) -> list[etree._Element]:
    """The elements of a document, heads and lines as well as fields."""
    return [each for each in document.iterdescendants() if isinstance(each.tag, str)]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
@settings(deadline=None, max_examples=12)
@given(st.data())
@pytest.mark.long
def test_whatever_is_missing_from_a_receipt_it_gives_an_answer_with_what_is_odd(
    kind: type[Receipt], data: st.DataObject
) -> None:
    whole = etree.fromstring(customs.write(data.draw(messages_of(kind, most=1))))
    (document,) = whole
    fields = leaves(document)
    taken = data.draw(st.sets(st.sampled_from(range(len(fields)))))
    emptied = data.draw(st.sets(st.sampled_from(range(len(fields)))))
    for position in emptied:
        if not len(fields[position]):
            fields[position].text = None
    for position in taken:
        if (parent := fields[position].getparent()) is not None:
            parent.remove(fields[position])
    for name in data.draw(st.sets(st.sampled_from(("guid", "version")))):
        del whole.attrib[name]
    content = etree.tostring(whole)
    message = customs.read(content)
    (answer,) = customs.read_answers(content)
    assert answer.receipt == kind.message
    assert answer.oddities == message.oddities
    missing = {each.path for each in message.oddities if each.code == "field-missing"}
    assert missing == set(lacking(kind, whole))


def lacking(kind: type[Receipt], message: etree._Element) -> list[str]:
    """What the standard requires and a message does not have, by path."""
    (document,) = message
    own = f"{kind.message}Message"
    attributes = [f"{own}@{name}" for name in ("guid", "version") if not message.get(name)]
    return [*attributes, *lacking_in(kind, document, f"{own}.{kind.element}[0]")]


def lacking_in(record: type[Record], element: etree._Element, where: str) -> list[str]:
    found = []
    for name, term in terms_of(record).items():
        given = element.findall(f"{{{CEB}}}{term.wire}")
        inner = part_type(record, name)
        repeated = isinstance(term, Part) and term.repeated
        may_be_empty = isinstance(term, Part) or (isinstance(term, Text) and not term.minimum)
        required = record.model_fields[name].is_required()
        if required and not any(len(each) or each.text or may_be_empty for each in given):
            found.append(f"{where}.{term.wire}")
        elif inner:
            for at, each in enumerate(given):
                found += lacking_in(inner, each, f"{where}.{term.wire}" + (f"[{at}]" if repeated else ""))
    return found
