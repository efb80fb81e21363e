"""Files that are no tables, and workbooks that nobody made by hand: each is refused in one sentence of two languages."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl.chart import BarChart

from customs.intake import workbook_parts
from customs.intake.sheets import SheetError
from support.tables import MAIN, raw_rows, raw_workbook, read_whole, saved, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(**parts: str) -> bytes:
    return archive_of(parts)


def archive_of(parts: Mapping[str, str]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return file.getvalue()


#: A file, what it is said to be in English and in Chinese.
OTHERS = {
    "an old workbook": (OLE + b"\0" * 600, "an Excel workbook of before 2007 (.xls)", "旧版 Excel 工作簿"),
    "a workbook with a password": (
        OLE + b"\0" * 100_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100, "a workbook with a password", "带密码的工作簿",
    ),
    "a PDF": (b"%PDF-1.7\n", "a PDF", "PDF 文件"),
    "gzip": (b"\x1f\x8b\x08\0", "packed", "压缩文件"),
    "RAR": (b"Rar!\x1a\x07\x01\0", "packed", "压缩文件"),
    "a photograph": (b"\xff\xd8\xff\xe0", "a picture", "图片"),
    "a web page called .xls": ("<html><body><table><tr><td>订单编号</td></tr></table>".encode(), "a web page", "网页文件"),
    "a table of a web page in UTF-16": ("\ufeff<table><tr>".encode("utf-16-le"), "a web page", "网页文件"),
    "a web page that Excel saved": (
        b'<?xml version="1.0"?>\n<html xmlns:x="urn:schemas-microsoft-com:office:excel">', "a web page", "网页文件",
    ),
    "an XML spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "an XML spreadsheet of 2003", "XML 电子表格 2003",
    ),
    "a message": (b'<?xml version="1.0"?><CEB311Message/>', "XML, such as a message of customs", "XML 文件（如海关报文）"),
    "a web archive": (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "a web archive (MHTML)", "单个文件网页"),
    "UTF-32": ("a,b".encode("utf-32"), "text in UTF-32", "UTF-32 编码的文本"),
    "a binary workbook": (archive(**{"xl/workbook.bin": ""}), "a binary workbook (.xlsb)", "二进制工作簿"),
    "a sheet of LibreOffice": (archive(mimetype="application/vnd.oasis.opendocument"), "an OpenDocument file", "OpenDocument 文件"),
    "an archive with a table": (archive(**{"orders.csv": "a,b"}), "a ZIP archive without a workbook", "不含工作簿的 ZIP 压缩文件"),
    "an empty archive": (archive(), "a ZIP archive without a workbook", "不含工作簿的 ZIP 压缩文件"),
    "nothing": (b"", "empty", "空文件"),
}  # fmt: skip


def refused(content: bytes, folder: Path) -> SheetError:
    (folder / "orders.xlsx").write_bytes(content)
    with pytest.raises(SheetError) as found:
        read_whole(folder / "orders.xlsx")
    assert "orders.xlsx" in found.value.zh
    return found.value


@pytest.mark.parametrize("case", OTHERS)
def test_a_file_that_is_no_table_is_named(case: str, tmp_path: Path) -> None:
    content, en, zh = OTHERS[case]
    error = refused(content, tmp_path)
    assert error.en.startswith(f"orders.xlsx is {en}")
    assert f"文件类型：{zh}" in error.zh


def test_a_strict_workbook_says_how_to_save_it(tmp_path: Path) -> None:
    book = '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    assert (
        "save it as Excel Workbook (.xlsx), not as Strict Open XML Spreadsheet"
        in refused(raw_workbook("", {"xl/workbook.xml": book}), tmp_path).en
    )


DAMAGED = "orders.xlsx is damaged"
UNREADABLE = "orders.xlsx cannot be read as a workbook: "
SHEET = raw_rows(("a", "b"), ("x", "y"))
WHOLE = saved(workbook(["a", "b"], ["x", "y"]))


def more(row: str) -> str:
    return raw_rows(("a", "b")).replace("</sheetData>", f"{row}</sheetData>")


def part(name: str, content: str) -> bytes:
    return raw_workbook(SHEET, {name: content})


LONG = raw_rows(("a", "b"), ("x" * 32_768, "y"))
WITHOUT_END = raw_rows(("a", "b"), ("x" * 900_000, "y"))
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 10_200}</cellXfs></styleSheet>'
ENTITIES = f'<!DOCTYPE a [<!ENTITY b "c">]><worksheet xmlns="{MAIN}">{SHEET}</worksheet>'


def cell(place: str) -> str:
    return raw_rows(("a", "b")).replace("</sheetData>", f'<row r="2"><c r="{place}"><v>1</v></c></row></sheetData>')


def rows(*numbers: str) -> str:
    cells = "".join(f'<row r="{each}"><c r="A{each}"><v>1</v></c></row>' for each in numbers)
    return raw_rows(("a", "b")).replace("</sheetData>", f"{cells}</sheetData>")


#: A workbook and the beginning of the reason why it is refused.
REFUSED = {
    "cut": (WHOLE[:-300], DAMAGED),
    "cut in its first half": (WHOLE[: len(WHOLE) // 2], DAMAGED),
    "with bytes that changed": (WHOLE[:600] + b"\0\1\2" * 40 + WHOLE[720:], DAMAGED),
    "without its sheet": (raw_workbook("", {"xl/worksheets/sheet1.xml": ""}), "orders.xlsx has no visible sheet"),
    "with a sheet that is not XML": (raw_workbook("<sheetData>"), DAMAGED),
    "without anything": (saved(workbook()), "orders.xlsx has no visible sheet with anything in it; it has: 订单"),
    "with numbers only": (saved(workbook([1, 2], [3, 4])), "orders.xlsx (订单) has no headings"),
    "with a value that is no number": (raw_workbook(cell("A2").replace("<v>1", "<v>x")), DAMAGED),
    "with a text that is not there": (raw_workbook(cell("A2").replace('"A2"', '"A2" t="s"')), DAMAGED),
    "with entities": (part("xl/worksheets/sheet1.xml", ENTITIES), f"{UNREADABLE}it declares entities"),
    "with rows that go back": (raw_workbook(rows("3", "2")), f"{UNREADABLE}its rows are not in order (row 2)"),
    "with a row twice": (raw_workbook(rows("2", "2")), f"{UNREADABLE}its rows are not in order (row 2)"),
    "with a row beyond all rows": (raw_workbook(rows("1048577")), f"{UNREADABLE}its rows are not in order (row 1048577)"),
    "with a cell beyond all columns": (raw_workbook(cell("AMK2")), f"{UNREADABLE}row 2 has cells beyond column AMJ"),
    "with cells that go back": (raw_workbook(more('<row><c r="B2"/><c r="A2"/></row>')), f"{UNREADABLE}row 2 has cells"),
    "with a text longer than a cell holds": (raw_workbook(LONG), "orders.xlsx, cell A2: a text of more than 32,767 characters"),
    "with a text without end": (raw_workbook(WITHOUT_END), f"{UNREADABLE}row 2 is longer than any row"),
    "with a row without end": (raw_workbook(more(f"<row><c>{'<v/>' * 60_000}</c></row>")), f"{UNREADABLE}row 2 is longer than any row"),
    "with a text in pieces without end": (
        part("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si>{"<t/>" * 60_000}</si></sst>'),
        f"{UNREADABLE}a text in it is longer than any text",
    ),
    "with links between its rows": (
        raw_workbook(more("<hyperlinks/><row/>")), f"{UNREADABLE}something else stands between its rows",
    ),
    "with links within a row": (
        raw_workbook(more("<row><hyperlinks/><c/></row>")), f"{UNREADABLE}something else stands between its rows",
    ),
    "with styles without end": (part("xl/styles.xml", STYLES), f"{UNREADABLE}it holds more styles than its size allows"),
    "that unpacks to a hundred times its size": (
        part("xl/media/image1.png", "\0" * 40_000_000), f"{UNREADABLE}it unpacks to 40",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_workbook_that_cannot_be_read_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    content, reason = REFUSED[case]
    assert refused(content, tmp_path).en.startswith(reason)


def test_rows_shared_texts_and_merged_areas_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "GRANTED", 3)
    monkeypatch.setattr(workbook_parts, "PACKED_BYTES", 1_000_000)
    monkeypatch.setattr(workbook_parts, "MOST_MERGED", 1)
    texts = raw_workbook(SHEET, strings="<si><t>x</t></si>" * 4)
    assert refused(texts, tmp_path).en.startswith(f"{UNREADABLE}it holds more texts than its size allows")
    assert refused(raw_workbook(more("<row/>" * 3)), tmp_path).en.startswith(f"{UNREADABLE}it holds more rows than")
    merged = raw_workbook(f'{SHEET}<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/></mergeCells>')
    assert refused(merged, tmp_path).en.startswith(f"{UNREADABLE}it has more than 1 merged areas")


def test_links_and_rules_behind_the_rows_are_not_counted(tmp_path: Path) -> None:
    links = "".join(f'<hyperlink ref="A{each}"/>' for each in range(1, 60_000))
    (tmp_path / "orders.xlsx").write_bytes(raw_workbook(f"{SHEET}<hyperlinks>{links}</hyperlinks>"))
    assert len(read_whole(tmp_path / "orders.xlsx")[1]) == 1


def test_comments_and_pictures_are_not_counted(tmp_path: Path) -> None:
    shapes = f"<xml>{'<shape/>' * 60_000}</xml>"
    more = {"xl/comments/comment1.xml": shapes, "xl/drawings/vml1.vml": shapes, "xl/media/a.png": "x"}
    (tmp_path / "orders.xlsx").write_bytes(raw_workbook(SHEET, more))
    assert len(read_whole(tmp_path / "orders.xlsx")[1]) == 1


def test_a_sheet_where_pictures_stand_is_refused(tmp_path: Path) -> None:
    sheet = raw_workbook(SHEET, renamed=("worksheets/sheet1.xml", "media/a.xml"))
    assert refused(sheet, tmp_path).en.startswith(DAMAGED)
    texts = raw_workbook(SHEET, renamed=("sharedStrings.xml", "media/a.xml"))
    assert refused(texts, tmp_path).en.startswith(f"{UNREADABLE}a part of it stands in an unusual place")


def test_the_drawings_of_a_sheet_of_charts_are_counted(tmp_path: Path) -> None:
    book = workbook(["a", "b"], ["x", "y"])
    book.create_chartsheet("图").add_chart(BarChart())
    content = saved(book)
    (tmp_path / "orders.xlsx").write_bytes(content)
    assert len(read_whole(tmp_path / "orders.xlsx")[1]) == 1
    with ZipFile(BytesIO(content)) as archive:
        parts = {each: archive.read(each).decode() for each in archive.namelist()}
    parts["xl/drawings/more.xml"] = f"<a>{'<b/>' * 60_000}</a>"
    assert refused(archive_of(parts), tmp_path).en.startswith(f"{UNREADABLE}it holds more styles than")


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "none.csv")
