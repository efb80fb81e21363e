"""The corpus of the fuzzer, read once: what a change of the code breaks for an input that was worth keeping is seen here."""

import doctest
import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fuzz.promises import BrokenPromiseError, promise
from fuzz.signatures import SIGNED, SIGNERS
from fuzz.targets import TARGETS, Target, trial

from fuzz import corpus, mutation
from support import ROOT, some

targets = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)

#: How much longer than on a machine of its own an input may take.
BUSY = 20


@targets
def test_no_input_of_the_corpus_breaks_a_promise(target: Target) -> None:
    for path in some(corpus.inputs(target)):
        trial(target, path.read_bytes(), slack=BUSY)


@targets
def test_a_hundred_changes_of_the_seeds_break_no_promise(target: Target) -> None:
    chance = random.Random(13)  # noqa: S311  not for secrets
    seeds = [path.read_bytes() for path in corpus.inputs(target)]
    words = [token for seed in seeds for token in mutation.tokens_of(seed)]
    for seed in some(chance.choices(seeds, k=100)):
        trial(target, mutation.mutated(seed, words, chance), slack=BUSY)


def test_the_corpus_stays_small() -> None:
    assert {path.name for path in corpus.FOLDER.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in corpus.FOLDER.rglob("*") if path.is_file()) < 300_000


def test_every_seed_that_was_signed_is_accepted_with_what_was_signed() -> None:
    from customs import verify

    accepted = set()
    for path in some(corpus.inputs(TARGETS["verify"])):
        if path.name.startswith("seed-"):
            found = [verify(path.read_bytes(), signed_by=each) for each in SIGNERS]
            assert [each.valid for each in found].count(True) == 1, path.name
            accepted |= {each.signed for each in found if each.valid}
    assert accepted == SIGNED


def raising(data: bytes) -> None:
    raise KeyError(data)


def untrue(data: bytes) -> None:
    promise(data == b"kept", "it was not kept")


def slow(data: bytes) -> None:
    until = time.thread_time() + 0.003
    while time.thread_time() < until:
        assert data


def test_an_exception_a_broken_promise_and_a_slow_reader_are_bugs() -> None:
    trial(Target("untrue", untrue), b"kept")
    with pytest.raises(BrokenPromiseError, match="it was not kept"):
        trial(Target("untrue", untrue), b"lost")
    with pytest.raises(KeyError):
        trial(Target("raising", raising), b"x")
    with pytest.raises(BrokenPromiseError, match=r"took 0\.00.* s for 1 bytes, 0\.0010 s are allowed"):
        trial(Target("slow", slow), b"x")
    trial(replace(Target("slow", slow), least=1), b"x")


def test_an_input_joins_the_corpus_for_what_it_reaches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    target = TARGETS["payment_data"]
    corpus.write(target, "seed-00", b"openReq={}")
    known = b'openReq={"orderNo":"1","sessionID":"2","serviceTime":1}'
    assert corpus.grow(target, [b"openReq={} "[:-1], b"x" * 2_001]) == []
    (new,) = corpus.grow(target, [known + b" ", known, b"openReq={}"])
    assert (new.read_bytes(), new.name) == (known, corpus.name_of(known))
    assert corpus.grow(target, [known]) == []


def test_the_changes_are_along_the_tokens_of_an_input() -> None:
    assert doctest.testmod(mutation) == doctest.TestResults(failed=0, attempted=3)
    assert (
        b"".join(mutation.tokens_of(b'<a b="1">\xff{"k": [1, "\\""]}</a>\n')) == b'<a b="1">\xff{"k": [1, "\\""]}</a>\n'
    )


def test_the_targets_read_nothing_of_the_tests() -> None:
    for path in some(sorted((ROOT / "fuzz").glob("*.py"))):
        assert "from support" not in path.read_text(encoding="utf-8"), path.name
