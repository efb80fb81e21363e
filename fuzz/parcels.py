"""Parcels (包裹): ``customs.read_declaration``, the texts that a shop gives."""

import customs
from customs.rules.parcel import check_declaration
from fuzz.promises import hides, promise

#: Personal data of the seeds: findings of reading never show them, wherever they come to stand.
NAMES, NUMBERS = ("祝英台", "虚构路35号23幢"), ("110101180609271037", "10000000587")


def read_declaration(data: bytes) -> None:
    """A parcel is read, or there are findings with words in both languages; nothing is ever raised."""
    declaration, findings = customs.read_declaration(data)
    promise((declaration is None) == bool(findings), "neither a parcel nor findings, or both")
    for finding in findings:
        promise(finding.zh and finding.en and finding.advice_zh and finding.advice_en, "a finding without words")
        hides(f"{finding} {finding!r} {finding.zh}", NAMES + NUMBERS)
    for finding in check_declaration(declaration) if declaration else ():
        hides(f"{finding} {finding.zh}", NAMES)  # a number may have become an amount, which is shown
