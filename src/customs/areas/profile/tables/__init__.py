"""Shared tables of codes (共用代码表): how local platforms and inspection write what customs writes otherwise.

Each is a table ``<name>.csv`` with the columns ``canonical``, ``local`` and ``zh``. Source: parameter tables of the
Guangzhou platform, 2016: the code that enterprises send, and the one that the platform hands to inspection (ISO 3166
and ISO 4217 numbers, but for slips of the platform, which stand as they are).

>>> table("currency_inspection")["142"]
'156'
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def table(name: str) -> Mapping[str, str]:
    """The local code of each canonical one. Raises ``LookupError`` for a table that does not exist."""
    file = files("customs.areas.profile.tables").joinpath(f"{name}.csv")
    if not name.isidentifier() or not file.is_file():
        raise LookupError(f"there is no table {name!r}")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["canonical"]: row["local"] for row in rows})
