"""Goods records in the console (备案页面): a list is looked at before it is entered, a record has its history and states."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from customs.hub.enterprises.belongings import Belongings
from customs.hub.service.works import WorkPace
from customs.hub.web.forgetting import console_lane
from customs.hub.web.tables import HUB_AUDIT, HUB_UPLOADS
from customs.intake.goods_sheets import goods_in
from customs.ledger.goods import GoodsState, find_goods
from support import exactly, some
from support.console import HOSTILE, ConsoleReader, FilledConsole, mounted
from support.statements import reading_steps, statements_counted

HEADINGS = (
    "货号,商品编码,品名,规格型号,成交单位,法定单位,第一法定数量换算,第二法定单位,第二法定数量换算,原产国,备案状态"
)
LIST = f"{HEADINGS}\nA1,3304990039,面霜,示例|50ml,142,035,0.05,011,1,110,已备案\nA2,3304990039,面霜,示例|50ml,142,035,0.05,011,1,110,\n"


def uploaded(reader: ConsoleReader, content: str | bytes = LIST, name: str = "goods.csv") -> Any:
    given = content.encode() if isinstance(content, str) else content
    return reader.submit(reader.shop("/goods/upload"), "/goods/upload", file=(name, given))


def entered(reader: ConsoleReader, content: str = LIST) -> Any:
    return reader.submit(uploaded(reader, content), "/confirm", why="new season")


def state_of(console: FilledConsole, sku: str) -> GoodsState | None:
    with console.ledger.read() as connection:
        found = find_goods(connection, sku)
    return found.last.state if found else None


def test_a_list_is_shown_before_it_is_entered(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    preview = uploaded(reader)
    assert preview.status_code == 200
    assert "nothing is entered yet" in preview.text
    assert preview.text.count("badge-good") == 2
    assert state_of(console, "A1") is None
    done = reader.submit(preview, "/confirm", why="new season")
    assert "goods.csv is entered: 2 new." in done.text
    assert (state_of(console, "A1"), state_of(console, "A2")) == (GoodsState.ON_RECORD, GoodsState.DRAFT)
    with console.ledger.read() as connection:
        (audit,) = connection.sql.execute(select(HUB_AUDIT).where(HUB_AUDIT.c.action == "goods_list")).all()
        assert connection.sql.execute(select(HUB_UPLOADS)).all() == []
    assert (audit.person, audit.subject, audit.reason) == ("of-goods", "g***.csv", "new season")


@pytest.mark.long
def test_the_name_of_a_file_is_shown_to_who_uploaded_it_sealed_and_masked_in_the_audit(console: FilledConsole) -> None:
    reader, name = console.reader("goods", "en"), "王小明 11010118900307001X.csv"
    preview = uploaded(reader, name=name)
    assert name in preview.text
    with console.ledger.read() as connection:
        (kept,) = connection.sql.execute(select(HUB_UPLOADS)).all()
    assert "王小明" not in repr(kept)
    assert "王小明".encode() not in kept.sealed
    assert f"{name} is entered" in reader.submit(preview, "/confirm", why="new season").text
    audit = console.reader("admin", "en").shop("/audit").text
    assert "王***.csv" in audit
    assert "小明" not in audit
    assert "11010118900307001X" not in audit


def test_a_list_that_nobody_confirms_is_gone_after_its_hour_without_another_upload(console: FilledConsole) -> None:
    uploaded(console.reader("goods", "en"))
    at = console.service.clock()

    def left_after(hours: float) -> int:
        pace = WorkPace(clock=lambda: at + timedelta(hours=hours), chance=Random(1))  # noqa: S311  a jitter
        (work,) = console_lane(console.ledger, pace)
        work.turn()
        with console.ledger.read() as connection:
            return len(connection.sql.execute(select(HUB_UPLOADS.c.id)).all())

    assert (left_after(0.9), left_after(1.1)) == (1, 0)


def test_a_list_is_entered_once_and_its_second_upload_changes_nothing(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    preview = uploaded(reader)
    for _ in exactly(2, range(2)):
        reader.submit(preview, "/confirm")
    again = uploaded(reader)
    assert "Nothing changes" in again.text
    assert "/confirm" not in again.text


def test_a_changed_row_shows_its_fields_before_and_after(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    entered(reader)
    preview = uploaded(reader, LIST.replace("面霜", "眼霜", 1))
    assert "面霜 → 眼霜" in preview.text
    reader.submit(preview, "/confirm")
    record = reader.shop("/goods/record?sku=A1")
    assert "What version 2 changed" in record.text
    assert "眼霜" in record.text


def test_mistakes_name_row_and_column_and_nothing_can_be_confirmed(console: FilledConsole) -> None:
    page = uploaded(console.reader("goods", "en"), LIST.replace("0.05,011,1,110,已备案", "much,011,1,110,已备案"))
    assert page.status_code == 200
    assert '<td class="n">2</td><td>第一法定数量换算</td>' in page.text
    assert "/confirm" not in page.text


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x.csv", f"{HOSTILE}.csv", "a\u202evsc.exe"])
@pytest.mark.long
def test_the_name_of_a_file_is_shown_and_is_no_path(console: FilledConsole, name: str) -> None:
    page = uploaded(console.reader("goods"), LIST, name)
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert "../" not in page.text
    assert "\u202e" not in page.text


def test_a_sku_with_a_script_is_text_on_every_page_and_no_formula_in_a_download(console: FilledConsole) -> None:
    reader = console.reader("goods")
    sku = '<img src=x onerror="1">'
    row = "3304990039,=1+1,示例|50ml,142,035,0.05,011,1,110,已备案"
    content = f'{HEADINGS}\n"{sku.replace(chr(34), chr(34) * 2)}",{row}\n=A9,{row}\n'
    entered(reader, content)
    for page in exactly(2, (reader.shop("/goods"), reader.get(f"/e/shop/goods/record?sku={sku}"))):
        assert page.status_code == 200
        assert "<img" not in page.text
    written = reader.shop("/goods/list.csv").content.decode("utf-8-sig")
    assert ",=" not in written
    assert "\n=" not in written
    book = zipfile.ZipFile(io.BytesIO(reader.shop("/goods/list.xlsx").content))
    assert all(b"<f>" not in book.read(each) for each in some(book.namelist()))


def test_a_download_can_be_uploaded_again(console: FilledConsole, tmp_path: Any) -> None:
    reader = console.reader("goods")
    entered(reader)
    for ending in exactly(2, ("csv", "xlsx")):
        answer = reader.shop(f"/goods/list.{ending}")
        assert "attachment" in answer.headers["content-disposition"]
        path = tmp_path / f"goods.{ending}"
        path.write_bytes(answer.content)
        assert set(goods_in(path)) == {"A1", "A2"}


def test_a_workbook_that_unpacks_to_far_more_is_refused(console: FilledConsole) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<x/>")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    page = uploaded(console.reader("goods", "en"), packed.getvalue(), "bomb.xlsx")
    assert "times its size" in page.text
    assert "/confirm" not in page.text


def test_a_file_that_is_too_large_is_refused_however_it_comes(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    page = reader.shop("/goods/upload")
    large = b"0" * (9 * 1024 * 1024)
    assert reader.submit(page, "/goods/upload", file=("x.csv", large)).status_code == 413
    sent = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
    parts = (large[:1024] for _ in range(9 * 1024))
    answer = reader.client.post("/console/e/shop/goods/upload", content=parts, headers=sent)
    assert answer.status_code == 413


def test_an_upload_is_of_its_person_alone_and_for_an_hour(console: FilledConsole) -> None:
    reader = console.reader("goods")
    address = uploaded(reader).url.path.removeprefix("/console")
    assert console.reader("admin").get(address).status_code == 404
    assert reader.get(address).status_code == 200
    console.hub.rehearsal.now += timedelta(minutes=61)
    assert console.reader("goods").get(address).status_code == 404


def test_whoever_may_look_alone_uploads_and_moves_nothing(console: FilledConsole) -> None:
    entered(console.reader("goods"))
    reader = console.reader("finance")
    key = reader.get("/account").text.split('name="key" value="')[1].split('"')[0]
    fields = {"key": key, "once": "1", "sku": "A1", "book": "", "state": "withdrawn", "ticket": "T-1"}
    for path in exactly(3, ("/goods/state", "/goods/upload", "/goods/upload/1/confirm")):
        assert reader.post(f"/console/e/shop{path}", fields).status_code == 403
    without = console.reader("goods").post("/console/e/shop/goods/state", {**fields, "key": ""})
    assert without.status_code == 403
    assert state_of(console, "A1") is GoodsState.ON_RECORD


def test_a_record_is_brought_into_a_state_by_a_ticket(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    entered(reader)
    done = reader.submit(reader.shop("/goods/record?sku=A1"), "/goods/state", state="suspended", ticket="T-1", why="x")
    assert "A1 is now suspended." in done.text
    assert state_of(console, "A1") is GoodsState.SUSPENDED
    refused = reader.submit(reader.shop("/goods/record?sku=A1"), "/goods/state", state="draft", ticket="T-2")
    assert "cannot become draft" in refused.text
    audit = console.reader("admin", "en").shop("/audit").text
    for told in exactly(3, ("entered a goods list", "changed the state of", "could not change goods records")):
        assert told in audit
    assert reader.shop("/goods/record?sku=A9").status_code == 404


@pytest.mark.long
def test_the_pages_of_many_records_go_by_an_index(console: FilledConsole) -> None:
    reader = console.reader("goods", "en")
    rows = "".join(f"B{place:03},3304990039,面霜,示例|50ml,142,035,0.05,011,1,110,已备案\n" for place in range(60))
    entered(reader, f"{HEADINGS}\n{rows}")
    with statements_counted() as asked:
        first = reader.shop("/goods")
    assert "B049" in first.text
    assert "B050" not in first.text
    second = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "B050" in reader.get(second.removeprefix("/console")).text
    with console.ledger.read() as connection:
        steps = reading_steps(connection, "goods_records", asked)
    assert all(each.startswith("SEARCH") for each in some(steps))


@pytest.mark.long
def test_rows_of_books_of_others_are_left_out_and_seen_by_nobody_else(console: FilledConsole) -> None:
    entered(console.reader("goods"))
    own = Belongings(account_books=frozenset({"T3111W000076"}))
    shop = replace(console.service.enterprises["shop"], belongings=own)
    service = replace(console.service, enterprises={"shop": shop})
    other = replace(console, service=service, application=mounted(service)).reader("goods", "en")
    assert "A1" not in other.shop("/goods").text
    assert other.shop("/goods/record?sku=A1").status_code == 404
    preview = uploaded(other)
    assert "The book is not this enterprise" in preview.text
    assert "/confirm" not in preview.text
