"""Parcels (包裹): ``customs.read_declaration``, the texts that a shop gives."""

import customs
from customs.rules.parcel import check_declaration
from fuzz.promises import hides, promise

#: Personal data of the seeds: findings never show them, wherever they come to stand.
PERSONAL = ("祝英台", "110101180609271037", "10000000587", "虚构路35号23幢")


def read_declaration(data: bytes) -> None:
    """A parcel is read, or there are findings with words in both languages; nothing is ever raised."""
    declaration, findings = customs.read_declaration(data)
    promise((declaration is None) == bool(findings), "neither a parcel nor findings, or both")
    for finding in findings:
        promise(finding.zh and finding.en and finding.advice_zh and finding.advice_en, "a finding without words")
        hides(f"{finding} {finding!r} {finding.zh}", PERSONAL)
    if declaration is not None:
        hides(repr(declaration), PERSONAL)
        for finding in check_declaration(declaration):
            hides(f"{finding} {finding.zh}", PERSONAL)
