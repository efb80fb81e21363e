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
from customs.intake import spots
from customs.intake.column_names import near_name, path_of, term_of_path
from customs.intake.columns import OwnColumn
from customs.intake.converters import CONVERTERS, converter_of
from customs.intake.enterprise_keys import KeyInFile, KeyInToken, KeyInUkey, KeyOfService, Opener, Secret
from customs.intake.enterprise_text import EnterpriseText, name_of_key, wrong_path
from customs.intake.facts import PARTS, is_of_each_order, unfit
from customs.intake.problems import FileMistake, near, shown_name
from customs.intake.spots import Spot
from customs.road.results import DOCUMENTS, DocumentName

#: Where a key stands, from the top of the file.
Steps = tuple[str, ...]

#: The tables that a profile may have, and those of the whole enterprise.
OF_PROFILE = (*PARTS, "local", "area", "keys", "rates")
OF_ENTERPRISE = (*OF_PROFILE, "goods", "state", "columns", "profiles")

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


class Reading:
    """Reads one file; ``problems`` collects what is wrong, so that all of it is told at once."""

    def __init__(self, text: EnterpriseText) -> None:
        self.text = text
        self.problems: list[FileMistake] = []

    def wrong(self, steps: Steps, en: str, zh: str) -> None:
        """Note a mistake at a key."""
        self.problems.append(self.text.problem(steps, en, zh))

    def spot(self, steps: Steps) -> Spot:
        """Return the spot of a key."""
        return spots.key(self.text.path.name, self.text.line(steps), name_of_key(steps))

    def table(self, value: object, steps: Steps) -> dict[str, Any]:
        """Return a table, an empty one with a mistake noted for another value."""
        if isinstance(value, dict):
            return value
        self.wrong(
            steps,
            f"this is a table: write [{name_of_key(steps)}] and its keys below",
            f"此处应为表：请写 [{name_of_key(steps)}]，其键写在下面",
        )
        return {}

    def text_at(self, table: Mapping[str, Any], name: str, steps: Steps, *, secret: bool = False) -> str:
        """Return the text of a key, an empty one if it is left out or no text."""
        value = table.get(name)
        if value is None or (isinstance(value, str) and value.strip() and value.isprintable()):
            return value or ""
        if isinstance(value, str):
            self.wrong((*steps, name), "the text is empty or holds control characters", "文本为空或含控制字符")
        else:
            shown = "" if secret or not isinstance(value, int | float) else f', "{value}"'
            self.wrong(
                (*steps, name),
                f"this has to be text, in quotes{shown}",
                f"此处应为文本，须加引号{shown.replace(', ', '：')}",
            )
        return ""

    def path_at(self, table: Mapping[str, Any], name: str, steps: Steps) -> Path | None:
        """Return the path of a key, relative to the file; None if it is left out or no path."""
        value = table.get(name)
        if not isinstance(value, str):
            self.text_at(table, name, steps)
            return None
        if why := wrong_path(value):
            self.wrong((*steps, name), *why)
            return None
        return self.text.path.parent / value

    def known(self, table: Mapping[str, Any], names: tuple[str, ...], steps: Steps) -> None:
        """Note the keys of a table that it does not have."""
        for name in table:
            if name not in names:
                alike = near(name, names)
                en, zh = (
                    (f", {alike} is", f"，相近的是 {alike}")
                    if alike
                    else (f"; there are {', '.join(names)}", f"，可用的有 {'、'.join(names)}")
                )
                self.wrong(
                    (*steps, name),
                    f"{shown_name(name)} is no key of this table{en}",
                    f"此表没有 {shown_name(name)}{zh}",
                )


def level_of(reading: Reading, data: Mapping[str, Any], steps: Steps) -> TableLevel:
    """Read the tables of one level; those of the whole enterprise are not looked at."""
    level = TableLevel()
    for name, record in PARTS.items():
        for key, value in _keys_of(reading, data, name, steps):
            place = (*steps, name, key)
            if name == "line" and key == "local":
                _local(reading, level, reading.table(value, place), place, "line.local")
            elif told := _misplaced(name, key):
                reading.wrong(place, *told)
            elif wrong := unfit(value, record, key):
                reading.wrong(place, *wrong)
            else:
                level.values[f"{name}.{key}"], level.spots[f"{name}.{key}"] = str(value), reading.spot(place)
    _local(reading, level, dict(_keys_of(reading, data, "local", steps)), (*steps, "local"), "local")
    _area(reading, level, dict(_keys_of(reading, data, "area", steps)), (*steps, "area"))
    _keys(reading, level, dict(_keys_of(reading, data, "keys", steps)), (*steps, "keys"))
    _rates(reading, level, dict(_keys_of(reading, data, "rates", steps)), (*steps, "rates"))
    return level


def _keys_of(reading: Reading, data: Mapping[str, Any], name: str, steps: Steps) -> Iterator[tuple[str, Any]]:
    if name in data:
        yield from reading.table(data[name], (*steps, name)).items()


def _misplaced(part: str, key: str) -> tuple[str, str] | None:
    """Return why a field cannot be stated here, None for one that can."""
    record = PARTS[part]
    if key not in terms_of(record):
        alike = nearest(key, record, Declaration).replace("order.lines.", "line.")
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


#: The keys of each kind of key, by the one that tells the kind; the first of each is required, and so are those with a sign.
KINDS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "cert", "password"),
    "module": ("module", "token", "pin", "label", "id", "cert"),
    "ukey": ("ukey", "pin"),
    "service": ("service", "form", "cert", "fixed", "headers"),
}
_NEEDED = {"key": (), "module": ("token", "pin"), "ukey": ("pin",), "service": ("form", "cert")}


def _keys(reading: Reading, level: TableLevel, table: Mapping[str, Any], steps: Steps) -> None:
    level.keys_line = reading.text.line(steps)
    of_documents: dict[DocumentName, Any] = {name: table[name] for name in DOCUMENTS if name in table}
    own = {name: value for name, value in table.items() if name not in of_documents}
    if own and (opener := _opener(reading, own, steps)):
        level.keys[None] = opener
    for name, value in of_documents.items():
        place = (*steps, name)
        if (inner := reading.table(value, place)) and (opener := _opener(reading, inner, place)):
            level.keys[name] = opener


def _opener(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener | None:
    kind = next((each for each in KINDS_OF_KEY if each in table), None)
    if kind is None:
        _no_kind(reading, table, steps)
        return None
    before = len(reading.problems)
    reading.known(table, KINDS_OF_KEY[kind], steps)
    for name in _NEEDED[kind]:
        if name not in table:
            reading.wrong(
                steps, f"{name} is missing: a key by {kind} needs it", f"缺少 {name}：以 {kind} 指定的密钥须有此项"
            )
    opener = _MAKERS[kind](reading, table, steps)
    return opener if len(reading.problems) == before else None


def _no_kind(reading: Reading, table: Mapping[str, Any], steps: Steps) -> None:
    known = tuple(dict.fromkeys(name for names in KINDS_OF_KEY.values() for name in names))
    wrong = [name for name in table if name not in known]
    for name in wrong:
        alike = near(name, (*known, *DOCUMENTS))
        en, zh = (f", {alike} is", f"，相近的是 {alike}") if alike else ("", "")
        reading.wrong(
            (*steps, name), f"{shown_name(name)} is no key of this table{en}", f"此表没有 {shown_name(name)}{zh}"
        )
    if not wrong:
        reading.wrong(
            steps,
            "say where the key is: key (a file), module (PKCS#11), ukey or service",
            "请写明密钥所在：key（文件）、module（PKCS#11）、ukey 或 service",
        )


def _secret(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> Secret | None:
    """Read where a password is kept. One in clear is refused, and never shown."""
    value, place = table.get(name), (*steps, name)
    if value is None:
        return None
    if isinstance(value, dict) and len(value) == 1:
        if isinstance(value.get("env"), str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", value["env"]):
            return Secret(env=value["env"])
        if isinstance(value.get("file"), str) and (file := reading.path_at(value, "file", place)):
            return Secret(file=file)
    clear_en, clear_zh = (
        ("a password in clear is refused: ", "口令不得以明文写出：") if isinstance(value, str | int) else ("", "")
    )
    reading.wrong(
        place,
        f'{clear_en}write {{ env = "VARIABLE" }} or {{ file = "FILE" }}, which holds it',
        f'{clear_zh}请写 {{ env = "环境变量名" }} 或 {{ file = "文件名" }}',
    )
    return None


def _in_file(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    key, cert = reading.path_at(table, "key", steps), reading.path_at(table, "cert", steps)
    return KeyInFile(key=key or Path(), cert=cert, password=_secret(reading, table, "password", steps))


def _in_token(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    label, key_id = reading.text_at(table, "label", steps), reading.text_at(table, "id", steps)
    if not label and not key_id:
        reading.wrong(steps, "say which key of the token: label or id", "请写明设备中的密钥：label 或 id")
    if key_id and not re.fullmatch("(?:[0-9A-Fa-f]{2}){1,64}", key_id):
        reading.wrong((*steps, "id"), "the id is written in hexadecimal, such as 01a4", "id 以十六进制书写，如 01a4")
    return KeyInToken(
        module=reading.path_at(table, "module", steps) or Path(),
        token=reading.text_at(table, "token", steps),
        pin=_secret(reading, table, "pin", steps) or Secret(),
        label=label or None,
        id=key_id or None,
        cert=reading.path_at(table, "cert", steps),
    )


def _in_ukey(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    address = reading.text_at(table, "ukey", steps)
    if address and not re.fullmatch(r"wss?://[A-Za-z0-9.\-\[\]:]{1,200}", address):
        reading.wrong(
            (*steps, "ukey"),
            'give the address of the client control, such as "ws://127.0.0.1:61232"',
            '请填客户端控件的地址，如 "ws://127.0.0.1:61232"',
        )
    return KeyInUkey(ukey=address, pin=_secret(reading, table, "pin", steps) or Secret())


def _of_service(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    form = reading.text_at(table, "form", steps)
    if form not in ("", "cainiao", "pinduoduo"):
        reading.wrong((*steps, "form"), "the form is cainiao or pinduoduo", "form 应为 cainiao 或 pinduoduo")
    headers = reading.table(table.get("headers", {}), (*steps, "headers"))
    fixed = reading.table(table.get("fixed", {}), (*steps, "fixed"))
    secrets = {name: _secret(reading, headers, name, (*steps, "headers")) for name in headers}
    return KeyOfService(
        service=reading.text_at(table, "service", steps, secret=True),
        form=form,
        cert=reading.path_at(table, "cert", steps) or Path(),
        fixed={name: reading.text_at(fixed, name, (*steps, "fixed"), secret=True) for name in fixed},
        headers={name: secret for name, secret in secrets.items() if secret},
    )


_MAKERS = {"key": _in_file, "module": _in_token, "ukey": _in_ukey, "service": _of_service}


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


def columns_of(reading: Reading, data: Mapping[str, Any]) -> dict[str, OwnColumn]:
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
    if isinstance(table.get("field"), str) and set(table) <= {"field", "convert"}:
        return _meaning(reading, table["field"], reading.text_at(table, "convert", steps), steps)
    reading.wrong(
        steps,
        'write "order.order_no", { field = "order.order_no", convert = "..." } or { ignore = true }',
        '请写 "order.order_no"、{ field = "order.order_no", convert = "..." } 或 { ignore = true }',
    )
    return None


def _meaning(reading: Reading, name: str, convert: str, steps: Steps) -> OwnColumn | None:
    path = path_of(name)
    if not path:
        alike = near_name(name)
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
