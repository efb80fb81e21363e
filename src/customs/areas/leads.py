"""Leads (线索): formats of customs districts of which only the name, or a word, is known. Nothing is declared by them.

>>> [lead.en for lead in leads_of("3306")]
['public service platform of Anhui (Hefei)']
>>> leads_of("5141")
()
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from customs.codes import code_list
from customs.fields.clearance import DistrictCode


@dataclass(frozen=True, slots=True)
class Lead:
    """A format that somebody named: the codes of districts or offices, what is known of it and what is missing."""

    codes: tuple[DistrictCode, ...]
    zh: str
    en: str
    known_zh: str
    known_en: str
    missing_zh: str
    missing_en: str


@cache
def leads() -> tuple[Lead, ...]:
    """Every lead, in the order of the file ``leads.toml``."""
    text = files("customs.areas").joinpath("leads.toml").read_text(encoding="utf-8")
    return tuple(Lead(**{**each, "codes": tuple(each["codes"])}) for each in tomllib.loads(text)["leads"])


def leads_of(code: DistrictCode) -> tuple[Lead, ...]:
    """The leads of a customs code: those of the office itself and those of its whole district."""
    entry = code_list("districts").get(code)
    places = {code, entry.district if entry else ""}
    return tuple(each for each in leads() if places & set(each.codes))
