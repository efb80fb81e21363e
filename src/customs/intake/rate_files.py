"""Rate tables in files (税率表文件): CSV with the columns of the shipped table, in UTF-8, or in GBK as Excel writes it."""

import csv
from functools import lru_cache
from pathlib import Path

from customs.tax import Rates, from_rows

#: Bytes of a table at most; the whole tariff has a hundredth of it.
_LARGEST = 1 << 28


class RateFileError(ValueError):
    """A table of rates cannot be used; the texts say why, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


def rates_in(path: Path) -> Rates:
    """Return the table of rates in a CSV file. Raises ``RateFileError`` and ``OSError``."""
    found = path.stat()
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Rates:
    """Read a table once for all profiles that name it, as long as the file is the same."""
    if size > _LARGEST:
        raise RateFileError(f"the table is larger than {_LARGEST:,} bytes", f"税率表超过 {_LARGEST:,} 字节")
    try:
        return from_rows(csv.DictReader(_text_of(path).splitlines()))
    except KeyError as error:
        raise RateFileError(f"the table lacks the column {error.args[0]}", f"税率表缺少列 {error.args[0]}") from None
    except UnicodeDecodeError:
        raise RateFileError(
            "the table is text neither in UTF-8 nor in GBK: save it as CSV in UTF-8",
            "税率表既非 UTF-8 也非 GBK 编码，请另存为 UTF-8 编码的 CSV",
        ) from None
    except (ValueError, csv.Error) as error:
        raise RateFileError(f"the table cannot be read: {error}", f"税率表无法读取：{error}") from None


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")
