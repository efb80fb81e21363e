"""The command ``explain`` (回执解释): why customs refused, in words, from a receipt's file, its text or a code."""

from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

import customs
from customs import areas
from customs.areas import UnknownAreaError, read_answers
from customs.areas.registry import UNIFIED
from customs.cli import files
from customs.cli.app import app, misuse, screen
from customs.cli.areas import AreaName
from customs.cli.common import AsJson
from customs.cli.language import label, words
from customs.documents import MESSAGES, Answer, Receipt
from customs.receipts.catalogue import Meaning
from customs.receipts.explained import Explanation
from customs.receipts.places import FlowDirection
from customs.receipts.texts import TextFigures

#: Bytes of a file that are read at most; the readers of messages have bounds of their own.
MOST_BYTES = 50_000_000

#: Labels of figures, in English and Chinese.
FIGURES = {
    "limit": "limit 限额",
    "used": "used 已用",
    "amount_in_order": "paid by the order 订单支付金额",
    "amount_in_payment": "paid by the payment 支付单支付金额",
}

#: Names of standing, in English and Chinese.
STANDING = {
    "official": "code and text: official 代码与文字为官方公布",
    "seen": "code and text: seen in practice, not published 代码与文字为实务所见，未公布",
    "unknown": "unknown 未知",
}

#: Names of the standing of actions, in English and Chinese.
ACTED = {
    "official": "what to do: published by the source 处理办法由来源公布",
    "seen": "what to do: as the source does 处理办法与来源做法一致",
    "judgement": "what to do: a judgement of this library 处理办法为本库判断",
}

#: Names of certainty where it is not high, in English and Chinese.
CERTAINTY = {"medium": "likely 较可靠", "low": "doubtful 存疑"}


#: Where several meanings remain, in English and Chinese.
SEVERAL = (
    "has several meanings; the text, the receipt or the direction tells which",
    "有多种含义，须凭说明文字、回执或进出口方向区分",
)


class DirectionChoice(StrEnum):
    """The sides of the standard: the same number means something else on the other one."""

    IMPORT = "import"
    EXPORT = "export"


# a negative code is no option
@app.command(context_settings={"ignore_unknown_options": True})
def explain(
    said: Annotated[
        str,
        typer.Argument(metavar="TEXT|CODE|FILE", help="The text of a receipt, a code, or the file of a receipt."),
    ],
    receipt: Annotated[
        str,
        typer.Option(
            "--receipt",
            metavar="NAME",
            help="The receipt that it stands in, such as CEB622.",
            autocompletion=lambda: [name for name, kind in MESSAGES.items() if issubclass(kind, Receipt)],
        ),
    ] = "",
    code: Annotated[
        str, typer.Option("--code", metavar="CODE", help="The return status that the text came with.")
    ] = "",
    direction: Annotated[
        DirectionChoice | None,
        typer.Option("--direction", help="Import or export: a number may mean something else there."),
    ] = None,
    area: AreaName = None,
    json: AsJson = False,
) -> None:
    """Explain a receipt: what happened, the likely cause, what to do, and who has to do it."""
    path = Path(said)
    found = list(_of_file(path, area) if _is_file(path) else _of_text(said, receipt or area or "", code, direction))
    for answer, explanation in found:
        if json:
            typer.echo(files.to_json({**_answer_of(answer), **explanation.as_dict()}))
        else:
            _show(answer, explanation)
    raise typer.Exit(0 if all(each.known for _, each in found) else 1)


def _is_file(path: Path) -> bool:
    """True for a file; a text that is too long for a name, or holds what no name has, is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _of_text(
    said: str, receipt: str, code: str, direction: DirectionChoice | None
) -> Iterator[tuple[None, Explanation]]:
    flow: FlowDirection | None = None
    if direction is not None:
        flow = "export" if direction is DirectionChoice.EXPORT else "import"
    for each in customs.explain(said, code=code, direction=flow, receipt=receipt):
        yield None, each


def _of_file(path: Path, area: str | None) -> Iterator[tuple[Answer, Explanation]]:
    if path.stat().st_size > MOST_BYTES:
        raise misuse(f"{path} has more than {MOST_BYTES:,} bytes 文件过大")
    for answer in _answers(path, path.read_bytes(), area):
        for each in customs.explain(answer):
            yield answer, each


def _answers(path: Path, content: bytes, area: str | None) -> tuple[Answer, ...]:
    """The answers in a file, by the area given, else by the national edition, else by the one area that reads it."""
    try:
        return read_answers(content, area or UNIFIED, unwrap=True)
    except UnknownAreaError as error:
        raise misuse(str(error)) from None
    except customs.ReadError as error:
        if not area and (found := _local(content)):
            return found
        raise misuse(f"{path}: {error} 不是可识别的回执") from None


def _local(content: bytes) -> tuple[Answer, ...]:
    """The answers of a local receipt. Areas that read it alike count as one, the one before those that inherit from it."""
    found: dict[tuple[tuple[str, str], ...], tuple[str, tuple[Answer, ...]]] = {}
    for name in sorted(areas.names(), key=lambda name: (areas.find(name).inherits is not None, name)):
        with suppress(customs.ReadError):
            answers = read_answers(content, name, unwrap=True)
            found.setdefault(tuple((each.state.value, each.code) for each in answers), (name, answers))
    if len(found) > 1:
        names = ", ".join(name for name, _ in found.values())
        raise misuse(
            f"several areas read this receipt, each in its own way: give --area, one of {names} 请用 --area 指定关区"
        )
    return next((answers for _, answers in found.values()), ())


def _answer_of(answer: Answer | None) -> dict[str, Any]:
    """The receipt around an explanation, for JSON."""
    if answer is None:
        return {}
    return {
        "area": answer.area,
        "answers": answer.answers or None,
        "key": dict(answer.key.fields),
        "state": answer.state.value,
        "at": answer.at.isoformat() if answer.at else None,
    }


def _show(answer: Answer | None, explanation: Explanation) -> None:
    """Print an explanation as a small table: what, why, what to do, who, and how sure that is."""
    table = Table(box=SIMPLE, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text, style in _rows(answer, explanation):
        table.add_row(Text(label(name)), Text(text, style))
    screen.print(table)


def _rows(answer: Answer | None, said: Explanation) -> Iterator[tuple[str, str, str]]:
    if answer is not None:
        at = f"{answer.at:%Y-%m-%d %H:%M:%S}" if answer.at else ""
        yield "receipt 回执", " ".join(filter(None, (answer.receipt, str(answer.key), at))), ""
    if said.status is not None and said.meanings != (said.status,):
        yield (
            "status 状态",
            f"{answer.code if answer else said.status.code} {words(said.status.en, said.status.zh)}",
            "",
        )
    if len(said.meanings) > 1:
        yield "what 说明", f"{said.code} {words(*SEVERAL)}".strip(), "yellow"
        for each in said.meanings:
            yield "or 或", _alternative(each), ""
    else:
        yield "what 说明", f"{said.code} {words(said.en, said.zh)}".strip(), "" if said.known else "yellow"
    if said.cause is not None:
        yield "cause 原因", words(said.cause_en, said.cause_zh), ""
    yield "do 处理", words(said.action.en, said.action.zh), "bold"
    if said.party is not None:
        yield "who 由谁", words(said.party.en, said.party.zh), ""
    yield "machine 自动", _machine(said), ""
    for zh, en in said.notes:
        yield "note 备注", words(en, zh), ""
    if figures := _figures(said.figures):
        yield "values 数值", figures, ""
    yield "source 依据", _source(said), "dim"


def _alternative(each: Meaning) -> str:
    """One of several meanings: where it stands, its words, what to do."""
    where = " ".join(filter(None, (each.direction if each.direction != "both" else "", *each.receipts)))
    return f"{words(each.en, each.zh)} ({where})\n→ {words(each.action.en, each.action.zh)}".replace(" ()", "")


def _machine(said: Explanation) -> str:
    action = said.action
    may = words("yes", "可自动处理") if action.machine else words("no, a person", "须人工处理")
    return f"{may} ({words(action.limit_en, action.limit_zh)})" if action.limit_en else may


def _figures(said: TextFigures) -> str:
    """The figures that a text states, on one line."""
    amounts = ((FIGURES[name], getattr(said, name)) for name in FIGURES)
    parts = [f"{label(name)} {amount:,}" for name, amount in amounts if amount is not None]
    parts += [f"{name} {number}" for name, number in said.numbers]
    parts += [label(f"line {number} 第 {number} 项") for number in said.lines]
    return "; ".join((*parts, *said.fields))


def _source(said: Explanation) -> str:
    if not said.known:
        return label(STANDING[said.standing])
    sure = label(CERTAINTY.get(said.certainty, ""))
    parts = (label(STANDING[said.standing]), sure, label(ACTED[said.action_standing]), ", ".join(said.sources))
    return "; ".join(filter(None, parts))
