"""The envelope of the exchange platform: the business message arrives byte for byte, and bad envelopes are refused."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from customs.areas import read_answers
from customs.codes.states import State
from customs.documents import Message, OrderReceipt
from customs.documents.format_error import FormatError
from customs.documents.oddity import Oddity
from customs.wire import ReadError, read, write
from customs.wire.canonical import DXP, XML_DECLARATION
from customs.wire.envelope import (
    Envelope,
    EnvelopeKey,
    Routing,
    meaning_of,
    message_in,
    opened,
    read_reply,
    unwrap,
    unwrap_from_server,
    wrap,
    wrap_for_server,
)
from customs.wire.replies import answers_of_reply
from support import MORNING, ROOT, exactly
from support.envelopes import BUSINESS, ROUTE, SIGNATURE, full, wrapped

NODE: dict[str, Any] = {
    "message_id": "EPORT001202611110800000000000001",
    "sent": MORNING,
    "end_node": "EPORT002",
    "start_node": "EPORT001",
}


@pytest.fixture(scope="session", params=["official", "ours"])
def terminal(request: pytest.FixtureRequest) -> etree.XMLSchema:
    """The schema of the terminal node, the official one and ours."""
    return schema_of(request, "official_terminal", "terminal-node.xsd")


@pytest.fixture(scope="session", params=["official", "ours"])
def transport(request: pytest.FixtureRequest) -> etree.XMLSchema:
    """The schema of the transport node, the official one and ours."""
    return schema_of(request, "official_transport", "transport-node.xsd")


def schema_of(request: pytest.FixtureRequest, fixture: str, file: str) -> etree.XMLSchema:
    if request.param == "ours":
        return etree.XMLSchema(etree.parse(ROOT / "schemas" / file))
    schema: etree.XMLSchema = request.getfixturevalue(fixture)
    return schema


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    """Whatever XML can carry, of some length."""
    controls = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"]
    return st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=[*controls, "\ufffe", "\uffff"]),
        min_size=least,
        max_size=most,
    )


relaxed = settings(deadline=None, max_examples=60)

routes = st.fixed_dictionaries(
    {
        "copy_id": texts(1, 255),
        "sender": texts(1, 16),
        "receivers": st.lists(texts(1, 16), min_size=1, max_size=5),
        "created": st.datetimes().map(lambda when: when.replace(microsecond=0)),
        "message_type": texts(0, 30),
        "file_name": st.none() | texts(1, 255),
        "ic_card": st.none() | texts(1, 13),
        "keys": st.lists(st.builds(EnvelopeKey, texts(1, 64), st.none() | texts(1, 32)), max_size=5),
    }
)


@relaxed
@given(st.binary(), routes)
@pytest.mark.long
def test_what_is_wrapped_is_unwrapped_equal(payload: bytes, route: dict[str, Any]) -> None:
    found = unwrap(wrapped(payload, **route))
    routing = {name: route[name] for name in ("copy_id", "sender", "created", "message_type")}
    assert found == Envelope(
        Routing(**routing, receivers=tuple(route["receivers"])),
        payload,
        route["file_name"],
        route["ic_card"],
        tuple(route["keys"]),
    )


@relaxed
@given(st.binary(), routes)
def test_what_is_wrapped_already_is_canonical(payload: bytes, route: dict[str, Any]) -> None:
    for content in (wrapped(payload, **route), wrap_for_server(wrapped(payload, **route), **NODE)):
        assert content.startswith(XML_DECLARATION)
        assert etree.tostring(etree.fromstring(content), method="c14n") == content[len(XML_DECLARATION) :]


@relaxed
@given(payload=st.binary(), route=routes)
def test_what_is_wrapped_is_valid_against_the_schema(
    terminal: etree.XMLSchema, payload: bytes, route: dict[str, Any]
) -> None:
    terminal.assertValid(etree.fromstring(wrapped(payload, **route)))


@relaxed
@given(payload=st.binary(), route=routes, part=st.none() | texts(1, 1))
def test_an_envelope_between_nodes_is_valid_against_the_schema_and_holds_the_envelope(
    transport: etree.XMLSchema, payload: bytes, route: dict[str, Any], part: str | None
) -> None:
    inner = wrapped(payload, **route)
    content = wrap_for_server(inner, **NODE, part=part)
    transport.assertValid(etree.fromstring(content))
    found = unwrap_from_server(content)
    assert found.envelope == unwrap(inner)
    assert {name: getattr(found, name) for name in NODE} == NODE
    assert found.part == part


def test_the_message_type_is_the_root_of_the_business_message_if_none_is_given() -> None:
    assert unwrap(wrap(BUSINESS, **ROUTE)).routing.message_type == "CEB311Message"
    assert unwrap(wrap(BUSINESS, **ROUTE, message_type="")).routing.message_type == ""


def test_a_content_that_is_no_xml_needs_its_message_type_given() -> None:
    assert unwrap(wrap(b"\x00", **ROUTE, message_type="ZIP")).payload == b"\x00"
    with pytest.raises(ValueError, match=r"message_type .* has to be given"):
        wrap(b"\x00", **ROUTE)


def test_a_time_with_a_zone_is_written_in_china_and_one_without_as_it_is() -> None:
    moments = (datetime(2026, 11, 11, 0, tzinfo=UTC), datetime(2026, 11, 11, 8, 0, 0, 999))
    for created in moments:
        content = wrap(BUSINESS, **{**ROUTE, "created": created})
        assert b"<dxp:CreatTime>2026-11-11T08:00:00</dxp:CreatTime>" in content


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("text", "created"),
    [
        ("2026-11-11T08:00:00Z", datetime(2026, 11, 11, 8, tzinfo=UTC)),
        ("2026-11-11T08:00:00.1234567", datetime(2026, 11, 11, 8, 0, 0, 123456)),
        (" 2026-11-11T08:00:00.25+08:00\n", datetime(2026, 11, 11, 8, 0, 0, 250000, timezone(timedelta(hours=8)))),
    ],
)
def test_a_time_is_read_with_the_zone_that_stands_there(text: str, created: datetime) -> None:
    content = changed(wrap(BUSINESS, **ROUTE), "2026-11-11T08:00:00", text)
    assert unwrap(content).routing.created == created


def test_envelopes_are_read_by_namespace_whatever_the_prefix() -> None:
    prefixed = full()
    default = prefixed.replace(b"xmlns:dxp=", b"xmlns=").replace(b"dxp:", b"")
    other = prefixed.replace(b"xmlns:dxp=", b"xmlns:x=").replace(b"dxp:", b"x:")
    assert b"<DxpMsg xmlns=" in default
    assert b"<x:DxpMsg xmlns:x=" in other
    assert unwrap(default) == unwrap(prefixed) == unwrap(other)


def test_an_envelope_between_nodes_keeps_the_prefixes_and_the_signature_of_the_one_inside() -> None:
    default = full().replace(b"xmlns:dxp=", b"xmlns=").replace(b"dxp:", b"")
    signed = default.replace(b"</DxpMsg>", SIGNATURE + b"</DxpMsg>")
    content = wrap_for_server(signed, **NODE)
    inner = etree.tostring(etree.fromstring(signed), method="c14n")
    assert content.count(inner) == 1
    found = unwrap_from_server(content)
    assert (found.has_signature, found.envelope.has_signature) == (False, True)


@pytest.mark.parametrize("space", ["\n", "\r\n", " ", "\t"])
def test_base64_is_read_with_white_space_and_comments(space: str) -> None:
    data = b64encode(BUSINESS).decode()
    broken = space + space.join(data[at : at + 76] for at in range(0, len(data), 76)) + space + "<!-- end -->"
    assert unwrap(changed(full(), data, broken)).payload == BUSINESS


def test_a_transport_signature_is_left_alone_and_said_to_be_there(official_terminal: etree.XMLSchema) -> None:
    content = full().replace(b"</dxp:DxpMsg>", SIGNATURE + b"</dxp:DxpMsg>")
    official_terminal.assertValid(etree.fromstring(content))
    assert unwrap(content).has_signature
    assert not unwrap(full()).has_signature
    assert unwrap(content).payload == BUSINESS


def test_what_else_a_sender_adds_is_read_over(terminal: etree.XMLSchema) -> None:
    added = '<dxp:IsText Encode="GB18030"/><dxp:RecMapId><dxp:any/></dxp:RecMapId></dxp:AddInfo>'
    content = changed(full(), "</dxp:AddInfo>", added).replace(b'ver="1.0"', b'Id="E1" ver="1.0"')
    terminal.assertValid(etree.fromstring(content))
    assert unwrap(content).text_encoding == "GB18030"


def test_an_empty_optional_element_counts_as_absent() -> None:
    assert unwrap(changed(full(), ">a.xml<", "><")).file_name is None


def test_neither_the_payload_nor_the_card_is_shown() -> None:
    shown = repr(unwrap(full()))
    assert "2100000000001" not in shown
    assert "CEB311Message xmlns" not in shown


#: What is given to ``wrap``, where it would stand, and the path to it: each outside the facets of the schema.
OUTSIDE: list[tuple[str, object, str, str]] = [
    ("copy_id", "", "TransInfo/CopMsgId", ""),
    ("copy_id", "9" * 256, "TransInfo/CopMsgId", "9" * 256),
    ("sender", "", "TransInfo/SenderId", ""),
    ("sender", "9" * 17, "TransInfo/SenderId", "9" * 17),
    ("receivers", [], "TransInfo/ReceiverIds/ReceiverId", "0 times"),
    ("receivers", ["9"] * 6, "TransInfo/ReceiverIds/ReceiverId", "6 times"),
    ("receivers", ["9" * 17], "TransInfo/ReceiverIds/ReceiverId", "9" * 17),
    ("receivers", [""], "TransInfo/ReceiverIds/ReceiverId", ""),
    ("created", "2026-11-11", "TransInfo/CreatTime", "2026-11-11"),
    ("created", None, "TransInfo/CreatTime", ""),
    ("created", "2026-13-11T08:00:00", "TransInfo/CreatTime", "2026-13-11T08:00:00"),
    ("created", "20261111T080000", "TransInfo/CreatTime", "20261111T080000"),
    ("message_type", "9" * 31, "TransInfo/MsgType", "9" * 31),
    ("file_name", "9" * 256, "AddInfo/FileName", "9" * 256),
    ("ic_card", "9" * 14, "AddInfo/IcCard", "9" * 14),
    ("keys", [("9" * 65, None)], "AddInfo/BizKey/Key", "9" * 65),
    ("keys", [("", None)], "AddInfo/BizKey/Key", ""),
    ("keys", [("9", None)] * 6, "AddInfo/BizKey/Key", "6 times"),
    ("keys", [("9", "9" * 33)], "AddInfo/BizKey/Key/@name", "9" * 33),
    ("keys", [("9", "")], "AddInfo/BizKey/Key/@name", ""),
]
SERVER_OUTSIDE: list[tuple[str, object, str, str]] = [
    ("message_id", "", "SvNo/MsgId", ""),
    ("message_id", "9" * 33, "SvNo/MsgId", "9" * 33),
    ("part", "12", "SvNo/SubMsgId", "12"),
    ("sent", "08:00", "SvNo/SendTime", "08:00"),
    ("end_node", "9" * 9, "SvNo/EndNode", "9" * 9),
    ("end_node", "", "SvNo/EndNode", ""),
    ("start_node", "9" * 9, "SvNo/StaNode", "9" * 9),
    ("start_node", "", "SvNo/StaNode", ""),
]


def with_value(content: bytes, path: str, value: str) -> etree._Element:
    """The envelope with another text, or another number of elements, at a path."""
    root = etree.fromstring(content)
    at, _, attribute = path.partition("/@")
    found = root.find("/".join(f"{{{DXP}}}{name}" for name in at.split("/")))
    assert found is not None
    parent = found.getparent()
    assert parent is not None
    if attribute:
        found.set(attribute, value)
    elif value.endswith(" times"):
        parent[:] = [etree.fromstring(etree.tostring(found)) for _ in range(int(value[0]))]
    else:
        found.text = value
    return root


def is_left_out(path: str, text: str) -> bool:
    """True for a text that a sender left empty, or an element that he left out."""
    return text in ("", "0 times") and "@" not in path


def left_out(oddities: tuple[Oddity, ...]) -> list[str]:
    """The paths of what a sender left out, without the places in lists, as paths of elements."""
    assert {each.code for each in oddities} == {"field-missing"}
    return [re.sub(r"\[[0-9]\]", "", each.path).replace(".", "/") for each in oddities]


@pytest.mark.parametrize(("field", "value", "path", "text"), OUTSIDE)
def test_what_the_schema_refuses_is_not_written_and_read_only_where_something_is_left_out(
    terminal: etree.XMLSchema, field: str, value: Any, path: str, text: str
) -> None:
    with pytest.raises(ValueError, match="allowed") as refused:
        wrapped(BUSINESS, **{**ROUTE, field: tuple(EnvelopeKey(*each) for each in value) if field == "keys" else value})
    assert path.rpartition("/")[2].strip("@") in str(refused.value) or "BizKey" in str(refused.value)
    assert "999" not in str(refused.value), "the value is not shown"
    tree = with_value(full(), path, text)
    assert not terminal.validate(tree)
    if is_left_out(path, text):
        assert left_out(unwrap(etree.tostring(tree)).oddities) == [f"DxpMsg/{path}"]
        return
    with pytest.raises(ReadError, match=r"DxpMsg.*, line 1: "):
        unwrap(etree.tostring(tree))


@pytest.mark.parametrize(("field", "value", "path", "text"), SERVER_OUTSIDE)
def test_what_the_schema_of_the_nodes_refuses_is_not_written_and_read_only_where_something_is_left_out(
    transport: etree.XMLSchema, field: str, value: Any, path: str, text: str
) -> None:
    with pytest.raises(ValueError, match=f"{field} .*allowed"):
        wrap_for_server(full(), **{**NODE, field: value})
    tree = with_value(wrap_for_server(full(), **NODE, part="1"), path, text)
    assert not transport.validate(tree)
    if is_left_out(path, text):
        passed_on = unwrap_from_server(etree.tostring(tree))
        assert (left_out(passed_on.oddities), getattr(passed_on, field)) == ([f"DxpMsgSv/{path}"], "")
        return
    with pytest.raises(ReadError, match=r"DxpMsgSv\.SvNo, line 1: "):
        unwrap_from_server(etree.tostring(tree))


@pytest.mark.parametrize(
    ("field", "value"), [("file_name", ""), ("ic_card", ""), ("sender", "\x00"), ("copy_id", "\ud800")]
)
def test_what_cannot_stand_in_an_element_is_not_written(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{field} .*allowed"):
        wrapped(BUSINESS, **{**ROUTE, field: value})


def test_an_envelope_without_version_is_read_and_says_so() -> None:
    for name, content in (("DxpMsg", full()), ("DxpMsgSv", wrap_for_server(full(), **NODE))):
        without = changed(content, f'<dxp:{name} xmlns:dxp="{DXP}" ver="1.0"', f'<dxp:{name} xmlns:dxp="{DXP}"')
        inner, oddities = opened(without)
        assert inner == BUSINESS
        assert [(each.code, each.path) for each in oddities] == [("field-missing", f"{name}@ver")]


def test_the_oddities_of_an_envelope_are_those_of_the_message_in_it() -> None:
    receipt = OrderReceipt(
        guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94", platform_code="P1", merchant_code="M1", order_no="O1",
        return_status="120", returned_at=MORNING, return_info="逻辑校验通过",
    )  # fmt: skip
    content = wrapped(write(Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", (receipt,))), **ROUTE)
    for name in ("CopMsgId", "SenderId", "MsgType"):
        content = re.sub(f"<dxp:{name}>.*</dxp:{name}>".encode(), f"<dxp:{name}/>".encode(), content)
    message = read(content, unwrap=True)
    assert message.documents == (receipt,)
    paths = ["DxpMsg.TransInfo.CopMsgId", "DxpMsg.TransInfo.SenderId"]  # an empty MsgType is within the schema
    assert [(each.code, each.path) for each in message.oddities] == [("field-missing", path) for path in paths]
    (answer,) = read_answers(content, unwrap=True)
    assert (answer.state, answer.oddities) == (State.ACCEPTED, message.oddities)


def test_a_reply_that_says_little_is_an_answer_with_its_oddities() -> None:
    content = changed(REPLY.encode(), "4711", "")
    for name in ("CopMsgId", "MsgType", "NoticeTime", "CreatTime", "RecId", "Code"):
        content = re.sub(f"<dxp:{name}>.*?</dxp:{name}>".encode(), b"", content)
    first, *_, last = answers_of_reply(read_reply(content))
    assert (first.key["message_id"], first.key.message, last.code, last.state) == ("", "", "", State.UNKNOWN)
    assert (first.at, last.at) == (None, None)
    missing = {"CopMsgId", "MsgType", "NoticeTime", "CreatTime", "RecId", "Code", "ResponseCode"}
    assert {each.path.rpartition(".")[2] for each in first.oddities} == missing


def test_one_text_is_not_taken_for_a_list_of_receivers() -> None:
    with pytest.raises(ValueError, match=r"receivers .*not one text"):
        wrap(BUSINESS, **{**ROUTE, "receivers": "DXP"})


DATA = b64encode(BUSINESS).decode()


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('ver="1.0"', 'ver="1.1"', "DxpMsg, line 1: needs the attribute ver, allowed is 1.0"),
        ("dxp:SenderId>", "dxp:Sender>", "DxpMsg.TransInfo.Sender, line 1: this element is not part"),
        (f"<dxp:Data>{DATA}</dxp:Data>", "", "DxpMsg, line 1: needs Data"),
        ("<dxp:MsgType>", "<dxp:MsgType/><dxp:MsgType>", "DxpMsg.TransInfo.MsgType, line 1: the element stands twice"),
        ("<dxp:MsgType>", "<dxp:MsgType><dxp:x/>", "DxpMsg.TransInfo.MsgType, line 1: text is expected"),
        (
            "<dxp:MsgType>",
            "<dxp:MsgType>" + "9" * 20,
            "DxpMsg.TransInfo, line 1: message_type (MsgType 报文类型): allowed",
        ),
        ("<dxp:Data>", '<dxp:Data xmlns:dxp="urn:other">', "DxpMsg.Data, line 1: this element is not part"),
        ("dxp:ReceiverId>", "dxp:RecId>", "DxpMsg.TransInfo.ReceiverIds.RecId, line 1: this element is not part"),
        ("<dxp:Key ", '<dxp:Key name="x"><dxp:y/></dxp:Key><dxp:Key ', "DxpMsg.AddInfo.BizKey.Key[0], line 1: text is"),
        (DATA, DATA[:5] + "*" + DATA[6:], "DxpMsg.Data, line 1: not base64 at its character 6"),
        (DATA, "\n" + DATA[:5] + "\u3000" + DATA[6:], "DxpMsg.Data, line 1: not base64 at its character 6"),
        (DATA, "QQ==" + DATA, "DxpMsg.Data, line 1: not base64 at its character 5"),
        (DATA, "QQ===", "DxpMsg.Data, line 1: not base64 at its character 5"),
        (DATA, DATA[:-1], f"DxpMsg.Data, line 1: not base64: it ends after {len(DATA) - 1} characters"),
        ("chinaport", "chinaprt", "the root is not DxpMsg in the namespace"),
        ("<dxp:SenderId>", "2100<dxp:SenderId>", "DxpMsg.TransInfo, line 1: text stands where only elements are due"),
        (
            "<dxp:SenderId>",
            "<dxp:贾宝玉/><dxp:SenderId>",
            "DxpMsg.TransInfo.(a name that cannot be shown), line 1: this",
        ),
        ("<dxp:MsgType>", "<?a b?><dxp:MsgType>", "processing instructions"),
        ("</dxp:DxpMsg>", "", "not well-formed"),
        ("<dxp:DxpMsg ", "<!DOCTYPE x><dxp:DxpMsg ", "DTD"),
    ],
)
def test_an_envelope_that_cannot_be_read_is_refused_with_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(ReadError) as refused:
        unwrap(changed(full(), old, new))
    assert place in str(refused.value)
    assert "2100000000001" not in str(refused.value)
    assert DATA[:20] not in str(refused.value)


def test_the_line_of_a_broken_part_is_named() -> None:
    content = changed(full(), "<dxp:Data>", "\n\n<dxp:Data>*")
    with pytest.raises(ReadError, match=r"DxpMsg\.Data, line 3: not base64 at its character 1\b"):
        unwrap(content)


TRANSINFO = full()[full().index(b"<dxp:CopMsgId>") : full().index(b"</dxp:TransInfo>")].decode()
REPLY = f"""<dxp:DxpRep xmlns:dxp="{DXP}" ver="1.0"><dxp:RecevierId>DXPENT0000000001</dxp:RecevierId>
<dxp:AdNodeId>EPORT001</dxp:AdNodeId>
<dxp:Response><dxp:NodeId>EPORT002</dxp:NodeId><dxp:ResponseCode>2001</dxp:ResponseCode>
<dxp:ResponseInfo>receiver unknown</dxp:ResponseInfo>
<dxp:Results><dxp:Result><dxp:RecId>DXPEDCCEB0000002</dxp:RecId><dxp:Code>2001</dxp:Code><dxp:Info/></dxp:Result>
<dxp:Result><dxp:RecId>DXPEDCCEB0000003</dxp:RecId><dxp:Code>OK</dxp:Code><dxp:Note>n</dxp:Note></dxp:Result></dxp:Results>
<dxp:NoticeTime>2026-11-11</dxp:NoticeTime><dxp:OriHead>{TRANSINFO}</dxp:OriHead></dxp:Response>
<dxp:Response><dxp:ResponseCode>4711</dxp:ResponseCode><dxp:NoticeTime>2026-11-12+08:00</dxp:NoticeTime>
<dxp:Note>later</dxp:Note><dxp:OriHead>{TRANSINFO}</dxp:OriHead></dxp:Response></dxp:DxpRep>"""


def both_forms(text: str) -> Iterator[bytes]:
    yield text.encode()
    yield text.replace("xmlns:dxp=", "xmlns=").replace("dxp:", "").encode()


def test_the_answer_of_the_platform_is_read_and_explained(terminal: etree.XMLSchema) -> None:
    for content in exactly(2, both_forms(REPLY)):
        terminal.assertValid(etree.fromstring(content))
        reply = read_reply(content)
        assert (reply.receiver, reply.access_node, reply.has_signature) == ("DXPENT0000000001", "EPORT001", False)
        first, second = reply.responses
        assert (first.code, first.meaning) == ("2001", "given receiver does not exist")
        assert (first.node, first.info, first.day) == ("EPORT002", "receiver unknown", date(2026, 11, 11))
        assert [(each.receiver, each.code, each.meaning) for each in first.results] == [
            ("DXPEDCCEB0000002", "2001", "given receiver does not exist"),
            ("DXPEDCCEB0000003", "OK", None),
        ]
        assert (first.results[0].info, first.results[1].note) == (None, "n")
        assert (second.day, second.note, second.results, second.node) == (date(2026, 11, 12), "later", (), None)
        assert first.original == second.original == unwrap(full()).routing
        assert "receiver unknown" not in repr(reply), "what the platform writes may quote the message"


@pytest.mark.parametrize(
    ("code", "meaning"), [("4000", "user"), ("9999", "user"), ("1004", "signature does not match")]
)
def test_a_code_of_the_platform_has_a_meaning(code: str, meaning: str) -> None:
    assert meaning in (meaning_of(code) or "")


@pytest.mark.parametrize("code", ["", "0", "0000", "3998", "40000", "200", "OK"])
def test_an_unknown_code_stays_as_it_is_without_a_meaning(code: str) -> None:
    assert meaning_of(code) is None
    if code:
        assert read_reply(changed(REPLY.encode(), "4711", code)).responses[1].code == code


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("RecevierId", "ReceiverId", "DxpRep.ReceiverId, line 1: this element is not part"),
        ("4711", "4711" * 3, "DxpRep.Response[1], line 8: code (ResponseCode 响应码): allowed is 1 to 9 characters"),
        (
            ">2026-11-12+08:00",
            ">2026-02-30",
            "DxpRep.Response[1], line 8: day (NoticeTime 回执产生时间): allowed is a day as",
        ),
        (
            ">2026-11-12+08:00",
            ">20261112",
            "DxpRep.Response[1], line 8: day (NoticeTime 回执产生时间): allowed is a day as",
        ),
        (
            "receiver unknown",
            "9" * 301,
            "DxpRep.Response[0], line 3: info (ResponseInfo 响应信息): allowed is 0 to 300",
        ),
        (">later", f">{'9' * 501}", "DxpRep.Response[1], line 8: note (Note 备注): allowed is 0 to 500"),
        (">EPORT002", ">EPORT0002", "DxpRep.Response[0], line 3: node (NodeId 产生回执的节点id): allowed is 1 to 8"),
        (">EPORT001", ">EPORT0001", "DxpRep, line 1: access_node (AdNodeId 归属节点id): allowed is 1 to 8"),
        (
            ">DXPEDCCEB0000003",
            f">{'9' * 17}",
            "DxpRep.Response[0].Results.Result[1], line 6: receiver (RecId 接收方id)",
        ),
        (">OK", f">{'9' * 10}", "DxpRep.Response[0].Results.Result[1], line 6: code (Code 响应码)"),
        (">n<", f">{'9' * 501}<", "DxpRep.Response[0].Results.Result[1], line 6: note (Note 备注)"),
        ('ver="1.0"', 'ver="2.0"', "DxpRep, line 1: needs the attribute ver, allowed is 1.0"),
    ],
)
@pytest.mark.long
def test_an_answer_outside_the_schema_is_refused_with_its_place(
    terminal: etree.XMLSchema, old: str, new: str, place: str
) -> None:
    content = changed(REPLY.encode(), old, new)
    assert not terminal.validate(etree.fromstring(content))
    with pytest.raises(ReadError) as refused:
        read_reply(content)
    assert place in str(refused.value)


def test_the_version_of_the_nodes_number_is_fixed() -> None:
    content = changed(wrap_for_server(full(), **NODE), 'Ver="1.0"', 'Ver="2.0"')
    with pytest.raises(ReadError, match=r"DxpMsgSv\.SvNo, line 1: needs the attribute Ver, allowed is 1\.0"):
        unwrap_from_server(content)


@pytest.mark.parametrize(
    ("reader", "other", "named"),
    [
        (unwrap, REPLY.encode(), "read_reply"),
        (unwrap, wrap_for_server(full(), **NODE), "unwrap_from_server"),
        (read_reply, full(), "unwrap"),
        (unwrap_from_server, full(), "unwrap"),
    ],
)
def test_another_form_of_the_envelope_is_refused_with_the_function_that_reads_it(
    reader: Callable[[bytes], object], other: bytes, named: str
) -> None:
    with pytest.raises(ReadError, match=f"read it with {named}$"):
        reader(other)


def test_a_format_error_leads_back_to_the_envelope_that_was_refused() -> None:
    sent = unwrap(wrap(BUSINESS, **ROUTE))
    error = FormatError(
        guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94",
        return_status="-1",
        return_info="schema",
        returned_at=MORNING,
        original_message_id=sent.routing.copy_id,
        original_message_type=sent.routing.message_type,
        original_content=BUSINESS.decode(),
    )
    answer = wrap(
        write(Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", (error,))),
        copy_id="R1",
        sender="DXPEDCCEB0000002",
        receivers=[sent.routing.sender],
        created=MORNING,
    )
    received = unwrap(answer)
    assert received.routing.message_type == "CEB900Message"
    (found,) = read(received.payload).documents
    assert isinstance(found, FormatError)
    assert found.original_message_id == sent.routing.copy_id
    assert found.key["original_message_id"] == sent.routing.copy_id


def test_an_envelope_whose_namespace_is_spelled_by_numbers_is_opened() -> None:
    """Only content that names the namespace in no spelling is taken to be bare."""
    content = wrap(BUSINESS, **ROUTE)
    assert message_in(content) == BUSINESS
    spelled = content.replace(b"chinaport.gov.cn/dxp", b"chinaport.gov.cn/&#100;xp")
    assert spelled != content
    assert message_in(spelled) == BUSINESS
