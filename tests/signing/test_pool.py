"""Pools of keys: the work of an enterprise goes on while one of its keys signs, and no message is lost with a key."""

import faulthandler
import logging
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customs
from customs.signing import Algorithm, Certificate, Signature, Signer, SigningError, verify
from customs.signing.keys.pool import SignerPool
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT

SINCE = datetime(2026, 1, 1)
DATA = b"<ds:SignedInfo/>"
PATIENCE = 30  # seconds after which a test that waits has found a deadlock


@pytest.fixture(autouse=True)
def no_deadlock_lasts() -> Iterator[None]:
    """Where threads wait for each other for ever, the run ends with where they stand, instead of never."""
    faulthandler.dump_traceback_later(4 * PATIENCE, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@cache
def key(number: int) -> Signer:
    """One of the declarant's keys."""
    return issue_test_key(*DECLARANT, since=SINCE, kind="RSA-1024").signer()


class Member:
    """A key that fails at given turns, and knows what it signed and whether two threads used it at once."""

    def __init__(self, signer: Signer, fails: Callable[[int], bool] = lambda turn: False) -> None:
        self.signer, self.fails = signer, fails
        self.algorithm, self.certificate = signer.algorithm, signer.certificate
        self.turns, self.signed, self.trespasses = 0, list[bytes](), 0
        self.in_use = threading.Lock()

    def sign(self, data: bytes) -> Signature:
        if not self.in_use.acquire(blocking=False):
            self.trespasses += 1
            raise AssertionError("two threads use one key")
        try:
            self.turns += 1
            if self.fails(self.turns):
                raise SigningError(f"the token failed at turn {self.turns}")
            made = self.signer.sign(data)
            self.signed.append(data)
            return made
        finally:
            self.in_use.release()


class Slow(Member):
    """A key that signs once it is let."""

    def __init__(self, signer: Signer, fails: Callable[[int], bool] = lambda turn: False) -> None:
        super().__init__(signer, fails)
        self.begun, self.let = threading.Event(), threading.Event()

    def sign(self, data: bytes) -> Signature:
        self.begun.set()
        assert self.let.wait(PATIENCE)
        return super().sign(data)


def always(turn: int) -> bool:
    return True


def from_turn(first: int) -> Callable[[int], bool]:
    return lambda turn: turn >= first


def holds(made: Signature, data: bytes) -> bool:
    found = made.certificate.public_key
    return found is not None and found.verifies(made.value, data)


def test_members_take_turns_the_longest_idle_first() -> None:
    members = [Member(key(number)) for number in range(3)]
    pool = SignerPool(members)
    for number in range(6):
        assert pool.sign(b"%d" % number).certificate == members[number % 3].certificate
    assert [member.turns for member in members] == [2, 2, 2]


def test_a_whole_parcel_signed_by_a_pool_verifies(
    walk: Callable[..., customs.Prepared], parcel: customs.Declaration
) -> None:
    pool = SignerPool([Member(key(0), from_turn(2)), Member(key(1))])
    messages = walk(parcel, signer=pool).messages
    found = [verify(message.content) for message in messages]
    assert all(each.valid for each in found)
    assert [each.certificate for each in found] == [key(0).certificate] + [key(1).certificate] * 3


def test_a_key_that_fails_is_set_aside_and_another_signs() -> None:
    bad, good = Member(key(0), from_turn(2)), Member(key(1))
    pool = SignerPool([bad, good])
    for number in range(6):
        data = b"%d" % number
        assert holds(pool.sign(data), data)
    (lost,) = pool.lost
    assert (lost.signer, lost.reason) == (bad, "the token failed at turn 2")
    assert str(lost) == f"{bad.certificate.key_name}: the token failed at turn 2"
    assert bad.turns == 2
    assert bad.signed + good.signed == [b"0", b"1", b"2", b"3", b"4", b"5"]


def test_a_key_that_failed_once_works_again_after_it_is_restored() -> None:
    once, good = Member(key(0), lambda turn: turn == 1), Member(key(1))
    pool = SignerPool([once, good])
    pool.sign(DATA)
    assert [each.signer for each in pool.lost] == [once]
    pool.restore()
    assert pool.lost == ()
    assert [pool.sign(DATA).certificate for _ in range(2)] == [good.certificate, once.certificate]


def test_once_all_keys_are_lost_every_reason_is_told_and_restoring_heals() -> None:
    broken = threading.Event()
    broken.set()
    members = [Member(key(number), lambda turn: broken.is_set()) for number in range(3)]
    pool = SignerPool(members)
    for _ in range(2):
        with pytest.raises(
            SigningError, match=r"all 3 keys of the pool are set aside: repair them, then call restore\(\)"
        ) as raised:
            pool.sign(DATA)
        for member in members:
            assert f"{member.certificate.key_name}: the token failed at turn 1" in str(raised.value)
    assert [member.turns for member in members] == [1, 1, 1], "a key that is set aside is not asked"
    broken.clear()
    pool.restore()
    assert holds(pool.sign(DATA), DATA)


def test_while_one_key_is_slow_the_others_work() -> None:
    slow, quick = Slow(key(0)), Member(key(1))
    pool = SignerPool([slow, quick])
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(pool.sign, b"slow")
        assert slow.begun.wait(PATIENCE)
        for _ in range(3):
            assert pool.sign(DATA).certificate == quick.certificate
        slow.let.set()
        assert waiting.result(PATIENCE).certificate == slow.certificate


def waiting_behind(
    pool: SignerPool, slow: Slow, threads: ThreadPoolExecutor
) -> tuple[Future[Signature], Future[Signature]]:
    """A thread that signs with the only key, and one that waits for it."""
    first = threads.submit(pool.sign, b"first")
    assert slow.begun.wait(PATIENCE)
    at_the_door = threading.Event()

    def second() -> Signature:
        at_the_door.set()
        return pool.sign(b"second")

    later = threads.submit(second)
    assert at_the_door.wait(PATIENCE)
    return first, later


def test_while_all_keys_are_busy_a_thread_waits_for_its_turn() -> None:
    slow = Slow(key(0))
    pool = SignerPool([slow])
    with ThreadPoolExecutor(2) as threads:
        first, second = waiting_behind(pool, slow, threads)
        assert not second.done()
        slow.let.set()
        assert holds(first.result(PATIENCE), b"first")
        assert holds(second.result(PATIENCE), b"second")
    assert slow.signed == [b"first", b"second"]


def test_threads_that_wait_wake_up_when_the_last_key_is_lost() -> None:
    slow = Slow(key(0), always)
    pool = SignerPool([slow])
    with ThreadPoolExecutor(2) as threads:
        futures = waiting_behind(pool, slow, threads)
        slow.let.set()
        for future in futures:
            with pytest.raises(SigningError, match="all 1 keys"):
                future.result(PATIENCE)
    assert slow.turns == 1


class Interrupted(BaseException):
    """Not an Exception, as an interrupt from the keyboard is not."""


@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt, SystemExit, Interrupted])
def test_an_exception_of_another_kind_costs_no_key(kind: type[BaseException]) -> None:
    class Odd(Member):
        def sign(self, data: bytes) -> Signature:
            if data == b"odd":
                raise kind
            return super().sign(data)

    pool = SignerPool([Odd(key(0))])
    for _ in range(3):
        with pytest.raises(kind):
            pool.sign(b"odd")
    assert pool.lost == ()
    assert holds(pool.sign(DATA), DATA)


def test_a_thread_that_is_interrupted_while_it_waits_passes_its_turn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(key(0))
    pool = SignerPool([slow])
    with ThreadPoolExecutor(2) as threads:
        first, second = waiting_behind(pool, slow, threads)
        waits, operator = pool._changed.wait_for, threading.current_thread()

        def interrupted(predicate: Callable[[], object]) -> object:
            if threading.current_thread() is operator:
                raise KeyboardInterrupt
            return waits(predicate)

        monkeypatch.setattr(pool._changed, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.sign(b"third")
        slow.let.set()
        assert first.result(PATIENCE)
        assert second.result(PATIENCE)


#: For each key the turns at which it fails, of a key that gets many; and from which turn on it is lost for good, if
#: at all.
Plan = tuple[frozenset[int], int | None]
PLANS = st.lists(
    st.tuples(st.frozensets(st.integers(1, 12), max_size=6), st.none() | st.integers(1, 12)), min_size=0, max_size=4
)  # fmt: skip


def planned(number: int, plan: Plan) -> Member:
    turns, end = plan
    return Member(key(number), lambda turn: turn in turns or (end is not None and turn >= end))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plans=PLANS,
    place=st.integers(0, 4),
    pieces=st.integers(0, 30),
    threads=st.integers(1, 6),
    restores=st.integers(0, 3),
)
def test_with_one_key_that_never_fails_everything_is_signed_once(
    plans: list[Plan], place: int, pieces: int, threads: int, restores: int
) -> None:
    members = [planned(number, plan) for number, plan in enumerate(plans)]
    members.insert(place, Member(key(len(plans))))
    pool = SignerPool(members)
    data = [b"message %d" % number for number in range(pieces)]

    def work(piece: bytes) -> Signature:
        if restores and piece.endswith(b"%d" % restores):
            pool.restore()
        return pool.sign(piece)

    with ThreadPoolExecutor(threads) as workers:
        made = list(workers.map(work, data, timeout=PATIENCE))
    assert all(holds(each, piece) for each, piece in zip(made, data, strict=True))
    assert Counter(piece for member in members for piece in member.signed) == Counter(data), (
        "each piece is signed once, by one key"
    )
    assert not any(member.trespasses for member in members)
    assert_nothing_is_lost(pool, members)


@settings(max_examples=40, deadline=None)
@given(plans=PLANS.filter(bool), pieces=st.integers(1, 20), threads=st.integers(1, 6))
def test_whatever_fails_every_thread_gets_a_signature_or_the_reasons(
    plans: list[Plan], pieces: int, threads: int
) -> None:
    members = [planned(number, plan) for number, plan in enumerate(plans)]
    pool = SignerPool(members)
    data = [b"message %d" % number for number in range(pieces)]
    with ThreadPoolExecutor(threads) as workers:
        futures = [workers.submit(pool.sign, piece) for piece in data]
        failures = [future.exception(PATIENCE) for future in futures]
    signed = [piece for piece, failure in zip(data, failures, strict=True) if failure is None]
    assert Counter(piece for member in members for piece in member.signed) == Counter(signed)
    for failure in filter(None, failures):
        assert isinstance(failure, SigningError)
        assert str(failure).count("the token failed at turn") == len(members)
    assert not any(member.trespasses for member in members)
    assert_nothing_is_lost(pool, members)


def assert_nothing_is_lost(pool: SignerPool, members: Sequence[Member]) -> None:
    """After all is done each member is either set aside or idle: once mended and restored, each takes its turn."""
    for member in members:
        member.fails = lambda turn: False
    pool.restore()
    assert {pool.sign(DATA).certificate for _ in members} == {member.certificate for member in members}


def test_threads_share_a_pool_of_many_keys() -> None:
    members = [Member(key(number), from_turn(60 + number)) for number in range(3)] + [Member(key(3))]
    pool = SignerPool(members)
    data = [b"message %d" % number for number in range(400)]
    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(pool.sign, data, timeout=PATIENCE))
    assert all(holds(each, piece) for each, piece in zip(made, data, strict=True))
    assert not any(member.trespasses for member in members)


def test_a_pool_shows_its_key_names_and_nothing_else() -> None:
    pool = SignerPool([key(0), key(1)])
    assert repr(pool) == f"SignerPool(key_names=[{key(0).certificate.key_name!r}, {key(1).certificate.key_name!r}])"
    assert (pool.algorithm, pool.certificate) == (Algorithm.RSA_SHA1, key(0).certificate)


def test_neither_data_nor_holder_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = b"<ds:SignedInfo>4711</ds:SignedInfo>"
    pool = SignerPool([Member(key(0), always), Member(key(1), always)])
    shown = [repr(pool), str(pool)]
    try:
        pool.sign(secret)
    except SigningError as error:
        shown += [str(error), repr(error), traceback.format_exc(), *map(str, pool.lost), *map(repr, pool.lost)]
    assert len(shown) == 9
    for each in (secret.decode(), DECLARANT[0], DECLARANT[1]):
        assert each not in "\n".join([*shown, caplog.text])


def signer_of(organisation: str, code: str, **options: str) -> Signer:
    return issue_test_key(organisation, code, since=SINCE, **{"kind": "RSA-1024", **options}).signer()  # type: ignore[arg-type]


def test_keys_of_two_enterprises_make_no_pool() -> None:
    other = signer_of(DECLARANT[0], "91000000000000008C")
    with pytest.raises(
        ValueError, match=f"{key(0).certificate.key_name} and {other.certificate.key_name} are not of one enterprise"
    ):
        SignerPool([key(0), other])


def test_an_enterprise_may_have_changed_its_name() -> None:
    assert SignerPool([key(0), signer_of("改名公司", DECLARANT[1])]).certificate


def without_code(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A key whose certificate states no credit code."""
    certificate = Certificate(signer.certificate.der)
    vars(certificate)["credit_code"] = None
    monkeypatch.setattr(signer, "certificate", certificate)
    return signer


def test_without_a_credit_code_the_organisation_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = without_code(signer_of(*DECLARANT), monkeypatch)
    assert SignerPool([key(0), bare]).certificate
    other = without_code(signer_of("别家公司", DECLARANT[1]), monkeypatch)
    with pytest.raises(ValueError, match="not of one enterprise"):
        SignerPool([key(0), other])
    two_codes = signer_of(DECLARANT[0], "91000000000000008C")
    with pytest.raises(ValueError, match="not of one enterprise"):
        SignerPool([bare, key(0), two_codes])


def test_keys_of_two_algorithms_make_no_pool() -> None:
    with pytest.raises(ValueError, match="differ in algorithm, RSA_SHA1 and SM2_SM3"):
        SignerPool([key(0), signer_of(*DECLARANT, kind="SM2")])


def test_a_pool_of_sm2_keys_signs() -> None:
    pool = SignerPool(signer_of(*DECLARANT, kind="SM2") for _ in range(2))
    assert all(holds(pool.sign(DATA), DATA) for _ in range(4))


def test_a_pool_needs_keys_and_each_only_once(keys: KeyPair) -> None:
    with pytest.raises(ValueError, match="at least one"):
        SignerPool([])
    with pytest.raises(ValueError, match="given twice"):
        SignerPool([key(0), key(1), key(0)])
    assert SignerPool([keys.signer(), keys.signer()]).certificate, "two connections to one key may share the work"
