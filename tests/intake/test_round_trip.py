"""Parcels written as rows are composed to the same parcels again, whatever file the rows stand in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.declaration import Declaration
from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Moment
from customs.intake.column_names import path_of, term_of_path
from customs.testing import declarations, rows_of, sample_parcels
from support.order_lists import (
    cells,
    composed,
    composed_in,
    composed_of,
    csv_text,
    json_array,
    json_lines,
    read_again,
    xlsx_bytes,
)


def says_something(parcel: Declaration) -> bool:
    """True if no name is a word that tables have for nothing."""
    return not any(
        value.upper() in ("TRUE", "FALSE", "NONE", "NULL", "NAN") for row in rows_of([parcel]) for value in row.values()
    )


parcels = st.lists(
    declarations().filter(says_something), min_size=1, max_size=3, unique_by=lambda each: each.order.order_no
)


@given(parcels)
@settings(max_examples=30)
@pytest.mark.long
def test_the_rows_of_parcels_are_the_parcels_again(given_parcels: list[Declaration]) -> None:
    assert [read_again(each) for each in composed(rows_of(given_parcels))] == given_parcels


@given(parcels, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_rows_of_an_order_may_stand_anywhere_in_their_order(given_parcels: list[Declaration], chance: Any) -> None:
    rows = rows_of(given_parcels)
    heading = next(each for each in rows[0] if path_of(each) == "order.order_no")
    waiting: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        waiting.setdefault(row[heading], []).append(row)
    mixed = []
    while waiting:
        number = chance.choice(sorted(waiting))
        mixed.append(waiting[number].pop(0))
        if not waiting[number]:
            del waiting[number]
    found = {each.order_no: read_again(each) for each in composed(mixed)}
    assert found == {each.order.order_no: each for each in given_parcels}
    assert list(found) == list(dict.fromkeys(row[heading] for row in mixed))


@given(parcels)
@settings(max_examples=20)
def test_the_facts_of_an_order_may_stand_in_its_first_row_alone(given_parcels: list[Declaration]) -> None:
    seen = set[str]()
    rows = []
    for row in rows_of(given_parcels):
        number = next(value for heading, value in row.items() if path_of(heading) == "order.order_no")
        kept = ("line.", "order.order_no") if number in seen else ("",)
        rows.append({heading: value if path_of(heading).startswith(kept) else "" for heading, value in row.items()})
        seen.add(number)
    assert [read_again(each) for each in composed(rows)] == given_parcels


#: A value that each kind of field refuses, and the code of its finding.
MISTAKES: tuple[tuple[tuple[type, ...], Any, str], ...] = (
    ((Decimals,), "12,5", "field-form"),
    ((Decimals,), "#REF!", "cell-error"),
    ((Decimals,), 1e17, "cell-number"),
    ((Decimals,), True, "field-form"),
    ((Code, Fixed), "#N/A", "cell-error"),
    ((Code,), "没有这样的代码", "field-form"),
    ((Moment, Day), "11/12/2026 10:00", "field-form"),
    ((Moment, Day), 46337.25, "field-form"),
    ((Count,), "1.5", "field-form"),
    ((object,), "N/A", "cell-placeholder"),
    ((object,), 2.0261111e17, "cell-number"),
)


@given(parcels, st.data())
@settings(max_examples=80)
@pytest.mark.long
def test_the_cell_of_a_finding_is_the_cell_that_was_broken(
    given_parcels: list[Declaration], data: st.DataObject
) -> None:
    rows: list[dict[str, Any]] = [*rows_of(given_parcels)]
    number = data.draw(st.integers(0, len(rows) - 1))
    headings = [each for each, value in rows[number].items() if value and path_of(each) != "order.order_no"]
    heading = data.draw(st.sampled_from(headings))
    term = term_of_path(path_of(heading))
    special = [(wrong, code) for kinds, wrong, code in MISTAKES if isinstance(term, kinds) and kinds != (object,)]
    free = path_of(heading).rpartition(".")[2] in ("note", "goods_info", "item_description", "model")
    general = [(wrong, code) for kinds, wrong, code in MISTAKES if kinds == (object,) and not (free and wrong == "N/A")]
    wrong, code = data.draw(st.sampled_from(special or general))
    rows[number][heading] = wrong
    row = number + 2
    column = list(rows[0]).index(heading)

    found = composed(rows)
    broken = [each for each in found if each.findings]

    assert [(each.code, each.is_error) for order in broken for each in order.findings] == [(code, True)]
    (order,) = broken
    (spot,) = (order.spot_of(each) for each in order.findings)
    assert (spot.row, spot.column) == (row, column + 1)
    assert row in order.rows
    good = [each for each in given_parcels if each.order.order_no != order.order_no]
    assert [read_again(each) for each in found if each is not order] == good


@given(parcels, st.data())
@settings(max_examples=30)
def test_an_order_is_refused_where_a_row_of_it_has_lost_its_number(
    given_parcels: list[Declaration], data: st.DataObject
) -> None:
    rows: list[dict[str, Any]] = [*rows_of(given_parcels)]
    heading = next(each for each in rows[0] if path_of(each) == "order.order_no")
    number = data.draw(st.integers(0, len(rows) - 1))
    lost = rows[number][heading]
    rows[number][heading] = data.draw(st.sampled_from(["", 2.0261111e17, "1.1E+17", "#N/A"]))

    found = composed(rows)

    refused = [each.order_no for each in found if each.findings]
    assert sorted(refused) == sorted({"", *(row[heading] for row in rows if row[heading] == lost)})
    alone = next(each for each in found if each.order_no == "")
    assert [cell for _, cell in cells(alone)] == [f"{column_of(rows, heading)}{number + 2}"]


def column_of(rows: Sequence[dict[str, Any]], heading: str) -> str:
    from customs.intake.spots import letters

    return letters(list(rows[0]).index(heading) + 1)


SAMPLES = [*sample_parcels(20, seed=5, mode="1210"), *sample_parcels(20, seed=6, mode="9610")]
ROWS = rows_of(SAMPLES)

FILES: dict[str, Callable[[], bytes]] = {
    "UTF-8": lambda: csv_text(ROWS).encode(),
    "UTF-8 with its mark": lambda: csv_text(ROWS).encode("utf-8-sig"),
    "GB18030": lambda: csv_text(ROWS).encode("gb18030"),
    "UTF-16": lambda: csv_text(ROWS).encode("utf-16"),
    "a workbook": lambda: xlsx_bytes(ROWS),
    "JSON lines": lambda: json_lines(SAMPLES).encode(),
    "a JSON array": lambda: json_array(SAMPLES).encode(),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_same_orders_are_given_whatever_file_they_stand_in(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "orders"
    path.write_bytes(FILES[kind]())
    columns, found = composed_in(path)
    assert columns.columns.unknown == ()
    assert [each.findings for each in found] == [()] * len(SAMPLES)
    assert [each.given for each in found] == [each.given for each in composed(ROWS)]


def test_mappings_of_a_shop_system_give_the_same_orders() -> None:
    found = composed_of([each.model_dump(exclude_none=True) for each in SAMPLES])
    assert [each.given for each in found] == [each.given for each in composed(ROWS)]
    assert [read_again(each) for each in found] == SAMPLES
