"""Rules (规则): checks that find what customs would refuse, with stable codes."""

from customs.rules.catalogue import CATALOGUE
from customs.rules.document import check_document
from customs.rules.finding import Finding, Kind, Severity
from customs.rules.knowledge import Declared, Knowledge, Memory
from customs.rules.limits import check_assessment, check_missing
from customs.rules.matching import match
from customs.rules.parcel import check_declaration, read_declaration
from customs.rules.practice import Practice
from customs.rules.signer import check_declarant, check_party

__all__ = [
    "CATALOGUE",
    "Declared",
    "Finding",
    "Kind",
    "Knowledge",
    "Memory",
    "Practice",
    "Severity",
    "check_assessment",
    "check_declarant",
    "check_declaration",
    "check_document",
    "check_missing",
    "check_party",
    "match",
    "read_declaration",
]
