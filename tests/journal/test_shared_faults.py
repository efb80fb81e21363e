"""Declarations over a shared ledger, killed between any two steps: the same command goes on, and nothing is declared twice.

``make faults`` kills at many steps; without it at a few.
"""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customs.journal import read_journal
from customs.ledger import make_keys, open_ledger
from customs.ledger.declared import declared_entries
from customs.testing import sample_parcels
from support import some
from support.faults import COMMAND, MANY, Faults, few_or_many
from support.interruption import begun, declared_in
from support.ledger_fixtures import ON_POSTGRESQL
from support.ledgers import LedgerDatabases

#: The command line, which kills itself at a step: a declaration written or committed in the ledger, the beginning or the end of
#: a transaction of the state folder, a file opened, named or deleted. It says at its end how many there were.
KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customs.cli.commands import app
from customs.journal.state import OpenState

last, done = int(sys.argv.pop(1)), 0

def step(*_):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

noting = False

def executed(*given):
    global noting
    if given[2].startswith("INSERT INTO declared"):
        noting = True
        step()

def committed(*_):
    global noting
    if noting:
        noting = False
        step()

def heard(name, arguments):
    if name in ("os.rename", "os.link", "os.remove") or (name == "open" and ".xml" in str(arguments[0])):
        step()

class Written:
    def __init__(self, state):
        self.written = before(state)
    def __enter__(self):
        step()
        return self.written.__enter__()
    def __exit__(self, *error):
        try:
            return self.written.__exit__(*error)
        finally:
            step()

before = OpenState.written
OpenState.written = lambda state: Written(state)
event.listen(Engine, "before_cursor_execute", executed)
event.listen(Engine, "commit", committed)
sys.addaudithook(heard)
try:
    app()
finally:
    print("steps", done, flush=True)
"""

#: Steps of a declaration of two batches.
STEPS = 78
DRAWN = Faults(29)
AT_STEPS = DRAWN.steps(few_or_many(1, MANY), STEPS)
COUNT = 110


@pytest.fixture(params=["sqlite", ON_POSTGRESQL])
def ledger(
    request: pytest.FixtureRequest, ledgers_on: Callable[[str], LedgerDatabases], tmp_path: Path
) -> Iterator[list[str]]:
    """The options that name a fresh ledger."""
    make_keys(tmp_path / "ledger.key")
    with ledgers_on(request.param).fresh() as url:
        yield ["--ledger", url, "--ledger-key", str(tmp_path / "ledger.key")]


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    path = tmp_path / "parcels.jsonl"
    lines = (each.model_dump_json(exclude_none=True) for each in sample_parcels(COUNT, seed=9, mode="1210"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def killed(step: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(step), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def assert_once(ledger: list[str], folders: list[Path]) -> None:
    """Each parcel is in one message of each kind, in one of the folders; ledger, state folders and files say the same."""
    found: Counter[tuple[str, str]] = Counter()
    guids: list[str] = []
    for folder in some(folders):
        found += declared_in(folder)
        assert not list(folder.glob("*.part"))
        with read_journal(folder) as journal:
            entries = list(journal.entries())
        assert {each.file for each in entries} == {each.name for each in folder.glob("*.xml")}
        guids += {each.guid for each in entries}
    assert (set(found.values()), len(found)) == ({1}, 4 * COUNT)
    from customs.ledger import load_keys

    with open_ledger(ledger[1], load_keys(Path(ledger[3]))) as opened, opened.read() as connection:
        noted = list(declared_entries(connection))
    assert sorted({each.guid for each in noted}) == sorted(guids)
    assert len(noted) == 4 * COUNT


@pytest.mark.parametrize("step", AT_STEPS)
@pytest.mark.long
def test_a_declaration_killed_at_any_step_is_finished_by_the_same_command(
    step: int, ledger: list[str], parcels: Path, key_files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command: list[str | Path] = ["declare", parcels, "--out", out, *key_files, *ledger, *COMMAND]
    assert killed(step, *command).returncode == -signal.SIGKILL
    done = killed(0, *command)
    assert done.returncode == 0, done.stderr
    assert_once(ledger, [out])


@pytest.mark.long
def test_two_at_once_over_one_file_declare_each_order_once(
    ledger: list[str], parcels: Path, key_files: list[str], tmp_path: Path
) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    running = [begun(["declare", parcels, "--out", each, *key_files, *ledger, *COMMAND]) for each in folders]
    for each in some(running):
        _, error = each.communicate(timeout=300)
        assert each.returncode == 0, error
    assert_once(ledger, folders)
