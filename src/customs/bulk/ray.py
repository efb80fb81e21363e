"""Ray (分布式计算框架 Ray): the chunks of a stream decided by actors of Ray Data, on this machine or on many.

An actor opens the signers of the run once. Ray moves the chunks, starts the actors anew where they are lost, and holds
back what is not taken; the results come in the order of the stream. Needs ``pip install "cbec-customs[ray]"``.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from customs.bulk.arrow import decide_batches, decided_of, result_schema
from customs.bulk.parquet import pyarrow
from customs.road import Run
from customs.road.chunks import Chunk, DecidedChunk
from customs.rules.knowledge import Hashes


def decided_by_ray(
    run: Run, dataset: Any, *, actors: int, hashes: Hashes | None = None, options: dict[str, Any] | None = None
) -> Iterator[tuple[Chunk, DecidedChunk]]:
    """Yield the chunks of a Ray dataset with what was decided of them, in the order of the dataset.

    ``dataset`` has a row for each chunk, such as ``ray.data.read_parquet`` of what ``write_chunks`` wrote. ``run`` has
    the way to open its keys (``keys=``), which every actor goes by itself; leave Ray processors
    for reading beside the actors. ``options`` are those of ``map_batches``, such
    as ``num_cpus`` or ``resources`` of an actor. Raises ``ImportError`` without Ray, ``LiveSignersError`` for a run with
    open signers, ``ValueError`` where the dataset is not in order.
    """
    data = _ray_data()
    dataset.context.execution_options.preserve_order = True
    decided = dataset.map_batches(
        DecidingActor,
        fn_constructor_args=(run, hashes),
        batch_format="pyarrow",
        batch_size=1,
        compute=data.ActorPoolStrategy(size=actors),
        **(options or {}),
    )
    return decided_of(
        batch for table in decided.iter_batches(batch_format="pyarrow", batch_size=1) for batch in table.to_batches()
    )


class DecidingActor:
    """Decides chunks in a process of Ray: the run with its signers, opened once."""

    def __init__(self, run: Run, hashes: Hashes | None = None) -> None:
        _ = run.signers  # opened now, not at the first chunk
        self._decide = decide_batches(run, hashes)

    def __call__(self, chunks: Any) -> Any:
        """Return the results of chunks, a row each."""
        return pyarrow().Table.from_batches(self._decide(iter(chunks.to_batches())), schema=result_schema())


def _ray_data() -> Any:
    try:
        return import_module("ray.data")
    except ModuleNotFoundError:
        raise ImportError(
            "deciding on Ray needs ray: pip install 'cbec-customs[ray]' 以 Ray 运行需要扩展 ray"
        ) from None
