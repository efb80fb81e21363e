"""Files that are written whole: names that stay in their folder, parts that are placed or deleted, folders that are held."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customs.files import (
    FORM,
    LONGEST_NAME,
    FolderHeldError,
    Names,
    NotWrittenError,
    held,
    make_folder,
    safe_name,
    stage,
    whole_file,
    write_together,
    write_whole,
)
from customs.files.names import numbered


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("../../escape.xml", "_._.._escape.xml"),
        ("/etc/passwd", "_etc_passwd"),
        ("..", "__"),
        ("C:\\folder\\a.xml", "C__folder_a.xml"),
        ("a\x00b\n.xml", "a_b_.xml"),
        (".hidden", "_hidden"),
        ("con.xml", "_con.xml"),
        ("订单 1.xml", "订单 1.xml"),
        ("", "_"),
        ("message", "message"),
        ("a.xml.form.json", "a.xml.form.json_"),
        ("x" * 300 + ".xml", "x" * 196 + ".xml"),
    ],
)
def test_a_file_name_of_a_template_never_leaves_its_folder(tmp_path: Path, name: str, written: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    write_whole(Names(folder).free(name), b"<a/>")
    assert [path.name for path in folder.iterdir()] == [written]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@given(st.text(max_size=300))
@example("\ud800.xml")
@example("COM1")
@example(" . ")
@example("..form.json")
def test_every_text_becomes_a_name_that_can_be_written(text: str) -> None:
    name = safe_name(text)
    assert name == Path(name).name
    assert name not in ("", ".", "..")
    assert len(name.encode()) <= LONGEST_NAME + 1
    assert not name.endswith((".", " ", FORM))
    assert safe_name(name) == name


def test_no_file_is_overwritten_and_a_form_keeps_the_name_of_its_message(tmp_path: Path) -> None:
    (tmp_path / "a.xml").touch()
    (tmp_path / "b.xml.form.json").touch()
    names = Names(tmp_path, {"refused.jsonl"}.__contains__)
    assert [names.free(each).name for each in ("a.xml", "a.xml", "b.xml", "Refused.jsonl", "A.XML")] == [
        "a-2.xml",
        "a-3.xml",
        "b-2.xml",
        "Refused-2.jsonl",
        "A-4.XML",
    ]


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def break_off() -> None:
        with whole_file(tmp_path / "refused.jsonl") as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_a_staged_file_has_its_name_only_once_it_is_placed(tmp_path: Path) -> None:
    staged = stage(tmp_path / "a.xml", b"1", ending=".0f")
    assert [each.name for each in tmp_path.iterdir()] == ["a.xml.0f.part"]
    assert staged.place()
    assert not staged.place(), "it has its name already"
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.xml": b"1"}


def test_a_private_file_is_its_owner_s_alone_from_the_start(tmp_path: Path) -> None:
    staged = stage(tmp_path / "form", b"password", private=True)
    assert staged.part.stat().st_mode & 0o777 == 0o600


def test_many_equal_names_cost_as_much_as_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def count(name: str, number: int) -> str:
        tried.append(numbered(name, number))
        return tried[-1]

    monkeypatch.setattr("customs.files.names.numbered", count)
    names = Names(tmp_path)
    found = [names.free("a.xml").name for _ in range(2000)]
    assert (found[0], found[1], found[-1], len(set(found))) == ("a.xml", "a-2.xml", "a-2000.xml", 2000)
    assert tried == found


def test_a_name_that_is_taken_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    staged = stage(tmp_path / "a.xml", b"ours")
    (tmp_path / "a.xml").write_bytes(b"another's")
    with pytest.raises(NotWrittenError) as refused:
        staged.place()
    assert refused.value.errno == errno.EEXIST
    assert (tmp_path / "a.xml").read_bytes() == b"another's"
    assert staged.part.read_bytes() == b"ours"


def test_a_file_cut_between_its_two_names_keeps_the_right_one(tmp_path: Path) -> None:
    staged = stage(tmp_path / "a.xml", b"1")
    staged.path.hardlink_to(staged.part)
    assert staged.place()
    assert [each.name for each in tmp_path.iterdir()] == ["a.xml"]


def test_without_hard_links_a_name_that_is_taken_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_whole(tmp_path / "a.xml", b"1", replacing=False)
    with pytest.raises(NotWrittenError, match="File exists"):
        write_whole(tmp_path / "a.xml", b"2", replacing=False)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.xml": b"1"}


def test_files_that_belong_together_are_all_complete_or_none_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced, real = 0, os.fsync

    def full(number: int) -> None:
        nonlocal forced
        forced += 1
        if forced == 2:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        real(number)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWrittenError, match=r"quota exceeded.*test\.crt"):
        write_together({tmp_path / "test.key": b"1", tmp_path / "test.crt": b"2"})
    assert list(tmp_path.iterdir()) == []


def written(path: Path, text: str) -> None:
    with whole_file(path) as file:
        print(text, end="", file=file)


def test_an_earlier_list_is_kept_unless_it_is_empty_or_the_same(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    for text in ("", "a\n", "a\n", "b\n", "", "c\n"):
        written(path, text)
    assert {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()} == {
        "refused-1.jsonl": "a\n",
        "refused-2.jsonl": "b\n",
        "refused.jsonl": "c\n",
    }


def test_a_list_cut_while_it_was_kept_is_not_kept_twice(tmp_path: Path) -> None:
    written(tmp_path / "refused.jsonl", "a\n")
    (tmp_path / "refused-1.jsonl").hardlink_to(tmp_path / "refused.jsonl")
    written(tmp_path / "refused.jsonl", "b\n")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["refused-1.jsonl", "refused.jsonl"]


def test_folders_above_a_private_one_are_made_private_and_others_are_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert [oct(each.stat().st_mode & 0o777) for each in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [
        "0o755",
        "0o700",
        "0o700",
    ]


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    with held(tmp_path):
        with pytest.raises(FolderHeldError, match="another process is writing"), held(tmp_path):
            pass
        with pytest.raises(FolderHeldError, match="正被另一进程写入"), held(tmp_path):
            pass
    with held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


#: Holds a folder, and forks a worker that says so and waits for its input to end.
HOLDS_AND_FORKS = """
import os, sys
from pathlib import Path
from customs.files import held
with held(Path(sys.argv[1])):
    if os.fork() == 0:
        print("forked", flush=True)
    sys.stdin.read()
    os._exit(0)
"""


def test_a_worker_that_outlives_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_AND_FORKS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        assert run.stdout.readline() == "forked\n"
        with pytest.raises(FolderHeldError), held(tmp_path):
            pass
        run.kill()
        run.wait()
        with held(tmp_path):
            pass
        run.stdin.close()
        assert run.stdout.read() == ""
