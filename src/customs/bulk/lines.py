r"""Parcels as JSON lines (每行一个包裹的 JSON): a line for each parcel, packed with gzip or not.

Lines that are empty are passed over. A line that is no JSON, or cut off, or not in UTF-8, is given to the road as it
stands, which refuses it; of a line longer than a parcel may be only so much is kept.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     _ = Path(folder, "parcels.jsonl").write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a"')
...     [(given.place, given.parcel) for given in json_lines(Path(folder, "parcels.jsonl"))]
[(1, b'{"a": 1}\r\n'), (3, b'{"a"')]
"""

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from customs.bulk.sources import Given, damaged_from
from customs.rules.parcel import LARGEST_PARCEL

#: What a file that gzip packed begins with.
_GZIP = b"\x1f\x8b"


def json_lines(file: Path | str | IO[bytes]) -> Iterator[Given]:
    """Yield the parcels of a file of JSON lines, or of one that is open for reading bytes, such as standard input.

    Raises ``OSError`` where the file cannot be read. A packed file that is cut off or damaged gives its lines up to there,
    then one that says where it ends.
    """
    if not isinstance(file, Path | str):
        yield from _given(file)
        return
    with Path(file).open("rb") as opened:
        if opened.peek(len(_GZIP)).startswith(_GZIP):
            with gzip.open(opened) as unpacked:
                yield from _given(cast("IO[bytes]", unpacked))
        else:
            yield from _given(opened)


def numbered_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty with their numbers, unchanged but for a byte order mark at the beginning.

    Of a line longer than a parcel may be, so much that reading it refuses it.
    """
    number = 0
    while line := file.readline(LARGEST_PARCEL + 1):
        number += 1
        if len(line) > LARGEST_PARCEL and not line.endswith(b"\n"):
            while (rest := file.readline(LARGEST_PARCEL)) and not rest.endswith(b"\n"):
                pass
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if line and not line.isspace():
            yield number, line


def _given(file: IO[bytes]) -> Iterator[Given]:
    number = 0
    try:
        for number, line in numbered_lines(file):
            yield Given(line, number)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        yield damaged_from(number + 1, "the packed file is cut off or damaged", "压缩文件不完整或已损坏")
