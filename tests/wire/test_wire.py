"""Documents and bytes: canonical by construction, read back equal, valid against the schemas."""

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from customs.documents import MESSAGES, Document, Message, Subscription, Transfer
from customs.testing.strategies import documents_of, messages_of
from customs.wire import ReadError, read, write
from customs.wire.canonical import XML_DECLARATION, write_message
from customs.wire.schema import schemas
from support import ROOT

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
TRANSFER = Transfer(transmitter_code="910000000000000053", transmitter_name="示例", dxp_id="DXPENT0000000001")

messages = st.sampled_from(sorted(MESSAGES)).flatmap(lambda name: messages_of(MESSAGES[name]))
relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def own_schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / f"{name}.xsd"))


@relaxed
@given(messages)
@pytest.mark.long
def test_what_is_written_already_is_canonical(message: Message[Document]) -> None:
    content = write(message)
    assert content.startswith(XML_DECLARATION)
    assert etree.tostring(etree.fromstring(content), method="c14n") == content[len(XML_DECLARATION) :]


@relaxed
@given(messages)
@pytest.mark.long
def test_what_is_written_is_read_back_equal(message: Message[Document]) -> None:
    assert read(write(message)) == message


@relaxed
@given(messages.filter(lambda message: not message.documents[0].must_be_signed))
@pytest.mark.long
def test_what_is_written_is_valid_against_the_generated_schema(message: Message[Document]) -> None:
    own_schema(message.documents[0].message).assertValid(etree.fromstring(write(message)))


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_schemas_are_those_generated_from_the_documents(name: str) -> None:
    committed = (ROOT / "schemas" / name).read_text(encoding="utf-8")
    assert committed == schemas()[name], "run: make schemas"


def _documents(count: int) -> list[str]:
    return ["<ceb:Payment></ceb:Payment>"] * count


@pytest.mark.parametrize("count", [0, 101])
def test_a_message_holds_1_to_100_documents(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100 documents"):
        write_message(MESSAGES["CEB411"], GUID, _documents(count), TRANSFER)


def test_a_message_has_a_guid_of_36_characters() -> None:
    with pytest.raises(ValueError, match="36 characters"):
        write_message(MESSAGES["CEB411"], "1", _documents(1), TRANSFER)


@pytest.mark.parametrize("version", ["", "1" * 11])
def test_a_message_has_a_version_that_can_be_read_back(version: str) -> None:
    with pytest.raises(ValueError, match="1 to 10 characters"):
        write_message(MESSAGES["CEB411"], GUID, _documents(1), TRANSFER, version=version)


def test_a_message_names_five_subscriptions_at_most() -> None:
    with pytest.raises(ValueError, match="at most 5 subscriptions, not 6"):
        write_message(
            MESSAGES["CEB411"], GUID, _documents(1), TRANSFER, [Subscription(status="ALL", dxp_address="D")] * 6
        )


def test_100_documents_fit_in_a_message() -> None:
    assert write_message(MESSAGES["CEB411"], GUID, _documents(100), TRANSFER).count(b"<ceb:Payment>") == 100


@relaxed
@given(documents_of(MESSAGES["CEB311"]), documents_of(MESSAGES["CEB411"]))
@pytest.mark.long
def test_documents_of_two_types_do_not_share_a_message(order: Document, payment: Document) -> None:
    with pytest.raises(ValueError, match="one type"):
        write(Message(GUID, (order, payment), TRANSFER))


@relaxed
@given(messages_of(MESSAGES["CEB311"], most=1))
@pytest.mark.long
def test_digits_are_kept_as_given(message: Message[Document]) -> None:
    order = message.documents[0]
    head = order.head.model_copy(update={"freight": Decimal("10.00"), "discount": Decimal("0E+2")})  # type: ignore[attr-defined]
    changed = Message(message.guid, (order.model_copy(update={"head": head}),), message.transfer)
    written = write(changed)
    assert b"<ceb:freight>10.00</ceb:freight>" in written
    assert b"<ceb:discount>0</ceb:discount>" in written or b"<ceb:discount>000</ceb:discount>" in written


PAYMENT = f"""<c:CEB411Message xmlns:c="http://www.chinaport.gov.cn/ceb" guid="{GUID}" version="1.0"><c:Payment><c:PaymentHead>
<c:guid>{GUID}</c:guid><c:appType>1</c:appType><c:appTime>20261111080000</c:appTime><c:appStatus>2</c:appStatus>
<c:payCode>P1</c:payCode><c:payName>示例支付</c:payName><c:payTransactionId>T1</c:payTransactionId><c:orderNo>O1</c:orderNo>
<c:ebpCode>E1</c:ebpCode><c:ebpName>示例平台</c:ebpName><c:payerIdType>1</c:payerIdType>
<c:payerIdNumber>110101180001010132</c:payerIdNumber><c:payerName>贾宝玉</c:payerName><c:telephone></c:telephone>
<c:amountPaid> 109.10 </c:amountPaid><c:currency>142</c:currency><c:payTime>20261111000102</c:payTime>
</c:PaymentHead></c:Payment><c:BaseTransfer><c:copCode>C1</c:copCode><c:copName></c:copName><c:dxpMode>DXP</c:dxpMode>
<c:dxpId>D1</c:dxpId></c:BaseTransfer></c:CEB411Message>"""


def test_messages_are_read_by_namespace_whatever_the_prefix() -> None:
    for text in (PAYMENT, PAYMENT.replace("c:", "").replace("xmlns:c", "xmlns").replace("xmlns=", "xmlns=")):
        text = text if "c:" in text else text.replace("xmlns:c=", "xmlns=")
        head = read(text.encode()).documents[0].head  # type: ignore[attr-defined]
        assert head.amount_paid == Decimal("109.10")
        assert head.payer_telephone is None, "an empty optional element is an absent one"


def test_a_byte_order_mark_is_read_over() -> None:
    assert read(b"\xef\xbb\xbf" + PAYMENT.encode()).guid == GUID


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (PAYMENT.replace("<c:currency>142</c:currency>", "<c:currency>502</c:currency>"), "currency 币制"),
        (PAYMENT.replace("<c:orderNo>O1</c:orderNo>", ""), "orderNo 订单编号"),
        (PAYMENT.replace("109.10", "1e2"), "amountPaid 支付金额"),
        (PAYMENT.replace("20261111000102", "20261399000102"), "payTime 支付时间"),
        (PAYMENT.replace("<c:payCode>P1", "<c:payCode>P1</c:payCode><c:payCode>P1"), "PaymentHead.payCode"),
        (PAYMENT.replace("c:payName", "c:paidBy"), "PaymentHead.paidBy"),
        (PAYMENT.replace("<c:payCode>P1", "<c:payCode><c:x/>"), "PaymentHead.payCode"),
        (PAYMENT.replace(f'guid="{GUID}"', 'guid="1"'), "guid of 36 characters"),
        (PAYMENT.replace('version="1.0"', ""), "version of 1 to 10"),
        (PAYMENT.replace("CEB411", "CEB999"), "no message that is known"),
        (PAYMENT.replace("chinaport", "chinaprt"), "no message that is known"),
        (PAYMENT.replace("BaseTransfer", "BaseSubscribed"), "BaseSubscribed"),
        ('<!DOCTYPE x [<!ENTITY e "v">]>' + PAYMENT.replace("P1", "&e;"), "DTD"),
        (PAYMENT.replace("<c:payCode>", "<?a b?><c:payCode>"), "processing instructions"),
        (PAYMENT[:-20], "not well-formed"),
        ("", "not well-formed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(broken: str, place: str) -> None:
    with pytest.raises(ReadError) as refused:
        read(broken.encode())
    assert place in str(refused.value)
    assert "贾宝玉" not in str(refused.value)
    assert "110101180001010132" not in str(refused.value)
