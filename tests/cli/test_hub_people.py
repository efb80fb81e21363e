"""People of the console by command (控制台人员): the first administrator, roles, locks, passwords that are shown once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from customs.hub.settings.hub_file import load_hub
from customs.hub.web.passwords import Passwords
from customs.hub.web.people import list_people, password_of
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.tables import HUB_AUDIT
from customs.ledger import Ledger, load_keys, open_ledger
from support import exactly
from support.command_line import run

NOW = ("--now", "2026-11-11T08:00:00")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """The ledger of a hub in the present folder."""
    monkeypatch.chdir(tmp_path)
    assert run("sample", "--shop", "shop", "--count", "1").exit_code == 0
    assert run("hub", "init", "--enterprise", "shop/customs.toml").exit_code == 0
    place = load_hub("hub.toml").ledger
    with open_ledger(place.url, load_keys(place.keys)) as found:
        yield found


def test_the_first_administrator_is_added_and_the_password_shown_once(ledger: Ledger) -> None:
    done = run("hub", "person", "add", "li.hua", "--role", "admin", *NOW)
    assert done.exit_code == 0, done.output
    first = done.stdout.splitlines()[0]
    with ledger.read() as connection:
        (person,) = list_people(connection)
        _, kept = password_of(connection, "li.hua")
        actions = connection.sql.execute(select(HUB_AUDIT.c.action, HUB_AUDIT.c.person)).all()
    assert (person.name, person.changes, person.roles_in("any")) == ("li.hua", True, frozenset({ConsoleRole.ADMIN}))
    assert Passwords().fits(kept, first)
    assert [tuple(each) for each in actions] == [("person_add", "(command line)")]
    assert first not in run("hub", "person", "list", "--json").stdout


@pytest.mark.long
def test_roles_are_given_locked_and_a_password_replaced(ledger: Ledger) -> None:
    run("hub", "person", "add", "wang", "--role", "support", "--enterprise", "shop", *NOW)
    for words in exactly(
        3, [("roles", "wang", "--role", "goods", "--enterprise", "shop"), ("lock", "wang"), ("password", "wang")]
    ):
        assert run("hub", "person", *words, *NOW).exit_code == 0
    (line,) = run("hub", "person", "list", "--json").stdout.splitlines()
    assert json.loads(line) == {"name": "wang", "roles": {"shop": ["goods"]}, "locked": True, "made": "2026-11-11"}
    assert "已锁定" in run("hub", "person", "list", lang="zh").stdout
    assert run("hub", "person", "lock", "wang", "--undo", *NOW).exit_code == 0
    assert json.loads(run("hub", "person", "list", "--json").stdout)["locked"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "Li Hua"), "3 to 40 small letters"),
        (("add", "li.hua", "--enterprise", "nowhere"), "no enterprise 'nowhere'"),
        (("lock", "nobody"), "no person nobody"),
        (("password", "nobody"), "no person nobody"),
    ],
)
@pytest.mark.long
def test_a_mistake_is_told_and_changes_nothing(ledger: Ledger, words: tuple[str, ...], said: str) -> None:
    done = run("hub", "person", *words, *NOW, lang="en")
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    with ledger.read() as connection:
        assert list_people(connection) == []
