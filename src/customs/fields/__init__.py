"""The fields of the standard (数据项), each with its Chinese label, meaning and facets, defined once.

Documents and the parcel's own facts are made of these; ``base`` holds the kinds of term they are written in.
"""

from customs.fields.base import MASK, Record, Term, part_type, terms_of
from customs.fields.faults import Fault, faults_of

__all__ = ["MASK", "Fault", "Record", "Term", "faults_of", "part_type", "terms_of"]
