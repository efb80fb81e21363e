"""Values of rows (行中的值): what the cells of an order say, each converted, and what is odd about them."""

from customs.fields import Term
from customs.fields.given import Misfit
from customs.fields.terms import Moment
from customs.intake.cell_values import Unfit, form
from customs.intake.columns import SheetColumn
from customs.intake.draft import Draft, Intake, same, shown_cell
from customs.intake.sheets import Odd, SheetRow, Value
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.reading import name_of


def read_order(draft: Draft) -> None:
    """Take the values of which an order has one from all its rows."""
    rows, values, origins = draft.looked_at, draft.values, draft.origins
    apart = [(at, row) for at, row in enumerate(rows) if not at or not _says_the_same(row, rows[at - 1], draft.intake)]
    for column in draft.intake.of_order:
        path = column.path
        for at, row in apart:
            value = cell_value(draft, path, row, column, merged=at == 0)
            if value is None:
                continue
            origin = (row.number, column.index)
            if path not in values:
                values[path] = value
                origins[path] = origin
            elif not same(values[path], value, column.term):
                draft.differ(path, (values[path], origins[path]), (value, origin), rows=True)


def _says_the_same(row: SheetRow, above: SheetRow, intake: Intake) -> bool:
    """True if a row says of its order what the one above says, which is looked at."""
    if row.odd or above.odd:
        return False
    one, other = intake.said_of_order(row.values), intake.said_of_order(above.values)
    return one == other and [*map(type, one)] == [*map(type, other)]


def read_line(draft: Draft, number: int, row: SheetRow) -> None:
    """Take the values of a line from its row."""
    line: dict[str, object] = {}
    draft.lines.append(line)
    where = f"order.lines[{number}]"
    for column in draft.intake.of_line:
        name = column.path.removeprefix("line.")
        path = f"{where}.{name}"
        value = cell_value(draft, path, row, column)
        if value is None:
            continue
        draft.origins[path] = (row.number, column.index)
        outer, _, inner = name.rpartition(".")
        if outer:
            facts = line.setdefault(outer, {})
            assert isinstance(facts, dict)
            facts[inner] = value
        else:
            line[name] = value
    _look_at_row(draft, where, number, row)


def cell_value(draft: Draft, path: str, row: SheetRow, column: SheetColumn, *, merged: bool = True) -> str | int | None:
    """Return the value of a cell, None if it has none or none that can be taken; then a finding says why."""
    if column.parts:
        return _joined(draft, path, row, column, merged=merged)
    value = row.values[column.index] if column.index < len(row.values) else None
    if row.odd and (odd := row.odd.get(column.index)) and (unfit := _odd(odd, value, merged=merged)):
        draft.breaks(path, unfit.at(path, column.term), (row.number, column.index))
        return None
    if value is None or value == "":
        return None
    found = column.convert(value)
    if isinstance(found, Unfit):
        draft.breaks(path, found.at(path, column.term), (row.number, column.index))
        return None
    if found == "":
        return None
    if column.path in _ABOVE_ZERO and not _above_zero(str(found)):
        draft.breaks(path, catalogue.NOT_POSITIVE.at(path, name=name_of(column.term, path)), (row.number, column.index))
        return None
    if not isinstance(value, str) and isinstance(column.term, Moment) and str(found).endswith("000000"):
        draft.refuse(_midnight(path, column.term), (row.number, column.index))
    return found


def _joined(draft: Draft, path: str, row: SheetRow, column: SheetColumn, *, merged: bool) -> str | None:
    """Return an address of all its cells, None if one of them cannot be taken or the last one, the street, is empty."""
    before = len(draft.findings)
    found = [cell_value(draft, path, row, each, merged=merged) for each in column.parts]
    if len(draft.findings) > before:
        return None
    if found[-1] is None and any(found):
        street = Misfit(f"缺少“{column.heading}”", f"lacks its last part, {column.heading}")
        draft.breaks(path, form(None, column.term, street).at(path, column.term), (row.number, column.index))
        return None
    return "".join(str(each) for each in found if each is not None) or None


#: Quantities from which others are derived: named here, each is one finding and not one for every value behind it.
_ABOVE_ZERO = frozenset({"line.qty", "waybill.gross_weight"})


def _above_zero(digits: str) -> bool:
    return digits[:1] != "-" and digits.strip("0.") != ""


def _midnight(path: str, term: Term) -> Finding:
    return catalogue.CELL_MIDNIGHT.at(path, name=name_of(term, path))


def _odd(odd: Odd, value: Value, *, merged: bool) -> Unfit | None:
    """Why an odd cell has no value."""
    if odd is Odd.ERROR:
        shown = str(value) if isinstance(value, str) and value.startswith("#") else ""
        return Unfit(
            catalogue.CELL_ERROR, {"shown_zh": f"（{shown}）" if shown else "", "shown": f" ({shown})" if shown else ""}
        )
    if odd is Odd.UNCOMPUTED:
        return Unfit(catalogue.CELL_UNCOMPUTED, {})
    if odd is Odd.MERGED and merged and value not in (None, ""):
        return Unfit(catalogue.CELL_MERGED, {})
    return None


def _look_at_row(draft: Draft, where: str, number: int, row: SheetRow) -> None:
    """Say of a row that it is hidden, reaches beyond the headings or repeats another one."""
    for index, odd in row.odd.items():
        if index == -1 and odd is Odd.HIDDEN:
            draft.refuse(catalogue.ROW_HIDDEN.at(where, row=row.number), (row.number, draft.intake.numbered))
        elif odd is Odd.BEYOND:
            draft.refuse(catalogue.ROW_BEYOND.at(where, row=row.number), (row.number, index))
    draft.read.append(dict(draft.lines[number]))
    _look_at_others(draft, where, number, row)


def _look_at_others(draft: Draft, where: str, number: int, row: SheetRow) -> None:
    """Say of a row that it stands twice in its order, or its goods do; the lines of one object of JSON are intended."""
    line, origin = draft.read[number], (row.number, draft.intake.numbered)
    goods = line.get("sku", line.get("item_no"))
    runs = draft.order.runs
    for at, (earlier, other) in enumerate(zip(draft.order.rows, draft.read[:number], strict=False)):
        if earlier.number == row.number:
            continue
        if line and line == other:
            draft.refuse(catalogue.ROW_REPEATED.at(where, row=row.number, first=earlier.number), origin)
            return
        if goods is not None and goods == other.get("sku", other.get("item_no")):
            kind = catalogue.ORDER_AGAIN if runs[number] != runs[at] else catalogue.SKU_TWICE
            draft.refuse(
                kind.at(where, row=row.number, first=earlier.number, sku=shown_cell(str(goods)) or "***"), origin
            )
            return
