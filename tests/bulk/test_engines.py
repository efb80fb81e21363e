"""Engines of bulk runs: Arrow, Ray and Spark give the messages of this machine's own processes, to the byte."""

import os
import pickle
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import customs
from customs.bulk.arrow import chunk_batches, chunk_schema, decide_batches, decided_of, result_schema
from customs.bulk.arrow_files import read_results, write_chunks
from customs.bulk.lines import json_lines
from customs.bulk.ray import decided_by_ray
from customs.bulk.sources import damaged_from
from customs.road import many
from customs.road.chunks import Chunk, DecidedChunk, in_chunks
from customs.road.deciding import decide
from customs.road.given import Given, Source
from customs.rules.knowledge import Declared, Hashes, Memory
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from support import MORNING, SINGLES_DAY

#: Parcels of a chunk here.
SIZE = 60

Decided = list[tuple[Chunk, DecidedChunk]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> customs.Run:
    """A run whose keys every process opens by itself."""
    folder = tmp_path_factory.mktemp("keys")
    pair = issue_test_key(*DECLARANT, since=MORNING.replace(month=1))
    (folder / "own.key").write_bytes(pair.key)
    (folder / "own.crt").write_bytes(pair.certificate)
    return customs.Run(
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
        keys=customs.KeyFile(folder / "own.key", folder / "own.crt"),
    )


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 150 parcels, two of them refused and one in every way no parcel."""
    texts = [each.model_dump_json(exclude_none=True) for each in sample_parcels(150, seed=7, mode="1210")]
    texts[3], texts[80] = '{"order": ', texts[79]
    texts.insert(100, "")
    path = tmp_path_factory.mktemp("parcels") / "parcels.jsonl"
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def chunks(lines: Path) -> Iterator[Chunk]:
    return in_chunks(json_lines(lines), size=SIZE)


def here(run: customs.Run, chunks: Iterable[Chunk], hashes: Hashes | None = None) -> Decided:
    """What this process decides by itself."""
    return [(chunk, decide(run, chunk, hashes)) for chunk in chunks]


def contents(decided: Decided) -> list[tuple[str, bytes]]:
    return [(message.file_name, message.content) for _, each in decided for message in each.messages]


def in_arrow(run: customs.Run, chunks: Iterable[Chunk], hashes: Hashes | None = None) -> Decided:
    return list(decided_of(decide_batches(run, hashes)(chunk_batches(chunks))))


# Arrow


def test_results_that_crossed_in_arrow_are_those_of_this_process(run: customs.Run, lines: Path) -> None:
    hashes = Hashes(b"k" * 32)
    expected = here(run, chunks(lines), hashes)
    assert [each.decision for _, decided in expected for each in decided.parcels].count("refused") == 2
    assert len(contents(expected)) == 12
    assert in_arrow(run, chunks(lines), hashes) == expected


def test_what_a_source_said_of_a_parcel_crosses_with_it(run: customs.Run) -> None:
    given: list[Source] = [damaged_from(9, "it is cut off", "不完整"), Given("{}", 10, "EX-1"), Given(b"{}"), "{}"]
    ((chunk, decided),) = in_arrow(run, in_chunks(given))
    assert chunk.parcels == (given[0], Given(b"{}", 10, "EX-1"), b"{}", b"{}")
    assert [each.findings[0].code for each in decided.parcels] == ["source-damaged", *["field-missing"] * 3]
    assert [len(each.findings) for each in decided.parcels[:1]] == [1]
    assert decided.parcels[0].findings[0].en.startswith("From line 9 on the file cannot be read")


def test_declarations_and_mappings_cross_as_json(run: customs.Run) -> None:
    parcels = list(sample_parcels(4, seed=7, mode="9610"))
    mappings = [each.model_dump(exclude_none=True) for each in parcels]
    expected = here(run, in_chunks(parcels))
    assert len(contents(expected)) == 4
    for given in (parcels, mappings, [each.model_dump_json(exclude_none=True) for each in parcels]):
        assert [decided for _, decided in in_arrow(run, in_chunks(given))] == [decided for _, decided in expected]


@pytest.mark.parametrize("given", [{("a", "b"): 1}, "\ud800", {"a": float("nan")}], ids=repr)
def test_what_is_no_json_is_refused(run: customs.Run, given: Any) -> None:
    ((_, decided),) = in_arrow(run, in_chunks([given]))
    assert [each.decision for each in decided.parcels] == ["refused"]


@pytest.mark.parametrize("kind", [pa.string(), pa.binary(), pa.large_string()], ids=str)
def test_rows_may_hold_texts_alone(run: customs.Run, lines: Path, kind: pa.DataType) -> None:
    texts = [bytes(each.parcel) for each in json_lines(lines) if isinstance(each.parcel, bytes)]
    table = pa.table(
        {"first": [1, 101], "parcels": pa.array([texts[:100], texts[100:]], pa.list_(pa.binary())).cast(pa.list_(kind))}
    )
    found = list(decided_of(decide_batches(run)(iter(table.to_batches()))))
    assert contents(found) == contents(here(run, in_chunks(texts, size=100)))


def test_a_row_is_decided_when_it_is_asked_for(run: customs.Run, lines: Path) -> None:
    asked: list[int] = []

    def batches() -> Iterator[Any]:
        for each in chunks(lines):
            asked.append(each.first)
            yield from chunk_batches([each])

    found = decide_batches(run)(batches())
    assert [next(found).column("first").to_pylist(), asked] == [[1], [1]]


def test_results_have_the_schema_that_is_told(run: customs.Run, lines: Path) -> None:
    assert chunk_schema().names == ["first", "parcels"]
    assert result_schema().names == ["first", "parcels", "messages", "outcomes", "batches"]
    assert next(decide_batches(run)(chunk_batches(chunks(lines)))).schema == result_schema()


@pytest.mark.long
def test_the_way_of_deciding_is_pickled_and_keys_are_not(run: customs.Run, lines: Path) -> None:
    pickled = pickle.dumps(decide_batches(run))
    assert b"PRIVATE KEY" not in pickled
    again = pickle.loads(pickled)  # noqa: S301
    assert contents(list(decided_of(again(chunk_batches(chunks(lines)))))) == contents(here(run, chunks(lines)))


@pytest.mark.parametrize(("order", "expected"), [((0, 2), 61), ((0, 1, 1), 121), ((1, 0), 121)])
def test_results_out_of_order_or_missing_are_not_taken(
    run: customs.Run, lines: Path, order: tuple[int, ...], expected: int
) -> None:
    results = list(decide_batches(run)(chunk_batches(chunks(lines))))
    with pytest.raises(ValueError, match=f"parcel {expected} comes next"):
        list(decided_of(results[at] for at in order))


# in the order of the stream


def test_batches_of_chunks_decided_elsewhere_are_those_of_one_stream(
    run: customs.Run, lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "in_chunks", lambda parcels, *, first: in_chunks(parcels, first=first, size=SIZE))
    parcels = list(json_lines(lines))
    parcels[130] = parcels[10]
    hashes = Hashes()
    expected = list(run.prepare_many(parcels, workers=1))
    found = list(many.in_order(run, in_arrow(run, in_chunks(parcels, size=SIZE), hashes), hashes))
    assert [each.messages for each in found] == [each.messages for each in expected]
    assert told(found) == told(expected)
    assert [codes for position, codes in told(found) if position == 131] == [["duplicate"] * 4]


def told(batches: list[customs.Batch]) -> list[tuple[int, list[str]]]:
    return [(each.position, [found.code for found in each.findings]) for batch in batches for each in batch.parcels]


def test_what_the_knowledge_of_the_run_holds_is_found_when_results_are_taken(run: customs.Run, lines: Path) -> None:
    hashes, earlier = Hashes(), Memory()
    declared = next(iter(run.prepare_many([next(json_lines(lines))])))
    earlier.note(Declared(message="5A3F"), declared.messages[0].keys[0])
    decided = in_arrow(run, chunks(lines), hashes)
    found = list(many.in_order(run.with_(knowledge=earlier), decided, hashes))
    assert told(found)[0] == told(list(run.with_(knowledge=earlier).prepare_many(json_lines(lines))))[0]
    assert [len(each.parcels) for batch in found[:1] for each in batch.messages] == [58] * 4


# files


def test_chunks_in_files_are_read_in_the_order_of_the_stream(lines: Path, tmp_path: Path) -> None:
    stream = in_chunks(json_lines(lines), size=10)
    assert write_chunks(stream, tmp_path / "chunks", in_a_file=4) == 15
    files = sorted((tmp_path / "chunks").iterdir())
    assert [each.name for each in files] == [f"chunks-{first:012d}.parquet" for first in (1, 41, 81, 121)]
    firsts = [first for each in files for first in pq.read_table(each).column("first").to_pylist()]
    assert firsts == list(range(1, 150, 10))
    with pytest.raises(ValueError, match="has files"):
        write_chunks(stream, tmp_path / "chunks")


def test_results_in_files_are_taken_in_the_order_of_the_stream(run: customs.Run, lines: Path, tmp_path: Path) -> None:
    results = list(decide_batches(run)(chunk_batches(in_chunks(json_lines(lines), size=40))))
    (tmp_path / "a").mkdir()
    for name, of in {"a/late": results[2:], "b": results[:1], "c": results[1:2]}.items():
        pq.write_table(pa.Table.from_batches(of), tmp_path / f"{name}.parquet")
    (tmp_path / "_SUCCESS").write_bytes(b"")
    assert list(decided_of(read_results(tmp_path))) == here(run, in_chunks(json_lines(lines), size=40))


def test_a_file_of_results_that_were_shuffled_is_named(run: customs.Run, lines: Path, tmp_path: Path) -> None:
    results = list(decide_batches(run)(chunk_batches(chunks(lines))))
    pq.write_table(pa.Table.from_batches(results[::-1]), tmp_path / "all.parquet")
    with pytest.raises(ValueError, match=r"all\.parquet does not hold its chunks in order"):
        list(read_results(tmp_path))


# Ray


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, run: customs.Run) -> None:
    monkeypatch.setitem(sys.modules, "ray.data", None)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"pip install 'cbec-customs\[ray\]'"):
        decided_by_ray(run, None, actors=2)


@pytest.fixture
def ray() -> Iterator[Any]:
    """Ray on this machine: two processors for the actors, two for reading."""
    if find_spec("ray") is None:
        absent_engine("ray is not installed")
    module = import_module("ray")
    module.init(num_cpus=4, include_dashboard=False, log_to_driver=False, configure_logging=False)
    context = import_module("ray.data").DataContext.get_current()
    context.enable_progress_bars = False
    yield module
    module.shutdown()


@pytest.mark.filterwarnings("ignore")  # Ray warns of its own modules
def test_two_actors_of_ray_give_the_messages_of_this_process(
    ray: Any, run: customs.Run, lines: Path, tmp_path: Path
) -> None:
    hashes = Hashes(b"k" * 32)
    assert write_chunks(chunks(lines), tmp_path / "chunks", in_a_file=1) == 3
    dataset = import_module("ray.data").read_parquet(str(tmp_path / "chunks"))
    assert list(decided_by_ray(run, dataset, actors=2, hashes=hashes)) == here(run, chunks(lines), hashes)


# Spark


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Spark on this machine, with two threads."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        absent_engine("pyspark or java is not installed")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    settings = {"spark.ui.enabled": "false", "spark.sql.execution.arrow.maxRecordsPerBatch": "1"}
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")  # and Spark of its own
def test_map_in_arrow_of_spark_gives_the_messages_of_this_process(
    spark: Any, run: customs.Run, lines: Path, tmp_path: Path
) -> None:
    hashes = Hashes(b"k" * 32)
    stream = list(in_chunks(json_lines(lines), size=10))
    write_chunks(stream, tmp_path / "chunks", in_a_file=1)
    schema = import_module("pyspark.sql.pandas.types").from_arrow_schema(result_schema())
    read = spark.read.parquet(str(tmp_path / "chunks")).sortWithinPartitions("first")
    read.mapInArrow(decide_batches(run, hashes), schema).write.parquet(str(tmp_path / "results"))
    assert list(decided_of(read_results(tmp_path / "results"))) == here(run, stream, hashes)


def absent_engine(reason: str) -> None:
    """Skip where an engine is not installed; ``make bulk-engines`` demands them."""
    if os.environ.get("CUSTOMS_REQUIRE_ENGINES") == "1":
        pytest.fail(f"{reason}, although CUSTOMS_REQUIRE_ENGINES demands every engine")
    pytest.skip(reason)
