"""The Pythons that are installed: found by their names on the path and among the versions of pyenv."""

import os
import re
import shutil
import subprocess
from pathlib import Path

#: Minor versions of Python 3 that are looked for: from the lowest that the library supports on.
MINORS = range(11, 21)


def installed() -> dict[str, Path]:
    """Return each Python that runs by its version, such as 3.13."""
    found = {}
    for minor in MINORS:
        version = f"3.{minor}"
        if path := next((each for each in _candidates(version) if _answers(each, version)), None):
            found[version] = path
    return found


def _candidates(version: str) -> list[Path]:
    """Return where a Python may be. A shim of pyenv answers only for versions that are switched on."""
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    return [*([Path(on_path)] if on_path else []), *reversed(kept)]


def _answers(path: Path, version: str) -> bool:
    """True if the Python runs, has that version and can make virtual environments."""
    asked = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    said = subprocess.run([path, "-c", asked], capture_output=True, text=True, check=False)
    return said.returncode == 0 and re.fullmatch(re.escape(version), said.stdout.strip()) is not None
