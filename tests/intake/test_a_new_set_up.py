"""A set-up made of a few answers: its templates, filled in, make parcels that customs would take."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import customs
from customs.cli.commands import app
from customs.declaration import Declaration, Line
from customs.intake import check_goods, goods_in, load_enterprise, orders_in
from customs.intake.columns import columns_of
from customs.intake.first_file import QUESTIONS
from customs.intake.goods_headings import field_of
from customs.intake.reading import read_sheet
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from support import MORNING, SINGLES_DAY


def answers(parcel: Declaration, key: Path) -> list[str]:
    """The answers of the enterprise that declares a parcel."""
    given = {each.name: getattr(getattr(parcel, each.table, None), each.name, None) for each in QUESTIONS}
    return [f"--answer={name}={value}" for name, value in {**given, "key": key}.items() if value is not None]


def goods_row(line: Line, headings: list[str]) -> list[str]:
    """The record of the goods of a line, by the headings of the template."""
    facts: dict[str, Any] = {name: getattr(line, name) for name in Line.model_fields}
    facts |= {"sku": line.item_no, "per_unit1": ratio(line.first_legal_qty, line)}
    facts["per_unit2"] = ratio(line.second_legal_qty, line)
    return [str(facts.get(field_of(each)) or "") for each in headings]


def ratio(quantity: Any, line: Line) -> Any:
    return None if quantity is None else quantity / line.qty


def order_rows(parcel: Declaration, headings: list[str]) -> list[list[str]]:
    """The rows of an order, by the headings of the template."""
    paths = [each.path for each in columns_of(headings).known]
    return [[text_of(parcel, line, path) for path in paths] for line in parcel.order.lines]


def text_of(parcel: Declaration, line: Line, path: str) -> str:
    part, _, name = path.partition(".")
    value = line.item_no if path == "sku" else getattr(line if part == "line" else getattr(parcel, part), name)
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}" if name == "paid_at" else str(value)


def fill(path: Path, rows: Any) -> None:
    """Write rows below the headings of a template; ``rows`` makes them of the headings."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for row in rows([str(cell.value) for cell in sheet[1]]):
        sheet.append(row)
    book.save(path)


@pytest.mark.parametrize(("mode", "count"), [("1210", 17), ("9610", 15)])
@pytest.mark.long
def test_a_set_up_of_a_few_answers_declares_what_its_lists_hold(tmp_path: Path, mode: Any, count: int) -> None:
    made = issue_test_key(*DECLARANT, since=MORNING.replace(month=1))
    (tmp_path / "our.key").write_bytes(made.key)
    (tmp_path / "our.crt").write_bytes(made.certificate)
    parcels = list(sample_parcels(20, seed=3, mode=mode))
    given = answers(parcels[0], tmp_path / "our.key")
    assert len(given) == count
    assert CliRunner().invoke(app, ["init", str(tmp_path), *given]).exit_code == 0
    lines = {line.item_no: line for parcel in parcels for line in parcel.order.lines}
    fill(tmp_path / "goods.xlsx", lambda headings: [goods_row(each, headings) for each in lines.values()])
    fill(tmp_path / "orders.xlsx", lambda headings: [row for each in parcels for row in order_rows(each, headings)])

    enterprise = load_enterprise(tmp_path / "customs.toml")
    assert enterprise.goods is not None
    records = goods_in(enterprise.goods.path, enterprise.goods.sheet)
    assert check_goods(records, on=SINGLES_DAY) == []
    run = enterprise.run_of(
        enterprise.profile_for(),
        on=date(2026, 11, 11),
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    )
    with read_sheet(tmp_path / "orders.xlsx") as sheet:
        orders = orders_in(
            sheet, enterprise.columns, goods=records.get, profiles=enterprise.profiles.values(), on=run.on
        )
        assert [finding for order in orders for finding in order.findings] == []
        batches = list(run.prepare_many(order.given for order in orders))
    declared = [parcel for batch in batches for parcel in batch.parcels]
    assert [each.order_no for each in declared] == [each.order.order_no for each in parcels]
    assert [finding for each in declared for finding in each.findings] == []
    assert [message.name for batch in batches for message in batch.messages] == ["CEB311", "CEB411", "CEB511", "CEB621"]
