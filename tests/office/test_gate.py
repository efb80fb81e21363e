"""Whatever comes to the office is answered: envelopes, gzip, broken bytes, and it never raises."""

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

import customs
from customs.documents import FormatError, Subscription
from customs.office.schema_files import schema_of
from customs.signing import Signer
from customs.testing import Rehearsal, office, sample_parcels
from customs.wire import read_reply, wrap
from support import MORNING

IMPORT = "DXPEDCCEB0000002"


@pytest.fixture
def at_customs() -> Rehearsal:
    return office(MORNING)


@pytest.fixture
def order(signer: Signer) -> bytes:
    return made(signer)["CEB311"]


def made(signer: Signer) -> dict[str, bytes]:
    run = office(MORNING).run(signer=signer)
    return {each.name: each.content for each in run.prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages}


def enveloped(content: bytes, *, receiver: str = IMPORT, sender: str = "DXPENT0000000001", kind: str = "") -> bytes:
    return wrap(
        content,
        copy_id="COPY1",
        sender=sender,
        receivers=[receiver],
        created=MORNING,
        message_type=kind or None,
    )


def answered(at_customs: Rehearsal, content: bytes) -> Rehearsal:
    at_customs.send(content)
    at_customs.wait(minutes=1)
    return at_customs


@pytest.mark.parametrize("zipped", [False, True])
def test_an_envelope_is_answered_in_envelopes_to_its_sender(at_customs: Rehearsal, order: bytes, zipped: bool) -> None:
    sent = enveloped(order)
    answered(at_customs, gzip.compress(sent) if zipped else sent)
    assert at_customs.statuses("CEB312") == ["2", "120"]
    for each in at_customs.answers[:2]:
        routing = customs.unwrap(each.content).routing
        assert (each.to, routing.sender, routing.receivers) == ("DXPENT0000000001", IMPORT, ("DXPENT0000000001",))


def test_who_subscribed_to_receipts_gets_copies(at_customs: Rehearsal, signer: Signer) -> None:
    subscription = Subscription(status="RET", dxp_address="DXPENT0000000009")
    run = at_customs.run(signer=signer, subscriptions=(subscription,))
    at_customs.send(*run.prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages)
    at_customs.wait(minutes=1)
    copies = [each.name for each in at_customs.answers if each.to == "DXPENT0000000009"]
    assert copies == [each.name for each in at_customs.answers if each.to == "DXPENT0000000001"]
    assert len(copies) > 8


#: By code: envelopes that the exchange platform refuses.
REFUSED: dict[str, Callable[[bytes], bytes]] = {
    "0001": lambda order: enveloped(order)[:-10],
    "0002": lambda order: enveloped(order).replace(b"SenderId", b"Sender"),
    "0999": lambda order: enveloped(order, kind="CEB411Message"),
    "2001": lambda order: enveloped(order, receiver="DXPNOBODY"),
    "2002": lambda order: enveloped(order, receiver="DXPEDCCEB0000003"),
}


def test_data_that_is_no_base64_is_refused(at_customs: Rehearsal, order: bytes) -> None:
    answered(at_customs, enveloped(order).replace(b"<dxp:Data>", b"<dxp:Data>?"))
    assert [each.statuses for each in at_customs.answers] == [("0001",)]


@pytest.mark.parametrize("code", REFUSED)
def test_the_platform_refuses_an_envelope_with_its_own_answer(at_customs: Rehearsal, order: bytes, code: str) -> None:
    answered(at_customs, REFUSED[code](order))
    (answer,) = at_customs.answers
    (response,) = read_reply(answer.content).responses
    assert (answer.name, response.code, response.original.copy_id) == ("DxpRep", code, "COPY1")
    assert answer.to == ("" if code == "0002" else "DXPENT0000000001")


def test_the_platforms_answer_is_of_the_schema(at_customs: Rehearsal, order: bytes) -> None:
    for refused in REFUSED.values():
        answered(at_customs, refused(order))
    assert len(at_customs.answers) == 5
    for each in at_customs.answers:
        schema_of("DxpMsg").assertValid(etree.fromstring(each.content))


def broken(order: bytes, kind: str) -> bytes:
    """A message that cannot be read, and its status in the format error."""
    return {
        "no XML": b"\x00\xff garbage",
        "cut": order[: len(order) // 2],
        "another root": b"<order/>",
        "a type that nobody sends": order.replace(b"CEB311Message", b"CEB312Message"),
        "no transmitting enterprise": order.replace(b"BaseTransfer", b"BaseTransport"),
        "no documents": b'<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="%b" version="1.0"/>'
        % (b"0" * 36),
        "no business key": order.replace(b"ceb:ebpCode", b"ceb:ebpNumber"),
        "a huge entity": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>',
        "a damaged gzip": b"\x1f\x8bnot gzip",
        "nothing": b"",
    }[kind]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("no XML", "-1"), ("cut", "-1"), ("another root", "-1"), ("a type that nobody sends", "-1"),
        ("no transmitting enterprise", "-1"), ("no documents", "-301007"), ("no business key", "-1"),
        ("a huge entity", "-1"), ("nothing", "-1"),
    ],
)  # fmt: skip
def test_a_broken_message_is_answered_with_the_format_error(
    at_customs: Rehearsal, order: bytes, kind: str, status: str
) -> None:
    answered(at_customs, broken(order, kind))
    (error,) = at_customs.receipts("CEB900")
    assert isinstance(error, FormatError)
    assert error.return_status == status


def test_a_format_error_points_back_to_the_envelope(at_customs: Rehearsal) -> None:
    answered(at_customs, enveloped(b"<order/>", kind="order"))
    (error,) = at_customs.receipts("CEB900")
    assert isinstance(error, FormatError)
    assert (error.original_message_id, error.original_message_type) == ("COPY1", "order")


def test_one_bad_document_does_not_hold_up_the_others(at_customs: Rehearsal) -> None:
    (batch,) = at_customs.run().prepare_many(sample_parcels(3, seed=7, mode="1210"))
    order = next(each.content for each in batch.messages if each.name == "CEB311")
    first = order.index(b"<ceb:buyerTelephone>", order.index(b"</ceb:Order>"))
    answered(
        at_customs,
        order[:first] + b"<ceb:buyerTelephone>" + b"9" * 99 + order[order.index(b"</ceb:buyerTelephone>", first) :],
    )
    assert at_customs.statuses("CEB312") == ["2", "-301008", "2", "120", "120"]


def test_the_same_messages_at_the_same_times_give_the_same_bytes(signer: Signer) -> None:
    def answers(seed: int) -> list[bytes]:
        at_customs = office(MORNING, seed=seed)
        at_customs.send(*made(signer).values())
        at_customs.wait(timedelta(days=40))
        return [each.content for each in at_customs.answers]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)
