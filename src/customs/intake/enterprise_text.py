r"""The text of an enterprise file (企业档案文本): read with bounds, and with the line of every key.

What is no TOML is said in words of the file, never with what stands there: a line may hold a secret.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customs.areas.profile.lines import lines_of
from customs.intake.problems import EnterpriseError, FileMistake

#: Bytes of an enterprise file at most; one with 1,000 shops has a tenth of it.
LARGEST = 1 << 20

#: Characters of a line, and points in it outside quotes, at most: a key of many parts costs their square.
LONGEST_LINE, MOST_POINTS = 4096, 30

#: A text in quotes on one line.
_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'")

#: Where TOML says that it breaks off.
_PLACE = re.compile(r"at line ([0-9]+), column ([0-9]+)")

#: A path of Windows in double quotes, where a backslash begins an escape.
_BACKSLASH = re.compile(r'"[^"\n]*\\[^"\n]*"')

#: A key at the beginning of a line, or the name of a table.
_KEY = re.compile(r'\s*(?:\[\[?)?\s*([A-Za-z0-9_.-]+|"[^"\n]{0,60}")\s*[=\]]')

#: What TOML says, by how it begins, in words of both languages.
_SAID: tuple[tuple[str, str, str], ...] = (
    ("Cannot overwrite a value", "the key is given twice: leave one of them", "该键重复出现，请只保留一处"),
    ("Cannot declare", "the table is given twice: put its keys together under one heading", "该表重复出现，请合并到一处"),
    ("Cannot mutate immutable", "the table was given in braces: write all of it there", "该表已用花括号写出，请都写在括号内"),
    ("Cannot redefine", "the table is given twice: put its keys together under one heading", "该表重复出现，请合并到一处"),
    ("Duplicate inline table key", "the key is given twice: leave one of them", "该键重复出现，请只保留一处"),
    ("Invalid value", "the value is not written as TOML wants: put texts into quotes", "值的写法不符合 TOML：文本须加引号"),
    ("Expected '=' after", "there is no = behind the key", "键后缺少等号"),
    ("Unterminated string", "a text has no closing quote", "文本缺少结束引号"),
    ("Expected newline or end", "something stands behind the value: begin a new line", "值后还有其他内容，请另起一行"),
    ("Illegal character", "a text has no closing quote on its line, or holds a control character", "文本在本行没有结束引号，或含控制字符"),
    ("Expected ']'", "a bracket is not closed", "方括号没有闭合"),
    ("Unclosed", "a bracket or brace is not closed", "括号没有闭合"),
    ("Invalid statement", "the line begins with no key: put other than plain letters into quotes", "行首不是键：含中文或空格的键须加引号"),
    ("Invalid initial character", "the key begins with what needs quotes: put it into quotes", "键的首字符须加引号"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EnterpriseText:
    """An enterprise file that is TOML: its path, its tables, and where each key stands."""

    path: Path
    data: Mapping[str, Any] = field(repr=False)
    lines: Mapping[tuple[str | int, ...], int] = field(repr=False)

    def line(self, steps: tuple[str | int, ...]) -> int:
        """Return the line of a key, or of the nearest table above it."""
        while steps:
            if found := self.lines.get(steps):
                return found
            steps = steps[:-1]
        return 1

    def problem(self, steps: tuple[str, ...], en: str, zh: str) -> FileMistake:
        """Return a problem at a key."""
        return FileMistake(self.path.name, self.line(steps), name_of_key(steps), en, zh)


def name_of_key(steps: tuple[str | int, ...]) -> str:
    """Return a key as people write it: ``profiles.A.parties.platform_code``.

    >>> name_of_key(("columns", "订单 编号"))
    'columns."订单 编号"'
    """
    plain = [str(each) if re.fullmatch(r"[\w-]{1,60}", str(each)) else f'"{str(each)[:60]}"' for each in steps]
    return ".".join(plain)


def read_text(path: Path) -> EnterpriseText:
    """Read an enterprise file. Raises ``EnterpriseError`` for what is no TOML in UTF-8, and ``OSError``."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refused(
            path,
            0,
            "",
            f"the file is larger than {LARGEST:,} bytes: no enterprise file is",
            f"文件超过 {LARGEST:,} 字节，不是企业档案",
        )
    text = _decoded(path, content)
    for number, line in enumerate(text.splitlines(), 1):
        if why := _too_long(line):
            raise _refused(path, number, "", *why)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_toml(path, text, error) from None
    return EnterpriseText(path, data, lines_of(text.replace("\r\n", "\n")))


def _too_long(line: str) -> tuple[str, str] | None:
    """Return why a line costs too much to read, None for one that a person would write."""
    if len(line) > LONGEST_LINE:
        return (
            f"the line has more than {LONGEST_LINE:,} characters: break it",
            f"该行超过 {LONGEST_LINE:,} 个字符，请分行",
        )
    if line.count(".") > MOST_POINTS and _QUOTED.sub("", line).partition("#")[0].count(".") > MOST_POINTS:
        return (
            f"the key has more than {MOST_POINTS} parts: no key of the file has",
            f"键超过 {MOST_POINTS} 层，文件中没有这样的键",
        )
    return None


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    kind_en, kind_zh = (
        ("UTF-16", "UTF-16")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff")
        else ("another encoding, such as GBK", "其他编码（如 GBK）")
    )
    raise _refused(
        path,
        line,
        "",
        f"the file is not in UTF-8 but in {kind_en}: save it as UTF-8",
        f"文件不是 UTF-8，而是{kind_zh}：请另存为 UTF-8",
    )


def _no_toml(path: Path, text: str, error: Exception) -> EnterpriseError:
    said, lines = str(error), text.splitlines()
    place = _PLACE.search(said)
    line = int(place[1]) if place else len(lines) if "end of document" in said else 0
    there = lines[line - 1] if 0 < line <= len(lines) else ""
    found = _KEY.match(there)
    key = found[1] if found else ""
    if _BACKSLASH.search(there):
        return _refused(path, line, key, *_WINDOWS)
    en, zh = next(
        ((en, zh) for start, en, zh in _SAID if said.startswith(start)), ("this is no TOML", "此处不符合 TOML 格式")
    )
    if isinstance(error, RecursionError):
        en, zh = "tables are nested too deep", "嵌套过深"
    at_en, at_zh = (f" (column {place[2]})", f"（第 {place[2]} 列）") if place else ("", "")
    return _refused(path, line, key, f"{en}{at_en}", f"{zh}{at_zh}")


#: What to do about a path of Windows in double quotes.
_WINDOWS = (
    "a backslash in double quotes begins an escape: write a path of Windows in single quotes, 'C:\\keys\\a.key', or "
    'with slashes, "C:/keys/a.key"',
    "双引号中的反斜杠是转义符：Windows 路径请用单引号，如 'C:\\keys\\a.key'，或用斜杠，如 \"C:/keys/a.key\"",
)


def wrong_path(text: str) -> tuple[str, str] | None:
    r"""Return why a text is no path, None if it may be one: a tab comes from ``"C:\temp"``.

    >>> wrong_path("C:\temp")[0][:29], wrong_path("keys/a.key") is None
    ('a backslash in double quotes ', True)
    """
    if not text.strip():
        return "the path is empty: give the name of a file", "路径为空，请填文件名"
    return None if text.isprintable() else _WINDOWS


def _refused(path: Path, line: int, key: str, en: str, zh: str) -> EnterpriseError:
    return EnterpriseError((FileMistake(path.name, line, key, en, zh),))
