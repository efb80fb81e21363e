"""Raw payment data: what customs asks is read or refused, what is uploaded is signed as accepted uploads were."""

import json
import logging
import re
import traceback
from base64 import b64decode, b64encode
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from customs.fields import Record, part_type, terms_of
from customs.fields.moments import CHINA_TIME
from customs.fields.terms import Fixed, Moment, Part, Text
from customs.payments.payment_answer import (
    LARGEST_REPLY,
    LARGEST_REQUEST,
    LARGEST_UPLOAD,
    Answered,
    Outcome,
    answer,
    failure,
    outcome_of,
    read_request,
    read_upload,
    read_upload_reply,
    upload,
)
from customs.payments.payment_data import (
    UPLOAD_PATH,
    DataRequest,
    PaidGoods,
    PaidOrder,
    PaymentData,
    PaymentDataHead,
    PaymentUpload,
    compact_json,
    sign_upload,
    write_upload,
)
from customs.payments.payment_terms import Number, PaymentDataError, milliseconds
from customs.signing import Signature, Signer, SigningError, Sm2PublicKey
from customs.signing.libcrypto import LibcryptoError
from customs.testing import issue_test_key, records_of
from support import ROOT, absent

ENTERPRISE = "示例电商有限公司", "91000000000000001N"
SECONDS_LATER = datetime(2026, 11, 11, 0, 1, 3, tzinfo=CHINA_TIME)

#: What no log, repr, error or traceback may show.
SECRETS = ["<openid>oBUYER7</openid>", "<bank>ICBC-7788</bank>", "6222000011112222", "示例收款人", "gift for 示例亲友"]

HEAD = {
    "guid": "4CDE1CFD-EDED-46B1-946C-B8022E42FC94",
    "initalRequest": f"<xml>{SECRETS[0]}</xml>",
    "initalResponse": f"<xml>{SECRETS[1]}</xml>",
    "ebpCode": "91000000000000001N",
    "payCode": "910000000000000037",
    "payTransactionId": "PAY2026111100000001",
    "totalAmount": Decimal("300.50"),
    "currency": "142",
    "verDept": "3",
    "payType": "1",
    "tradingTime": "20261111000102",
    "note": SECRETS[4],
}
ORDERS = [
    {
        "orderNo": f"EX{number}",
        "goodsInfo": [
            {"gname": "面霜", "itemLink": "https://shop.example/1;https://shop.example/2"},
            {"gname": "皂", "itemLink": "x"},
        ],
        "recpAccount": SECRETS[2],
        "recpCode": "91000000000000001N",
        "recpName": SECRETS[3],
    }
    for number in (1, 2, 3)
]
VALUES: dict[str, Any] = {"head": HEAD, "orders": ORDERS}
DATA = PaymentData.model_validate(VALUES)
REQUEST = DataRequest(order_no="EX2", session_id="S-1", service_time=1794326462000)

quick = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

uploads = records_of(
    PaymentUpload,
    session_id=st.from_regex("[A-Za-z0-9-]{1,36}", fullmatch=True),
    service_time=st.integers(0, 10**15 - 1),
    sign_value=st.binary(min_size=1, max_size=64).map(lambda value: b64encode(value).decode()),
)


def clock() -> datetime:
    return SECONDS_LATER


class Kept:
    """Payments by the orders that they cover."""

    def __init__(self, *payments: PaymentData) -> None:
        self.by_order = {order.order_no: each for each in payments for order in each.orders}

    def find(self, order_no: str) -> PaymentData | None:
        return self.by_order.get(order_no)


def form(name: str, text: str) -> bytes:
    return urlencode({name: text}).encode()


def asked(**changed: Any) -> bytes:
    values = {"orderNo": "EX2", "sessionID": "S-1", "serviceTime": 1794326462000, **changed}
    return form("openReq", json.dumps({name: each for name, each in values.items() if each is not None}))


def answered(found: Answered) -> dict[str, Any]:
    values = json.loads(found.content)
    assert list(values) == ["code", "message", "serviceTime"]
    assert (values["code"], values["message"]) == (found.code, found.reason)
    assert values["serviceTime"] == milliseconds(SECONDS_LATER)
    return dict(values)


@pytest.fixture(scope="module", params=["RSA", "SM2"])
def signer(request: pytest.FixtureRequest) -> Signer:
    """A key of either kind."""
    if request.param == "SM2":
        need_sm2()
    return issue_test_key(*ENTERPRISE, since=datetime(2026, 1, 1), kind=request.param).signer()


def need_sm2() -> None:
    """SM2 is computed by OpenSSL 3."""
    try:
        issue_test_key(*ENTERPRISE, since=datetime(2026, 1, 1), kind="SM2")
    except (SigningError, LibcryptoError) as error:
        absent(str(error))


def holds(found: PaymentUpload, signer: Signer) -> bool:
    key = signer.certificate.public_key
    assert key is not None
    return key.verifies(b64decode(found.sign_value, validate=True), found.string_to_sign.encode())


# Uploads of others


SIGNED = re.compile(
    r'"sessionID":"(.*?)"\|\|"payExchangeInfoHead":"(\{.*\})"\|\|"payExchangeInfoLists":"(\[.*\])"\|\|"serviceTime":"(\d+)"'
)


def vector(facts: Path, name: str) -> dict[str, Any]:
    found = json.loads((facts / "signing" / "vectors.json").read_text(encoding="utf-8"))
    return next(dict(each) for each in found if each["id"] == name)


def upload_of(recorded: dict[str, Any]) -> str:
    """What was uploaded; where it is not recorded, as it follows from what was signed."""
    if "pay_ex_info_str" in recorded:
        return str(recorded["pay_ex_info_str"])
    pieces = SIGNED.fullmatch(recorded["signed_utf8"])
    assert pieces
    session, head, lists, time = pieces.groups()
    return (
        f'{{"sessionID":"{session}","payExchangeInfoHead":{head},"payExchangeInfoLists":{lists},"serviceTime":"{time}",'
        f'"certNo":"00","signValue":"{recorded["signature_b64"]}"}}'
    )


@pytest.mark.parametrize("name", ["pay179-accepted", "pay179-demo"])
def test_a_recorded_upload_comes_out_as_it_was_signed_and_its_signature_holds(facts: Path, name: str) -> None:
    need_sm2()
    recorded = vector(facts, name)
    text = upload_of(recorded)
    found = read_upload(form("payExInfoStr", text))
    assert found.string_to_sign == recorded["signed_utf8"]
    assert compact_json(found) == text
    assert found.sign_value == recorded["signature_b64"]
    assert found.cert_no == recorded.get("key_name", "00")
    key = Sm2PublicKey(bytes.fromhex(recorded["public_key"]["sm2_x"] + recorded["public_key"]["sm2_y"]))
    value, signed = b64decode(found.sign_value), found.string_to_sign.encode()
    assert len(value) == 64
    assert key.verifies(value, signed)
    for position in range(0, len(signed), 97):
        flipped = bytearray(signed)
        flipped[position] ^= 1
        assert not key.verifies(value, bytes(flipped))
    assert not key.verifies(value[:-1] + bytes([value[-1] ^ 1]), signed)


# What is signed and uploaded


def test_an_upload_is_signed_over_the_texts_that_it_holds(signer: Signer) -> None:
    made = sign_upload(REQUEST, DATA, signer, SECONDS_LATER)
    assert holds(made, signer)
    assert made.cert_no == signer.certificate.key_name
    assert made.service_time == 1794326463000
    assert made.string_to_sign.startswith('"sessionID":"S-1"||"payExchangeInfoHead":"{"guid":"4CDE1CFD')
    assert made.string_to_sign.endswith('}]"||"serviceTime":"1794326463000"')
    assert '"totalAmount":300.5,"currency":"142"' in made.string_to_sign


@pytest.mark.parametrize(
    ("written", "signed"),
    [
        ("8.00", "8"),
        ("920.10", "920.1"),
        ("77.77", "77.77"),
        ("0.30", "0.3"),
        ("100", "100"),
        ("10.0", "10"),
        ("0.00", "0"),
    ],
)
def test_an_amount_is_signed_and_uploaded_without_zeros_at_its_end(signer: Signer, written: str, signed: str) -> None:
    head = DATA.head.model_copy(update={"total_amount": Decimal(written)})
    kept = Kept(DATA.model_copy(update={"head": head}))
    body = upload(REQUEST, kept, signer, clock)
    found = read_upload(body)
    assert holds(found, signer)
    (text,) = parse_qs(body.decode(), strict_parsing=True)["payExInfoStr"]
    assert f'"totalAmount":{signed},' in text
    assert f'"totalAmount":{signed},' in found.string_to_sign
    as_given = read_upload(upload(REQUEST, kept, signer, clock, amount_digits="as-given"))
    assert holds(as_given, signer)
    assert f'"totalAmount":{written},' in as_given.string_to_sign


def test_an_upload_of_several_orders_holds_all_of_them_whichever_was_asked_for(signer: Signer) -> None:
    body = upload(REQUEST, Kept(DATA), signer, clock)
    assert [order.order_no for order in read_upload(body).orders] == ["EX1", "EX2", "EX3"]
    assert holds(read_upload(body), signer)


def test_a_changed_upload_no_longer_holds(signer: Signer) -> None:
    made = sign_upload(REQUEST, DATA, signer, SECONDS_LATER)
    cheaper = made.head.model_copy(update={"total_amount": Decimal("300.4")})
    for changed in (
        {"session_id": "S-2"},
        {"service_time": made.service_time + 1},
        {"head": cheaper},
        {"orders": made.orders[:2]},
    ):
        assert not holds(made.model_copy(update=changed), signer)


def test_the_certificate_is_that_of_the_key_that_signed() -> None:
    """A pool signs now with one key, now with another."""
    one, other = (issue_test_key(*ENTERPRISE, since=datetime(2026, 1, 1)).signer() for _ in range(2))

    class Pool:
        algorithm, certificate = one.algorithm, one.certificate

        def sign(self, data: bytes) -> Signature:
            return other.sign(data)

    assert sign_upload(REQUEST, DATA, Pool(), SECONDS_LATER).cert_no == other.certificate.key_name


@quick
@given(uploads)
@pytest.mark.long
def test_what_is_written_is_read_again(made: PaymentUpload) -> None:
    body = write_upload(made)
    assert read_upload(body) == made
    assert write_upload(read_upload(body)) == body
    assert read_upload(body).string_to_sign == made.string_to_sign


@quick
@given(uploads)
def test_what_is_signed_are_the_texts_of_the_upload(made: PaymentUpload) -> None:
    (text,) = parse_qs(write_upload(made).decode(), strict_parsing=True)["payExInfoStr"]
    head, lists = compact_json(made.head), compact_json(made.orders)
    assert text == (
        f'{{"sessionID":"{made.session_id}","payExchangeInfoHead":{head},"payExchangeInfoLists":{lists},'
        f'"serviceTime":"{made.service_time}","certNo":{json.dumps(made.cert_no, ensure_ascii=False)},"signValue":"{made.sign_value}"}}'
    )
    assert made.string_to_sign == (
        f'"sessionID":"{made.session_id}"||"payExchangeInfoHead":"{head}"||"payExchangeInfoLists":"{lists}"'
        f'||"serviceTime":"{made.service_time}"'
    )
    assert json.loads(text)["payExchangeInfoHead"]["initalRequest"] == made.head.initial_request


@quick
@given(st.from_regex(r"(0|[1-9][0-9]{0,13})(\.[0-9]{1,5})?", fullmatch=True))
def test_an_amount_keeps_its_digits(digits: str) -> None:
    text = compact_json(DATA).replace('"totalAmount":300.50', f'"totalAmount":{digits}')
    whole = f'{{"sessionID":"S",{text[1:-1]},"serviceTime":"1","certNo":"00","signValue":"AA=="}}'
    assert f'"totalAmount":{digits},"currency"' in read_upload(form("payExInfoStr", whole)).string_to_sign


@pytest.mark.parametrize(
    ("given", "written"),
    [(Decimal("5.0"), "5.0"), (Decimal("0.00001"), "0.00001"), (100, "100"), (Decimal("0.00000"), "0.00000")],
)
def test_an_amount_is_a_number_without_an_exponent(given: Decimal | int, written: str) -> None:
    head = PaymentDataHead.model_validate({**HEAD, "totalAmount": given})
    assert f'"totalAmount":{written},' in compact_json(head)


def test_texts_that_need_escapes_are_signed_as_they_are_uploaded(signer: Signer) -> None:
    awkward = 'he said "paid"\\\n<a>&b=c+d%20;—面霜\u2028'
    head = DATA.head.model_copy(update={"initial_request": awkward})
    body = upload(REQUEST, Kept(DATA.model_copy(update={"head": head})), signer, clock)
    found = read_upload(body)
    assert found.head.initial_request == awkward
    assert holds(found, signer)
    assert r"\"paid\"\\\n<a>" in found.string_to_sign


def test_fields_left_out_are_not_written_and_empty_ones_stay() -> None:
    bare = {name: each for name, each in HEAD.items() if name not in ("payType", "note")}
    assert "note" not in compact_json(PaymentDataHead.model_validate(bare))
    assert compact_json(PaymentDataHead.model_validate({**bare, "note": ""})).endswith(',"note":""}')


def test_the_upload_is_sent_to_the_path_of_the_interface() -> None:
    assert UPLOAD_PATH == "/ceb2grab/grab/realTimeDataUpload"


def test_times_are_milliseconds_since_1970() -> None:
    assert milliseconds(datetime(2018, 8, 3, 4, 51, 43, 898999, tzinfo=UTC)) == 1533271903898
    assert milliseconds(datetime(2018, 8, 3, 12, 51, 43, 898000)) == 1533271903898


# Facets


def wrong_values(
    record: type[Record], place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Each facet of each field below a record broken once: the way to it in wire names, and the value that breaks it."""
    for name, term in terms_of(record).items():
        wire = {"head": "head", "orders": "orders"}.get(name, str(term.wire))
        here = (*place, wire)
        if record.model_fields[name].is_required():
            yield here, ...
        inner = part_type(record, name)
        if isinstance(term, Part) and inner:
            yield here, 7
            if term.repeated:
                yield here, []
            yield from wrong_values(inner, (*here, 0) if term.repeated else here)
            continue
        yield from ((here, each) for each in broken(term))


def broken(term: Any) -> list[Any]:
    match term:
        case Number():
            return [
                1.5,
                "1.5",
                True,
                Decimal("1e3"),
                Decimal("1.000000"),
                Decimal("1" * 20),
                Decimal("NaN"),
                Decimal("Infinity"),
            ]
        case Moment():
            return ["20260230120000", "2026111100010", "X" * 14, 20261111000102]
        case Fixed():
            return ["502", "", 142]
        case Text(minimum=least, maximum=most, pattern=pattern):
            too_long = [] if most is None else ["X" * (most + 1)]
            return [5, "\x01", "\ud800", *too_long, *([""] if least else []), *(["x\n", "é"] if pattern else [])]
    raise AssertionError(term)


BROKEN = list(wrong_values(PaymentData))


@pytest.mark.parametrize(
    ("way", "wrong"), BROKEN, ids=lambda each: "-".join(map(str, each)) if isinstance(each, tuple) else None
)
def test_each_broken_facet_names_the_field_and_what_is_allowed(way: tuple[str | int, ...], wrong: Any) -> None:
    values = deepcopy(VALUES)
    inside: Any = values
    for step in way[:-1]:
        inside = inside[step]
    if wrong is ...:
        del inside[way[-1]]
    else:
        inside[way[-1]] = wrong
    with pytest.raises(ValidationError) as refused:
        PaymentData.model_validate(values)
    shown = str(refused.value)
    assert not [each for each in SECRETS if each in shown]
    if isinstance(wrong, float) or (isinstance(wrong, Decimal) and not re.fullmatch("[0-9.]+", str(wrong))):
        return  # in JSON a float is a number like others, and what no plain digits write never comes to the field
    with pytest.raises(PaymentDataError) as said:
        read_upload(form("payExInfoStr", text_of(values)))
    wire = WIRE.get(str(way[-1]), way[-1])
    assert re.search(rf"\({wire} [\u4e00-\u9fff]+\): (it is missing, )?allowed is ", str(said.value))
    assert not [each for each in SECRETS if each in str(said.value)]


WIRE = {"head": "payExchangeInfoHead", "orders": "payExchangeInfoLists"}


def text_of(values: dict[str, Any]) -> str:
    whole = {
        "sessionID": "S",
        **{WIRE[name]: each for name, each in values.items()},
        "serviceTime": "1",
        "certNo": "00",
        "signValue": "A",
    }
    amounts: list[str] = []

    def put_aside(amount: Decimal) -> str:
        amounts.append(str(amount))
        return f"amount {len(amounts) - 1}"

    return re.sub('"amount ([0-9]+)"', lambda found: amounts[int(found[1])], json.dumps(whole, default=put_aside))


def test_there_are_facets_of_every_field() -> None:
    fields = {way[-1] for way, _ in BROKEN}
    assert fields == {*HEAD, *ORDERS[0], "gname", "itemLink", "head", "orders"}
    assert len(BROKEN) > 80


def test_texts_of_the_greatest_length_are_admitted() -> None:
    for record, values in (
        (PaymentDataHead, HEAD),
        (PaidOrder, ORDERS[0]),
        (PaidGoods, {"gname": "g", "itemLink": "l"}),
    ):
        longest = {
            str(term.wire): "面" * (term.maximum or 0) for term in terms_of(record).values() if type(term) is Text
        }
        made = record.model_validate({**values, **longest})
        assert len(made.model_dump_json()) > sum(map(len, longest.values()))


def test_payment_data_have_no_float() -> None:
    with pytest.raises(ValidationError, match="total_amount"):
        PaymentDataHead.model_validate({**HEAD, "totalAmount": 300.5})


def test_many_faults_are_not_all_told() -> None:
    with pytest.raises(PaymentDataError, match=r"; and 1 more$"):
        read_upload(form("payExInfoStr", "{}"))


# What customs asks


def test_a_request_is_answered_at_once_and_led_to_the_upload() -> None:
    found = answer(asked(), Kept(DATA), clock)
    assert answered(found) == {"code": "10000", "message": "", "serviceTime": 1794326463000}
    assert found.content == b'{"code":"10000","message":"","serviceTime":1794326463000}'
    assert found.request == REQUEST


@pytest.mark.parametrize(
    "body",
    [
        asked().replace(b"%22", b"%26quot%3B"),
        asked(serviceTime="1794326462000"),
        asked(version="2", more=[1.5, {"a": None}]),
        asked() + b"&other=1",
        b'openReq={"orderNo":"EX2", "sessionID":"S-1", "serviceTime":1794326462000}',
    ],
    ids=[
        "entities for quotation marks",
        "a time in quotes",
        "further fields of JSON",
        "a further field of the form",
        "nothing escaped",
    ],
)
def test_a_request_is_read_in_the_forms_that_are_seen(body: bytes) -> None:
    assert read_request(body) == REQUEST


def test_an_entity_in_a_value_is_no_quotation_mark() -> None:
    assert read_request(asked(orderNo="A&quot;1")).order_no == "A&quot;1"
    twice = (
        json.dumps({"orderNo": "A&quot;1", "sessionID": "S", "serviceTime": 1})
        .replace("&", "&amp;")
        .replace('"', "&quot;")
    )
    assert read_request(form("openReq", twice)).order_no == "A&quot;1"


DEEP = "[" * 9000

HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "hold the field openReq exactly once, but holds it 0 times"),
    "another field": (form("openreq", "{}"), "0 times"),
    "the field twice": (asked() + b"&" + asked(), "2 times"),
    "many fields": (b"&".join([b"a=1"] * 101) + b"&" + asked(), "at most 100 fields"),
    "a huge body": (asked() + b"&a=" + b"x" * LARGEST_REQUEST, f"at most {LARGEST_REQUEST} are read"),
    "bytes at random": (bytes(range(256)), "not a form in UTF-8"),
    "no UTF-8 behind the escapes": (b"openReq=%ff%fe", "not a form in UTF-8"),
    "no JSON": (form("openReq", "orderNo=1"), "not JSON, line 1, column 1"),
    "half a JSON": (form("openReq", '{"orderNo":"EX2",'), "not JSON, line 1, column 18"),
    "more than one JSON": (form("openReq", "{}{}"), "not JSON, line 1, column 3"),
    "a list": (form("openReq", "[]"), "a JSON object is expected"),
    "a text": (form("openReq", '"EX2"'), "a JSON object is expected"),
    "null": (form("openReq", "null"), "a JSON object is expected"),
    "deep nesting": (form("openReq", DEEP)[:LARGEST_REQUEST], "nested too deeply"),
    "deep nesting in a field": (form("openReq", '{"a":' + DEEP[:6000])[:LARGEST_REQUEST], "nested too deeply"),
    "a name twice": (form("openReq", '{"orderNo":"EX1","orderNo":"EX2","sessionID":"S","serviceTime":1}'), "holds a field twice"),
    "a name twice further inside": (form("openReq", '{"a":{"b":1,"b":2}}'), "holds a field twice"),
    "many names": (form("openReq", json.dumps(dict.fromkeys(map(str, range(101)), 1))), "at most 100 are read"),
    "NaN": (asked(serviceTime=float("nan")), "NaN is not a number in JSON"),
    "an infinite number": (asked(serviceTime=float("-inf")), "-Infinity is not a number in JSON"),
    "a fraction for the time": (asked(serviceTime=1.5), "service_time (serviceTime 系统时间): allowed is milliseconds"),
    "an exponent": (form("openReq", '{"orderNo":"EX2","sessionID":"S","serviceTime":1E999999999}'), "with an exponent"),
    "thousands of digits": (form("openReq", '{"serviceTime":' + "9" * 5000 + "}"), "too many digits"),
    "thousands of digits behind a point": (form("openReq", '{"serviceTime":0.' + "9" * 5000 + "}"), "too many digits"),
    "a time too late": (asked(serviceTime=10**15), "at most 15 digits"),
    "a negative time": (asked(serviceTime=-1), "at most 15 digits"),
    "true for the time": (asked(serviceTime=True), "service_time"),
    "a time with zeros before it": (asked(serviceTime="0001"), "service_time"),
    "no time": (asked(serviceTime=None), "service_time (serviceTime 系统时间): it is missing"),
    "no order": (asked(orderNo=None), "order_no (orderNo 订单编号): it is missing, allowed is 1 to 60 characters"),
    "an order number as a number": (asked(orderNo=7), "order_no"),
    "a long order number": (asked(orderNo="X" * 61), "1 to 60 characters"),
    "an order number with a control character": (asked(orderNo="EX\x002"), "order_no"),
    "half a surrogate pair": (form("openReq", '{"orderNo":"\\ud800","sessionID":"S","serviceTime":1}'), "order_no"),
    "an empty session": (asked(sessionID=""), "session_id (sessionID 会话标识): allowed is 1 to 255 characters"),
    "a session that would end its piece of what is signed": (asked(sessionID='S"||"payExchangeInfoHead":"{}'), "session_id"),
    "a session with a line break": (asked(sessionID="S\n"), "session_id"),
    "a session in Chinese": (asked(sessionID="会话"), "session_id"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_request_that_cannot_be_read_is_answered_with_the_reason(what: str) -> None:
    body, reason = HOSTILE[what]
    found = answer(body, Kept(DATA), clock)
    assert answered(found)["code"] == "20001"
    assert reason in found.reason
    assert len(found.reason) < 600
    assert found.request is None


@quick
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: b"openReq=" + quote(text).encode()))
def test_no_body_raises(body: bytes) -> None:
    assert answered(answer(body, Kept(DATA), clock))["code"].startswith("2")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@quick
@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("orderNo", "order_no", "sessionID", "serviceTime"), json_values))
)
def test_no_json_raises(values: dict[str, Any]) -> None:
    answered(answer(form("openReq", json.dumps(values)), Kept(DATA), clock))


def test_an_order_that_is_not_known_is_answered_so() -> None:
    found = answer(asked(orderNo="EX9"), Kept(DATA), clock)
    assert (answered(found)["code"], found.request) == ("20002", None)
    assert "EX9" not in found.reason


class Confused:
    """A store that gives the same payment whatever is asked for."""

    def find(self, order_no: str) -> PaymentData | None:
        return DATA


def test_another_payment_than_the_one_asked_for_is_never_uploaded(signer: Signer) -> None:
    found = answer(asked(orderNo="EX9"), Confused(), clock)
    assert (answered(found)["code"], found.request) == ("20000", None)
    with pytest.raises(PaymentDataError, match="do not hold the order"):
        upload(REQUEST.model_copy(update={"order_no": "EX9"}), Confused(), signer, clock)


def test_data_that_are_gone_are_not_uploaded(signer: Signer) -> None:
    with pytest.raises(PaymentDataError, match="keep its payment data"):
        upload(REQUEST, Kept(), signer, clock)


def test_a_platform_that_failed_says_so() -> None:
    assert answered(failure(clock))["code"] == "20000"


# What customs replies


def reply(**changed: Any) -> bytes:
    return json.dumps(
        {"code": "10000", "message": "上传成功", "total": 0, "serviceTime": 1794326463000, **changed}
    ).encode()


def test_10000_is_received_and_nothing_else_is() -> None:
    found = read_upload_reply(reply())
    assert (found.code, found.total, found.service_time) == ("10000", 0, 1794326463000)
    assert found.message == "上传成功"
    assert found.received
    assert "later" in found.outcome.en
    for code in (
        "20000",
        "20001",
        "21000",
        "21001",
        "1000",
        "100000",
        "10000 ",
        "１００００",
        "0",
        "OK",
        "19999",
        "2000a",
    ):
        assert not read_upload_reply(reply(code=code)).received


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("10000", Outcome.RECEIVED),
        ("20000", Outcome.FAILED),
        ("20001", Outcome.OTHER_ERROR),
        ("21000", Outcome.OTHER_ERROR),
        ("10001", Outcome.UNKNOWN),
        ("21001", Outcome.UNKNOWN),
        ("200", Outcome.UNKNOWN),
        ("20000.5", Outcome.UNKNOWN),
        ("", Outcome.UNKNOWN),
        ("２００００", Outcome.UNKNOWN),
    ],
)
def test_a_code_that_is_not_known_stays_unknown(code: str, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome
    assert outcome.zh
    assert outcome.en


def test_a_reply_may_hold_less_and_more_than_is_known() -> None:
    assert read_upload_reply(b'\xef\xbb\xbf{"code":"20000","message":null,"new":[1]}').outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"<html>502</html>", "not JSON, line 1, column 1"),
        (b"\xff", "not UTF-8"),
        (b"[]", "JSON object"),
        (b"{}", r"code \(code 返回代码\): it is missing"),
        (reply(code=10000), "code"),
        (reply(code=None), "code"),
        (reply(total="x"), "total"),
        (b'{"code":"20000","code":"10000"}', "twice"),
        (DEEP.encode() * 9, "nested too deeply"),
        (b" " * LARGEST_REPLY + reply(), "at most"),
    ],
)
def test_a_reply_that_cannot_be_read_is_no_success(body: bytes, says: str) -> None:
    with pytest.raises(PaymentDataError, match=says):
        read_upload_reply(body)


HOSTILE_UPLOADS = {
    "an amount as text": ('"totalAmount":300.50', '"totalAmount":"300.50"', r"head.total_amount .*: allowed is a number"),
    "an amount with an exponent": ('"totalAmount":300.50', '"totalAmount":3e2', "exponent"),
    "an amount of six places": ('"totalAmount":300.50', '"totalAmount":300.500000', "5 of them after the point"),
    "an amount that is none": ('"totalAmount":300.50', '"totalAmount":NaN', "NaN is not a number"),
    "a name of the tables that nobody accepts": ('"payExchangeInfoLists":', '"payExchangeInfoList":', "orders .payExchangeInfoLists"),
    "an unknown field": ('"note":', '"nota":', r"head.nota: there is no such field, the nearest is note"),
    "a field twice": ('"note":', '"guid":"X","note":', "twice"),
    "no object for the head": ('"payExchangeInfoHead":{', '"payExchangeInfoHead":7,"x":{', "head"),
    "a number among the orders": ('"payExchangeInfoLists":[', '"payExchangeInfoLists":[7,', r"orders\[0\]"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE_UPLOADS)
def test_an_upload_that_breaks_the_rules_is_refused(what: str) -> None:
    old, new, says = HOSTILE_UPLOADS[what]
    made = PaymentUpload(
        session_id="S", head=DATA.head, orders=DATA.orders, service_time=1, cert_no="00", sign_value="AA=="
    )
    text = compact_json(made)
    assert old in text
    with pytest.raises(PaymentDataError, match=says) as refused:
        read_upload(form("payExInfoStr", text.replace(old, new, 1)))
    assert not [each for each in SECRETS if each in str(refused.value)]


def test_a_huge_upload_is_refused_unread() -> None:
    with pytest.raises(PaymentDataError, match="at most"):
        read_upload(b"payExInfoStr=" + b"[" * LARGEST_UPLOAD)


# Personal data


def chain_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


class Failing:
    """A device that is not there."""

    def __init__(self, like: Signer) -> None:
        self.algorithm, self.certificate = like.algorithm, like.certificate

    def sign(self, data: bytes) -> Signature:
        raise SigningError("the card was taken out")


def test_no_payment_data_are_shown(
    signer: Signer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    made = sign_upload(REQUEST, DATA, signer, SECONDS_LATER)
    body = write_upload(made)
    bodies = asked(), asked(orderNo=SECRETS[3] * 20), form("openReq", SECRETS[0])
    answers = [answer(each, Kept(DATA), clock) for each in bodies]
    seen = [repr(each) for each in (made, DATA, DATA.head, DATA.orders, REQUEST, read_upload(body), *answers)]
    seen += [str(made), str(DATA), f"{DATA.head}", *(each.content.decode() for each in answers)]
    seen += [repr(read_upload_reply(reply(message=SECRETS[3])))]
    for wrong in (body.replace(b"payExchangeInfoHead", b"x"), body[:-40], body.replace(b"300.5", b"300.500000")):
        with pytest.raises(PaymentDataError) as refused:
            read_upload(wrong)
        seen += [chain_of(refused.value), repr(refused.value)]
    with pytest.raises(SigningError) as failed:
        upload(REQUEST, Kept(DATA), Failing(signer), clock)
    with pytest.raises(ValidationError) as invalid:
        PaymentDataHead.model_validate({**HEAD, "initalRequest": SECRETS[0] * 1000, "verDept": SECRETS[3]})
    seen += [chain_of(failed.value), chain_of(invalid.value), caplog.text, *capfd.readouterr()]
    assert not [each for each in SECRETS if any(each in text for text in seen)]
    assert "***" in repr(made)


# The page


def test_the_page_has_every_field_with_what_it_may_hold() -> None:
    lines = (ROOT / "docs" / "payment-data.md").read_text(encoding="utf-8").splitlines()
    listed = [
        tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1]))
        for line in lines
        if re.match(r"\| `\w+` \| `", line)
    ]
    expected = [
        (
            f"`{term.wire}`",
            f"`{name}`",
            f"{term.zh}{' *(personal)*' if term.personal else ''}",
            term.en,
            term.allowed.en.replace("|", r"\|"),
            "" if record.model_fields[name].is_required() else "yes",
        )
        for record in (DataRequest, PaymentDataHead, PaidOrder, PaidGoods)
        for name, term in terms_of(record).items()
    ]
    assert listed == expected
