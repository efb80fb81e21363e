"""The outbox keeps every message until the other side has it, and says what was done: one set of tests for each store."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from customs.exchange.contract import Delivery, HandedOver
from customs.exchange.copies import CopyErasedError
from customs.exchange.outbox import OtherBytesError, UnknownDeliveryError
from customs.exchange.pacing import SendingRate
from customs.exchange.pieces import Pieces, divided
from customs.exchange.standing import DeliveryState, retried, standing_of
from customs.exchange.stored_outbox import StoredOutbox, open_outbox, read_outbox
from customs.journal import JournalError, JournalHeldError, JournalNotWrittenError
from customs.ledger.exchange import LedgerOutbox, open_ledger_outbox
from support import MORNING, exactly, some
from support.exchanges import (
    LATER,
    LOST,
    MAINTENANCE,
    REFUSED,
    Port,
    Time,
    deliveries,
    order_messages,
    renamed,
    sent,
    standing,
    states,
)
from support.ledger_fixtures import ON_POSTGRESQL
from support.ledgers import LedgerDatabases

Opening = Callable[[], AbstractContextManager[StoredOutbox]]


class Again:
    """An outbox that is closed and opened anew for every call, as if each came from a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            with open_outbox(self._folder, "port") as outbox:
                found = getattr(outbox, name)(*given, **named)
                return iter(list(found)) if isinstance(found, Iterator) else found

        if name == "circuit":
            with open_outbox(self._folder, "port") as outbox:
                return outbox.circuit
        return call


@pytest.fixture(params=["kept open", "opened anew for each call", "sqlite", ON_POSTGRESQL])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredOutbox | LedgerOutbox]:
    """The stores that keep the promises of an outbox: a state folder, and a ledger on each database."""
    if request.param == "kept open":
        with open_outbox(tmp_path, "port") as opened:
            yield opened
    elif request.param == "opened anew for each call":
        again: Any = Again(tmp_path)
        yield again
    else:
        databases: LedgerDatabases = request.getfixturevalue(f"{request.param}_databases")
        with databases.ledger() as ledger, open_ledger_outbox(ledger, "port") as kept:
            yield kept


@pytest.fixture
def time() -> Time:
    return Time()


# what goes in


def test_a_message_comes_out_as_it_was_put_byte_for_byte(outbox: StoredOutbox) -> None:
    """Guards 21 and 31: the stored bytes are repeated, never made anew."""
    given = deliveries(120)
    assert outbox.put(given, at=MORNING) == ("put",) * 6
    assert [outbox.delivery(each.id) for each in given] == given


def test_a_message_with_a_form_comes_out_with_its_form(outbox: StoredOutbox) -> None:
    message = replace(order_messages(1)[0], form={"content": "正文", "sign": "S"})
    outbox.put([message], at=MORNING)
    assert outbox.delivery(message.id).form == {"content": "正文", "sign": "S"}
    assert outbox.delivery(message.id) == message


def test_a_message_put_again_is_known_and_with_other_bytes_refused(outbox: StoredOutbox) -> None:
    """Guard 15: one id, one set of bytes."""
    first, second = order_messages(2)
    assert outbox.put([first, first], at=MORNING) == ("put", "known")
    assert outbox.put([first], at=MORNING) == ("known",)
    with pytest.raises(OtherBytesError, match=first.id):
        outbox.put([second, replace(first, content=first.content + b" ")], at=MORNING)
    assert [each.id for each in outbox.entries()] == [first.id], "all or none"


def test_a_message_too_large_for_its_destination_is_dead_with_the_reason(outbox: StoredOutbox) -> None:
    message = order_messages(1)[0]
    assert outbox.put([message], at=MORNING, most_bytes=1000) == ("too large",)
    assert standing(outbox, message).state is DeliveryState.DEAD
    assert f"has {len(message.content):,} bytes and its destination takes 1,000" in standing(outbox, message).said


def test_the_pieces_of_a_message_are_its_documents_and_the_frame_around_them() -> None:
    for message in exactly(3, deliveries(5)):
        numbers = [each.fields[1][1] for each in message.keys]
        pieces = divided(message.name, message.content, numbers)
        assert whole(pieces) == message.content
        for number, document in zip(numbers, exactly(5, pieces.documents), strict=True):
            assert f">{number}<".encode() in document
        assert [bool(each) for each in pieces.frame] == [True, False, False, False, False, True]


def whole(pieces: Pieces) -> bytes:
    *before, end = pieces.frame
    return b"".join(each for pair in zip(before, pieces.documents, strict=True) for each in pair) + end


@pytest.mark.parametrize("between", [b"\n  ", b"<ceb:OrderOther/>"])
@pytest.mark.parametrize("places", [range(4), (2,)])
def test_what_stands_between_documents_belongs_to_the_frame(between: bytes, places: Sequence[int]) -> None:
    orders = [f"<ceb:Order><ceb:guid>G{each}</ceb:guid></ceb:Order>".encode() for each in range(5)]
    gaps = [between if place in places else b"" for place in range(4)]
    content = b"<ceb:CEB311Message>" + b"".join(map(bytes.__add__, orders, [*gaps, b"</ceb:CEB311Message>"]))
    pieces = divided("CEB311", content, ["O0", "O1", "O2", "O3", "O4"])
    assert pieces.documents == tuple(orders)
    assert pieces.frame == (b"<ceb:CEB311Message>", *gaps, b"</ceb:CEB311Message>")
    message = replace(order_messages(1)[0], content=content, keys=(order_messages(1)[0].keys[0],) * 5)
    with TemporaryDirectory() as folder:
        with open_outbox(folder, "port") as outbox:
            outbox.put([message], at=MORNING)
        with open_outbox(folder, "port") as outbox:
            assert outbox.delivery(message.id) == message


@pytest.mark.parametrize(
    "content",
    [
        b"<ceb:Order></ceb:Order>",
        b"<ceb:Order></ceb:Order><ceb:Order>",
        b"<ceb:Order></ceb:Order></ceb:Order>",
        b"<ceb:Orders></ceb:Orders><ceb:Orders></ceb:Orders>",
        b"</ceb:Order><ceb:Order><ceb:Order></ceb:Order>",
        b"encrypted",
    ],
)
def test_a_message_whose_documents_cannot_be_told_apart_is_one_piece(content: bytes) -> None:
    assert divided("CEB311", content, ["O1", "O2"]).documents == (content,)
    assert divided("CEB311", content, ["O1", ""]).documents == (content,)
    assert not divided("CEB311", content, []).are_documents


FILLING = b"<ceb:guid>G</ceb:guid>"

#: What looks like tags of documents and is none.
DECEPTIVE = st.builds(
    lambda around, tags: around[0] + b"".join(tags) + around[1],
    st.sampled_from([(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?note ", b"?>")]),
    st.lists(st.sampled_from([b"</ceb:Order>", b"<ceb:Order>", FILLING, b"<ceb:Order ", b"<!-- "]), max_size=5),
) | st.just(b"<a b='/ceb:Order>'>&lt;ceb:Order></a>")


@given(
    st.lists(
        st.tuples(
            DECEPTIVE,
            DECEPTIVE,
            st.sampled_from([b"", b" a='1>'"]),
            st.sampled_from([b"</ceb:Order>", b"</ceb:Order >"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_comment_or_text_that_looks_like_a_tag_moves_data_to_another_parcel(
    given_orders: list[tuple[bytes, bytes, bytes, bytes]],
) -> None:
    content, orders = b"<ceb:CEB311Message xmlns:ceb='http://www.chinaport.gov.cn/ceb'>", []
    for number, (between, inside, attribute, closing) in enumerate(given_orders):
        orders.append(b"<ceb:Order" + attribute + b">" + inside + b"<no>%d</no>" % number + inside + closing)
        content += between + orders[-1]
    content += b"</ceb:CEB311Message>"
    try:
        told = etree.fromstring(content)
    except etree.XMLSyntaxError:
        assume(False)
        raise
    numbers = [f"O{each}" for each in range(len(told.findall("{*}Order")))]
    pieces = divided("CEB311", content, numbers)
    if pieces.are_documents:
        assert pieces.documents == tuple(orders)
        assert whole(pieces) == content
    else:
        assert any(closing.endswith(b" >") for *_, closing in given_orders)


def test_a_comment_that_closes_a_document_divides_a_message_at_its_tags_alone() -> None:
    first = b"<a:Order><!--</a:Order><a:Order>-->of the first</a:Order>"
    second = b"<a:Order>of the second</a:Order>"
    content = b"<a:CEB311Message>" + first + second + b"</a:CEB311Message>"
    assert divided("CEB311", content, ["O1", "O2"]).documents == (first, second)
    hidden = content.replace(b"first</a:Order>", b"first</a:Order >")
    assert divided("CEB311", hidden, ["O1", "O2"]).documents == (hidden,)
    assert divided("CEB311", hidden.replace(b"!--", b"?n ").replace(b"--", b"?"), ["O1", "O2"]).frame == ()


def test_an_unknown_message_is_named(outbox: StoredOutbox) -> None:
    for call in (outbox.entry, outbox.delivery, outbox.history):
        with pytest.raises(UnknownDeliveryError, match="no message of the outbox has the id X"):
            call("X")


# sending


def test_messages_are_handed_over_once_in_the_order_in_which_they_were_put(outbox: StoredOutbox, time: Time) -> None:
    given, port = order_messages(5), Port()
    outbox.put(given, at=MORNING)
    report = sent(outbox, port, time)
    assert (report.handed_over, report.next_due) == (5, None)
    assert port.ids == [each.id for each in given]
    time.pass_by(days=30)
    assert sent(outbox, port, time).handed_over == 0
    assert states(outbox, given) == ["handed over"] * 5


def test_a_message_certainly_not_sent_goes_again_after_a_delay_that_doubles(outbox: StoredOutbox, time: Time) -> None:
    (message,), port = order_messages(1), Port([LATER] * 3)
    outbox.put([message], at=MORNING)
    delays = []
    for _ in exactly(3, range(3)):
        report = sent(outbox, port, time)
        assert report.next_due
        delays.append((report.next_due - time.now).total_seconds())
        time.now = report.next_due
    for delay, expected in zip(delays, (30, 60, 120), strict=True):
        assert 0.75 * expected <= delay <= 1.25 * expected
    assert len({round(each, 3) % 30 for each in delays}) == 3, "with a jitter"
    assert sent(outbox, port, time).handed_over == 1
    assert port.has[0].content == message.content
    assert standing(outbox, message).attempts == 4


def test_failures_without_end_are_left_to_a_person(outbox: StoredOutbox, time: Time) -> None:
    (message,), port = order_messages(1), Port([LATER] * 100)
    outbox.put([message], at=MORNING)
    while (report := sent(outbox, port, time)).next_due:
        time.now = report.next_due
    assert standing(outbox, message).state is DeliveryState.PARKED
    assert port.tried == 12


def test_a_refused_message_is_dead_with_the_reason_and_never_sent_again(outbox: StoredOutbox, time: Time) -> None:
    """Guard 30: the class of the error decides."""
    (message,), port = order_messages(1), Port([REFUSED])
    outbox.put([message], at=MORNING)
    sent(outbox, port, time)
    time.pass_by(days=1)
    sent(outbox, port, time)
    assert port.tried == 1
    assert (standing(outbox, message).state, standing(outbox, message).said) == (DeliveryState.DEAD, REFUSED.said)


def test_an_unknown_outcome_is_looked_up_first_and_not_repeated_if_it_arrived(outbox: StoredOutbox, time: Time) -> None:
    (message,) = order_messages(1)
    port = Port([LOST], can_lookup=True, has=[message])
    outbox.put([message], at=MORNING)
    sent(outbox, port, time)
    assert (port.tried, port.looked) == (1, 1)
    assert states(outbox, [message]) == ["handed over"]


def test_an_unknown_outcome_that_did_not_arrive_goes_again_at_once(outbox: StoredOutbox, time: Time) -> None:
    (message,), port = order_messages(1), Port([LOST], can_lookup=True)
    outbox.put([message], at=MORNING)
    assert sent(outbox, port, time).handed_over == 1
    assert (port.tried, port.looked, len(port.has)) == (2, 1, 1)


@pytest.mark.parametrize("can_lookup", [True, False])
def test_what_stays_unknown_waits_for_a_receipt_is_repeated_twice_and_parked(
    outbox: StoredOutbox, time: Time, can_lookup: bool
) -> None:
    (message,), port = order_messages(1), Port([LOST] * 9, looks=[LOST] * 99, can_lookup=can_lookup)
    outbox.put([message], at=MORNING)
    tried_at = []
    port.in_between = lambda delivery: tried_at.append(time.now)
    while (report := sent(outbox, port, time)).next_due:
        time.now = report.next_due
    assert [each - MORNING for each in tried_at] == [timedelta(minutes=minutes) for minutes in (0, 5, 10)]
    assert port.looked == (6 if can_lookup else 0)
    assert standing(outbox, message).state is DeliveryState.PARKED
    assert "retry it or leave it" in standing(outbox, message).said


def test_a_failure_after_an_unknown_outcome_leaves_it_unknown(outbox: StoredOutbox, time: Time) -> None:
    (message,), port = order_messages(1), Port([LOST, LATER])
    outbox.put([message], at=MORNING)
    sent(outbox, port, time)
    time.pass_by(minutes=6)
    sent(outbox, port, time)
    assert states(outbox, [message]) == ["unknown"]


@pytest.mark.parametrize("arrived", [True, False])
def test_an_attempt_whose_sender_was_killed_is_unknown_and_looked_up(tmp_path: Path, time: Time, arrived: bool) -> None:
    """Guards 2 and 7: intent first, and nothing stays in flight for ever."""
    (message,) = order_messages(1)
    port = Port([SystemExit()], can_lookup=True)
    if arrived:
        port.in_between = lambda delivery: port.has.append(delivery) if not port.has else None
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
        with pytest.raises(SystemExit):
            sent(outbox, port, time)
    with open_outbox(tmp_path, "port") as outbox:
        assert states(outbox, [message]) == ["claimed"]
        sent(outbox, port, time)
        assert states(outbox, [message]) == ["handed over"]
        happened = [each.happening for each in outbox.history(message.id)]
    assert port.ids == [message.id]
    assert happened[:4] == ["put", "claimed", "interrupted", "looked up"]


# documents


def test_no_second_message_with_a_document_leaves_while_the_first_is_unknown(outbox: StoredOutbox, time: Time) -> None:
    """Guard 1: one attempt in flight for a document."""
    (message,), port = order_messages(1), Port([LOST])
    again = renamed(message, "AGAIN")
    outbox.put([message, again], at=MORNING)
    sent(outbox, port, time)
    assert states(outbox, [message, again]) == ["unknown", "prepared"]
    time.pass_by(minutes=6)
    sent(outbox, port, time)
    assert states(outbox, [message, again]) == ["handed over", "handed over"]
    assert port.ids == [message.id, "AGAIN"]


def test_a_later_message_does_not_overtake_an_earlier_one_with_its_document(outbox: StoredOutbox, time: Time) -> None:
    (message, other), port = order_messages(2), Port([LATER])
    outbox.put([message, renamed(message, "AGAIN"), other], at=MORNING)
    sent(outbox, port, time)
    assert port.ids == [other.id]
    time.pass_by(minutes=1)
    sent(outbox, port, time)
    assert port.ids == [other.id, message.id, "AGAIN"]


def test_an_earlier_message_that_is_retried_waits_while_a_later_one_with_its_document_is_unknown(
    outbox: StoredOutbox, time: Time
) -> None:
    (message,), port = order_messages(1), Port([REFUSED, LOST])
    again = renamed(message, "AGAIN")
    outbox.put([message, again], at=MORNING)
    sent(outbox, port, time)
    assert states(outbox, [message, again]) == ["dead", "unknown"]
    word = retried(standing(outbox, message), time.now)
    assert word
    outbox.enter([(message.id, word)])
    sent(outbox, port, time)
    assert states(outbox, [message, again]) == ["not sent", "unknown"]
    assert port.tried == 2


# the destination


def test_maintenance_holds_all_messages_and_a_probe_opens_the_way(outbox: StoredOutbox, time: Time) -> None:
    """Guard 29: hold, probe, count no attempt."""
    given, port = order_messages(5), Port([MAINTENANCE] * 3)
    outbox.put(given, at=MORNING)
    for tried in exactly(3, (1, 2, 3)):
        report = sent(outbox, port, time)
        assert port.tried == tried, "one probe at a time"
        assert report.next_due
        assert report.next_due > time.now
        time.now = report.next_due
    assert sent(outbox, port, time).handed_over == 5
    assert all(outbox.entry(each.id).standing.failures == 0 for each in given), "no attempt counted"
    assert not outbox.circuit.is_open


def test_failures_in_a_row_stop_a_destination(outbox: StoredOutbox, time: Time) -> None:
    given, port = order_messages(8), Port([LATER] * 8)
    outbox.put(given, at=MORNING)
    report = sent(outbox, port, time)
    assert port.tried == 5
    assert report.circuit.is_open


def test_a_refusal_of_one_message_does_not_stop_the_destination(outbox: StoredOutbox, time: Time) -> None:
    given, port = order_messages(8), Port([REFUSED] * 7)
    outbox.put(given, at=MORNING)
    assert sent(outbox, port, time).handed_over == 1


def test_messages_and_signatures_keep_to_their_rates(outbox: StoredOutbox, time: Time) -> None:
    given, port = deliveries(10), Port()
    outbox.put(given, at=MORNING)
    pace, key_pace = SendingRate(60), SendingRate(250)
    sent_at = []
    port.in_between = lambda delivery: sent_at.append((time.now - MORNING).total_seconds())
    while (report := sent(outbox, port, time, pace=pace, key_pace=key_pace)).next_due:
        time.now = report.next_due
    assert sent_at == [0, 2.4, 4.8], "ten signatures of 250 a minute take 2.4 seconds"


@pytest.mark.long
def test_the_state_is_what_the_events_say(outbox: StoredOutbox, time: Time) -> None:
    given, port = order_messages(6), Port([LOST, LATER, REFUSED, LOST, LATER], looks=[LOST] * 3, can_lookup=True)
    outbox.put(given, at=MORNING)
    for _ in exactly(40, range(40)):
        sent(outbox, port, time)
        time.pass_by(minutes=1)
        for each in some(outbox.entries()):
            assert each.standing == standing_of(outbox.history(each.id))
    assert {each.standing.state.value for each in outbox.entries()} == {"handed over", "dead"}


# who may


def test_a_second_sender_to_a_destination_is_turned_away_and_readers_are_not(tmp_path: Path) -> None:
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(order_messages(1), at=MORNING)
        with pytest.raises(JournalHeldError, match="another process is sending to port"):
            open_outbox(tmp_path, "port")
        with read_outbox(tmp_path, "port") as reading:
            assert len(list(reading.entries())) == 1
        open_outbox(tmp_path, "another-port").close()


@pytest.mark.parametrize("name", ["", "..", "a/b", "Port", "a b", "口岸", "nul"])
def test_a_destination_has_a_name_that_every_system_takes(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        open_outbox(tmp_path, name)


# personal data


def _bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def test_no_name_and_no_number_of_a_buyer_is_on_the_disk(tmp_path: Path) -> None:
    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
        sent(outbox, Port([HandedOver(outcome="sent", answer="收到：李四".encode())]), Time())
        assert outbox.answers(message.id) == ("收到：李四".encode(),)
        found = _bytes_in(tmp_path)
    for element in (b"buyerName", b"buyerIdNumber", b"consigneeAddress"):
        text = message.content.partition(b"<ceb:" + element + b">")[2].partition(b"<")[0]
        assert text
        assert text not in found
    assert "李四".encode() not in found
    for each in some(path for path in tmp_path.rglob("*") if path.is_file()):
        assert each.stat().st_mode & 0o077 == 0


def test_an_erased_parcel_leaves_its_entry_and_its_message_can_no_longer_be_sent(tmp_path: Path, time: Time) -> None:
    orders, _, waybills = deliveries(3)
    number = orders.keys[1].get("order_no")
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([orders, waybills], at=MORNING)
        assert outbox.erase([number]) == 1
        assert outbox.erase([number]) == 0
        with pytest.raises(CopyErasedError, match=orders.id):
            outbox.delivery(orders.id)
        assert outbox.delivery(waybills.id) == waybills
        port = Port()
        sent(outbox, port, time)
        assert port.ids == [waybills.id]
        entry = outbox.entry(orders.id)
    assert entry.standing.state is DeliveryState.DEAD
    assert "data of a parcel in it were erased" in entry.standing.said
    assert len(entry.documents) == 3


def test_the_salt_of_an_erased_parcel_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    import sqlite3

    message = deliveries(3)[0]
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
        path = tmp_path / "exchange/keys/outbox-port/salts.db"
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        ((salts,),) = database.execute("SELECT salt FROM salts").fetchall()
        database.close()
        first, second, *_ = [salts[at : at + 32] for at in range(16, len(salts), 32)]
        assert first in _bytes_in(tmp_path)
        outbox.erase([message.keys[0].get("order_no")])
        assert first not in _bytes_in(tmp_path)
        assert second in _bytes_in(tmp_path), "the other parcels keep theirs"


def test_nothing_in_an_entry_proves_what_was_in_a_message(tmp_path: Path) -> None:
    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
    found = _bytes_in(tmp_path)
    for digest in (sha256(message.content), sha256(b"\0" + message.content), blake2b(message.content)):
        assert digest.digest()[:16] not in found


def large_messages(count: int) -> list[Delivery]:
    """Messages of which some together are more than a database should hold."""
    return [replace(each, content=each.content + b"\n" * 100_000) for each in order_messages(count)]


def test_many_bytes_stand_in_a_file_of_their_own_and_come_out_as_they_were_put(tmp_path: Path, time: Time) -> None:
    first, second = large_messages(6)[:3], large_messages(6)[3:]
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(first, at=MORNING)
        outbox.put(order_messages(7)[6:], at=MORNING)
        outbox.put(second, at=MORNING)
        home = tmp_path / "exchange/outbox-port"
        for file in exactly(2, sorted(home.glob("copies-*"))):
            assert file.stat().st_size > 300_000
            assert file.stat().st_mode & 0o777 == 0o600
        outbox.erase([second[1].keys[0].get("order_no")])
    with open_outbox(tmp_path, "port") as outbox:
        for each in [*first, second[0], second[2]]:
            assert outbox.delivery(each.id) == each
        with pytest.raises(CopyErasedError):
            outbox.delivery(second[1].id)
        port = Port()
        sent(outbox, port, time)
        assert port.has == [*first, order_messages(7)[6], second[0], second[2]]


def test_a_file_of_copies_left_by_a_killed_run_is_in_nobodys_way(tmp_path: Path) -> None:
    given = large_messages(3)
    home = tmp_path / "exchange/outbox-port"
    home.mkdir(parents=True)
    (home / "copies-1").write_bytes(b"of a run that was killed")
    (home / "copies-1.abc.part").write_bytes(b"of another")
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(given, at=MORNING)
    assert [each.name for each in home.glob("copies-*")] == ["copies-1"]
    with open_outbox(tmp_path, "port") as outbox:
        assert [outbox.delivery(each.id) for each in given] == given


@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_file_of_copies_is_told_and_not_sent(tmp_path: Path, damage: str) -> None:
    given = large_messages(3)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(given, at=MORNING)
    file = tmp_path / "exchange/outbox-port/copies-1"
    content = file.read_bytes()
    if damage == "changed":
        file.write_bytes(content[:-50] + bytes([content[-50] ^ 1]) + content[-49:])
    elif damage == "cut":
        file.write_bytes(content[:-1])
    else:
        file.unlink()
    with open_outbox(tmp_path, "port") as outbox, pytest.raises(JournalError, match=r"damaged: put|cannot be used"):
        outbox.delivery(given[2].id)


def test_a_file_of_copies_that_cannot_be_written_puts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = large_messages(3)
    force = os.fsync

    def full(number: int) -> None:
        if "copies-1" in str(Path(f"/proc/self/fd/{number}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        force(number)

    with open_outbox(tmp_path, "port") as outbox:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(JournalNotWrittenError):
            outbox.put(given, at=MORNING)
        assert list(outbox.entries()) == []
        monkeypatch.undo()
        assert outbox.put(given, at=MORNING) == ("put",) * 3
        assert [outbox.delivery(each.id) for each in given] == given


def test_a_copy_in_the_place_of_another_is_told(tmp_path: Path) -> None:
    import sqlite3

    given = order_messages(2)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(given, at=MORNING)
    database = sqlite3.connect(tmp_path / "exchange/outbox-port/outbox.db")
    with database:
        database.execute("UPDATE copies SET sealed = (SELECT sealed FROM copies WHERE message = 1)")
    database.close()
    with open_outbox(tmp_path, "port") as outbox, pytest.raises(JournalError, match=f"copy of {given[1].id}.*damaged"):
        outbox.delivery(given[1].id)


def overwrite(folder: Path, statement: str, *values: object) -> None:
    """Damage the database of the outbox."""
    import sqlite3

    database = sqlite3.connect(folder / "exchange/outbox-port/outbox.db")
    with database:
        database.execute(statement, values)
    database.close()


def sealed_in(folder: Path) -> bytes:
    """Return the sealed copy of the first message."""
    import sqlite3

    database = sqlite3.connect(folder / "exchange/outbox-port/outbox.db")
    (sealed,) = database.execute("SELECT sealed FROM copies WHERE message = 1").fetchone()
    database.close()
    return bytes(sealed)


def salts_in(folder: Path) -> list[bytes]:
    """Return the salts of each message with its documents, as they are kept."""
    import sqlite3

    database = sqlite3.connect(folder / "exchange/keys/outbox-port/salts.db")
    found = [salt for (salt,) in database.execute("SELECT salt FROM salts ORDER BY id")]
    database.close()
    return found


@pytest.mark.parametrize("damage", ["the number of other salts", "cut to nothing", "changed to no copy at all"])
def test_a_damaged_copy_is_erased_and_no_other(tmp_path: Path, damage: str) -> None:
    first, second = deliveries(3)[0], deliveries(3, seed=2)[0]
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([first, second], at=MORNING)
    own, other = salts_in(tmp_path)
    sealed = sealed_in(tmp_path)
    changed = {
        "the number of other salts": sealed[:8] + b"\x02" + sealed[9:],
        "cut to nothing": b"",
        "changed to no copy at all": b"\x00",
    }[damage]
    overwrite(tmp_path, "UPDATE copies SET sealed = ? WHERE message = 1", changed)
    with open_outbox(tmp_path, "port") as outbox:
        with pytest.raises(JournalError, match=f"copy of {first.id}.*damaged"):
            outbox.delivery(first.id)
        assert outbox.erase([first.keys[0].get("order_no")]) == 1
        assert outbox.delivery(second.id) == second
    assert salts_in(tmp_path) == [own[:16] + bytes(32) + own[48:], other]


def test_a_parcel_is_erased_while_the_copies_are_gone(tmp_path: Path) -> None:
    given = large_messages(3)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put(given, at=MORNING)
    own = salts_in(tmp_path)[1]
    file = tmp_path / "exchange/outbox-port/copies-1"
    kept = file.read_bytes()
    file.unlink()
    with open_outbox(tmp_path, "port") as outbox:
        assert outbox.erase([given[1].keys[0].get("order_no")]) == 1
    assert own[16:48] not in _bytes_in(tmp_path)
    file.write_bytes(kept)  # as from a backup
    with open_outbox(tmp_path, "port") as outbox:
        with pytest.raises(CopyErasedError, match=given[1].id):
            outbox.delivery(given[1].id)
        assert outbox.delivery(given[2].id) == given[2]


def test_answers_are_erased_with_a_parcel_of_their_message(tmp_path: Path, time: Time) -> None:
    (message,), port = order_messages(1), Port([replace(REFUSED, answer="拒收：李四".encode())])
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
        sent(outbox, port, time)
        assert len(outbox.answers(message.id)) == 1
        overwrite(tmp_path, "UPDATE events SET answer = substr(answer, 9) WHERE answer <> x''")
        assert outbox.erase([message.keys[0].get("order_no")]) == 2
    assert [each[16:48] for each in salts_in(tmp_path)] == [bytes(32)] * 2


def test_a_message_in_one_piece_is_erased_with_any_of_its_parcels(tmp_path: Path) -> None:
    message = replace(deliveries(3)[0], form={"content": "正文"})
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
        outbox.erase([message.keys[2].get("order_no")])
        with pytest.raises(CopyErasedError):
            outbox.delivery(message.id)


def test_a_lost_or_other_master_key_is_named(tmp_path: Path) -> None:
    master = tmp_path / "elsewhere" / "master.key"
    with open_outbox(tmp_path / "state", "port", master=master) as outbox:
        outbox.put(order_messages(1), at=MORNING)
    assert master.stat().st_mode & 0o777 == 0o600
    kept = master.read_bytes()
    master.write_bytes(bytes(32))
    with pytest.raises(JournalError, match="is not the master key"):
        open_outbox(tmp_path / "state", "port", master=master)
    master.unlink()
    with pytest.raises(JournalError, match="master key of the copies is missing"):
        open_outbox(tmp_path / "state", "port", master=master)
    master.write_bytes(kept)
    open_outbox(tmp_path / "state", "port", master=master).close()


def test_a_damaged_copy_is_told_and_not_sent(tmp_path: Path) -> None:
    import sqlite3

    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
    database = sqlite3.connect(tmp_path / "exchange/outbox-port/outbox.db")
    (sealed,) = database.execute("SELECT sealed FROM copies").fetchone()
    with database:
        database.execute("UPDATE copies SET sealed = ?", (sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],))
    database.close()
    with open_outbox(tmp_path, "port") as outbox, pytest.raises(JournalError, match=f"copy of {message.id}.*damaged"):
        outbox.delivery(message.id)


def test_a_damaged_event_is_told(tmp_path: Path) -> None:
    import sqlite3

    (message,) = order_messages(1)
    with open_outbox(tmp_path, "port") as outbox:
        outbox.put([message], at=MORNING)
    database = sqlite3.connect(tmp_path / "exchange/outbox-port/outbox.db")
    with database:
        database.execute("UPDATE events SET state = 'handed over'")
    database.close()
    with open_outbox(tmp_path, "port") as outbox, pytest.raises(JournalError, match=r"an event .* damaged"):
        outbox.history(message.id)
