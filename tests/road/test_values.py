"""Values are values: what a run carries and yields is equal to its pickled copy, frozen, and goes through worker
processes.
"""

import copy
import pickle
from collections.abc import Callable, Hashable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import customs
from customs import areas
from customs.documents import BusinessKey, Document
from customs.road import stages
from customs.rules import Declared
from customs.signing import Certificate
from customs.signing.keys.pool import SignerPool
from customs.tax import Apportionment, Method, Rates, Rounding, TaxAssessment, law, shipped
from customs.testing import sample_parcels
from customs.testing.areas import sample_area
from support import MORNING, ROOT, SINGLES_DAY
from support.workers import declare

GOLDEN = ROOT / "tests" / "golden"
KEY = customs.KeyFile(GOLDEN / "test.key", GOLDEN / "test.crt")


def run_of(**conditions: Any) -> customs.Run:
    given: dict[str, Any] = {
        "keys": KEY,
        "on": SINGLES_DAY,
        "clock": customs.fixed_clock(MORNING),
        "guids": customs.seeded_guids(1),
    }
    return customs.Run(**{**given, **conditions})


def documented(run: customs.Run) -> stages.Documented:
    parcel = stages.examine(run, 1, next(sample_parcels(1, seed=7, mode="1210")), None)
    assert isinstance(parcel, stages.Documented)
    return parcel


def stage(kind: str) -> object:
    """A parcel of the seed at a stage of its way."""
    run, given = run_of(), next(sample_parcels(1, seed=7, mode="1210"))
    read = stages.read(1, given)
    assert isinstance(read, stages.Read)
    assessed = stages.assess(run, read, None)
    assert isinstance(assessed, stages.Assessed)
    made = stages.document(run, assessed)
    assert isinstance(made, stages.Documented)
    return {"read": read, "assessed": assessed, "documented": made, "written": stages.write(run, made)}[kind]


def assessed(run: customs.Run) -> TaxAssessment:
    found = documented(run).assessment
    assert found
    return found


def prepared() -> customs.Prepared:
    return run_of().prepare(next(sample_parcels(1, seed=7, mode="9610")))


#: Every value that a run carries or yields, by what it is.
VALUES: dict[str, Callable[[], object]] = {
    "the law of today": lambda: law.on(SINGLES_DAY),
    "the law of postal articles": lambda: law.on(date(2015, 1, 1)),
    "a case": lambda: assessed(run_of()).case,
    "goods": lambda: assessed(run_of()).case.goods,
    "an assessment": lambda: documented(run_of()).assessment,
    "an assessment outside the channel": lambda: customs.assess(
        next(sample_parcels(1, seed=7, mode="1210")).model_copy(update={"quota_used": Decimal(26000)}), on=SINGLES_DAY
    ),
    "a method": lambda: Method(rounding=Rounding.DOWN, apportionment=Apportionment.EQUALLY),
    "the shipped rates": shipped,
    "rates of one's own": lambda: Rates(shipped().rows("33")),
    "the unified edition": lambda: areas.configure(areas.find("unified")),
    "an area with settings": lambda: areas.configure(
        areas.find("ningbo_kjb2c"), companies={"91000000000000003W": {"ningbo_payer": "02"}}
    ),
    "a run": run_of,
    "a run in an area": lambda: run_of(area="zhejiang_jkf", method=Method(rounding=Rounding.DOWN)),
    "a run from a position": lambda: run_of().from_position(101),
    "a parcel that was read": lambda: stage("read"),
    "a parcel that was assessed": lambda: stage("assessed"),
    "a parcel with its documents": lambda: stage("documented"),
    "a parcel that was written": lambda: stage("written"),
    "the outcome of a parcel": prepared,
    "the outcome of a refused parcel": lambda: run_of().prepare("{}"),
    "a message": lambda: prepared().messages[3],
    "a batch": lambda: next(run_of().prepare_many(sample_parcels(3, seed=7, mode="1210"))),
    "the present time": lambda: customs.system_clock,
    "a fixed clock": lambda: customs.fixed_clock(MORNING),
    "random guids": lambda: customs.random_guids,
    "seeded guids": lambda: customs.seeded_guids(7),
    "a certificate": lambda: Certificate.load((GOLDEN / "test.crt").read_bytes()),
    "where a key is": lambda: KEY,
    "an earlier declaration": lambda: Declared(message="5A3F", at=MORNING),
}

values = pytest.mark.parametrize("make", VALUES.values(), ids=VALUES)


def copied(value: object) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301


@values
@pytest.mark.long
def test_a_pickled_copy_is_equal(make: Callable[[], object]) -> None:
    value = make()
    assert copied(value) == value
    assert make() == value, "equal by content, not by identity"


def changes(value: Any) -> bool:
    """True if the first field of a value can be set."""
    try:
        setattr(value, fields(value)[0].name, None)
    except (FrozenInstanceError, TypeError, AttributeError):
        return False
    return True


@pytest.mark.long
def test_values_are_frozen() -> None:
    made = {name: make() for name, make in VALUES.items()}
    with_fields = {name: value for name, value in made.items() if is_dataclass(value)}
    assert len(with_fields) > 16
    assert [name for name, value in with_fields.items() if changes(value)] == []


@pytest.mark.parametrize("name", ["the law of today", "a case", "an assessment", "a method", "a message"])
def test_small_values_are_hashable(name: str) -> None:
    value = VALUES[name]()
    assert isinstance(value, Hashable)
    assert hash(copied(value)) == hash(value)


def test_seeded_guids_start_anew_in_a_copy_and_differ_by_position() -> None:
    guids = customs.seeded_guids(7)
    taken = [guids() for _ in range(3)]
    assert [copied(guids)() for _ in range(1)] == taken[:1]
    of = {first: customs.seeded_guids(7).from_position(first)() for first in (1, 2, 101, 201)}
    assert len({*of.values()}) == 4
    assert of[1] == taken[0]


def test_serial_numbers_of_parts_of_a_stream_have_none_in_common() -> None:
    area = sample_area(areas.find("zhejiang_jkf"))
    run = run_of(area=area)
    serials = [run.from_position(first).place.serials for first in (1, 11, 21)]
    assert all(serials)
    messages = run.format.messages
    taken = [[each() for _ in range(10 * messages)] for each in serials if each]
    assert [numbers[0] for numbers in taken] == [1, 1 + 10 * messages, 1 + 20 * messages]
    assert len({number for numbers in taken for number in numbers}) == 30 * messages


def test_areas_that_share_a_counter_share_one_in_every_part() -> None:
    counter = areas.counting()
    beside = areas.configure(areas.find("unified"), serials=counter)
    area = areas.configure(areas.find("zhejiang_jkf"), serials=counter, beside=[beside])
    place = run_of(area=area).from_position(5).place
    assert place.serials is place.beside[0].serials
    assert place.serials is not counter
    assert copied(place).serials is not None


# keys stay where they are


def test_the_bytes_of_a_message_may_cross_beside_it_and_are_the_same() -> None:
    message = prepared().messages[0]
    beside: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(message, 5, buffer_callback=beside.append)
    assert message.content not in rest
    again = pickle.loads(rest, buffers=[bytearray(each.raw()) for each in beside])  # noqa: S301
    assert again == message
    assert type(again.content) is bytes
    assert pickle.loads(pickle.dumps(message, 2)) == copy.copy(message) == message  # noqa: S301


def test_no_open_key_is_pickled(signer: customs.RsaSigner) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(signer)
    with pytest.raises(TypeError):
        pickle.dumps(SignerPool([signer]))


def test_a_pickled_run_holds_no_key_and_no_certificate() -> None:
    pickled = pickle.dumps(run_of())
    key, certificate = KEY().certificate.der, (GOLDEN / "test.key").read_bytes()
    assert key not in pickled
    assert certificate not in pickled


# several processes


def chunks(lines: list[str], size: int) -> list[tuple[int, list[str]]]:
    return [(at + 1, lines[at : at + size]) for at in range(0, len(lines), size)]


def by_key(batches: list[customs.Batch]) -> dict[BusinessKey, Document]:
    """The documents of all messages by business key, without the guids that number them anew."""
    documents = [
        each for batch in batches for message in batch.messages for each in customs.read(message.content).documents
    ]
    return {each.key: without_guid(each) for each in documents}


def without_guid(document: Any) -> Document:
    blank = document.head.model_copy(update={"guid": "0" * 36})
    made: Document = document.model_copy(update={"head": blank})
    return made


@pytest.mark.parametrize("mode", ["1210", "9610"])
@pytest.mark.long
def test_two_processes_declare_what_one_declares(mode: str) -> None:
    lines = (ROOT / "examples" / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()
    run = run_of()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(declare, run.from_position(first), chunk) for first, chunk in chunks(lines, 40)]
        apart = [batch for part in parts for batch in part.result()]
    alone = list(run.prepare_many(lines))
    assert len(by_key(apart)) == 480
    assert by_key(apart) == by_key(alone)
    outcomes = {each.position: (each.declaration, each.assessment, each.findings) for b in alone for each in b.parcels}
    assert {
        each.position: (each.declaration, each.assessment, each.findings) for b in apart for each in b.parcels
    } == outcomes
    assert sorted(outcomes) == list(range(1, 121))
    guids = [message.guid for batch in apart for message in batch.messages]
    assert len(guids) == len(set(guids)) == 12
    assert all(customs.verify(message.content).valid for batch in apart for message in batch.messages)


def test_a_worker_whose_key_is_gone_says_so(tmp_path: Path) -> None:
    for name in ("test.key", "test.crt"):
        (tmp_path / name).write_bytes((GOLDEN / name).read_bytes())
    run = run_of(keys=customs.KeyFile(tmp_path / "test.key", tmp_path / "test.crt"))
    copy = copied(run)
    (tmp_path / "test.key").unlink()
    with pytest.raises(FileNotFoundError):
        copy.prepare(next(sample_parcels(1, seed=7, mode="1210")))
