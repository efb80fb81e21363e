"""The fields of the standard (数据项), each with its Chinese label, meaning and facets, defined once.

Documents and the parcel's own facts are made of these; ``terms`` holds the kinds of term they are written in.
"""

from customs.fields.faults import Fault, faults_of
from customs.fields.record import MASK, Record, part_type, terms_of
from customs.fields.terms import Term

__all__ = ["MASK", "Fault", "Record", "Term", "faults_of", "part_type", "terms_of"]
