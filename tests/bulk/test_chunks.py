"""A stream is cut into chunks; each is decided by the run and itself alone."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

import customs
from customs.bulk import Chunk, decide, in_chunks
from customs.rules.knowledge import Hashes
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair

RUN = customs.Run(
    on=date(2026, 11, 11),
    clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
    guids=customs.seeded_guids(1),
)


@pytest.fixture(scope="session")
def run(keys: KeyPair) -> customs.Run:
    return RUN.with_(signer=keys.signer())


def test_a_stream_is_read_a_chunk_at_a_time() -> None:
    read: list[int] = []

    def stream() -> Iterator[str]:
        for number in range(10):
            read.append(number)
            yield "{}"

    cut = in_chunks(stream(), size=4)
    assert next(cut).first == 1
    assert read == [0, 1, 2, 3]
    assert [(each.first, len(each.parcels)) for each in cut] == [(5, 4), (9, 2)]


def test_the_name_of_a_file_is_no_stream() -> None:
    with pytest.raises(TypeError, match="a stream of parcels is expected"):
        next(in_chunks("parcels.jsonl"))


def test_a_chunk_gives_the_same_messages_wherever_it_is_decided(run: customs.Run) -> None:
    parcels = [each.model_dump_json(exclude_none=True) for each in sample_parcels(250, seed=3, mode="1210")]
    cut = list(in_chunks(parcels, size=120))
    forwards, backwards = [decide(run, each) for each in cut], [decide(run, each) for each in reversed(cut)]
    assert forwards == backwards[::-1]
    assert [each.position for chunk in forwards for each in chunk.parcels] == list(range(1, 251))
    guids = [message.guid for chunk in forwards for message in chunk.messages]
    assert len(set(guids)) == len(guids) == 4 * (2 + 2 + 1)


def test_the_first_chunk_gives_what_the_stream_itself_gives(run: customs.Run) -> None:
    parcels = list(sample_parcels(150, seed=4, mode="9610"))
    again = replace(run, guids=customs.seeded_guids(1))
    whole = [message for batch in again.prepare_many(parcels) for message in batch.messages]
    assert list(decide(run, Chunk(1, tuple(parcels))).messages) == whole


def test_an_outcome_says_where_a_parcel_ended_and_why(run: customs.Run) -> None:
    good = next(sample_parcels(1, seed=5, mode="1210"))
    decided = decide(run, Chunk(41, (good, good, "{}")))
    declared, twice, unread = decided.parcels
    assert (declared.position, declared.decision, declared.findings) == (41, "declared", ())
    assert declared.order_no == good.order.order_no
    assert declared.customs_code == good.clearance.customs_code
    assert declared.tax == customs.assess(good, on=run.on).due
    assert (twice.position, twice.decision) == (42, "refused")
    assert {each.code for each in twice.findings} == {"duplicate"}
    assert (unread.position, unread.decision, unread.order_no, unread.tax) == (43, "refused", None, None)
    assert [message.parcels for message in decided.messages] == [(41,)] * 4


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("refused", [True, False])
def test_a_chunk_crosses_with_every_parcel_refused_ones_included(run: customs.Run, whole: bool, refused: bool) -> None:
    parcels = [each.model_dump_json(exclude_none=True) for each in sample_parcels(120, seed=5, mode="1210")]
    more = ["{}", parcels[3], parcels[0].replace('"order_no":"', '"order_no":"\\u001f')] if refused else []
    decided = decide(run, Chunk(7, (*parcels, *more)), Hashes(), whole=whole)
    crossed = pickle.loads(pickle.dumps(decided))  # noqa: S301
    assert crossed == decided
    assert [repr(each) for each in crossed.parcels] == [repr(each) for each in decided.parcels]
    assert {type(each) for each in crossed.parcels} == {type(each) for each in decided.parcels}
    assert len({each.decision for each in crossed.parcels}) == 1 + refused


def test_a_decided_chunk_crosses_to_another_process_whole(run: customs.Run) -> None:
    decided = decide(run, Chunk(1, tuple(sample_parcels(5, seed=6, mode="1210"))))
    assert pickle.loads(pickle.dumps(decided, 5)) == decided  # noqa: S301
    assert "order" not in repr(decided)
