"""A message that is read whole from its text is what the tree says, and whatever deviates is read from the tree."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customs
from customs.documents import MESSAGES, Document, Message
from customs.testing import issue_test_key, messages_of, sample_parcels
from customs.testing.parcels import DECLARANT
from customs.wire import ReadError, read, reader, write
from customs.wire.canonical import CEB
from customs.wire.reader import DS
from customs.wire.regular import regular_document

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"

Outcome = tuple[Message[Document], tuple[object, ...]] | str


def outcome(content: bytes) -> Outcome:
    try:
        message = read(content)
    except ReadError as error:
        return str(error)
    return message, message.oddities


def careful(content: bytes) -> Outcome:
    """What is read if no document is regular."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "reading_of", lambda kind: lambda text, at, prefix: None)
        patch.setattr(reader, "regular_message", lambda decoded, of: None)
        return outcome(content)


#: Changes of a message, each at a place that is drawn: most keep it well-formed, some make it odd, some break it.
CHANGES: dict[str, Callable[[str, int], str]] = {
    "a comment": lambda text, at: f"{text[:at]}<!-- x -->{text[at:]}",
    "a blank": lambda text, at: f"{text[:at]} {text[at:]}",
    "a line": lambda text, at: f"{text[:at]}\r\n\t{text[at:]}",
    "a text": lambda text, at: f"{text[:at]}x{text[at:]}",
    "a reference": lambda text, at: f"{text[:at]}&amp;{text[at:]}",
    "a number of a character": lambda text, at: f"{text[:at]}&#65;{text[at:]}",
    "cdata": lambda text, at: f"{text[:at]}<![CDATA[<ceb:guid>]]>{text[at:]}",
    "an instruction": lambda text, at: f"{text[:at]}<?x y?>{text[at:]}",
    "an element": lambda text, at: f"{text[:at]}<ceb:note>x</ceb:note>{text[at:]}",
    "an empty element": lambda text, at: f"{text[:at]}<ceb:note/>{text[at:]}",
    "an element of another namespace": lambda text, at: f'{text[:at]}<n xmlns="urn:x"/>{text[at:]}',
    "nothing of an element": lambda text, at: re.sub(r"<(ceb:\w+)>[^<]*</\1>", "", text[at:], count=1).join(
        (text[:at], "")
    ),
    "an emptied element": lambda text, at: (
        text[:at] + re.sub(r"<(ceb:\w+)>[^<]*</\1>", r"<\1></\1>", text[at:], count=1)
    ),
    "an element twice": lambda text, at: text[:at] + re.sub(r"(<(ceb:\w+)>[^<]*</\2>)", r"\1\1", text[at:], count=1),
    "elements exchanged": lambda text, at: (
        text[:at] + re.sub(r"(<(ceb:\w+)>[^<]*</\2>)(<(ceb:\w+)>[^<]*</\4>)", r"\3\1", text[at:], count=1)
    ),
    "an attribute": lambda text, at: text[:at] + re.sub(r"<(ceb:\w+)>", r'<\1 a="b">', text[at:], count=1),
    "a text longer": lambda text, at: text[:at] + re.sub(r">([^<]+)</", r">\1\1\1\1\1\1</", text[at:], count=1),
    "a letter for a text": lambda text, at: text[:at] + re.sub(r">([^<]+)</", r">x</", text[at:], count=1),
    "a sign": lambda text, at: text[:at] + re.sub(r">([0-9.]+)</", r">+\1</", text[at:], count=1),
    "an exponent": lambda text, at: text[:at] + re.sub(r">([0-9.]+)</", r">1E2</", text[at:], count=1),
    "a day that is none": lambda text, at: text[:at] + re.sub(r">[0-9]{8}", ">20260230", text[at:], count=1),
    "an hour 24": lambda text, at: text[:at] + re.sub(r">([0-9]{8})[0-9]{6}", r">\g<1>240000", text[at:], count=1),
    "no prefix": lambda text, at: text.replace("ceb:", "").replace("xmlns:ceb", "xmlns"),
    "another prefix": lambda text, at: text.replace("ceb:", "c:").replace("xmlns:ceb", "xmlns:c"),
    "nothing": lambda text, at: text,
    "a cut": lambda text, at: text[:at],
}


#: Changes of the signature and of what stands beside it.
CHANGES_OF_A_SIGNATURE: dict[str, Callable[[str, int], str]] = {
    "its prefix not declared": lambda text, at: text.replace(f' xmlns:ds="{DS}"', ""),
    "its prefix declared on the root": lambda text, at: text.replace(" guid=", f' xmlns:ds="{DS}" guid=', 1).replace(
        f'<ds:Signature xmlns:ds="{DS}">', "<ds:Signature>"
    ),
    "its prefix for something else": lambda text, at: text.replace(f'xmlns:ds="{DS}"', 'xmlns:ds="urn:x"'),
    "a subscription": lambda text, at: text.replace("</ceb:BaseTransfer>", f"</ceb:BaseTransfer>{SUBSCRIPTION}"),
    "six subscriptions": lambda text, at: text.replace("</ceb:BaseTransfer>", f"</ceb:BaseTransfer>{6 * SUBSCRIPTION}"),
    "an extension": lambda text, at: text.replace("<ds:Signature", "<ceb:ExtendMessage/><ds:Signature"),
    "no transfer": lambda text, at: re.sub("<ceb:BaseTransfer>.*</ceb:BaseTransfer>", "", text),
    "a signature twice": lambda text, at: re.sub("(<ds:Signature.*</ds:Signature>)", r"\1\1", text),
    "a longer algorithm": lambda text, at: text.replace("Algorithm=", f'Algorithm="{"x" * 1001}', 1).replace(
        'x"http', "xhttp"
    ),
    "empty algorithms": lambda text, at: re.sub("></ds:[A-Za-z0-9]*Method>", "/>", text),
}

SUBSCRIPTION = (
    "<ceb:BaseSubscribe><ceb:status>1</ceb:status><ceb:dxpMode>DXP</ceb:dxpMode>"
    "<ceb:dxpAddress>DXPENT0000000002</ceb:dxpAddress></ceb:BaseSubscribe>"
)


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=MESSAGES)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
@pytest.mark.long
def test_what_is_read_whole_is_what_the_tree_says(kind: type[Document], data: st.DataObject) -> None:
    text = write(data.draw(messages_of(kind))).decode()
    for _ in range(data.draw(st.integers(0, 2))):
        change = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))]
        places = [each.start() for each in re.finditer("<", text)]
        text = change(text, data.draw(st.sampled_from(places or [0])))
    assert outcome(text.encode()) == careful(text.encode())


@cache
def signed_messages(parcels: int) -> tuple[customs.Outgoing, ...]:
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    now = customs.fixed_clock(datetime(2026, 11, 11, 8))
    run = customs.Run(signer=signer, on=date(2026, 11, 11), clock=now, guids=customs.seeded_guids(1))
    (batch,) = run.prepare_many(sample_parcels(parcels, seed=5, mode="1210"))
    return batch.messages


@settings(deadline=None, max_examples=200)
@given(data=st.data())
@pytest.mark.long
def test_what_stands_beside_signed_documents_is_what_the_tree_says(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(signed_messages(1))).content.decode()
    for _ in range(data.draw(st.integers(1, 2))):
        change = {**CHANGES, **CHANGES_OF_A_SIGNATURE}[
            data.draw(st.sampled_from(sorted({*CHANGES, *CHANGES_OF_A_SIGNATURE})))
        ]
        places = [each.start() for each in re.finditer("<", text) if each.start() > text.find("<ceb:BaseTransfer")]
        text = change(text, data.draw(st.sampled_from(places or [0])))
    assert outcome(text.encode()) == careful(text.encode())


def test_no_tree_is_made_of_a_message_that_we_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "parse_decoded", None)
    assert [len(read(each.content).documents) for each in signed_messages(20)] == [20, 20, 20, 20]


@pytest.mark.parametrize("element", ["ceb:orderNo", "ceb:dxpId", "ds:SignatureValue", "ds:KeyName"])
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("]]>", "not well-formed XML, line 1"),
        ("\x01", "a character that XML cannot hold"),
        ("\uffff", "a character that XML cannot hold"),
        ("&nbsp;", "an entity is not defined"),
        ("&x", "not well-formed XML"),
        ("&#1;", "not well-formed XML"),
    ],
)
def test_a_text_that_xml_cannot_hold_is_refused_wherever_it_stands(element: str, given: str, reason: str) -> None:
    content = signed_messages(1)[0].content.decode()
    with pytest.raises(ReadError, match=reason):
        read(content.replace(f"<{element}>", f"<{element}>{given}").encode())


def test_a_signature_whose_prefix_is_not_declared_is_refused() -> None:
    content = signed_messages(1)[0].content
    with pytest.raises(ReadError, match="a namespace prefix is not declared"):
        read(content.replace(b' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', b""))


def test_each_document_of_a_message_that_we_write_is_read_whole() -> None:
    whole = 0
    for message in signed_messages(20):
        text, documents = message.content.decode(), read(message.content).documents
        places = [each.start() for each in re.finditer(f"<ceb:{message.kind.element}>", text)]
        for at, document in zip(places, documents, strict=True):
            found = regular_document(message.kind, text, at, "ceb:")
            assert found is not None
            assert found.document == document
            whole += 1
    assert whole == 80


def test_what_receipts_lack_is_told_with_the_line_of_each() -> None:
    receipt = "<OrderReturn>\n<orderNo>O1</orderNo>\n</OrderReturn>\n"
    whole = (
        f"<guid>{GUID}</guid><ebpCode>E</ebpCode><ebcCode>E</ebcCode><orderNo>O</orderNo><returnStatus>2</returnStatus>"
    )
    whole = (
        f"<OrderReturn>\n{whole}<returnTime>20261111080000123</returnTime><returnInfo>x</returnInfo>\n</OrderReturn>\n"
    )
    opening = f'<CEB312Message xmlns="{CEB}" guid="{GUID}" version="1.0">\n'
    message = read(f"{opening}{receipt}{whole}{receipt}</CEB312Message>".encode())
    assert sorted({(each.path.split("]")[0], each.line) for each in message.oddities}) == [
        ("CEB312Message.OrderReturn[0", 2),
        ("CEB312Message.OrderReturn[2", 8),
    ]
