"""Files of parcels (包裹文件): JSON lines in, messages out; nothing is ever half-written."""

import json
import os
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from customs.road import Batch, Prepared

#: No parcel comes near this size; a longer line is read to its end and refused.
LONGEST_LINE = 1 << 20


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that are not empty, each as it stands, a byte order mark aside.

    Of a line over 1 MiB only the beginning, which cannot be read as JSON and so ends in a finding.
    """
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)
        while line := file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
            if line.strip():
                yield line


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only once it is complete."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(unfinished, path)  # noqa: PTH105  the atomic one
    finally:
        unfinished.unlink(missing_ok=True)


def write_messages(batch: Batch, folder: Path) -> None:
    """The messages of a batch as files, each complete or absent."""
    for message in batch.messages:
        write_whole(folder / message.file_name, message.content)


def write_whole(path: Path, content: bytes) -> None:
    """A file that appears under its name only once it is complete."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def refusal(parcel: Prepared) -> str:
    """One line of ``refused.jsonl``: the parcel by its position and order number, and every finding."""
    order_no = parcel.declaration.order.order_no if parcel.declaration else None
    written = [message.kind.message for message in parcel.messages]
    return to_json(
        {
            "parcel": parcel.position,
            "order_no": order_no,
            "written": written,
            "findings": [finding.as_dict() for finding in parcel.findings],
        }
    )


def to_json(value: object, indent: int | None = None) -> str:
    """JSON, on one line unless an indent is given, Chinese as it is, amounts as text."""
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)
