"""Chunks in files (分片文件): what a cluster reads and writes, in a folder that all its machines reach.

One process cuts the stream into chunks and writes them, a cluster makes files of results of these, and one process takes
the results in order. Each step holds a few chunks in memory. Needs ``pip install "cbec-customs[arrow]"``.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from customs.bulk.arrow import chunk_batches as _batches
from customs.bulk.arrow import chunk_schema
from customs.bulk.parquet import pyarrow
from customs.files import make_folder
from customs.road.chunks import Chunk

#: Chunks in a file of chunks: what one task of a cluster takes.
CHUNKS_IN_A_FILE = 16


def write_chunks(chunks: Iterable[Chunk], folder: Path | str, *, in_a_file: int = CHUNKS_IN_A_FILE) -> int:
    """Write a stream of chunks as Parquet files into an empty folder, which is made; return how many chunks there are.

    The names of the files are in the order of the stream. Raises ``ValueError`` if the folder has files.
    """
    folder, writer = Path(folder), pyarrow("parquet").ParquetWriter
    make_folder(folder)
    if any(folder.iterdir()):
        raise ValueError(f"{folder} has files: chunks are written into an empty folder 目录须为空")
    stream, count = iter(chunks), 0
    while held := list(islice(stream, 1)):
        path = folder / f"chunks-{held[0].first:012d}.parquet"
        with writer(path, chunk_schema(), compression="zstd") as file:
            for batch in _batches(_chained(held, islice(stream, in_a_file - 1))):
                file.write_batch(batch)
                count += 1
    return count


def _chained(held: list[Chunk], more: Iterator[Chunk]) -> Iterator[Chunk]:
    while held:
        yield held.pop()
    yield from more


def read_results(folder: Path | str) -> Iterator[Any]:
    """Yield the batches of results in the Parquet files of a folder, one row each, in the order of the stream.

    Each file has to hold its chunks in order; chunks between those of a file may stand in others. Raises ``ValueError``
    otherwise.
    """
    reader = pyarrow("parquet").ParquetFile
    places: list[tuple[int, Path]] = []
    for path in sorted(Path(folder).rglob("*.parquet")):
        with reader(path) as file:
            firsts = file.read(["first"]).column(0).to_pylist()
        if firsts != sorted(firsts):
            raise ValueError(
                f"{path.name} does not hold its chunks in order: sort them within each task 文件内的分片须按顺序"
            )
        places += [(first, path) for first in firsts]
    opened: dict[Path, tuple[Any, Iterator[Any]]] = {}
    left = _counted(path for _, path in places)
    for _, path in sorted(places):
        if path not in opened:
            file = reader(path, pre_buffer=False)
            opened[path] = file, file.iter_batches(batch_size=1)
        yield next(opened[path][1])
        left[path] -= 1
        if not left[path]:
            opened.pop(path)[0].close()


def _counted(paths: Iterable[Path]) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for each in paths:
        found[each] = found.get(each, 0) + 1
    return found
