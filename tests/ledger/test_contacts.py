"""Contacts of persons: found by keyed hashes, sealed, hashed anew under new keys, erased with the person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from customs.ledger import Ledger, LedgerConnection, erase_person, open_ledger, person_of, rotate_people
from customs.ledger.contacts import CONTACTS, ContactKind, contacts_of, contacts_to_rotate, plain
from customs.ledger.people import people_to_rotate
from customs.ledger.risk import is_comparable
from support import MORNING
from support.ledgers import KEYS, LedgerDatabases
from support.risk_parcels import identity

TELEPHONE, ADDRESS = "13800009999", "浙江省杭州市示例路7号"
NEWER = replace(KEYS, hashing={**KEYS.hashing, 2: bytes(32)})


def contacts(connection: LedgerConnection, number: int, *texts: tuple[ContactKind, str]) -> list[int | None]:
    """The numbers of contacts of a person."""
    return list(contacts_of(connection, person_of(connection, "1", identity(number)), texts))


def hashes(connection: LedgerConnection) -> list[tuple[int | None, bytes | None]]:
    """The hash of each contact with the version of its key."""
    found = connection.sql.execute(select(CONTACTS.c.key_version, CONTACTS.c.hash).order_by(CONTACTS.c.id))
    return [(version, hashed) for version, hashed in found]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("telephone", "13800009999", "+86 138 0000 9999"),
        ("telephone", "13800009999", "0086-13800009999"),
        ("telephone", "057112345678", "0571－12345678"),
        ("address", "示例路7号 2-301", "示例路７号（2-301）"),
        ("name", "Jia Baoyu", "jia　baoyu"),
    ],
)
def test_a_contact_that_is_written_otherwise_is_the_same(kind: ContactKind, one: str, other: str) -> None:
    assert plain(kind, one) == plain(kind, other) != ""


@pytest.mark.parametrize("text", ["138****9999", "", "  ", "-"])
def test_a_contact_that_says_nothing_is_not_kept(ledger: Ledger, text: str) -> None:
    with ledger.begin() as connection:
        assert contacts(connection, 1, ("telephone", text)) == [None]
        assert hashes(connection) == []


def test_equal_contacts_of_two_persons_have_one_hash_and_two_numbers(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert contacts(connection, 1, ("telephone", TELEPHONE), ("telephone", TELEPHONE)) == [1, 1]
        assert contacts(connection, 2, ("telephone", TELEPHONE), ("address", TELEPHONE)) == [2, 3]
        assert contacts(connection, 1, ("telephone", TELEPHONE)) == [1]
        first, second, third = (hashed for _, hashed in hashes(connection))
        assert first == second != third  # an address is no telephone, whatever it says


def test_contacts_are_erased_with_the_person_and_those_of_others_stay(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        contacts(connection, 1, ("telephone", TELEPHONE), ("address", ADDRESS))
        contacts(connection, 2, ("telephone", TELEPHONE))
    with ledger.begin() as connection:
        erase_person(connection, person_of(connection, "1", identity(1)), at=MORNING)
    with ledger.read() as connection:
        kept = connection.sql.execute(select(CONTACTS.c.id, CONTACTS.c.person, CONTACTS.c.salt).order_by(CONTACTS.c.id))
        assert [(each.id, each.salt is None) for each in kept] == [(1, True), (2, True), (3, False)]
        wanted = select(func.count()).where(CONTACTS.c.hash.is_not(None), CONTACTS.c.sealed.is_not(None))
        assert connection.sql.execute(wanted).scalar_one() == 1


@pytest.mark.long
def test_an_erased_contact_is_left_in_no_file_of_sqlite(tmp_path: Path) -> None:
    salt = b"salt of the contact to be erased"
    with LedgerDatabases(tmp_path).fresh() as url:
        with open_ledger(url, KEYS) as ledger:
            with ledger.begin() as connection:
                person = person_of(connection, "1", identity(1))
                contacts_of(connection, person, [("telephone", TELEPHONE)], lambda count: salt)
                hashed = hashes(connection)[0][1]
            with ledger.begin() as connection:
                erase_person(connection, person, at=MORNING)
        left = [each.read_bytes() for each in tmp_path.glob("ledger*")]
    assert hashed
    assert [each for each in left if salt in each or hashed in each] == []
    assert [each for each in left if TELEPHONE.encode() in each] == []


def test_contacts_are_hashed_anew_under_a_new_key_and_found_meanwhile(ledger_url: str) -> None:
    with open_ledger(ledger_url, KEYS) as ledger, ledger.begin() as connection:
        contacts(connection, 1, ("telephone", TELEPHONE), ("address", ADDRESS))
        contacts(connection, 2, ("telephone", TELEPHONE))
    with open_ledger(ledger_url, NEWER) as ledger:
        with ledger.begin() as connection:
            assert (people_to_rotate(connection), contacts_to_rotate(connection)) == (5, 3)
            assert not is_comparable(connection)
            assert contacts(connection, 1, ("telephone", TELEPHONE)) == [1]
            assert [rotate_people(connection, 3), rotate_people(connection, 3), rotate_people(connection)] == [3, 2, 0]
            assert is_comparable(connection)
        with ledger.begin() as connection:
            first, _, third = hashes(connection)
            assert first == third
            assert first[0] == 2
            assert contacts(connection, 2, ("telephone", TELEPHONE)) == [3]


def test_erased_contacts_are_not_hashed_anew(ledger_url: str) -> None:
    with open_ledger(ledger_url, KEYS) as ledger, ledger.begin() as connection:
        contacts(connection, 1, ("telephone", TELEPHONE))
        erase_person(connection, person_of(connection, "1", identity(1)), at=MORNING)
    with open_ledger(ledger_url, NEWER) as ledger, ledger.begin() as connection:
        assert (rotate_people(connection), hashes(connection)) == (0, [(None, None)])


def test_many_enter_the_contact_of_one_person_at_once(ledger: Ledger) -> None:
    def entered(_: int) -> None:
        with ledger.begin() as connection:
            contacts(connection, 1, ("telephone", TELEPHONE))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(entered, range(8)))
    with ledger.read() as connection:
        assert len(set(hashes(connection))) == 1
