"""Rate tables in files (税率表文件): CSV with the columns of the shipped table, read like an order list."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from customs.intake.reading import read_sheet
from customs.intake.sheets import SheetError
from customs.tax import Rates, from_rows


class RateFileError(ValueError):
    """A table of rates cannot be used; the texts name the file and say why, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


class RateFile(NamedTuple):
    """A table of rates with what its reader did that people should know, in English and Chinese."""

    rates: Rates
    said: tuple[tuple[str, str], ...] = ()


def rates_in(path: Path) -> RateFile:
    """Return the table of rates in a file. Raises ``RateFileError``, and ``OSError`` where it cannot be read.

    A file is read once for all profiles that name it, as long as it does not change.
    """
    found = path.stat()
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> RateFile:
    name = path.name
    try:
        with read_sheet(path) as sheet:
            if sheet.kind == "xlsx":
                raise RateFileError(f"{name} is an Excel workbook: save it as CSV", f"{name} 是工作簿，请另存为 CSV")
            rows = (zip(sheet.headings, row.values, strict=False) for row in sheet.rows)
            return RateFile(from_rows({name: value or "" for name, value in row} for row in rows), sheet.said)
    except KeyError as error:
        raise RateFileError(f"{name} lacks the column {error.args[0]}", f"{name} 缺少列 {error.args[0]}") from None
    except SheetError as error:
        raise RateFileError(error.en, error.zh) from None
    except RateFileError:
        raise
    except ValueError as error:
        raise RateFileError(f"{name} cannot be read: {error}", f"{name} 无法读取：{error}") from None
