"""Orders in JSON (JSON 订单) and in memory, as a shop system has them: an object an order, its lines in a list of it.

Nested objects become headings with dots. The one list of objects of an order, whatever its key, makes its rows; the keys
of its lines are headings as they stand, or ``line.<key>`` where the order has the same key.

>>> sheet = sheet_of_mappings([{"order_no": "EX1", "buyer": {"name": "A"}, "goods": [{"sku": "S1"}, {"sku": "S2"}]}])
>>> sheet.headings
('order_no', 'buyer.name', 'sku')
>>> [each.values for each in sheet.rows]
[('EX1', 'A', 'S1'), ('EX1', 'A', 'S2')]
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NoReturn

from customs.intake.encodings import encoding_of
from customs.intake.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Sheet, SheetError, SheetRow, Value

#: The key under which reasons are written into refused orders; it is none of an order.
REASONS = "reasons"

#: Characters of an order, levels of objects in it, lines of it, digits of a number.
LONGEST_ORDER, MOST_LEVELS, MOST_LINES, MOST_DIGITS = 1 << 20, 8, 10_000, 40

#: What is before the key of a line that the order has too.
LINE = "line."

_BLANKS = re.compile(r"[ \t\r\n]+")
_SCALARS = (str, int, float, Decimal, bool, date, time, timedelta)

_TOO_MANY = (f"more than {MOST_COLUMNS:,} fields or {MOST_ROWS:,} rows", f"超过 {MOST_COLUMNS} 个字段或 {MOST_ROWS} 行")

#: Types of values that are taken as they stand.
_PLAIN = frozenset({str, int, Decimal, bool, type(None)})

_Flat = dict[str, Value]


def sheet_of_mappings(orders: Iterable[Mapping[str, Any]], file: str = "") -> Sheet:
    """Return the sheet of orders in memory. Raises ``SheetError`` for what is no order."""
    given = orders if isinstance(orders, Sequence) else list(orders)
    return _sheet(file or "orders", lambda: iter(given), ())


@contextmanager
def read_json(path: Path) -> Iterator[Sheet]:
    """Open orders in a file: JSON lines, or one array. Raises ``SheetError``."""
    encoding = encoding_of(path)
    yield _sheet(path.name, lambda: _objects(path, encoding.name), encoding.said)


def _sheet(name: str, orders: Callable[[], Iterator[Any]], said: tuple[tuple[str, str], ...]) -> Sheet:
    """Return a sheet; the orders are gone through twice, since the headings are known after the last one."""
    of_orders, of_lines, count = dict[str, None](), dict[str, None](), 0
    for position, order in enumerate(orders(), 1):
        flat, lines = _pieces(name, position, order)
        for known, given in ((of_orders, flat), *((of_lines, line) for line in lines)):
            if not given.keys() <= known.keys():
                known.update(dict.fromkeys(given))
        count += max(1, len(lines))
        if len(of_orders) + len(of_lines) > MOST_COLUMNS or count > MOST_ROWS:
            raise _wrong(name, position, *_TOO_MANY)
    headings = (*of_orders, *(f"{LINE}{key}" if key in of_orders else key for key in of_lines))
    if not headings:
        raise SheetError(f"{name} has no orders", f"{name} 没有订单")
    return Sheet(
        file=name,
        kind="json",
        headings=headings,
        heading_row=0,
        rows=_rows(name, orders(), tuple(of_orders), tuple(of_lines)),
        count=count,
        lines_from=len(of_orders),
        said=said,
    )


def _rows(
    name: str, orders: Iterator[Any], of_orders: tuple[str, ...], of_lines: tuple[str, ...]
) -> Iterator[SheetRow]:
    width = len(of_orders) + len(of_lines)
    columns = {key: at for at, key in enumerate(of_orders)}
    of_line = {key: at for at, key in enumerate(of_lines, len(of_orders))}
    for position, order in enumerate(orders, 1):
        flat, lines = _pieces(name, position, order)
        above: list[Value] = [None] * width
        for key, value in flat.items():
            above[columns[key]] = value
        for line in lines or [_Flat()]:
            cells = above.copy()
            for key, value in line.items():
                cells[of_line[key]] = value
            yield SheetRow(position, tuple(cells))


def _pieces(name: str, position: int, order: Any) -> tuple[_Flat, list[_Flat]]:
    """Return the fields of an order and of each of its lines."""
    if type(order) is not dict and not isinstance(order, Mapping):
        raise _wrong(name, position, "no object", "不是对象")
    if not order:
        raise _wrong(name, position, "an object without fields", "对象没有字段")
    if (plain := _plain(order)) is not None:
        return plain, []
    lists = dict[str, Sequence[Any]]()
    flat = _flat(name, position, order, lists)
    if len(lists) > 1:
        keys = ", ".join(lists)
        raise _wrong(name, position, f"more than one list of objects ({keys})", f"有多个对象列表（{keys}）")
    lines = next(iter(lists.values()), ())
    if len(lines) > MOST_LINES:
        raise _wrong(name, position, f"more than {MOST_LINES:,} lines", f"商品行超过 {MOST_LINES} 行")
    inner = dict[str, Sequence[Any]]()
    found = [_flat(name, position, line, inner) for line in lines]
    if inner:
        key = next(iter(inner))
        raise _wrong(name, position, f"a list of objects within a line ({key})", f"商品行内又有对象列表（{key}）")
    return flat, found


def _flat(name: str, position: int, given: Mapping[str, Any], lists: dict[str, Sequence[Any]]) -> _Flat:
    """Return the fields of an object by their path; lists of objects go to ``lists``."""
    if (plain := _plain(given)) is not None:
        return plain
    found, waiting = _Flat(), [("", given, 1)]
    while waiting:
        before, mapping, level = waiting.pop()
        if level > MOST_LEVELS:
            raise _wrong(name, position, f"more than {MOST_LEVELS} levels of objects", f"对象嵌套超过 {MOST_LEVELS} 层")
        deeper = list[tuple[str, Mapping[str, Any], int]]()
        for key, value in mapping.items():
            path = f"{before}{key}".strip()
            if isinstance(value, Mapping):
                deeper.append((f"{path}.", value, level + 1))
            elif _is_list_of_objects(value) and path != REASONS:
                lists[path] = value
            elif path in found:
                raise _wrong(name, position, f"the field {path[:100]} twice", f"字段 {path[:100]} 重复")
            elif path != REASONS:
                found[path] = _value(name, position, path, value)
        waiting += reversed(deeper)
    return found


def _plain(given: Mapping[str, Any]) -> _Flat | None:
    """Return the fields of an object that holds short values alone, which is fast; None for any other."""
    if not _PLAIN.issuperset(map(type, given.values())):
        return None
    found = {str(key).strip(): None if value == "" else value for key, value in given.items()}
    if len(found) < len(given) or REASONS in found:
        return None
    return None if any(type(each) is str and len(each) > LONGEST_CELL for each in found.values()) else found


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _value(name: str, position: int, path: str, value: Any) -> Value:
    """Return the value of a cell; a list of texts stays JSON."""
    if isinstance(value, list | tuple):
        value = json.dumps(value, ensure_ascii=False, default=str) if value else None
    if value is not None and not isinstance(value, _SCALARS):
        raise _wrong(name, position, f"a {type(value).__name__} in {path[:100]}", f"{path[:100]} 的值类型无法识别")
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        raise _wrong(
            name, position, f"a text of more than {LONGEST_CELL:,} characters in {path[:100]}", f"{path[:100]} 超长"
        )
    return value if value != "" else None


def _wrong(name: str, position: int, en: str, zh: str) -> SheetError:
    return SheetError(f"{name}, order {position}: {en}", f"{name} 第 {position} 个订单：{zh}")


def _objects(path: Path, encoding: str) -> Iterator[Any]:
    """Yield the values of a file, which stand after one another or in one array."""
    with path.open(encoding=encoding, newline="") as file:
        window, position = _Window(file), 0
        array = window.take("[")
        while (begin := window.next()) and not (array and begin == "]"):
            position += 1
            yield window.value(path.name, position)
            window.take(",")
        if array and not window.take("]"):
            raise _wrong(path.name, position, "the array is not closed after it", "之后数组未结束")
        if window.next():
            raise _wrong(path.name, position, "something stands after the array", "数组之后还有内容")


class _Window:
    """A part of a file under way that holds at least a whole order."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._text, self._at, self._done = file, "", 0, False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_once, parse_float=_decimal, parse_int=_integer, parse_constant=_no_constant
        )

    def next(self) -> str:
        """Return the next character that is not blank, an empty text at the end."""
        while True:
            self._at = _past_blanks(self._text, self._at)
            if self._done or len(self._text) - self._at > LONGEST_ORDER:
                return self._text[self._at : self._at + 1]
            more = self._file.read(2 * LONGEST_ORDER)
            self._text, self._at, self._done = self._text[self._at :] + more, 0, not more

    def take(self, character: str) -> bool:
        """Pass over a character if it is the next one."""
        found = (self._text[self._at : self._at + 1] or self.next()) == character or self.next() == character
        self._at += found
        return found

    def value(self, name: str, position: int) -> Any:
        """Return the next value. Raises ``SheetError`` for what is no JSON, or longer than may be."""
        try:
            value, end = self._decoder.raw_decode(self._text, self._at)
        except (ValueError, RecursionError) as error:
            end = getattr(error, "pos", self._at)
            raise (self._too_long(name, position, end) or _unreadable(name, position, error)) from None
        if too_long := self._too_long(name, position, end):
            raise too_long
        self._at = end
        return value

    def _too_long(self, name: str, position: int, end: int) -> SheetError | None:
        """Return that an order is longer than may be, if it is."""
        if end - self._at <= LONGEST_ORDER:
            return None
        return _wrong(name, position, f"longer than {LONGEST_ORDER:,} characters", f"超过 {LONGEST_ORDER} 个字符")


def _past_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


class _RepeatedError(ValueError):
    """A field that stands twice."""


class _TooManyError(ValueError):
    """An object of more fields than a table has columns."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(pairs) > MOST_COLUMNS:
        raise _TooManyError
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _RepeatedError(max(counts, key=lambda key: counts[key]))
    return found


def _decimal(text: str) -> Decimal:
    found = Decimal(text)
    exponent = found.as_tuple().exponent
    if len(text) > MOST_DIGITS or not isinstance(exponent, int) or abs(exponent) > MOST_DIGITS:
        raise ValueError("a number beyond all amounts")
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number beyond all amounts")
    return int(text)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _unreadable(name: str, position: int, error: Exception) -> SheetError:
    """Return why an order cannot be read, without its text."""
    if isinstance(error, _RepeatedError):
        return _wrong(name, position, f"the field {str(error)[:100]} twice", f"字段 {str(error)[:100]} 重复")
    if isinstance(error, _TooManyError):
        return _wrong(name, position, *_TOO_MANY)
    if isinstance(error, json.JSONDecodeError):
        return _wrong(name, position, f"no JSON ({error.msg})", "不是正确的 JSON")
    if isinstance(error, RecursionError):
        return _wrong(name, position, "objects within objects without end", "嵌套过深")
    return _wrong(name, position, f"no JSON ({error})", "JSON 中有无法读取的数值")
