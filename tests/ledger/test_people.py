"""Persons: found by keyed hashes, sealed, erased for good, hashed anew under new keys."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from customs.files import NotWrittenError
from customs.ledger import (
    Ledger,
    LedgerKeyError,
    PersonErasedError,
    add_hashing_key,
    erase_person,
    find_person,
    identity_of,
    load_keys,
    make_keys,
    open_ledger,
    person_of,
    rotate_people,
)
from customs.ledger.people import PEOPLE
from support.ledgers import KEYS, LedgerDatabases

NUMBER = "110101180001010011"
OTHER = "11010118000101002X"
AT = datetime(2026, 11, 11, 8)

NEWER = replace(KEYS, hashing={**KEYS.hashing, 2: bytes(32)})


def test_a_person_has_one_number_however_often_entered(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        person = person_of(connection, "1", NUMBER)
        assert person_of(connection, "1", NUMBER) == person
        assert person_of(connection, "1", OTHER) != person
        assert identity_of(connection, person) == ("1", NUMBER)
    with ledger.read() as connection:
        assert find_person(connection, "1", NUMBER) == person
        assert find_person(connection, "1", "11010118000101003X") is None


def test_no_identity_number_stands_in_the_database(tmp_path: Path) -> None:
    with LedgerDatabases(tmp_path).fresh() as url, open_ledger(url, KEYS) as ledger:
        with ledger.begin() as connection:
            person_of(connection, "1", NUMBER)
        files = [each.read_bytes() for each in tmp_path.glob("ledger*")]
    assert len(files) >= 2  # the database and what is written beside it
    assert not [each for each in files if NUMBER.encode() in each]


def test_an_erased_person_keeps_entries_and_number_but_no_identity(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        person = person_of(connection, "1", NUMBER)
        assert erase_person(connection, person, at=AT)
    with ledger.begin() as connection:
        assert not erase_person(connection, person, at=AT)
        with pytest.raises(PersonErasedError, match=f"person {person} was erased"):
            identity_of(connection, person)
        assert person_of(connection, "1", NUMBER) == person
        assert connection.sql.execute(select(PEOPLE.c.salt, PEOPLE.c.sealed)).one() == (None, None)


def test_an_erased_salt_is_left_in_no_file_of_sqlite(tmp_path: Path) -> None:
    with LedgerDatabases(tmp_path).fresh() as url:
        with open_ledger(url, KEYS) as ledger:
            with ledger.begin() as connection:
                person = person_of(connection, "1", NUMBER, lambda count: b"salt of the person to be erased!")
            with ledger.begin() as connection:
                erase_person(connection, person, at=AT)
        left = [each for each in tmp_path.glob("ledger*") if b"salt of the person" in each.read_bytes()]
    assert left == []


def test_persons_are_hashed_anew_under_a_new_key_and_found_meanwhile(ledger_url: str) -> None:
    with open_ledger(ledger_url, KEYS) as ledger, ledger.begin() as connection:
        people = [person_of(connection, "1", each) for each in (NUMBER, OTHER)]
        erased = person_of(connection, "1", "11010118000101003X")
        erase_person(connection, erased, at=AT)
    with open_ledger(ledger_url, NEWER) as ledger:
        with ledger.begin() as connection:
            assert person_of(connection, "1", NUMBER) == people[0]
            assert rotate_people(connection, 1) == 1
            assert [person_of(connection, "1", each) for each in (NUMBER, OTHER)] == people
        with ledger.begin() as connection:
            assert [rotate_people(connection), rotate_people(connection)] == [1, 0]
            assert [person_of(connection, "1", each) for each in (NUMBER, OTHER)] == people
            assert person_of(connection, "1", "11010118000101003X") == erased
            versions = connection.sql.execute(select(PEOPLE.c.key_version).order_by(PEOPLE.c.id)).scalars().all()
            assert versions == [2, 2, 1]


def test_a_person_sealed_under_another_master_key_is_not_opened(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        person = person_of(connection, "1", NUMBER)
        other = replace(connection, keys=replace(KEYS, master=bytes(32)))
        with pytest.raises(LedgerKeyError, match="put the right key file back"):
            identity_of(other, person)


def test_the_keys_of_a_ledger_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "ledger.key"
    made = make_keys(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_keys(file) == made
    more = add_hashing_key(file)
    assert (more.master, more.version, load_keys(file)) == (made.master, 2, more)
    with pytest.raises(NotWrittenError, match="File exists"):
        make_keys(file)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"master": "00", "hashing": {"1": "00"}}', '{"master": 1, "hashing": 2}']
)
def test_a_file_that_holds_no_keys_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.key").write_text(text, encoding="utf-8")
    with pytest.raises(LedgerKeyError, match=r"ledger\.key holds no keys of a ledger 该文件不是账簿密钥文件"):
        load_keys(tmp_path / "ledger.key")


def test_keys_show_nothing_of_themselves() -> None:
    assert KEYS.master.hex() not in repr(KEYS)
    assert repr(KEYS) == "LedgerKeys()"
