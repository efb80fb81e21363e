"""Codes with the texts that stand in receipts (回执代码与文字): ``data/codes.csv``, each with its source.

Sources are the keys of the gathered facts on receipts: ``GACC22`` and ``GACC18`` are the printed tables of the standard,
the others code and receipts in which the text was seen.

>>> said("-301014"), said("1313", "totalPrice：26,100.00"), said("-301001", export=True)
('接收报文为旧报文数据', '[Code:1313;Desc:订购人购买超过年度限额[totalPrice：26,100.00]]', '电子订单签名校验失败')
"""

import csv
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from customs.shipped import text_of

#: Characters of the text of a receipt at most.
LONGEST_TEXT = 1000


class OfficeText(NamedTuple):
    """A code with its text, which has ``{}`` where facts of the case stand, and its source."""

    code: str
    direction: str
    """``import``, ``export``, ``both``, or ``transport``."""
    bracketed: bool
    """True for customs' own codes, which stand in the text: ``[Code:1313;Desc:…]``."""
    zh: str
    source: str


@cache
def office_texts() -> Mapping[tuple[str, bool], OfficeText]:
    """Return all texts by code and whether they are of the export side."""
    found = {}
    for row in csv.DictReader(text_of("customs.office", "data/codes.csv").splitlines()):
        text = OfficeText(row["code"], row["direction"], row["bracket"] == "1", row["zh"], row["source"])
        for export in (True, False) if text.direction == "both" else (text.direction == "export",):
            found[text.code, export] = text
    return found


def said(code: str, *details: str, export: bool = False) -> str:
    """Return the text of a code with the facts of the case, as it stands in a receipt."""
    texts = office_texts()
    text = texts.get((code, export)) or texts[code, False]
    written = (
        text.zh.format(*details) if "{}" in text.zh else text.zh + "".join(f"[{each}]" for each in details if each)
    )
    return (f"[Code:{code};Desc:{written}]" if text.bracketed else written)[:LONGEST_TEXT]
