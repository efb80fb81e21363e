"""Orders are observed for the report on risk patterns: each content once, by many at once, and of the erased nothing more."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, update

from customs.ledger import EntryCause, Ledger, LedgerError, erase_person, open_ledger, person_of, rotate_people
from customs.ledger.contacts import CONTACTS
from customs.ledger.risk import RiskCourse, observe_course, observe_order, risk_hits
from customs.ledger.risk.tables import RISK_LINES, RISK_ORDERS
from customs.receipts.lifecycle import track
from customs.receipts.state import Event
from customs.tax import assess
from support import MORNING, ROOT, SINGLES_DAY, some
from support.faults import Faults, few_or_many
from support.ledgers import KEYS, LedgerDatabases
from support.parcel_events import said, submitted
from support.risk_parcels import SHOP, bought, identity, observed

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
PLATFORM = SHOP.partition("/")[0]
ORDER = f"{PLATFORM}/O1"


def rows(ledger: Ledger, *columns: str) -> list[Any]:
    with ledger.read() as connection:
        wanted = select(*(RISK_ORDERS.c[each] for each in columns)).order_by(RISK_ORDERS.c.id)
        return [tuple(each) for each in connection.sql.execute(wanted)]


def seen(ledger: Ledger, *names: str) -> list[str]:
    with ledger.read() as connection:
        return [each.told() for each in risk_hits(connection, names=names, since=FIRST, until=LAST)]


def test_an_order_is_entered_once_with_the_same_content(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert observed(connection, bought(1), bought(1, price="101.000"), bought(2)) == [True, False, True]
    with ledger.begin() as connection:
        assert observed(connection, bought(1), bought(2)) == [False, False]
    assert rows(ledger, "order", "place") == [(ORDER, 1), (f"{PLATFORM}/O2", 1)]


def test_another_content_is_another_row_and_an_earlier_one_does_not_come_back(ledger: Ledger) -> None:
    first, other = bought(1), bought(1, price="90.00")
    with ledger.begin() as connection:
        assert observed(connection, first, other, first, other) == [True, True, False, False]
    assert rows(ledger, "order", "place", "value") == [
        (ORDER, 1, assess(first, on=SINGLES_DAY).dutiable_value),
        (ORDER, 2, assess(other, on=SINGLES_DAY).dutiable_value),
    ]


def test_many_observe_one_order_at_once(ledger: Ledger) -> None:
    def entered(_: int) -> list[bool]:
        with ledger.begin() as connection:
            return observed(connection, bought(1))

    with ledger.begin() as connection:
        observed(connection, bought(1, price="90.00"))  # so that the person and the contacts are known
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(entered, range(8)))
    assert sorted(found) == [[False]] * 7 + [[True]]


def test_an_order_has_its_cause_and_stands_as_it_was_entered(ledger: Ledger) -> None:
    parcel = bought(1)
    with ledger.begin() as connection:
        observed(connection, parcel)
        cause = EntryCause("file", "0123")
        observe_order(connection, bought(2), assess(bought(2), on=SINGLES_DAY), at=MORNING, cause=cause)
    assert rows(ledger, "cause_kind", "cause", "entered_at") == [("order", ORDER, MORNING), ("file", "0123", MORNING)]
    with pytest.raises(LedgerError), ledger.begin() as connection:
        connection.sql.execute(update(RISK_ORDERS).values(order="O2"))


def test_a_cut_transaction_leaves_nothing_of_an_order(ledger: Ledger) -> None:
    def cut() -> None:
        with ledger.begin() as connection:
            observed(connection, bought(1))
            raise KeyError

    with pytest.raises(KeyError):
        cut()
    with ledger.begin() as connection:
        for table in (RISK_ORDERS, RISK_LINES, CONTACTS):
            assert connection.sql.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert observed(connection, bought(1)) == [True]


def test_what_is_kept_of_an_erased_person_joins_nobody(ledger: Ledger) -> None:
    shared = {"buyer_telephone": "13800009999", "consignee_address": "示例路7号"}
    parcels = [bought(each, **shared) for each in range(1, 4)]
    with ledger.begin() as connection:
        observed(connection, *parcels)
    assert len(seen(ledger, "telephone_shared")) == 1
    with ledger.begin() as connection:
        erase_person(connection, person_of(connection, "1", identity(1)), at=MORNING)
        assert observed(connection, *parcels) == [False, False, False]
        assert observed(connection, bought(9, buyer_id_number=identity(1), **shared)) == [True]
    assert seen(ledger, "telephone_shared") == []
    assert rows(ledger, "telephone", "consignee_telephone", "address", "consignee")[-1] == (None,) * 4


def test_patterns_are_found_again_when_all_is_hashed_anew(ledger_url: str) -> None:
    newer = type(KEYS)(KEYS.master, {**KEYS.hashing, 2: bytes(32)})
    with open_ledger(ledger_url, KEYS) as ledger, ledger.begin() as connection:
        observed(connection, *(bought(each, buyer_telephone="13800009999") for each in (1, 2)))
    with open_ledger(ledger_url, newer) as ledger:
        with ledger.begin() as connection:
            observed(connection, bought(3, buyer_telephone="13800009999"))
        assert seen(ledger, "telephone_shared") == []  # is_comparable says why
        with ledger.begin() as connection:
            rotate_people(connection)
        assert len(seen(ledger, "telephone_shared")) == 1


SENT, STORED = submitted("CEB621", 0), said("CEB621", "120", 1)
RELEASED = said("CEB621", "800", 2)
DAY = 24 * 60  # minutes
RETURNED = submitted("CEB625", 29 * DAY, "G3"), said("CEB625", "800", 30 * DAY)
CANCELLED = submitted("CEB623", 3, "G2"), said("CEB623", "399", 4)
COURSES = [
    ((SENT, STORED), None),
    ((SENT, said("CEB621", "100", 1)), RiskCourse.REFUSED),
    ((SENT, STORED, RELEASED), RiskCourse.RELEASED),
    ((SENT, STORED, RELEASED, *CANCELLED), RiskCourse.CANCELLED),
    ((SENT, STORED, RELEASED, *RETURNED), RiskCourse.RETURNED),
]


@pytest.mark.parametrize(("events", "course"), COURSES)
def test_receipts_say_what_became_of_an_order_and_again_change_nothing(
    ledger: Ledger, events: tuple[Event, ...], course: RiskCourse | None
) -> None:
    with ledger.begin() as connection:
        observed(connection, bought(1))
        assert observe_course(connection, ORDER, track(events), at=MORNING) == course
        assert observe_course(connection, ORDER, track(events), at=MORNING) is None
        assert observe_course(connection, "P9/O9", track(events), at=MORNING) is None


@pytest.mark.parametrize(
    ("events", "told"), [(events, course in (None, RiskCourse.RELEASED)) for events, course in COURSES]
)
def test_what_was_refused_cancelled_or_returned_counts_in_no_sum(
    ledger: Ledger, events: tuple[Event, ...], told: bool
) -> None:
    with ledger.begin() as connection:
        observed(connection, *(bought(each, buyer_id_number=identity(1), price="3900.00") for each in range(1, 7)))
        observe_course(connection, ORDER, track(events), at=MORNING)
    assert bool(seen(ledger, "identity_year")) is told


def test_an_order_that_is_released_after_a_refusal_counts_again(ledger: Ledger) -> None:
    again = submitted("CEB621", 10, "G9"), said("CEB621", "800", 11)
    refused = SENT, said("CEB621", "100", 1)
    with ledger.begin() as connection:
        observed(connection, *(bought(each, buyer_id_number=identity(1), price="3900.00") for each in range(1, 7)))
        assert observe_course(connection, ORDER, track(refused), at=MORNING) is RiskCourse.REFUSED
        assert observe_course(connection, ORDER, track((*refused, *again)), at=MORNING) is RiskCourse.RELEASED
    assert len(seen(ledger, "identity_year")) == 1


def test_returns_that_always_come_late_are_seen_with_their_days(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *(bought(each, buyer_id_number=identity(1)) for each in range(1, 5)))
        for number in (1, 2, 3):
            state = track((SENT, STORED, RELEASED, *RETURNED))
            assert observe_course(connection, f"{PLATFORM}/O{number}", state, at=MORNING) is RiskCourse.RETURNED
        asked = date(2026, 12, 10)
        (hit,) = risk_hits(connection, names=["returns_late"], since=asked, until=asked)
    assert hit.told() == "person 1 asked for 3 returns, none earlier than day 29 after the release"
    assert seen(ledger, "returns_late") == []  # none was asked for in November


def test_one_early_return_breaks_the_pattern(ledger: Ledger) -> None:
    early = submitted("CEB625", 3 * DAY, "G3"), said("CEB625", "800", 4 * DAY)
    with ledger.begin() as connection:
        observed(connection, *(bought(each, buyer_id_number=identity(1)) for each in range(1, 5)))
        for number, back in ((1, RETURNED), (2, RETURNED), (3, RETURNED), (4, early)):
            state = track((SENT, STORED, RELEASED, *back))
            observe_course(connection, f"{PLATFORM}/O{number}", state, at=MORNING)
        found = risk_hits(connection, names=["returns_late"], since=date(2026, 1, 1), until=date(2027, 12, 31))
        assert list(found) == []


@pytest.mark.long
def test_who_is_erased_while_an_order_is_observed_keeps_nothing(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        person = person_of(connection, "1", identity(1))

    def erased() -> None:
        with ledger.begin() as connection:
            erase_person(connection, person, at=MORNING)

    erasing = Thread(target=erased)
    with ledger.begin() as connection:
        observed(connection, bought(1))
        erasing.start()
        erasing.join(0.5)  # it waits until the order is entered
        assert erasing.is_alive()
    erasing.join()
    with ledger.read() as connection:
        wanted = select(func.count()).where(CONTACTS.c.hash.is_not(None))
        assert connection.sql.execute(wanted).scalar_one() == 0


#: Observes orders in transactions of two, and kills itself before the statement of a given number.
OBSERVING = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customs.ledger import open_ledger
from support.ledgers import KEYS
from support.risk_parcels import bought, observed

done = 0

def counted(*_):
    global done
    done += 1
    if done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

with open_ledger(sys.argv[1], KEYS) as ledger:
    event.listen(Engine, "before_cursor_execute", counted)
    event.listen(Engine, "commit", counted)
    for number in (1, 3, 5):
        with ledger.begin() as connection:
            observed(connection, bought(number), bought(number + 1))
"""


@pytest.mark.long
def test_a_process_that_is_killed_leaves_whole_transactions_and_the_next_run_the_rest(
    databases: LedgerDatabases,
) -> None:
    for step in some(Faults(7).steps(few_or_many(1), 40)):
        with databases.fresh() as url:
            paths = f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"
            command = [sys.executable, "-c", OBSERVING, url, str(step)]
            done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, check=False)
            assert done.returncode == -signal.SIGKILL, done.stderr
            with open_ledger(url, KEYS) as ledger, ledger.begin() as connection:
                counts = [
                    connection.sql.execute(select(func.count()).select_from(each)).scalar_one()
                    for each in (RISK_ORDERS, RISK_LINES, CONTACTS)
                ]
                orders, lines, contacts = counts
                assert (orders % 2, lines, contacts) == (0, orders, 3 * orders)
                new = observed(connection, *(bought(each) for each in range(1, 7)))
                assert new == [False] * orders + [True] * (6 - orders)
