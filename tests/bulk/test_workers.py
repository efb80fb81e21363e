"""Several processes give the batches of one, in the same order, and leave nothing behind."""

import json
import multiprocessing
import os
import pickle
import signal
import socket
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import customs
from customs.bulk import WorkerLostError
from customs.road import many
from customs.road import run as road_run
from customs.road.chunks import in_chunks
from customs.road.workers import in_workers
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support import workers as work


@pytest.fixture
def run(keys: KeyPair, tmp_path: Path) -> customs.Run:
    (tmp_path / "own.key").write_bytes(keys.key)
    (tmp_path / "own.crt").write_bytes(keys.certificate)
    return customs.Run(
        on=date(2026, 11, 11),
        clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
        guids=customs.seeded_guids(1),
        keys=customs.KeyFile(tmp_path / "own.key", tmp_path / "own.crt"),
    )


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 40 parcels, so that a small stream has several."""
    monkeypatch.setattr(many, "in_chunks", lambda parcels, *, first: in_chunks(parcels, first=first, size=40))


def texts(count: int, seed: int = 7) -> list[str]:
    return [each.model_dump_json(exclude_none=True) for each in sample_parcels(count, seed=seed, mode="1210")]


def nothing_left() -> bool:
    return not multiprocessing.active_children()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.long
def test_workers_give_the_batches_of_one_process(
    method: str, run: customs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = multiprocessing.get_context(method)
    for name in ("Process", "get_start_method"):
        monkeypatch.setattr(multiprocessing, name, getattr(context, name))
    parcels = texts(130)
    parcels[50] = "{}"
    alone = list(run.prepare_many(parcels, workers=1))
    assert list(run.prepare_many(parcels, workers=2)) == alone
    assert [batch.messages[0].parcels[0] for batch in alone] == [1, 41, 81, 121]
    assert alone[1].parcels[1].assessment is not None
    assert nothing_left()


def test_numbers_and_limits_are_compared_over_all_chunks_as_in_one_stream(run: customs.Run) -> None:
    parcels = list(sample_parcels(125, seed=8, mode="1210"))
    dear = parcels[3].model_copy(update={"quota_used": Decimal(25_990)})
    parcels[3] = dear
    buyer = {name: getattr(dear.order, name) for name in ("buyer_id_number", "buyer_name", "buyer_id_type")}
    parcels[90] = parcels[90].model_copy(
        update={
            "order": parcels[90].order.model_copy(update=buyer),
            "payment": parcels[90].payment.model_copy(
                update={"payer_id_number": dear.order.buyer_id_number, "payer_name": dear.order.buyer_name}
            ),
        }
    )
    given = [each.model_dump_json(exclude_none=True) for each in parcels]
    given[45] = given[2]
    given[122] = given[121] = given[44]
    of_stream = {each.position: each for batch in run.prepare_many(given) for each in batch.parcels}
    by_workers = {each.position: each for batch in run.prepare_many(given, workers=3) for each in batch.parcels}
    said = {position: each.findings for position, each in of_stream.items()}
    assert {position: each.findings for position, each in by_workers.items()} == said
    assert [position for position, findings in said.items() if any(each.code == "duplicate" for each in findings)] == [
        46, 122, 123,
    ]  # fmt: skip
    assert said[91] != (), "the buyer passes the yearly limit with the parcel of another chunk"
    assert by_workers[91].assessment == of_stream[91].assessment
    assert by_workers[60].declaration == of_stream[60].declaration


def test_the_stream_is_read_as_results_are_taken(run: customs.Run) -> None:
    read: list[str] = []

    def stream() -> Iterator[str]:
        for each in texts(400):
            read.append(each)
            yield each

    batches = run.prepare_many(stream(), workers=2)
    next(batches)
    assert len(read) == 2 * 2 * 40, "two chunks for each worker"
    batches.close()  # type: ignore[attr-defined]
    assert nothing_left()


def test_a_stream_that_fails_ends_after_what_was_read_before(run: customs.Run) -> None:
    def stream() -> Iterator[str]:
        yield from texts(85)
        raise OSError("the line was cut")

    got: list[int] = []
    batches = run.prepare_many(stream(), workers=2)
    with pytest.raises(OSError, match="the line was cut"):
        got.extend(batch.parcels[-1].position for batch in batches)
    assert got == [40, 80, 85]
    assert nothing_left()


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.long
def test_a_worker_that_dies_ends_the_stream(workers: int, run: customs.Run) -> None:
    got: list[int] = []
    decided = in_workers(work.die_at_81, run, in_chunks(texts(200), size=40), workers)
    with pytest.raises(WorkerLostError, match=r"exit code -9.*position 81"):
        got.extend(chunk.first for chunk, _ in decided)
    assert got == [1, 41]
    assert nothing_left()


def test_an_error_of_a_worker_is_raised_in_its_place(run: customs.Run) -> None:
    got: list[int] = []
    decided = in_workers(work.fail_at_81, run, in_chunks(texts(200), size=40), 2)
    with pytest.raises(LookupError, match="no key at 81"):
        got.extend(chunk.first for chunk, _ in decided)
    assert got == [1, 41]
    assert nothing_left()


def test_keys_that_a_worker_cannot_open_are_told(run: customs.Run) -> None:
    key = run.keys.path  # type: ignore[union-attr]
    Path(key).unlink()
    with pytest.raises(FileNotFoundError):
        list(run.prepare_many(texts(50), workers=2))
    assert nothing_left()


def test_ctrl_c_leaves_no_process(run: customs.Run) -> None:
    batches = run.prepare_many(texts(300), workers=2)
    next(batches)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            for _ in batches:
                os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    batches.close()  # type: ignore[attr-defined]
    assert nothing_left()


def test_a_time_limit_of_the_program_for_its_sockets_is_not_one_for_its_workers(run: customs.Run) -> None:
    alone = list(run.prepare_many(texts(130), workers=1))
    socket.setdefaulttimeout(0.001)
    try:
        assert list(run.prepare_many(texts(130), workers=2)) == alone
    finally:
        socket.setdefaulttimeout(None)
    assert nothing_left()


def test_open_keys_stay_where_they_were_opened(run: customs.Run, keys: KeyPair) -> None:
    with pytest.raises(road_run.LiveSignersError, match="give keys= in place of signer="):
        list(run.with_(keys=None, signer=keys.signer()).prepare_many(texts(1), workers=2))


def test_each_worker_opens_a_key_of_its_own_of_a_pool(run: customs.Run, tmp_path: Path) -> None:
    pool = [work.Opened(tmp_path / "own.key", tmp_path / "own.crt", tmp_path / f"opened-{each}") for each in range(3)]
    known = run.with_(keys=pool)
    for each in pool:
        each.log.unlink(missing_ok=True)  # by this process
    assert list(known.prepare_many(texts(200), workers=2)) == list(run.prepare_many(texts(200), workers=1))
    assert [len(each.log.read_text().splitlines()) if each.log.exists() else 0 for each in pool] == [1, 1, 0]
    with pytest.raises(ValueError, match="4 workers need a key each, and keys= gives 3"):
        list(known.prepare_many(texts(1), workers=4))
    with pytest.raises(ValueError, match="names no key"):
        run.with_(keys=[])


def test_a_number_of_workers_is_at_least_one(run: customs.Run) -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        list(run.prepare_many([], workers=0))


def test_a_parcel_of_a_worker_is_a_value_like_any_other(run: customs.Run) -> None:
    (batch,) = run.prepare_many(texts(3), workers=2)
    parcel = batch.parcels[1]
    assert json.loads(texts(3)[1])["order"]["order_no"] == parcel.order_no
    again = pickle.loads(pickle.dumps(parcel))  # noqa: S301
    assert again == parcel == again
    assert repr(again) == repr(parcel)
    assert type(again) is customs.Prepared
