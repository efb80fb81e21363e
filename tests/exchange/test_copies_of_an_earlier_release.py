"""A state folder that an earlier release wrote is opened, read, sent from and erased as one of this release.

``earlier_release`` holds the databases as that release left them, as statements of SQL: five messages, of which the
fourth is handed over and a parcel of it erased, and the fifth is handed over with an answer; and two receipts.
"""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.exchange.copies import CopyErasedError
from customs.exchange.outbox import OtherBytesError
from customs.exchange.standing import DeliveryState
from customs.exchange.stored_inbox import open_inbox, read_inbox
from customs.exchange.stored_outbox import open_outbox, read_outbox
from customs.journal import JournalError
from support import MORNING, exactly
from support.exchanges import LOST, Port, Time, sent

WRITTEN = Path(__file__).parent / "earlier_release"
FILES = {
    "outbox": "outbox-port/outbox.db",
    "outbox-salts": "keys/outbox-port/salts.db",
    "inbox": "inbox-port/inbox.db",
    "inbox-salts": "keys/inbox-port/salts.db",
}


def key(number: str) -> BusinessKey:
    return BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", number)))


def orders(message_id: str, *numbers: str, between: bytes = b"") -> Delivery:
    documents = between.join(
        f"<a:Order><a:guid>{message_id}-{each}</a:guid>{each}</a:Order>".encode() for each in numbers
    )
    content = b"<a:CEB311Message>" + documents + b"</a:CEB311Message>"
    keys = tuple(map(key, numbers))
    return Delivery(id=message_id, name="CEB311", file_name=f"{message_id}.xml", content=content, keys=keys)


MESSAGES = (
    orders("M1", "O1", "O2", "O3"),
    orders("M2", "O3", "O4", between=b"\n "),
    Delivery(id="M3", name="X", file_name="M3.json", content=b"<x/>", form={"content": "正文"}, keys=(key("O5"),)),
    orders("M4", "O6", "O7"),
    orders("M5", "O8", "O9"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, place in FILES.items():
        path = tmp_path / "exchange" / place
        path.parent.mkdir(parents=True)
        database = sqlite3.connect(path)
        database.executescript((WRITTEN / f"{name}.sql").read_text(encoding="utf-8"))
        database.close()
    key_file = tmp_path / "exchange/keys/master.key"
    key_file.write_bytes(bytes.fromhex((WRITTEN / "master.hex").read_text(encoding="ascii")))
    key_file.chmod(0o600)
    return tmp_path


def _bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def test_its_messages_come_out_as_they_were_put(folder: Path) -> None:
    with open_outbox(folder, "port") as outbox:
        for each in exactly(5, MESSAGES):
            assert outbox.entry(each.id).documents == each.keys
            if each.id != "M4":
                assert outbox.delivery(each.id) == each
        with pytest.raises(CopyErasedError, match="M4"):
            outbox.delivery("M4")
        assert outbox.answers("M5") == ("收到".encode(),)


def test_its_messages_are_known_when_they_are_put_again(folder: Path) -> None:
    with open_outbox(folder, "port") as outbox:
        assert outbox.put(MESSAGES, at=MORNING) == ("known",) * 5
        with pytest.raises(OtherBytesError):
            outbox.put([orders("M1", "O1")], at=MORNING)


def test_its_messages_are_found_by_number_and_guid(folder: Path) -> None:
    with open_outbox(folder, "port") as outbox:
        assert [each.id for each in outbox.of_number("O3")] == ["M1", "M2"]
        assert [each.id for each in outbox.of_number("O5")] == ["M3"]
        assert [each.id for each in outbox.named(key("O3"), "M2-O3")] == ["M2"]
        assert [each.id for each in outbox.named(key("O3"))] == ["M1", "M2"]
        assert [each.id for each in outbox.named(BusinessKey("", ()), "M1-O2")] == ["M1"]


def test_a_message_still_waits_for_an_earlier_one_with_its_document(folder: Path) -> None:
    port, time = Port([LOST]), Time(MORNING + timedelta(hours=1))
    with open_outbox(folder, "port") as outbox:
        sent(outbox, port, time)
        assert port.ids == ["M3"]
        assert outbox.entry("M1").standing.state is DeliveryState.UNKNOWN
        assert outbox.entry("M2").standing.state is DeliveryState.PREPARED


def test_a_new_message_waits_for_one_of_the_earlier_release_with_its_document(folder: Path) -> None:
    port, time = Port([LOST]), Time(MORNING + timedelta(hours=1))
    with open_outbox(folder, "port") as outbox:
        outbox.put([orders("M6", "O2")], at=MORNING)
        sent(outbox, port, time)
        assert port.ids == ["M3"]
        assert outbox.entry("M6").standing.state is DeliveryState.PREPARED


def test_its_parcels_are_erased_for_good(folder: Path) -> None:
    path = folder / "exchange" / FILES["outbox-salts"]
    database = sqlite3.connect(path)
    salts = [salt for (salt,) in database.execute("SELECT salt FROM salts WHERE owner = 'O3'")]
    database.close()
    with open_outbox(folder, "port") as outbox:
        for salt in exactly(2, salts):
            assert salt in _bytes_in(folder)
        assert outbox.erase(["O3"]) == 2
        assert outbox.erase(["O3"]) == 0
        for salt in exactly(2, salts):
            assert salt not in _bytes_in(folder)
        for each in ("M1", "M2"):
            with pytest.raises(CopyErasedError, match=each):
                outbox.delivery(each)
        assert outbox.delivery("M3") == MESSAGES[2]
        assert outbox.erase(["O5"]) == 2, "the form and the content"
        with pytest.raises(CopyErasedError, match="M3"):
            outbox.delivery("M3")


def test_its_receipts_are_read_and_erased(folder: Path) -> None:
    with open_inbox(folder, "port") as inbox:
        assert b"<c:orderNo>O1</c:orderNo>" in inbox.content(1)
        assert inbox.erase(["O1"]) == 1
        with pytest.raises(CopyErasedError):
            inbox.content(1)
        assert b"<c:orderNo>O2</c:orderNo>" in inbox.content(2)


def test_its_entries_are_read_before_anything_is_sent(folder: Path) -> None:
    with read_outbox(folder, "port") as outbox:
        assert [each.id for each in outbox.entries()] == ["M1", "M2", "M3", "M4", "M5"]
        assert outbox.entry("M1").documents == MESSAGES[0].keys
    with read_inbox(folder, "port") as inbox:
        assert len(list(inbox.after(0))) == 2


def test_a_damaged_copy_of_it_is_told(folder: Path) -> None:
    database = sqlite3.connect(folder / "exchange" / FILES["outbox"])
    with database:  # pieces of two messages, each whole
        database.execute("UPDATE copies SET sealed = (SELECT sealed FROM copies WHERE message = 1) WHERE message = 2")
    database.close()
    with open_outbox(folder, "port") as outbox, pytest.raises(JournalError, match=r"copy of M2.*damaged"):
        outbox.delivery("M2")
