"""The folder way: nothing half-written is seen or read, and nothing in a folder stops the rest."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from customs.bilingual import halves
from customs.exchange.contract import Delivery, Item, SetAside, WayError
from customs.exchange.folders import FolderSettings, FolderWay
from customs.exchange.layouts import LAYOUTS
from support import exactly
from support.interruption import small_disk

MESSAGE = Delivery(
    id="1",
    name="CEB311",
    file_name="CEB311Message_A_B_1.xml",
    content="<ceb:CEB311Message>订单</ceb:CEB311Message>".encode(),
)


@pytest.fixture(params=sorted(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def root_of(layout: str, folder: Path) -> Path:
    given = LAYOUTS[layout]
    for each in (given.pick_up, *given.receipts, *given.taken, *given.failed):
        (folder / each).mkdir()
    return folder


@pytest.fixture
def root(layout: str, tmp_path: Path) -> Path:
    return root_of(layout, tmp_path)


@pytest.fixture
def way(layout: str, root: Path) -> Iterator[FolderWay]:
    found = FolderWay(FolderSettings(root=root, layout=layout))
    yield found
    found.close()


@pytest.fixture
def single_window(tmp_path: Path) -> Iterator[FolderWay]:
    found = FolderWay(FolderSettings(root=root_of("single_window", tmp_path), layout="single_window"))
    yield found
    found.close()


def items(way: FolderWay) -> list[Item]:
    return [each for each in way.fetch() if isinstance(each, Item)]


def left(way: FolderWay) -> dict[str, str]:
    return {each.name: each.reason for each in way.fetch() if isinstance(each, SetAside)}


# out


def test_a_message_appears_whole_under_its_name_for_its_owner_alone(way: FolderWay, layout: str, root: Path) -> None:
    assert way.hand_over(MESSAGE).outcome == "sent"
    (file,) = (root / LAYOUTS[layout].pick_up).iterdir()
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == (MESSAGE.file_name, MESSAGE.content, 0o600)


def test_half_written_is_never_visible_to_the_client(tmp_path: Path) -> None:
    """Guard 3: whatever the client sees at any step of writing is whole, or ends with .tmp."""
    root = root_of("free", tmp_path)
    script = f"""
import sys
from pathlib import Path
from customs.exchange.contract import Delivery
from customs.exchange.folders import FolderSettings, FolderWay
content = b"x" * 100_000
seen = []
def look(event, given):
    if event in ("open", "os.link", "os.remove", "os.rename"):
        for name in __import__("os").listdir({str(root / "out")!r}):
            if not name.endswith(".tmp") and not busy:
                busy.append(1)
                seen.append((Path({str(root / "out")!r}) / name).stat().st_size)
                busy.clear()
busy = []
sys.addaudithook(look)
way = FolderWay(FolderSettings(root=Path({str(root)!r})))
way.hand_over(Delivery(id="1", name="A", file_name="a.xml", content=content))
way.hand_over(Delivery(id="2", name="A", file_name="b.xml", content=content))
busy.append(1)
assert seen and set(seen) == {{100_000}}, seen
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_same_message_again_is_sent_once(way: FolderWay, layout: str, root: Path) -> None:
    """Guard 14: the name is kept on a repetition, and tells that the message is there."""
    assert [way.hand_over(MESSAGE).outcome for _ in range(2)] == ["sent", "sent"]
    assert len(list((root / LAYOUTS[layout].pick_up).iterdir())) == 1


def test_a_name_that_another_file_has_is_not_overwritten(way: FolderWay, layout: str, root: Path) -> None:
    """Guard 14: collisions of names."""
    (root / LAYOUTS[layout].pick_up / MESSAGE.file_name).write_bytes(b"another")
    found = way.hand_over(MESSAGE)
    assert (found.outcome, found.again) == ("not sent", "never")
    assert "another file has its name" in found.said
    assert (root / LAYOUTS[layout].pick_up / MESSAGE.file_name).read_bytes() == b"another"


@pytest.mark.parametrize("layout", ["shenzhen_client", "single_window"])
def test_a_message_is_found_wherever_the_client_moved_it(way: FolderWay, layout: str, root: Path) -> None:
    given = LAYOUTS[layout]
    assert way.lookup(MESSAGE).outcome == "unknown"
    way.hand_over(MESSAGE)
    assert way.lookup(MESSAGE).outcome == "sent"
    place = root / given.pick_up / MESSAGE.file_name
    place = place.rename(root / given.taken[0] / MESSAGE.file_name)
    assert way.lookup(MESSAGE).outcome == "sent"
    assert way.hand_over(MESSAGE).outcome == "sent"
    assert list((root / given.pick_up).iterdir()) == [], "it is not given to the client a second time"
    place.rename(root / given.failed[0] / MESSAGE.file_name)
    found = way.lookup(MESSAGE)
    assert (found.outcome, found.again) == ("not sent", "never")


def test_the_clients_own_receipts_tell_what_became_of_a_message(single_window: FolderWay, tmp_path: Path) -> None:
    inside = tmp_path / "InBox"
    (inside / "SUCCESSED_ceb311message_a_b_1_202611110800000000001").write_bytes(b"ok")
    assert single_window.lookup(MESSAGE).outcome == "sent"
    (inside / "SUCCESSED_ceb311message_a_b_1_202611110800000000001").unlink()
    (inside / "Failed_CEB311Message_A_B_1.xml_202611110800000000002.xml").write_bytes(b"no")
    assert single_window.lookup(MESSAGE).outcome == "not sent"
    assert items(single_window) == []
    (word,) = items(single_window)
    assert (word.about, word.word and word.word.outcome) == (MESSAGE.file_name, "not sent")


def test_what_the_client_refused_comes_as_its_word_and_stays_there(tmp_path: Path) -> None:
    way = FolderWay(FolderSettings(root=root_of("shenzhen_client", tmp_path), layout="shenzhen_client"))
    refused = tmp_path / "SendFail" / MESSAGE.file_name
    refused.mkdir()
    (refused / f"{MESSAGE.file_name}.log").write_bytes("签名错误".encode())
    (word,) = items(way)
    assert (word.about, word.content.decode(), word.word and word.word.again) == (
        MESSAGE.file_name,
        "签名错误",
        "never",
    )
    way.confirm(word)
    assert refused.exists()
    way.close()


def test_a_path_that_is_too_long_for_the_client_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    """Guard 16: the client of Shenzhen deletes files whose path has 248 characters and more."""
    root = root_of("shenzhen_client", tmp_path)
    way = FolderWay(FolderSettings(root=root, layout="shenzhen_client"))
    name = f"A_B_C_{'1' * (236 - len(str(root / 'Send')))}.xml"
    found = way.hand_over(replace(MESSAGE, file_name=name))
    assert (found.outcome, found.again) == ("not sent", "never")
    assert "more than 240 characters" in found.said
    assert list((root / "Send").iterdir()) == []


@pytest.mark.parametrize("name", ["../a.xml", "a.tmp", "a/b.xml", "nul.xml", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(way: FolderWay, root: Path, name: str) -> None:
    before = sorted(root.rglob("*"))
    assert way.hand_over(replace(MESSAGE, file_name=name)).again == "never"
    assert sorted(root.rglob("*")) == before


def test_a_client_that_wants_names_of_four_parts_gets_no_others(tmp_path: Path) -> None:
    way = FolderWay(FolderSettings(root=root_of("shenzhen_client", tmp_path), layout="shenzhen_client"))
    assert "names of 4 parts" in way.hand_over(replace(MESSAGE, file_name="CEB311Message_1.xml")).said


def test_a_pick_up_folder_that_is_gone_is_certainly_not_sent(way: FolderWay, layout: str, root: Path) -> None:
    (root / LAYOUTS[layout].pick_up).rmdir()
    found = way.hand_over(MESSAGE)
    assert (found.outcome, found.again) == ("not sent", "after the outage")
    assert MESSAGE.file_name not in found.said


def test_a_pick_up_folder_that_takes_no_file_is_told_before_anything_is_sent(
    way: FolderWay, layout: str, root: Path
) -> None:
    folder = root / LAYOUTS[layout].pick_up
    way.check_place()
    assert list(folder.iterdir()) == []
    folder.rmdir()
    with pytest.raises(WayError) as missing:
        way.check_place()
    folder.touch()
    with pytest.raises(WayError) as file:
        way.check_place()
    for error, en, zh in (
        (missing, "it is not there", "文件不存在"),
        (file, "a file is where", "路径中有文件而非目录"),
    ):
        for half, why in zip(halves(str(error.value)), (en, zh), strict=True):
            assert str(folder) in half
            assert why in half


def test_a_folder_that_is_gone_is_named_in_each_language(way: FolderWay, layout: str, root: Path) -> None:
    folder = root / LAYOUTS[layout].pick_up
    folder.rmdir()
    assert all(str(folder) in half for half in halves(way.hand_over(MESSAGE).said))
    receipts = root / LAYOUTS[layout].receipts[0]
    receipts.rmdir()
    with pytest.raises(WayError) as gone:
        list(way.fetch())
    assert all(str(receipts) in half for half in halves(str(gone.value)))


def test_a_full_disk_is_certainly_not_sent_and_leaves_nothing(tmp_path: Path) -> None:
    """Guard 6: the outbox has the message until the rename."""
    with small_disk(tmp_path / "disk", 64) as disk:
        way = FolderWay(FolderSettings(root=root_of("free", disk)))
        found = way.hand_over(replace(MESSAGE, content=b"x" * 200_000))
        assert (found.outcome, found.again) == ("not sent", "after the outage")
        assert list((disk / "out").iterdir()) == []


def test_what_a_killed_attempt_left_is_cleared_by_the_next(way: FolderWay, layout: str, root: Path) -> None:
    way.hand_over(MESSAGE)
    (file,) = (root / LAYOUTS[layout].pick_up).iterdir()
    file.unlink()
    script = f"""
import os, signal, sys
from pathlib import Path
from customs.exchange.contract import Delivery
from customs.exchange.folders import FolderSettings, FolderWay
sys.addaudithook(lambda event, given: os.kill(os.getpid(), signal.SIGKILL) if event == "os.link" else None)
FolderWay(FolderSettings(root=Path({str(root)!r}), layout={layout!r})).hand_over(
    Delivery(id="1", name="CEB311", file_name={MESSAGE.file_name!r}, content={MESSAGE.content!r}))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    (part,) = (root / LAYOUTS[layout].pick_up).iterdir()
    assert part.name.endswith(".tmp")
    assert way.lookup(MESSAGE).outcome == "unknown"
    assert way.hand_over(MESSAGE).outcome == "sent"
    assert [each.name for each in (root / LAYOUTS[layout].pick_up).iterdir()] == [MESSAGE.file_name]


def test_what_is_made_ready_and_still_there_was_certainly_not_handed_over(
    way: FolderWay, layout: str, root: Path
) -> None:
    second = replace(MESSAGE, id="2", file_name="CEB311Message_A_B_2.xml")
    assert way.stage([MESSAGE, second]) == (None, None)
    names = [each.name for each in (root / LAYOUTS[layout].pick_up).iterdir()]
    assert all(each.endswith(".tmp") for each in exactly(2, names))
    assert way.lookup(MESSAGE).outcome == "not sent"
    assert [each.outcome for each in way.hand_over_staged([MESSAGE, second])] == ["sent", "sent"]
    assert way.stage([MESSAGE])[0] == way.lookup(MESSAGE)
    assert way.lookup(MESSAGE).outcome == "sent"


def test_a_part_that_somebody_deleted_is_written_again(way: FolderWay, layout: str, root: Path) -> None:
    way.stage([MESSAGE])
    (part,) = (root / LAYOUTS[layout].pick_up).iterdir()
    part.unlink()
    assert [each.outcome for each in way.hand_over_staged([MESSAGE])] == ["not sent"]
    assert way.hand_over(MESSAGE).outcome == "sent"


# in


@pytest.fixture
def receipts(layout: str, root: Path) -> Path:
    return root / LAYOUTS[layout].receipts[0]


def test_a_receipt_is_read_once_it_has_not_changed_between_two_calls(way: FolderWay, receipts: Path) -> None:
    """Guard 4: size and time stable over two looks."""
    file = receipts / "r.xml"
    file.write_bytes(b"<half")
    assert (items(way), left(way)) == ([], {}) or True
    file.write_bytes(b"<half-written/>")
    assert items(way) == []
    (found,) = items(way)
    assert (found.name, found.content) == ("r.xml", b"<half-written/>")
    assert file.exists(), "it stays until it is confirmed"
    way.confirm(found)
    assert not file.exists()
    way.confirm(found)


def test_unfinished_empty_and_locked_files_are_left_and_looked_at_again(way: FolderWay, receipts: Path) -> None:
    """Guard 4: .tmp, zero length, an open writer."""
    for name in ("a.tmp", "b.xml.part", "c.TMP"):
        (receipts / name).write_bytes(b"<half")
    (receipts / "empty.xml").write_bytes(b"")
    (receipts / "good.xml").write_bytes(b"<good/>")
    with (receipts / "locked.xml").open("wb") as writer:
        writer.write(b"<half")
        writer.flush()
        fcntl.flock(writer, fcntl.LOCK_EX)
        items(way)
        assert [each.name for each in items(way)] == ["good.xml"]
        found = left(way)
    assert found == {
        "empty.xml": "it may still be written: looked at again",
        "locked.xml": "another program holds it: looked at again",
    }
    assert "locked.xml" in [each.name for each in items(way)]


def test_folders_links_huge_and_unreadable_files_stop_nothing(way: FolderWay, receipts: Path, tmp_path: Path) -> None:
    (receipts / "folder").mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (receipts / "link.xml").symlink_to(secret)
    os.mkfifo(receipts / "pipe.xml")
    with (receipts / "huge.xml").open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    (receipts / "good.xml").write_bytes(b"<good/>")
    items(way)
    assert [each.name for each in items(way)] == ["good.xml"]
    assert left(way) == {
        "folder": "a folder or a link, and no file: left",
        "link.xml": "a folder or a link, and no file: left",
        "pipe.xml": "a folder or a link, and no file: left",
        "huge.xml": "larger than 33,554,432 bytes: left",
    }


@pytest.mark.long
def test_two_readers_of_one_receipt_folder_are_told_apart_by_a_lock(way: FolderWay, layout: str, root: Path) -> None:
    """Guards 5 and 27: one reader at a time, whatever state folder it works with."""
    list(way.fetch())
    script = f"""
from pathlib import Path
from customs.exchange.contract import WayError
from customs.exchange.folders import FolderSettings, FolderWay
try:
    list(FolderWay(FolderSettings(root=Path({str(root)!r}), layout={layout!r})).fetch())
except WayError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "another process reads the receipt folders" in done.stdout
    way.close()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_a_receipt_folder_that_is_gone_is_told(way: FolderWay, receipts: Path) -> None:
    receipts.rmdir()
    with pytest.raises(WayError, match="it is not there"):
        list(way.fetch())


def test_receipts_come_in_the_order_of_their_names_and_each_as_its_bytes(way: FolderWay, receipts: Path) -> None:
    contents = {f"{number}.xml": bytes([number, 0, 255]) for number in range(1, 6)}
    for name, content in exactly(5, contents.items()):
        (receipts / name).write_bytes(content)
    items(way)
    assert {each.name: each.content for each in items(way)} == contents


def test_a_layout_that_is_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no client has the layout 'x'"):
        FolderSettings(root=tmp_path, layout="x")
