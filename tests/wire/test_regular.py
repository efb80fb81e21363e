"""A message that is read whole from its text is what the tree says, and whatever deviates is read from the tree."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customs
from customs.documents import MESSAGES, Document, Message
from customs.testing import issue_test_key, messages_of, sample_parcels
from customs.testing.parcels import DECLARANT
from customs.wire import ReadError, read, reader, write
from customs.wire.canonical import CEB
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
        patch.setattr(reader, "regular_message", lambda decoded: None)
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


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=MESSAGES)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_read_whole_is_what_the_tree_says(kind: type[Document], data: st.DataObject) -> None:
    text = write(data.draw(messages_of(kind))).decode()
    for _ in range(data.draw(st.integers(0, 2))):
        change = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))]
        places = [each.start() for each in re.finditer("<", text)]
        text = change(text, data.draw(st.sampled_from(places or [0])))
    assert outcome(text.encode()) == careful(text.encode())


def test_each_document_of_a_message_that_we_write_is_read_whole() -> None:
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    now = customs.fixed_clock(datetime(2026, 11, 11, 8))
    run = customs.Run(signer=signer, on=date(2026, 11, 11), clock=now, guids=customs.seeded_guids(1))
    (batch,) = run.prepare_many(sample_parcels(20, seed=5, mode="1210"))
    whole = 0
    for message in batch.messages:
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
