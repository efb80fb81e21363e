"""Columns (列): which field each heading of an order list means, by the names that people use.

A heading is a Python name, a wire name, a path such as ``waybill.note``, a Chinese label of the standard, a usual heading
of shops, or a pair of them as the templates write it; case, blanks and underscores do not count.

>>> columns = columns_of(("订单编号 order_no", "SKU", "数量", "成交价", "赠品"), {"成交价": OwnColumn(field="price", convert="fen")})
>>> [(each.heading, each.path, each.converter) for each in columns.known]
[('订单编号 order_no', 'order.order_no', ''), ('SKU', 'sku', ''), ('数量', 'line.qty', ''), ('成交价', 'line.price', 'fen')]
>>> columns.unknown
(UnknownHeading(column=4, heading='赠品', near=''),)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from customs.fields import Term
from customs.fields.faults import LISTED
from customs.intake.column_names import NAMES, candidates, is_of_line, near_name, path_of, term_of_path
from customs.intake.converters import CONVERTERS, Convert, converter_of
from customs.intake.unclear_headings import unclear

#: A heading that looks like a person's number is not repeated: the file may lack its row of headings.
_LONG_NUMBER = re.compile(r"(?:\D*\d){8}")


class OwnColumn(NamedTuple):
    """An entry of ``[columns]`` in the enterprise file: the field that a heading means, and a named converter."""

    field: str
    """A path such as ``order.order_no``, or any heading that is recognised; empty for a column that is ignored."""
    convert: str = ""
    ignore: bool = False
    join: int = 0
    """The place of the column among those that make up an address, from 1; 0 for a column that is the whole value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column that is understood: its place from 0, its heading, the path of its field."""

    index: int
    heading: str
    path: str
    converter: str = ""
    """The name of the converter that the enterprise file chose; empty for that of the field."""
    convert: Convert = field(repr=False, compare=False)
    parts: tuple["SheetColumn", ...] = ()
    """The columns that make up an address, in order; the last of them, the street, stands for all."""

    @property
    def indices(self) -> tuple[int, ...]:
        """The places of all cells that the field is read from."""
        return tuple(each.index for each in self.parts) or (self.index,)

    @property
    def term(self) -> Term:
        """The term of its field."""
        return self.convert.term


class UnknownHeading(NamedTuple):
    """A heading that no field has, with the nearest known name."""

    column: int
    heading: str
    near: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a table: those that are understood, and the headings that are not."""

    known: tuple[SheetColumn, ...]
    unknown: tuple[UnknownHeading, ...] = ()

    def at(self, path: str) -> SheetColumn | None:
        """Return the column of a field, None if the table has none."""
        return next((each for each in self.known if each.path == path), None)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The unknown headings in words, English and Chinese."""
        return tuple(_words_of(each) for each in self.unknown)


class ColumnsError(ValueError):
    """A table whose headings cannot be used; each reason in English and Chinese."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(f"{en} {zh}" for en, zh in self.reasons))

    def __reduce__(self) -> tuple[type["ColumnsError"], tuple[tuple[tuple[str, str], ...]]]:
        return type(self), (self.reasons,)


def columns_of(
    headings: Sequence[str], own: Mapping[str, OwnColumn] | None = None, *, lines_from: int | None = None
) -> Columns:
    """Return the columns of a table by its headings; ``own`` says what further headings mean. Of JSON the columns from
    ``lines_from`` on are of lines, those before it of the order.

    Raises ``ColumnsError``, with all reasons at once: no column of order numbers or of goods, two columns for one
    field, a field or converter that does not exist.
    """
    named = {_folded(heading): column for heading, column in (own or {}).items()}
    paths = _paths(headings, named, len(headings) if lines_from is None else lines_from)
    reasons: list[tuple[str, str]] = []
    known: list[SheetColumn] = []
    unknown: list[UnknownHeading] = []
    joins: dict[int, int] = {}
    for index, (heading, path) in enumerate(zip(headings, paths, strict=True)):
        chosen = named.get(_folded(heading))
        joins[index] = chosen.join if chosen else 0
        if not heading or (chosen and chosen.ignore):
            continue
        if path:
            known += _column(index, heading, path, chosen.convert if chosen else "", reasons)
        elif chosen:
            reasons.append(_no_field(heading, chosen.field))
        else:
            unknown.append(UnknownHeading(index, heading, near_name(heading) if len(unknown) < LISTED else ""))
    known = _joined(known, joins, reasons)
    reasons += [*_twice(known), *_lacking(known, unknown)]
    fields = {each.path: each.heading for each in known}
    sure = {each.path for each in known if _folded(each.heading) in named}
    reasons += unclear(fields, [_shown(each.heading) for each in unknown], sure)
    if reasons:
        raise ColumnsError(reasons)
    return Columns(known=tuple(known), unknown=tuple(unknown))


def _column(
    index: int, heading: str, path: str, converter: str, reasons: list[tuple[str, str]]
) -> Iterator[SheetColumn]:
    """Yield the column of a field, nothing but a reason where its converter is not for it."""
    convert = converter_of(path, term_of_path(path), converter)
    if convert is None:
        reasons.append(_no_converter(heading, converter))
    else:
        yield SheetColumn(index=index, heading=heading, path=path, converter=converter, convert=convert)


def _joined(
    known: Sequence[SheetColumn], joins: Mapping[int, int], reasons: list[tuple[str, str]]
) -> list[SheetColumn]:
    """Return the columns with those that make up an address as one, which stands where the last of them does."""
    found = [each for each in known if not joins[each.index]]
    pieces = sorted((each for each in known if joins[each.index]), key=lambda each: joins[each.index])
    for path in dict.fromkeys(each.path for each in pieces):
        parts = tuple(each for each in pieces if each.path == path)
        for one, other in pairwise(parts):
            if joins[one.index] == joins[other.index]:
                reasons.append(_same_join(one, other, joins[one.index]))
        found.append(replace(parts[-1], parts=parts))
    return sorted(found, key=lambda each: each.index)


def known_headings() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the path of each field with the headings that mean it, the label of the standard first.

    >>> dict(known_headings())["order.order_no"][:4]
    ('订单编号', 'order_no', 'orderNo', 'order_number')
    """
    for path, names in NAMES.items():
        yield path, tuple(each for each in names if candidates(each)[:1] == (path,))


def _paths(headings: Sequence[str], own: Mapping[str, OwnColumn], lines_from: int) -> list[str]:
    """The path that each heading means, empty where none is meant."""
    found = []
    for index, heading in enumerate(headings):
        if chosen := own.get(_folded(heading)):
            found.append(path_of(chosen.field))
        elif lines_from < len(headings):
            found.append(next((each for each in candidates(heading) if is_of_line(each) is (index >= lines_from)), ""))
        else:
            found.append(path_of(heading) if heading else "")
    taken = {path for path, heading in zip(found, headings, strict=True) if len(candidates(heading)) == 1}
    for index, heading in enumerate(headings):
        instead = _INSTEAD.get(found[index])
        if instead and found[index] in taken and candidates(heading)[:2] == (found[index], instead):
            found[index] = instead
    return found


#: The heading 商品名称 means the name in the order, or in a table that has that too, the name that is declared.
_INSTEAD = {"line.item_name": "line.goods_name"}


@cache
def _folded(heading: str) -> str:
    return "".join(heading.split()).casefold()


def _shown(heading: str) -> str:
    return "***" if _LONG_NUMBER.match(heading) else heading


def _words_of(unknown: UnknownHeading) -> tuple[str, str]:
    heading = _shown(unknown.heading)
    near_en, near_zh = (
        (f", the nearest is {unknown.near}", f"，最接近的是 {unknown.near}") if unknown.near else ("", "")
    )
    return f"column {heading} is not known and ignored{near_en}", f"列“{heading}”未识别，已忽略{near_zh}"


def _no_field(heading: str, given: str) -> tuple[str, str]:
    near = near_name(given)
    hint_en, hint_zh = (f", the nearest is {near}", f"，最接近的是 {near}") if near else ("", "")
    return (
        f"[columns] {heading}: {given or 'an empty text'} is no field{hint_en}; give a path such as order.order_no",
        f"[columns] {heading}：没有字段“{given}”{hint_zh}；请填写路径，如 order.order_no",
    )


def _no_converter(heading: str, name: str) -> tuple[str, str]:
    names = ", ".join(CONVERTERS)
    if name in CONVERTERS:
        return (
            f"[columns] {heading}: the converter {name} is not for this field: {CONVERTERS[name].en}",
            f"[columns] {heading}：转换 {name} 不适用于该字段：{CONVERTERS[name].zh}",
        )
    return (
        f"[columns] {heading}: there is no converter {name}; there are {names}",
        f"[columns] {heading}：没有名为 {name} 的转换；可用：{names}",
    )


def _twice(known: Sequence[SheetColumn]) -> Iterator[tuple[str, str]]:
    """Reasons for fields that two columns mean."""
    seen: dict[str, SheetColumn] = {}
    for each in known:
        if (first := seen.setdefault(each.path, each)) is not each:
            one, other = first.heading, each.heading
            yield (
                f"columns {first.index + 1} ({one}) and {each.index + 1} ({other}) both mean {each.path}: "
                f"delete one, ignore it under [columns], or name what it means by a path such as waybill.note",
                f"第 {first.index + 1} 列“{one}”与第 {each.index + 1} 列“{other}”均表示 {each.path}："
                f"请删除其一、在 [columns] 中忽略其一，或用路径（如 waybill.note）写明含义",
            )


def _same_join(one: SheetColumn, other: SheetColumn, join: int) -> tuple[str, str]:
    return (
        f"[columns] {one.heading} and {other.heading} both have join = {join}: number the parts of an address in order",
        f"[columns] {one.heading} 与 {other.heading} 的 join 均为 {join}：请按顺序为地址各部分编号",
    )


def _lacking(known: Sequence[SheetColumn], unknown: Sequence[UnknownHeading]) -> Iterator[tuple[str, str]]:
    """Reasons for columns without which no row can be understood."""
    paths = {each.path for each in known}
    if "order.order_no" not in paths:
        yield _missing("order.order_no", ("of order numbers, such as 订单编号 or order_no", "订单编号"), unknown)
    if "sku" not in paths and not any(path.startswith("line.") for path in paths):
        yield _missing(
            "sku", ("of goods, such as 货号, SKU or 企业商品名称", "商品（如货号 SKU、企业商品名称）"), unknown
        )


def _missing(path: str, words: tuple[str, str], unknown: Sequence[UnknownHeading]) -> tuple[str, str]:
    near = [_shown(each.heading) for each in unknown if each.near and path_of(each.near) == path]
    hint_en = f"; the heading {near[0]} resembles it" if near else ""
    hint_zh = f"；表头“{near[0]}”与之相近" if near else ""
    return (
        f"the table has no column {words[0]}{hint_en}: mend its row of headings, or say in [columns] which it is",
        f"表格没有{words[1]}列{hint_zh}：请检查表头行，或在 [columns] 中写明",
    )
