"""The units of systemd: they are valid, and call commands and options that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support import ROOT, absent, exactly, some
from support.command_line import run

UNITS = sorted((ROOT / "examples" / "systemd").iterdir())


def test_each_command_of_a_unit_exists_with_its_options() -> None:
    text = "\n".join(each.read_text("utf-8") for each in exactly(4, UNITS))
    calls = re.findall(r"/opt/customs/bin/customs ((?:[a-z]+ )+)([^\n]*)", text)
    for command, rest in exactly(3, calls):
        done = run(*command.split(), "--help")
        assert done.exit_code == 0, command
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in done.stdout, (command, option)


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: str(each.name))
def test_systemd_takes_a_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        absent("systemd-analyze is not installed")
    assert program
    for each in some(UNITS):
        text = each.read_text("utf-8").replace("/opt/customs/bin/customs", "/bin/true").replace("=customs\n", "=root\n")
        (tmp_path / each.name.replace("@.", "@1.")).write_text(text, "utf-8")
    wanted = tmp_path / unit.name.replace("@.", "@1.")
    done = subprocess.run([program, "verify", "--man=no", wanted], capture_output=True, text=True, check=False)
    own = [each for each in done.stderr.splitlines() if "customs-hub" in each]
    assert own == []
