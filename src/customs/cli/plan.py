"""The command ``plan`` (容量规划): the cores, keys, storage and journals that so many parcels a day take."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from customs.bulk.planning import (
    FULLEST_HOUR,
    HEAD_ROOM,
    KEYS,
    THREE_YEARS,
    Demand,
    KeyKind,
    Plan,
    PlanningError,
    peak_of,
    planned,
)
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.common import AsJson, day_of
from customs.cli.language import label, words
from customs.cli.measuring import OF_REFERENCE, Machine, default_file, keep, kept, measured_now
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE


class KeyOfPlan(StrEnum):
    """The kinds of keys, by the names of ``KEYS``."""

    FILE_RSA = "file-rsa"
    FILE_SM2 = "file-sm2"
    UKEY = "ukey"
    HSM = "hsm"
    REMOTE = "remote"


@app.command()
def plan(
    parcels_per_day: Annotated[int | None, typer.Option(min=1, help="Parcels of the fullest day.")] = None,
    peak: Annotated[
        float | None,
        typer.Option(help="Parcels a second at the fullest time; if left out, a quarter of the day's in one hour."),
    ] = None,
    key: Annotated[KeyOfPlan, typer.Option(help="Kind of key.")] = KeyOfPlan.FILE_RSA,
    signatures_per_second: Annotated[
        float | None, typer.Option(help="Signatures that one U-key, module or service makes in a second.")
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=DOCUMENTS_IN_A_MESSAGE, help="Documents in a message at the peak.")
    ] = DOCUMENTS_IN_A_MESSAGE,
    documents: Annotated[
        int, typer.Option(min=1, max=4, help="Documents of a parcel that your enterprise declares.")
    ] = 4,
    head_room: Annotated[float, typer.Option(min=0, help="Share by which to plan for more than the peak.")] = HEAD_ROOM,
    days_kept: Annotated[int, typer.Option(min=0, help="Days to keep messages and journal.")] = THREE_YEARS,
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure this machine first, in some 20 seconds, and keep its figures.")
    ] = False,
    figures: Annotated[
        Path | None, typer.Option("--figures", dir_okay=False, help="File for the figures of a machine.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say how many cores, keys, messages and how much storage a number of parcels a day takes."""
    if parcels_per_day is None and not measure:
        raise misuse("give --parcels-per-day, or --measure 请给出 --parcels-per-day 或 --measure")
    try:
        of_machine = _figures(figures, measure=measure)
        if parcels_per_day is None:
            _show_figures(of_machine, json=json)
            return
        demand = Demand(
            parcels_per_day=parcels_per_day,
            peak=peak_of(parcels_per_day) if peak is None else peak,
            batch=batch,
            documents=documents,
            head_room=head_room,
            days_kept=days_kept,
        )
        found = planned(demand, KEYS[key.value], of_machine.figures, signatures_per_second)
    except PlanningError as error:
        raise misuse(str(error)) from None
    rate = signatures_per_second or KEYS[key.value].per_second
    if json:
        typer.echo(files.to_json(_as_dict(demand, KEYS[key.value], rate, of_machine, found)))
        return
    screen.print(_table(demand, found))
    for line in _notes(KEYS[key.value], rate, of_machine, found, peak_given=peak is not None):
        screen.print(line, soft_wrap=True, highlight=False, markup=False)


def _figures(path: Path | None, *, measure: bool) -> Machine:
    """Return the figures that count: measured now, kept in a file, or those of the machine of reference."""
    file = path or default_file()
    if measure:
        tell("measuring this machine, some 20 seconds", "正在测量本机，约 20 秒")
        found = measured_now(day_of(None))
        keep(found, file)
        tell(f"the figures are kept in {file}", f"结果已写入 {file}")
        return found
    return kept(file) if path or file.exists() else OF_REFERENCE


def _as_dict(
    demand: Demand, key: KeyKind, rate: float | None, measured: Machine, found: Plan
) -> dict[str, dict[str, object]]:
    return {
        "demand": asdict(demand),
        "key": {"kind": key.name, "signatures_per_second": rate},
        "machine": asdict(measured),
        "plan": asdict(found),
    }


def _table(demand: Demand, found: Plan) -> Table:
    table = Table(
        title=words(f"{demand.parcels_per_day:,} parcels a day", f"每日 {demand.parcels_per_day:,} 个包裹"),
        show_header=False,
    )
    for title, value in (
        ("parcels a second, peak 峰值每秒包裹数", f"{demand.peak:,.1f}"),
        ("head-room 余量", f"{demand.head_room:.0%}"),
        ("cores 处理器核数", f"{found.cores:,}"),
        ("keys 密钥数", f"{found.keys:,}"),
        ("state folders 状态目录数", f"{found.journals:,}"),
        ("signatures a second, peak 峰值每秒签名数", f"{found.signatures_per_second:,.1f}"),
        ("messages a day 每日报文数", f"{found.messages_per_day:,}"),
        ("messages, a day 每日报文存储", size(found.message_bytes_per_day)),
        ("journal, a day 每日登记簿存储", size(found.journal_bytes_per_day)),
        ("documents entered, a day 每日登记单证数", f"{found.rows_per_day:,}"),
        (f"storage for {demand.days_kept:,} days 保存 {demand.days_kept:,} 天所需存储", size(found.stored_bytes)),
        ("hours for the day's parcels 当日包裹所需小时数", f"{found.hours:,.2f}"),
    ):
        table.add_row(label(title), value)
    return table


def _notes(key: KeyKind, rate: float | None, measured: Machine, found: Plan, *, peak_given: bool) -> list[str]:
    """Say what drives the result, and what it assumes."""
    core, one = f"{found.core_carries:,.0f}", f"{found.key_carries:,.0f}"
    lines = [
        words(
            f"The {found.driven_by} drives the result: one core carries {core} parcels a second, one key {one}.",
            f"决定因素是{'密钥' if found.driven_by == 'key' else '处理器核'}：一个核每秒处理 {core} 个包裹，"
            f"一个密钥每秒可签 {one} 个包裹。",
            "\n",
        )
    ]
    if rate and rate != key.per_second:
        lines.append(words(f"{key.en}: {rate:g} signatures a second.", f"{key.zh}：每秒 {rate:g} 次签名。", "\n"))
    elif rate:
        lines.append(
            words(
                f"{key.en}: {rate:g} signatures a second ({key.source_en}). Yours: --signatures-per-second.",
                f"{key.zh}：每秒 {rate:g} 次签名（{key.source_zh}）。实际数值请用 --signatures-per-second 给出。",
                "\n",
            )
        )
    if not peak_given:
        share = f"{FULLEST_HOUR:.0%}"
        lines.append(
            words(
                f"Peak: {share} of the day's parcels in one hour. Yours: --peak.",
                f"峰值按一小时内到达当日包裹的 {share} 计。实际数值请用 --peak 给出。",
                "\n",
            )
        )
    lines.append(_origin(measured))
    return lines


def _origin(measured: Machine) -> str:
    if not measured.on:
        return words(
            f"Figures of a machine of reference ({measured.machine}). Yours: customs plan --measure.",
            f"所用为参考机器的数据（{measured.machine}）。测量本机：customs plan --measure。",
            "\n",
        )
    return words(
        f"Figures measured on {measured.on}: {measured.machine}.",
        f"数据测于 {measured.on}：{measured.machine}。",
        "\n",
    )


def _show_figures(measured: Machine, *, json: bool) -> None:
    if json:
        typer.echo(files.to_json(asdict(measured)))
        return
    table = Table(title=words("Figures of this machine", "本机数据"), show_header=False)
    each = measured.figures
    for title, seconds in (
        (("parcel", "包裹"), each.parcel),
        (("message", "报文"), each.message),
        (("RSA-2048 signature", "RSA-2048 签名"), each.rsa),
        (("SM2 signature", "SM2 签名"), each.sm2),
        (("parcel in the journal", "登记一个包裹"), each.journal),
    ):
        table.add_row(words(*title), f"{1e6 * seconds:,.0f} µs")
    for title, count in (
        (("document in a message", "报文中的一份单证"), each.document_bytes),
        (("message beside its documents", "报文其余部分"), each.message_bytes),
        (("parcel in the journal", "登记一个包裹"), each.journal_bytes),
    ):
        table.add_row(words(*title), size(count))
    screen.print(table)
    screen.print(_origin(measured), soft_wrap=True, highlight=False, markup=False)


def size(count: float) -> str:
    """Return a number of bytes in the unit that leaves few digits.

    >>> size(950), size(5_312_000_000), size(7.5e12)
    ('950 B', '5.3 GB', '7.5 TB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
