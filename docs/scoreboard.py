"""The tables of the page of performance, from ``benchmarks/results/``, and the rooms of the page of architecture."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tabular import table
from tongues import Tongue

ROOT = Path(__file__).parent.parent

#: The rooms in the rows in which they are drawn, the highest first; each imports only from rows below, or from its right.
ROWS = (
    ("cli", "testing"),
    ("hub",),
    ("ledger", "office", "bulk", "exchange"),
    ("journal", "receipts", "intake"),
    ("road",),
    ("payments", "areas", "signing"),
    ("rules", "reconciliation", "tax"),
    ("wire", "documents", "declaration"),
    ("fields", "codes", "files", "bilingual", "on_demand", "shipped"),
)

ROOMS: Mapping[str, tuple[str, str]] = {
    "cli": ("the command line", "命令行"),
    "exchange": (
        "messages out, receipts in: ways, destinations, outbox, inbox",
        "收发：传输通道、接入点、发件箱、收件箱",
    ),
    "testing": ("strategies and fixtures for users' own tests", "供使用者测试用的策略和样例"),
    "hub": ("one service from order to release, on one database", "申报枢纽：从接单到放行的服务，用一个数据库"),
    "ledger": ("what must be remembered, in SQLite or PostgreSQL", "账簿：需长期记住的事项，存于 SQLite 或 PostgreSQL"),
    "office": ("the customs side, simulated, to rehearse with", "模拟海关，供上线前演练"),
    "bulk": ("streams without bound: sources, chunks, engines", "海量申报：数据来源、分片、计算引擎"),
    "journal": ("what was declared, in a state folder", "登记簿：申报过什么，存于状态目录"),
    "receipts": ("state of a parcel, explanation, next step", "包裹状态、回执解释、下一步"),
    "intake": (
        "enterprise file, goods records, order lists; reasons led back to the cell",
        "企业档案、商品备案、订单表格；原因指回单元格",
    ),
    "road": ("a run and its stages", "一次申报及其各阶段"),
    "payments": ("raw payment data and payment agencies", "支付原始数据、支付机构"),
    "areas": ("local formats as data: profiles, messages, gateways", "地方版格式（数据）：配置、报文、接入网关"),
    "signing": ("signers, XML signatures, verification", "签名密钥、XML 签名、验签"),
    "rules": ("checks that yield findings", "校验规则，给出问题"),
    "reconciliation": ("an assessment against a tax bill", "试算税款与税单的核对"),
    "tax": ("dated law, rates, assessment, refund", "按日期的法规、税率、计税、退税"),
    "wire": ("documents to bytes and back: writer, reader, envelope, schemas", "单证与字节互转、外层封装、schema"),
    "documents": ("the 42 documents, answers, business keys", "42 种单证、答复、业务主键"),
    "declaration": ("what a shop knows about one parcel", "商家所知的一个包裹"),
    "fields": ("the terms of the standard", "标准的字段定义"),
    "codes": ("code lists, canonical states, causes of errors", "代码表、规范状态、错误原因"),
    "files": ("one way of writing files", "写文件的唯一方式"),
    "bilingual": ("texts in English and Chinese", "双语文本"),
    "on_demand": ("names that are loaded when first asked for", "首次使用时才加载的名称"),
    "shipped": ("the text of shipped tables and files", "读取随库数据文件"),
}


def layers() -> list[str]:
    """The rooms in the order of the import contract, the highest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    names = (name for layer in contracts[0]["layers"] for name in layer.split(" | "))
    return [name.removeprefix("customs.") for name in names]


def rooms(tongue: Tongue) -> str:
    """Every room in the order of the contract."""
    rows = [(f"`customs.{name}`", ROOMS[name][tongue.chinese]) for name in layers()]
    return table(tongue.heads("Room", "What it is"), rows)


def picture(tongue: Tongue) -> str:
    """The rooms, drawn in rows: a box stands on those that it may use."""
    width, height, gap = 940, 62, 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {len(ROWS) * (height + gap) + 24}" role="img" '
        "font-family=\"-apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif\">",
        "<title>The rooms of the house in rows: each imports only from rooms below it.</title>",
    ]
    for at, row in enumerate(ROWS):
        wide = (width - 22 - gap * (len(row) - 1)) / len(row)
        for place, name in enumerate(row):
            x, y = 11 + place * (wide + gap), 12 + at * (height + gap)
            parts += _box(name, tongue, x, y, wide)
    return "\n".join([*parts, "</svg>", ""])


def _box(name: str, tongue: Tongue, x: float, y: float, wide: float) -> list[str]:
    fill, ink = ("#24566b", "#fff") if name == "road" else ("#eef4f6", "#173440")
    lighter = "#d5e6ec" if name == "road" else "#24566b"
    middle = x + wide / 2
    said = re.split("[:;：；]", ROOMS[name][tongue.chinese])[0]
    return [
        f'<rect x="{x:.0f}" y="{y}" width="{wide:.0f}" height="62" rx="9" fill="{fill}" stroke="#24566b"/>',
        f'<text x="{middle:.0f}" y="{y + 27}" text-anchor="middle" font-size="16" font-weight="600" fill="{ink}">{name}</text>',
        f'<text x="{middle:.0f}" y="{y + 47}" text-anchor="middle" font-size="13" fill="{lighter}">{said}</text>',
    ]


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def speeds(name: str, tongue: Tongue) -> str:
    """How much of something is done in a second, and how that compares with a bare signature."""
    per_second = _results(name)["per_second"]
    bare = next(iter(per_second.values()))
    return table(
        tongue.heads("What is measured", "In a second", "To a bare signature"),
        ((tongue.say(each, "bench"), f"{speed:,}", f"{speed / bare:.2f}") for each, speed in per_second.items()),
    )


def formats(tongue: Tongue) -> str:
    """What a local format costs, and how that compares with the order of the unified edition."""
    found = _results("areas")
    return table(
        tongue.heads("What is measured", "Microseconds", "To a unified order"),
        (
            (_format_name(each, tongue), f"{cost:,}", str(found["cost_to_CEB311"].get(each, "")))
            for each, cost in found["microseconds"].items()
        ),
    )


def _format_name(name: str, tongue: Tongue) -> str:
    posted = "and the form in which it is posted, "
    if name.startswith(posted):
        return f"{tongue.say(posted.strip(' ,'), 'bench')} `{name.removeprefix(posted)}`"
    if name[0].isupper() or "_" in name:
        return f"`{name}`"
    return tongue.say(name, "bench")


def receipts(tongue: Tongue) -> str:
    """What reading and folding receipts takes."""
    found = _results("receipts")
    number = found["receipts"]
    rows = (
        (tongue.say("reading receipts", "bench"), number / found["seconds"]["reading"]),
        (tongue.say("reading, folding into states, next steps", "bench"), number / found["seconds"]["whole"]),
    )
    titles = tongue.heads("What is measured", "Parcels", "Receipts", "Receipts in a second")
    return table(titles, ((name, f"{found['parcels']:,}", f"{number:,}", f"{speed:,.0f}") for name, speed in rows))


def order_lists(tongue: Tongue) -> str:
    """What each step of the road of an order list takes, and how that compares with the same parcels as JSON."""
    found = _results("intake")["road"]
    return table(
        tongue.heads("What is measured", "Orders in a second", "Rows in a second", "Time to that from JSON"),
        (
            (
                tongue.say(each, "bench"),
                f"{speed:,}",
                f"{found['rows_per_second'][each]:,}",
                f"{found['time_to_json'][each]:.2f}",
            )
            for each, speed in found["orders_per_second"].items()
        ),
    )


def steps(tongue: Tongue) -> str:
    """The road and its steps, beside a bare signature and beside the yardstick."""
    found = _results("road")
    return table(
        tongue.heads("What is measured", "In a second", "To a bare signature", "Time to the yardstick"),
        (
            (
                tongue.say(each, "bench"),
                f"{speed:,}",
                _figure(found["ratio_to_bare"][each]),
                _figure(found["ratio_to_yardstick"][each]),
            )
            for each, speed in found["per_second"].items()
        ),
    )


def promises(tongue: Tongue) -> str:
    """What is promised of speed and scale, and if the saved run holds it."""
    holds = {True: "yes", False: "**no**", None: ""}
    return table(
        tongue.heads("What is compared", "Target", "Figure", "Holds", "To the run before"),
        (
            (
                tongue.say(row["name"], "bench"),
                row["target"].replace("<=", "≤").replace(">=", "≥"),
                _figure(row["figure"]) or tongue.say("absent"),
                tongue.say(holds[row["holds"]], "words"),
                _figure(row["change"]),
            )
            for row in _results("scoreboard")["rows"]
            if row["target"]
        ),
    )


def others(tongue: Tongue) -> str:
    """The ratios to other libraries on the same message."""
    return table(
        tongue.heads("What is compared", "Figure", "To the run before"),
        (
            (tongue.say(row["name"], "bench"), _figure(row["figure"]), _figure(row["change"]))
            for row in _results("scoreboard")["rows"]
            if row["benchmark"] == "signing"
        ),
    )


def _figure(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def machine(tongue: Tongue) -> str:
    """The machine of the saved run, and how far the run went."""
    found = _results("scoreboard")
    processor = found["processor"]
    rows = (
        ("Processor", processor["name"]),
        ("Cores", str(processor["cores"])),
        ("AVX-512 IFMA", tongue.say("yes" if processor["avx512_ifma"] else "no")),
        ("Python", found["python"]),
        ("Parcels of the largest run", f"{found['largest_run']:,}"),
    )
    return table(tongue.heads("Machine", ""), ((tongue.say(name, "headings"), value) for name, value in rows))


def shares(tongue: Tongue) -> str:
    """Where the time of a parcel in a batch goes, by room."""
    found = _results("shares")
    rooms = [
        (f"`{name}`", ROOMS[name.removeprefix("customs.")][tongue.chinese], share)
        for name, share in found["rooms"].items()
        if name.removeprefix("customs.") in ROOMS and share >= 0.005
    ]
    return table(
        tongue.heads("Room", "What it is", "Share"), ((name, what, f"{share:.0%}") for name, what, share in rooms)
    )


def runs(tongue: Tongue) -> str:
    """Memory and cost of a parcel as runs grow."""
    return table(
        tongue.heads("Way", "Parcels", "Cost of a parcel, to the yardstick", "Peak memory"),
        (
            (f"`{way}`", f"{cost['parcels']:,}", _figure(cost["to_yardstick"]), f"{cost['memory_mb']:.0f} MB")
            for way, costs in _results("growth_of_runs")["runs"].items()
            for cost in costs
        ),
    )


def growth(tongue: Tongue) -> str:
    """Of each reader, the series that costs most beside the bare parse, at its largest size."""
    worst: dict[str, tuple[float, str, dict[str, Any]]] = {}
    for series, sizes in _results("growth")["growth"].items():
        reader, _, kind = series.partition(": ")
        largest = sizes[-1]
        cost = largest["spent"] / largest["bare"]
        if reader not in worst or cost > worst[reader][0]:
            worst[reader] = cost, kind, largest
    series = [] if tongue.chinese else ["Worst series"]
    return table(
        tongue.heads("Reader", *series, "Bytes", "Milliseconds", "To the bare parse"),
        (
            (
                f"`{reader}`",
                *([kind] if series else []),
                f"{largest['size']:,}",
                f"{largest['spent']:.2f}",
                f"{cost:.1f}",
            )
            for reader, (cost, kind, largest) in worst.items()
        ),
    )


SCOREBOARD: dict[str, Callable[[Tongue], str]] = {
    "bench scoreboard": promises,
    "bench machine": machine,
    "bench others": others,
    "bench shares": shares,
    "bench runs": runs,
    "bench road": steps,
    "bench signing": partial(speeds, "signing"),
    "bench tax": partial(speeds, "tax"),
    "bench areas": formats,
    "bench receipts": receipts,
    "bench intake": order_lists,
    "bench growth": growth,
    "rooms": rooms,
}
