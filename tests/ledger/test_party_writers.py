"""Several processes alter the registrations of the same enterprises: nothing is lost, and what two lists say alike stands once."""

import itertools
import subprocess
import sys

import pytest

from customs.ledger import open_ledger
from customs.ledger.parties import party_history, registrations_of
from support import exactly
from support.ledgers import KEYS

PROCESSES, CODES = range(4), [f"33019600{each:02}" for each in range(12)]

#: Enters for each enterprise the registration that all processes have, then one of its own, each by a cause of its own.
WRITING = f"""
import sys
from datetime import date, datetime, timedelta
from customs.ledger import EntryCause, LedgerKeys, open_ledger
from customs.ledger.parties import PartyRegistration, enter_changed

url, process = sys.argv[1], int(sys.argv[2])
with open_ledger(url, LedgerKeys(bytes(range(32)), {{1: bytes(range(32, 64))}})) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for name in ("all", f"own {{process}}"):
        for code in {CODES}:
            with ledger.begin() as connection:
                given = PartyRegistration(role="carrier", code=code, name=name)
                enter_changed(connection, given, EntryCause("file", f"{{name}}/{{process}}"), at=datetime(2026, 11, 11, 8))
"""


@pytest.mark.long
def test_of_processes_that_alter_one_registration_none_loses_a_change_or_repeats_one(ledger_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITING, ledger_url, str(each)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for each in PROCESSES
    ]
    for each in exactly(4, processes):
        assert each.stdout
        assert each.stdout.readline() == b"ready\n"
    for each in exactly(4, processes):
        assert each.stdin
        each.stdin.write(b"\n")
        each.stdin.flush()
    for each in exactly(4, processes):
        each.communicate()
    assert [each.returncode for each in processes] == [0, 0, 0, 0]
    with open_ledger(ledger_url, KEYS) as ledger, ledger.read() as connection:
        histories = {code: [each.fact for each in party_history(connection, code)] for code in CODES}
        standing = {each.code: each for each in registrations_of(connection, "carrier")}
    for code, entries in exactly(12, histories.items()):
        assert all(one != other for one, other in itertools.pairwise(entries))
        names = [each.name for each in entries if each.name != "all"]  # type: ignore[union-attr]
        assert sorted(names) == [f"own {each}" for each in PROCESSES]
        assert standing[code] == entries[-1]
