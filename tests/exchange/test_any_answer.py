"""Whatever a gateway answers: an outcome, an item, something set aside, or an error of the way; never anything else."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.exchange import Item, SetAside, WayError
from customs.exchange.ways import DIALECTS, SOAP_DIALECTS
from customs.exchange.ways.calls import GatewayReply
from customs.exchange.ways.gateway_answers import answer_to
from customs.exchange.ways.gateway_receipts import (
    GatewayQuestion,
    pages_since_an_instant,
    since_an_instant,
    waiting,
)
from customs.exchange.ways.hainan_records import hainan_records
from customs.exchange.ways.soap import handed_to
from support import MORNING

CREDENTIALS = dict.fromkeys(("clientid", "key", "userid", "password", "customs", "dxpid"), "x")

ASKING = {"guangzhou": waiting, "hainan": since_an_instant, "ningbo": pages_since_an_instant}


@dataclass(frozen=True)
class Said:
    """A line that always says the same."""

    content: bytes
    host: str = "gateway.example.com"

    def get(self, path: str, *, query: object) -> GatewayReply:
        return GatewayReply(200, self.content)

    def post(self, path: str, body: bytes, media: str, *, query: object) -> GatewayReply:
        return GatewayReply(200, self.content)


def asked_of(dialect: str, content: bytes) -> GatewayQuestion:
    line: Any = Said(content)
    return GatewayQuestion(line, DIALECTS[dialect], CREDENTIALS, MORNING, MORNING, 1_000)


words = st.sampled_from(
    [
        "result",
        "errorCode",
        "receiptList",
        "receiptId",
        "messageText",
        "messageZiped",
        "T",
        "true",
        "OK",
        "0.5",
        "-1",
        "\ud800",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(words | st.text(max_size=4), inside, max_size=6),
    max_leaves=12,
)
jsons = values.map(lambda value: json.dumps(value).encode())
xmls = st.lists(
    st.sampled_from(["<mo>", "</mo>", "<Header>", "</Header>", "<Result>", "T", "</Result>", "<!DOCTYPE a>", "&x;"])
)
contents = st.binary(max_size=60) | jsons | xmls.map(lambda parts: "".join(parts).encode())


def can_be_stored(found: object) -> bool:
    """True for an item of bytes, or something set aside, whose name is text."""
    if not isinstance(found, Item | SetAside):
        return False
    with suppress(UnicodeEncodeError):
        found.name.encode()
        return isinstance(found, SetAside) or isinstance(found.content, bytes)
    return False


def listed(value: Any) -> bytes:
    """An answer of a waiting list with anything in it."""
    return json.dumps({"result": True, "receiptList": value if isinstance(value, list) else [value]}).encode()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(DIALECTS)), st.sampled_from([200, 202, 204, 303, 404, 500, 503, 599]), contents)
@pytest.mark.long
def test_any_answer_to_a_message_has_an_outcome_and_no_text_of_it_is_shown(
    dialect: str, status: int, content: bytes
) -> None:
    handed = answer_to(DIALECTS[dialect].answer, GatewayReply(status, content))
    assert handed.outcome in ("sent", "not sent", "unknown")
    assert status == 200 or status == 202 or status == 204 or handed.outcome != "sent"
    assert handed.answer == content


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SOAP_DIALECTS)), st.sampled_from([200, 500]), contents)
def test_any_answer_of_a_service_has_an_outcome(dialect: str, status: int, inside: bytes) -> None:
    form = SOAP_DIALECTS[dialect].answer
    body = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' + inside + b"</s:Body></s:Envelope>"
    )
    for content in (inside, body):
        assert handed_to(form, GatewayReply(status, content), "a").outcome in ("sent", "not sent", "unknown")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["guangzhou", "hainan", "ningbo"]), contents | values.map(listed))
def test_any_answer_to_a_question_gives_items_that_can_be_stored(dialect: str, content: bytes) -> None:
    found: list[Item | SetAside] = []
    with suppress(WayError):
        found += ASKING[dialect](asked_of(dialect, content))
    assert [each for each in found if not can_be_stored(each)] == []


@given(st.binary(max_size=200) | st.text(alphabet="[]{}=,ab \n", max_size=80).map(str.encode))
def test_records_of_hainan_hold_every_byte_between_the_brackets_or_are_refused(content: bytes) -> None:
    records = hainan_records(content) or []
    assert [each for each in records if not (each.startswith(b"{") and each.endswith(b"}"))] == []
    assert sum(map(len, records)) <= len(content)


@pytest.mark.parametrize("many", [100_000])
def test_a_list_of_many_records_is_parted_in_linear_time(many: int) -> None:
    content = b"[" + b", ".join([b"{ a=1 }"] * many) + b"]"
    records = hainan_records(content)
    assert records is not None
    assert len(records) == many
