"""The command ``init`` (新建企业档案): a few questions, then the enterprise file, a goods list and an order list to fill in."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from customs import areas
from customs.areas.registry import UNIFIED
from customs.cli.app import app, misuse, screen, side, tell
from customs.cli.common import day_of
from customs.cli.language import words
from customs.codes import code_list
from customs.files import make_folder, write_together
from customs.intake.first_file import QUESTIONS, KeyFound, Question, enterprise_text
from customs.intake.sheets import SheetError
from customs.intake.templates import csv_of, goods_template, order_template, workbook_of
from customs.intake.workbooks import openpyxl
from customs.signing.pem import certificates, is_encrypted_der, is_pem

#: Bytes of a key file, and characters of an answer, at most.
_LARGEST_KEY, _LONGEST_ANSWER = 1 << 20, 1000

_NAMES = frozenset(each.name for each in QUESTIONS)

#: Where the certificate of a key is looked for, beside it.
_CERTIFICATES = (".crt", ".cer", ".pem")


@app.command("init")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder for the files; here if left out.", file_okay=False)
    ] = Path(),
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            metavar="NAME=VALUE",
            help="Answer to a question, such as trade_mode=1210; may be repeated. The others are asked, or read from "
            "standard input, a line each.",
        ),
    ] = None,
) -> None:
    """Make an enterprise file, a goods list and an order list to fill in. Nothing that exists is written over."""
    _refuse_existing(folder)
    answers = _answers(_given(answer))
    contents = _contents(folder, answers)
    make_folder(folder, private=False)
    write_together(contents, replacing=False)
    _say_what_is_next(folder, [path.name for path in contents])


def _file_names() -> tuple[str, str, str]:
    """Return the names of the files: lists are workbooks where openpyxl is installed."""
    try:
        openpyxl()
    except SheetError:
        return "customs.toml", "goods.csv", "orders.csv"
    return "customs.toml", "goods.xlsx", "orders.xlsx"


def _refuse_existing(folder: Path) -> None:
    names = ("customs.toml", "goods.csv", "goods.xlsx", "orders.csv", "orders.xlsx")
    if existing := [name for name in names if os.path.lexists(folder / name)]:
        raise misuse(
            f"{', '.join(existing)} would be overwritten in {folder}: give another folder, or move it away "
            f"文件已存在，请另选目录或先移走"
        )


def _given(options: list[str] | None) -> dict[str, str]:
    """Return the answers of the options by question."""
    found: dict[str, str] = {}
    for each in options or ():
        name, sign, value = each.partition("=")
        if not sign or name not in _NAMES:
            raise misuse(
                f"--answer: write NAME=VALUE, NAME one of {', '.join(each.name for each in QUESTIONS)} 应为 名称=值"
            )
        if name in found:
            raise misuse(f"--answer: {name} is given twice 重复给出")
        found[name] = value.strip()
    return found


def _answers(given: dict[str, str]) -> dict[str, str]:
    """Return all answers: those given, then those of the terminal or of standard input."""
    if sys.stdin.isatty():
        return _asked(given)
    return _read(given)


def _asked(given: dict[str, str]) -> dict[str, str]:
    """Ask at a terminal, each question again until its answer is right."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if question.name in given and (wrong := _wrong(question, given[question.name])):
            raise misuse(f"--answer {question.name}: {wrong[0]} {wrong[1]}")
        if not question.is_asked(answers):
            continue
        answers[question.name] = given[question.name] if question.name in given else _ask(question)
    return answers


def _ask(question: Question) -> str:
    empty = words(f" (empty: {question.empty_en})", f"（留空：{question.empty_zh}）") if question.empty_en else ""
    while True:
        side.print(f"{words(question.en, question.zh)}{empty}: ", end="", highlight=False, markup=False, soft_wrap=True)
        line = sys.stdin.readline(_LONGEST_ANSWER + 2)
        if not line:
            side.print()
            raise misuse(
                f"{question.name}: the input ended before this was answered; nothing is written 输入已结束，未写任何文件"
            )
        value = line.strip()
        if wrong := _wrong(question, value):
            tell(f"  {wrong[0]}", f"  {wrong[1]}")
            continue
        _show_meaning(question, value)
        return value


def _show_meaning(question: Question, value: str) -> None:
    """Show the name that a code has, so that a mistyped one is seen."""
    lists = {"customs_code": "districts", "departure_country": "countries", "trade_mode": "trade_modes"}
    if listed := lists.get(question.name):
        entry = code_list(listed).get(value)
        en, zh = (
            (entry.en or entry.zh, entry.zh)
            if entry
            else ("not in the list of districts: check it", "不在关区代码表中，请核对")
        )
        tell(f"  {en}", f"  {zh}")


def _read(given: dict[str, str]) -> dict[str, str]:
    """Read standard input, an answer a line: ``name=value``, or in the order of the questions. All mistakes are told at
    once.
    """
    named, plain = dict(given), []
    for line in _lines():
        name, sign, value = line.partition("=")
        if sign and name.strip() in _NAMES:
            named[name.strip()] = value.strip()
        else:
            plain.append(line)
    answers: dict[str, str] = {}
    mistakes: list[str] = []
    waiting = iter(plain)
    for question in QUESTIONS:
        if not question.is_asked(answers):
            continue
        found = named[question.name] if question.name in named else next(waiting, None)
        answers[question.name] = found or ""
        if found is None and not question.empty_en:
            mistakes.append(words(f"{question.name} is missing: {question.en}", f"缺少 {question.name}：{question.zh}"))
        elif wrong := _wrong(question, found or ""):
            mistakes.append(f"{question.name}: {words(*wrong)}")
    if mistakes:
        for each in mistakes:
            side.print(each, highlight=False, markup=False, soft_wrap=True)
        raise misuse(
            "nothing is written: give the answers with --answer NAME=VALUE 未写任何文件，请用 --answer 名称=值 给出"
        )
    return answers


def _lines() -> Iterator[str]:
    """Yield the lines of standard input, as many as there are questions at most."""
    for _ in range(2 * len(QUESTIONS)):
        line = sys.stdin.readline(_LONGEST_ANSWER + 2)
        if not line:
            return
        yield line.strip()


def _wrong(question: Question, value: str) -> tuple[str, str] | None:
    if wrong := question.wrong(value):
        return wrong
    return _wrong_key(Path(value)) if question.name == "key" and value else None


def _wrong_key(path: Path) -> tuple[str, str] | None:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_KEY + 1)
    except OSError:
        return f"{path} cannot be read: give the path of the file, or nothing", f"无法读取 {path}：请填文件路径，或留空"
    except ValueError:
        return "no file has such a name", "文件名无效"
    if not content or len(content) > _LARGEST_KEY:
        return f"{path} is no key", f"{path} 不是密钥文件"
    return None


def _contents(folder: Path, answers: dict[str, str]) -> dict[Path, bytes]:
    """Return the files by their paths."""
    config, goods, orders = _file_names()
    mode = answers["trade_mode"]
    make = workbook_of if goods.endswith(".xlsx") else csv_of
    key = _key_found(folder, answers.get("key", ""))
    found = areas.of(answers["customs_code"], on=day_of(None))
    local = found.name if found.name != UNIFIED else ""
    text = enterprise_text(answers, key, goods=goods, local_area=local)
    return {
        folder / config: text.encode(),
        folder / goods: make(goods_template(mode)),
        folder / orders: make(order_template(mode)),
    }


def _key_found(folder: Path, given: str) -> KeyFound:
    """Return the paths of a key and the certificate beside it, as the enterprise file in a folder names them."""
    if not given:
        return KeyFound()
    path = Path(given)
    content = path.read_bytes()
    bundle = path.suffix.lower() in (".p12", ".pfx")
    beside = [path.with_suffix(each) for each in _CERTIFICATES if path.with_suffix(each) != path]
    cert = next((each for each in beside if each.is_file()), None)
    holds_it = bundle or (is_pem(content) and bool(certificates(content)))
    encrypted = bundle or b"ENCRYPTED" in content or (not is_pem(content) and is_encrypted_der(content))
    return KeyFound(
        key=_from(folder, path),
        cert=_from(folder, cert) if cert and not holds_it else "",
        is_encrypted=encrypted,
    )


def _from(folder: Path, path: Path) -> str:
    """Return a path as it is seen from a folder, with slashes; a whole one where it lies elsewhere."""
    whole, home = path.absolute(), folder.absolute()
    return (whole.relative_to(home) if whole.is_relative_to(home) else whole).as_posix()


def _say_what_is_next(folder: Path, names: list[str]) -> None:
    config, goods, orders = (folder / name for name in names)
    written = ", ".join(names)
    texts = (
        (f"written in {folder}: {written}", f"已写入 {folder}：{written}"),
        (f"1. fill in {goods}, a row for each SKU", f"1. 填写 {goods}，每个货号一行"),
        (f"2. customs doctor --config {config}", f"2. customs doctor --config {config}"),
        (f"3. fill in {orders}, a row for each SKU of an order", f"3. 填写 {orders}，订单的每个货号一行"),
        (
            f"4. customs declare {orders} --config {config} --out out",
            f"4. customs declare {orders} --config {config} --out out",
        ),
    )
    for en, zh in texts:
        told = en if en == zh else words(en, zh)
        screen.print(told, highlight=False, markup=False, soft_wrap=True)
