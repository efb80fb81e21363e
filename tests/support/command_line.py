"""The command line, called in this process."""

from pathlib import Path

from typer.testing import CliRunner, Result

from customs.cli.commands import app

FIXED = ["--on", "2026-11-11", "--clock", "2026-11-11T08:00:00", "--guid-seed", "1"]


def run(*arguments: str | Path, lang: str = "both") -> Result:
    return CliRunner(env={"CUSTOMS_LANG": lang}).invoke(app, [str(each) for each in arguments])
