"""Bare messages go in an envelope where a destination asks for it: always in the same one, and receipts find them."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from customs.bilingual import halves
from customs.documents import BusinessKey
from customs.exchange import CopyErasedError, Delivery, DeliveryState, EnvelopeAddress, NotEnvelopedError
from customs.exchange.destinations import Destination, load_exchange
from customs.exchange.pieces import divided, guid_in, number_of
from customs.exchange.stored_inbox import open_inbox
from customs.exchange.stored_outbox import StoredOutbox, open_outbox
from customs.files import FORM
from customs.intake.problems import EnterpriseError
from customs.testing import office
from customs.wire import unwrap
from support import MORNING, exactly
from support.command_line import run
from support.exchanges import (
    Port,
    Time,
    client_desk,
    deliveries,
    enveloped,
    order_messages,
    orders_in,
    sent,
    standing,
)

SENDER, RECEIVER = "DXPENT0000000001", "DXPEDCCEB0000002"
NODE = Destination(
    name="node", kind="folder", settings={}, envelope=EnvelopeAddress(sender=SENDER, receivers=(RECEIVER,))
)
TOML = """
[destinations.node]
kind = "folder"
layout = "single_window"
root = "client"
envelope = {{ sender = "{sender}", receivers = ["{receiver}"] }}
"""


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[StoredOutbox]:
    with open_outbox(tmp_path / "state", "node") as found:
        yield found


def config(sender: str = SENDER, receiver: str = RECEIVER) -> str:
    return TOML.format(sender=sender, receiver=receiver)


def test_an_envelope_names_the_message_its_time_and_those_of_the_destination(outbox: StoredOutbox) -> None:
    for given in exactly(3, deliveries()):
        made = NODE.addressed(given)
        envelope = unwrap(made.content)
        assert envelope.payload == given.content
        routing = envelope.routing
        assert (routing.copy_id, routing.sender, routing.receivers) == (given.id, SENDER, (RECEIVER,))
        assert (routing.created, routing.message_type) == (MORNING.replace(tzinfo=None), f"{given.name}Message")
        assert replace(made, content=given.content) == given


def test_an_envelope_has_the_latest_time_of_its_documents() -> None:
    times = b"".join(b"<a:appTime>%d</a:appTime>" % each for each in (20261111080000, 20261112093001, 20261110235959))
    given = Delivery(
        id="1", name="CEB311", file_name="a.xml", content=b"<a:CEB311Message>" + times + b"</a:CEB311Message>"
    )
    assert unwrap(NODE.addressed(given).content).routing.created == datetime(2026, 11, 12, 9, 30, 1)


def test_a_message_that_is_put_twice_has_the_same_envelope_and_what_is_stored_goes_out(outbox: StoredOutbox) -> None:
    (given,) = order_messages(1)
    assert outbox.put([NODE.addressed(given)], at=MORNING) == ("put",)
    assert outbox.put([NODE.addressed(given)], at=MORNING) == ("known",)
    port = Port()
    sent(outbox, port, Time())
    assert port.has == [NODE.addressed(given)]


def test_what_is_in_an_envelope_already_goes_as_it_is() -> None:
    (given,) = order_messages(1)
    own = replace(given, content=enveloped(given.content).replace(b"DXPEDCCEB0000002<", SENDER.encode() + b"<"))
    assert unwrap(own.content).payload == given.content
    assert NODE.addressed(own) is own
    assert NODE.addressed(NODE.addressed(given)) == NODE.addressed(given)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "KJ881111"}, "仅统一版裸报文可封装"),
        ({"form": {"messageText": "x"}}, "仅统一版裸报文可封装"),
        ({"content": b"<a:CEB311Message/>"}, "appTime"),
        ({"content": b"<a><appTime>20261311080000</appTime></a>"}, "appTime"),
        ({"content": b'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"/>'}, "外层封装已损坏"),
    ],
)
def test_what_has_no_envelope_is_refused_with_the_reason(change: dict[str, object], told: str) -> None:
    (given,) = order_messages(1)
    with pytest.raises(NotEnvelopedError, match=told) as error:
        NODE.addressed(replace(given, **change))  # type: ignore[arg-type]
    assert str(error.value).startswith(f"{given.file_name} cannot be put into an envelope: ")


@pytest.mark.parametrize("change", [bytes, enveloped], ids=["bare", "in an envelope"])
def test_a_message_of_another_exchange_id_than_its_sender_is_not_sent(change: Callable[[bytes], bytes]) -> None:
    """Customs refuses the order: -301008, senderId与传输节点dxpId信息不一致."""
    (given,) = order_messages(1)
    other = given.content.replace(SENDER.encode(), b"DXPENT0000000009")
    with pytest.raises(NotEnvelopedError) as error:
        NODE.addressed(replace(given, content=change(other)))
    sender = SENDER if change is bytes else RECEIVER
    en, zh = halves(str(error.value))
    assert en.startswith(
        f"{given.file_name} is not sent: its dxpId is DXPENT0000000009 and the sender of its envelope {sender}"
    )
    assert zh.startswith(
        f"报文 {given.file_name} 未发送：报文内 dxpId 为 DXPENT0000000009，外层封装的发送方为 {sender}"
    )
    NODE.addressed(replace(given, content=other.replace(b"<ceb:dxpId>DXPENT0000000009</ceb:dxpId>", b"")))


def test_an_answer_finds_the_message_by_its_envelope_and_by_its_documents(outbox: StoredOutbox) -> None:
    given, other = deliveries(seed=1)[0], deliveries(seed=2)[0]
    outbox.put([NODE.addressed(given), NODE.addressed(other)], at=MORNING)
    by_envelope = outbox.named(BusinessKey("CEB311", (("message_id", given.id),)), given.id)
    assert [each.id for each in by_envelope] == [given.id]
    for order in exactly(3, orders_in(given.content)):
        key = BusinessKey("CEB311", (("order_no", "another"),))
        assert [each.id for each in outbox.named(key, order.head.guid)] == [given.id]
        assert [each.id for each in outbox.named(order.key)] == [given.id]


def test_an_order_in_an_envelope_is_erased_by_itself(outbox: StoredOutbox) -> None:
    made = NODE.addressed(deliveries()[0])
    pieces = divided(made.name, made.content, [number_of(each) for each in made.keys])
    *before, end = pieces.frame
    both = zip(before, pieces.documents, strict=True)
    assert b"".join(each for pair in both for each in pair) + end == made.content
    orders = orders_in(unwrap(made.content).payload)
    assert [guid_in(each) for each in exactly(3, pieces.documents)] == [each.head.guid for each in orders]
    assert len(b"".join(pieces.frame)) < 1500
    outbox.put([made], at=MORNING)
    assert outbox.erase([orders[0].head.order_no]) == 1
    with pytest.raises(CopyErasedError):
        outbox.delivery(made.id)


@pytest.mark.parametrize("rest", range(3))
def test_no_byte_of_a_document_but_its_outer_tags_stands_outside_its_piece(rest: int) -> None:
    (given,) = order_messages(1)
    content = given.content.replace(b"</ceb:CEB311Message>", b"<!--" + b"x" * rest + b"--></ceb:CEB311Message>")
    content = content.replace(b" guid=", b" " * rest + b" guid=")
    made = NODE.addressed(replace(given, content=content))
    (piece,) = divided(made.name, made.content, [number_of(each) for each in made.keys]).documents
    whole = content[content.index(b"<ceb:Order>") : content.index(b"</ceb:Order>") + len(b"</ceb:Order>")]
    inside = b64decode(piece, validate=True)
    assert whole[2:-2] in inside
    assert inside in whole


@pytest.mark.parametrize(
    ("envelope", "told"),
    [
        (
            "{}",
            ("an envelope names its sender", "外层封装须填发送方", "names 1 to 5 receivers", "须填 1 至 5 个接收方"),
        ),
        ('{ sender = "DXP 1", receivers = ["R"] }', ("an envelope names its sender",)),
        ('{ sender = "DXPENT00000000012", receivers = ["R"] }', ("an envelope names its sender",)),
        ('{ sender = "S", receivers = "R" }', ("names 1 to 5 receivers",)),
        ('{ sender = "S", receivers = ["1", "2", "3", "4", "5", "6"] }', ("names 1 to 5 receivers",)),
        ('{ sender = "S", receivers = ["R"], receiver = "R" }', ("receiver", "receivers")),
        ("true", ("this is a table", "此处应为表")),
    ],
)
def test_an_envelope_without_its_data_is_told_with_the_key(
    tmp_path: Path, envelope: str, told: tuple[str, ...]
) -> None:
    file = tmp_path / "customs.toml"
    file.write_text(f'[destinations.node]\nkind = "folder"\nroot = "client"\nenvelope = {envelope}\n', encoding="utf-8")
    with pytest.raises(EnterpriseError) as error:
        load_exchange(file)
    for each in ("customs.toml", "envelope", *told):
        assert each in str(error.value)


@pytest.mark.long
def test_messages_in_envelopes_are_answered_by_customs_and_refused_by_the_platform(tmp_path: Path) -> None:
    given = deliveries()
    file = client_desk(tmp_path, given, config())
    done = run("send", tmp_path / "messages", "--config", file)
    assert (done.exit_code, "node: 3 new" in done.output) == (0, True), done.output
    out = sorted((tmp_path / "client/OutBox").iterdir())
    assert [each.read_bytes() for each in out] == sorted_contents(given)
    assert run("send", tmp_path / "messages", "--config", file).exit_code == 0, "the same envelopes are known"
    at_customs = office(MORNING, seed=7)
    for each in exactly(3, out):
        at_customs.send(each.read_bytes())
        each.unlink()
    at_customs.wait(minutes=10)
    assert {each.name for each in at_customs.answers} == {"CEB312", "CEB412", "CEB512"}
    for number, answer in enumerate(at_customs.answers):
        (tmp_path / f"client/InBox/Receipt_{number}.xml").write_bytes(answer.content)
    assert run("receive", "--config", file).exit_code == 0
    with open_outbox(tmp_path / "state", "node") as outbox, open_inbox(tmp_path / "state", "node") as inbox:
        spoken = [outbox.named(line.key, line.submitted) for item in inbox.after(0) for line in item.lines]
        assert {each.id for (each,) in spoken} == {each.id for each in given}


def sorted_contents(given: list[Delivery]) -> list[bytes]:
    return [NODE.addressed(each).content for each in sorted(given, key=lambda each: each.file_name)]


@pytest.mark.long
def test_what_the_platform_says_of_an_envelope_ends_its_message(tmp_path: Path) -> None:
    (given,) = order_messages(1)
    file = client_desk(tmp_path, [given], config(receiver="DXPNOBODY"))
    assert run("send", tmp_path / "messages", "--config", file).exit_code == 0
    at_customs = office(MORNING, seed=7)
    at_customs.send(next((tmp_path / "client/OutBox").iterdir()).read_bytes())
    at_customs.wait(minutes=10)
    (reply,) = at_customs.answers
    assert reply.name == "DxpRep"
    (tmp_path / "client/InBox/Receipt_1.xml").write_bytes(reply.content)
    assert run("receive", "--config", file).exit_code == 0
    assert run("send", "--config", file).exit_code == 1
    with open_outbox(tmp_path / "state", "node") as outbox:
        assert standing(outbox, given).state is DeliveryState.DEAD
        assert "2001" in standing(outbox, given).said


def test_a_file_that_can_have_no_envelope_is_told_and_the_others_go(tmp_path: Path) -> None:
    given = order_messages(2)
    file = client_desk(tmp_path, given, config())
    (tmp_path / "messages" / (given[0].file_name + FORM)).write_text('{"messageText": "x"}', encoding="utf-8")
    done = run("send", *sorted((tmp_path / "messages").glob("*.xml")), "--config", file)
    assert done.exit_code == 1
    assert [each.name for each in (tmp_path / "client/OutBox").iterdir()] == [given[1].file_name]
    assert f"{given[0].file_name} cannot be put into an envelope" in done.output
    assert f"无法封装报文 {given[0].file_name}" in done.output
