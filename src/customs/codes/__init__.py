"""Code lists of customs (代码表): countries, currencies, units, transport, packaging, districts.

Each list is a table ``data/<name>.csv``, loaded when first asked for. Sources: parameters of the customs
administration as of 2018 (countries, currencies, units, transport and packaging; the unified edition still uses the
numeric codes); district list of 1,367 codes in which former tables are merged; unified edition 2022-05 (the rest).

>>> code_list("units")["035"].zh
'千克'
>>> "999" in code_list("countries")
False
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code with its Chinese and English name and, for countries and currencies, its alphabetic code."""

    code: str
    zh: str
    en: str
    alpha: str


#: Lists that are known to be incomplete or to change: an unknown code is a warning there, an error elsewhere.
OPEN_LISTS = frozenset({"districts"})


@cache
def code_list(name: str) -> Mapping[str, CodeEntry]:
    """The entries of a list by code. Raises ``FileNotFoundError`` for a list that does not exist."""
    table = files("customs.codes").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: CodeEntry(**row) for row in csv.DictReader(table.splitlines())})
