"""The tables of an enterprise file (企业档案各表): each is read by what it may hold, and every mistake is noted.

The common tables stand at the top; ``[profiles.NAME]`` holds the same ones for a shop, over the common values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from customs.declaration import Declaration
from customs.fields import terms_of
from customs.fields.resemblance import nearest
from customs.fields.terms import TEXT_NAME
from customs.intake.column_names import near_name, path_of, term_of_path
from customs.intake.columns import OwnColumn
from customs.intake.converters import CONVERTERS, converter_of
from customs.intake.enterprise_keys import Opener
from customs.intake.enterprise_openers import openers_of
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.facts import PARTS, is_of_each_order, unfit
from customs.intake.problems import LISTED, shown_name
from customs.intake.spots import Spot
from customs.intake.unclear_headings import ADDRESSES, MOST_PARTS
from customs.road.results import DocumentName

#: The tables that a profile may have, and those of the whole enterprise.
OF_PROFILE = (*PARTS, "local", "area", "keys", "rates")
OF_ENTERPRISE = (
    *OF_PROFILE,
    "goods",
    "state",
    "columns",
    "profiles",
    "exchange",
    "destinations",
    "callbacks",
    "ledger",
)

#: The keys that are no tables, at the top and in a profile.
PLAIN_OF_ENTERPRISE, PLAIN_OF_PROFILE = ("profile",), ("shops", "base")

#: Profiles, shops of a profile, and headings at most; an enterprise has a hundredth of it.
MOST_NAMES = 10_000


class AreaChoice(NamedTuple):
    """The table ``[area]`` (所用关区): the name of an area, or the file of its settings, which names it too."""

    name: str
    settings: Path | None
    spot: Spot
    line: int


class RatesChoice(NamedTuple):
    """The table ``[rates]`` (税率与汇率): the table of rates, None for the shipped example; CNY for one US dollar."""

    file: Path | None = None
    usd_rate: Decimal | None = None
    line: int = 0


class GoodsFile(NamedTuple):
    """The table ``[goods]`` (商品备案): the file of the goods records, and its sheet if it has several."""

    path: Path
    sheet: str = ""
    line: int = 0


@dataclass(slots=True)
class TableLevel:
    """The tables of one level of the file: the common ones, or those of one profile."""

    values: dict[str, str] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    area: AreaChoice | None = None
    keys: dict[DocumentName | None, Opener] = field(default_factory=dict)
    keys_line: int = 0
    rates: RatesChoice = field(default_factory=RatesChoice)
    shops: tuple[str, ...] = ()
    base: str = ""


def level_of(reading: Reading, data: Mapping[str, Any], steps: Steps) -> TableLevel:
    """Read the tables of one level; those of the whole enterprise are not looked at."""
    level = TableLevel()
    for name, record in PARTS.items():
        for key, value in _keys_of(reading, data, name, steps):
            place = (*steps, name, key)
            if name == "line" and key == "local":
                _local(reading, level, reading.table(value, place), place, "line.local")
            elif told := _misplaced(name, key, sought=len(reading.problems) < LISTED):
                reading.wrong(place, *told)
            elif wrong := unfit(value, record, key):
                reading.wrong(place, *wrong)
            else:
                level.values[f"{name}.{key}"], level.spots[f"{name}.{key}"] = str(value), reading.spot(place)
    _local(reading, level, dict(_keys_of(reading, data, "local", steps)), (*steps, "local"), "local")
    _area(reading, level, dict(_keys_of(reading, data, "area", steps)), (*steps, "area"))
    level.keys = openers_of(reading, dict(_keys_of(reading, data, "keys", steps)), (*steps, "keys"))
    level.keys_line = reading.text.line((*steps, "keys"))
    _rates(reading, level, dict(_keys_of(reading, data, "rates", steps)), (*steps, "rates"))
    return level


def _keys_of(reading: Reading, data: Mapping[str, Any], name: str, steps: Steps) -> Iterator[tuple[str, Any]]:
    if name in data:
        yield from reading.table(data[name], (*steps, name)).items()


def _misplaced(part: str, key: str, *, sought: bool) -> tuple[str, str] | None:
    """Return why a field cannot be stated here, None for one that can; a nearest one is sought for mistakes that are told."""
    record = PARTS[part]
    if key not in terms_of(record):
        alike = nearest(key, record, Declaration).replace("order.lines.", "line.") if sought else ""
        table, _, name = alike.rpartition(".")
        if table in PARTS:
            return (
                f"[{part}] has no field {shown_name(key)}: {name} stands in [{table}]",
                f"[{part}] 没有 {shown_name(key)}：{name} 应写在 [{table}]",
            )
        en, zh = (
            (f"the nearest is {alike}", f"相近的是 {alike}")
            if alike
            else ("see docs/enterprise-file.md", "见 docs/enterprise-file.md")
        )
        return f"[{part}] has no field {shown_name(key)}: {en}", f"[{part}] 没有字段 {shown_name(key)}：{zh}"
    if is_of_each_order(part, key):
        return "each order has its own: give it in the order list", "每个订单各不相同，请写在订单表中"
    return None


def _local(reading: Reading, level: TableLevel, table: Mapping[str, Any], steps: Steps, above: str) -> None:
    """Read facts that single areas ask for; they may be personal and are never shown."""
    for name, value in table.items():
        if not re.fullmatch(TEXT_NAME, name):
            reading.wrong(
                (*steps, name),
                "names of local facts are lower-case letters, digits and _",
                "本地字段名称只用小写字母、数字和下划线",
            )
        elif reading.text_at(table, name, steps, secret=True):
            level.values[f"{above}.{name}"], level.spots[f"{above}.{name}"] = value, reading.spot((*steps, name))


def _area(reading: Reading, level: TableLevel, table: Mapping[str, Any], steps: Steps) -> None:
    reading.known(table, ("name", "settings"), steps)
    name, settings = reading.text_at(table, "name", steps), reading.path_at(table, "settings", steps)
    if name or settings:
        level.area = AreaChoice(name, settings, reading.spot(steps), reading.text.line(steps))


def _rates(reading: Reading, level: TableLevel, table: Mapping[str, Any], steps: Steps) -> None:
    reading.known(table, ("file", "usd_rate"), steps)
    text = reading.text_at(table, "usd_rate", steps)
    level.rates = RatesChoice(
        reading.path_at(table, "file", steps), _usd_rate(reading, text, steps), reading.text.line(steps)
    )


def _usd_rate(reading: Reading, text: str, steps: Steps) -> Decimal | None:
    try:
        rate = Decimal(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,10})?", text) else Decimal(0)
    except InvalidOperation:
        rate = Decimal(0)
    if text and not rate:
        reading.wrong(
            (*steps, "usd_rate"),
            'this is the price of one US dollar in CNY, such as "7.0573"',
            '此处应为一美元折合的人民币，如 "7.0573"',
        )
    return rate or None


def goods_of(reading: Reading, data: Mapping[str, Any]) -> GoodsFile | None:
    """Read ``[goods]``, None if it is left out."""
    if "goods" not in data:
        return None
    table = reading.table(data["goods"], ("goods",))
    reading.known(table, ("file", "sheet"), ("goods",))
    if "file" not in table:
        reading.wrong(("goods",), "file is missing: the name of the goods list", "缺少 file：商品备案表的文件名")
    path = reading.path_at(table, "file", ("goods",))
    return GoodsFile(path, reading.text_at(table, "sheet", ("goods",)), reading.text.line(("goods",))) if path else None


def state_of(reading: Reading, data: Mapping[str, Any]) -> Path:
    """Read ``[state]``: the folder of the journal."""
    table = reading.table(data.get("state", {}), ("state",))
    reading.known(table, ("folder",), ("state",))
    return reading.path_at(table, "folder", ("state",)) or reading.text.path.parent / "state"


def own_columns(reading: Reading, data: Mapping[str, Any]) -> dict[str, OwnColumn]:
    """Read ``[columns]``: the enterprise's own headings, and what they mean."""
    table = reading.table(data.get("columns", {}), ("columns",))
    found: dict[str, OwnColumn] = {}
    for heading, value in table.items():
        if column := _column(reading, value, ("columns", heading)):
            found[heading] = column
    return found


def _column(reading: Reading, value: object, steps: Steps) -> OwnColumn | None:
    if isinstance(value, str):
        return _meaning(reading, value, "", steps)
    table = value if isinstance(value, dict) else {}
    if table == {"ignore": True}:
        return OwnColumn("", ignore=True)
    if isinstance(table.get("field"), str) and set(table) <= {"field", "convert", "join"}:
        found = _meaning(reading, table["field"], reading.text_at(table, "convert", steps), steps)
        return found if found is None or "join" not in table else _part(reading, found, table["join"], steps)
    reading.wrong(
        steps,
        'write "order.order_no", { field = "order.order_no", convert = "..." } or { ignore = true }',
        '请写 "order.order_no"、{ field = "order.order_no", convert = "..." } 或 { ignore = true }',
    )
    return None


def _part(reading: Reading, column: OwnColumn, join: object, steps: Steps) -> OwnColumn | None:
    """Return a column that is a part of an address."""
    if column.field not in ADDRESSES:
        reading.wrong(
            (*steps, "join"),
            f"join is for parts of an address: {column.field} is one value, leave join out",
            f"join 仅用于地址分列，{column.field} 不是地址，请删去 join",
        )
    elif isinstance(join, bool) or not isinstance(join, int) or not 1 <= join <= MOST_PARTS:
        reading.wrong(
            (*steps, "join"),
            f"join is the place of the column in the address: a number from 1 to {MOST_PARTS}",
            f"join 为该列在地址中的顺序：1 至 {MOST_PARTS} 的数字",
        )
    else:
        return column._replace(join=join)
    return None


def _meaning(reading: Reading, name: str, convert: str, steps: Steps) -> OwnColumn | None:
    path = path_of(name)
    if not path:
        alike = near_name(name) if len(reading.problems) < LISTED else ""
        en, zh = (
            (f", {path_of(alike) or alike} is", f"，相近的是 {path_of(alike) or alike}")
            if alike
            else (": write order.order_no, line.qty, sku and so on", "：应如 order.order_no、line.qty、sku")
        )
        reading.wrong(
            steps,
            f"{shown_name(name)} is no field of an order list{en}",
            f"订单表没有字段 {shown_name(name)}{zh}",
        )
    elif converter_of(path, term_of_path(path), convert) is None:
        names = [each for each in CONVERTERS if converter_of(path, term_of_path(path), each)]
        en, zh = (
            (f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}", f"可用的有 {'、'.join(names)}")
            if names
            else ("leave it out", "请删去 convert")
        )
        reading.wrong(
            steps,
            f"{shown_name(convert)} does not convert to {path}: {en}",
            f"转换 {shown_name(convert)} 不适用于 {path}：{zh}",
        )
    else:
        return OwnColumn(path, convert)
    return None


def shops_of(reading: Reading, data: Mapping[str, Any], steps: Steps) -> tuple[str, ...]:
    """Read the shops of a profile."""
    value = data.get("shops", [])
    if (
        isinstance(value, list)
        and len(value) <= MOST_NAMES
        and all(isinstance(each, str) and each.strip() and each.isprintable() for each in value)
    ):
        return tuple(value)
    reading.wrong(
        (*steps, "shops"),
        'shops are a list of names, such as ["天猫旗舰店", "A01"]',
        '店铺应为名称列表，如 ["天猫旗舰店", "A01"]',
    )
    return ()
