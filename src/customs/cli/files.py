"""Files of parcels (包裹文件): JSON lines in, messages out; nothing is ever half-written."""

import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from customs.bulk import refusals
from customs.road import Prepared
from customs.rules.parcel import LARGEST_PARCEL

#: The path that stands for standard input.
STANDARD_INPUT = Path("-")

#: The list of what was refused, which no message may be called.
REFUSED = refusals.REFUSED


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that are not empty, unchanged but for a byte order mark.

    The path ``-`` is standard input. Of a line longer than a parcel may be, so much that reading it refuses it.
    """
    with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as file:
        first = True
        while line := file.readline(LARGEST_PARCEL + 1):
            if len(line) > LARGEST_PARCEL and not line.endswith(b"\n"):
                while (rest := file.readline(LARGEST_PARCEL)) and not rest.endswith(b"\n"):
                    pass
            if first:
                first, line = False, line.removeprefix(BOM_UTF8)
            if line.strip():
                yield line


def refusal(parcel: Prepared) -> str:
    """One line of ``refused.jsonl``: the parcel by its position and order number, and every finding.

    Under ``beside`` what further areas say, where one of them refused the parcel.
    """
    written = [message.name for message in parcel.messages]
    return refusals.refusal(parcel.position, parcel.order_no, written, parcel.findings, parcel.beside)


def refused_beside(parcel: Prepared) -> list[str]:
    """The further areas that refused a parcel; their messages were not written, the others were."""
    return [each.area for each in parcel.beside if each.refused]


def to_json(value: object, indent: int | None = None) -> str:
    """Return JSON, on one line unless an indent is given, with Chinese unescaped and amounts as text."""
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)
