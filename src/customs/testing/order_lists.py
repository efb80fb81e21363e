"""Order lists of parcels (订单表): the rows that a shop would have, one for each line, for tests of whatever reads them.

>>> from customs.testing import sample_parcels
>>> rows = rows_of(sample_parcels(2, seed=7, mode="1210"))
>>> rows[0]["订单编号 order.order_no"], rows[0]["数量 line.qty"]
('EX121000070000001', '3')
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from customs.declaration import Declaration
from customs.fields.terms import Term
from customs.intake.column_names import TERMS


def rows_of(declarations: Iterable[Declaration]) -> list[dict[str, str]]:
    """Return the rows of parcels, a row for each line, with the facts of the order in each of its rows.

    Headings are pairs as ``数量 line.qty``; values are texts as JSON has them. Every row has all headings, empty where
    the parcel has no such value.
    """
    rows = [row for each in declarations for row in _rows(each)]
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return [{heading: row.get(heading, "") for heading in headings} for row in rows]


def _rows(declaration: Declaration) -> Iterator[dict[str, str]]:
    values: dict[str, Any] = declaration.model_dump(mode="json", exclude_none=True)
    lines = values["order"].pop("lines")
    for line in lines:
        yield dict(_flat({**values, "line": line}, ""))


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield _heading(f"{before}{name}"), str(value)


def _heading(path: str) -> str:
    term: Term | None = TERMS.get(path)
    return f"{term.zh} {path}" if term else path
