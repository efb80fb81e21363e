"""Files that are written whole: names that stay in their folder, parts that are placed or deleted."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customs.files import FORM, LONGEST_NAME, Names, safe_name, stage, whole_file, write_whole


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
