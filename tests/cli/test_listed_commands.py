"""The list of commands is shown without loading them, and says what they say."""

import subprocess
import sys

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from customs.cli.commands import app
from customs.cli.listed import COMMANDS, program
from customs.cli.texts import in_language


def test_the_list_names_every_command_in_order_with_the_beginning_of_its_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_LANG", "en")
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    said = [(name, in_language(each.help or "").split("\n\n")[0]) for name, each in whole.commands.items()]
    assert len(said) > 20
    assert [(each.name, each.text) for each in COMMANDS] == said


def test_a_command_is_whole_once_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_LANG", "en")
    listed = program()
    assert not listed.commands["codes"].params
    _, called, rest = listed.resolve_command(listed.make_context("customs", ["codes"]), ["codes", "units"])
    assert [each.name for each in called.params][:2] == ["name", "text"]
    assert rest == ["units"]
    assert listed.commands["codes"] is called


def test_a_name_of_no_command_is_refused_with_the_nearest_one() -> None:
    command = [sys.executable, "-m", "customs.cli", "declar", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Did you mean 'declare'" in " ".join(done.stderr.split())
