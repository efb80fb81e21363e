"""Install the wheel of ``dist/`` into a clean environment for each extra, and use it there.

    PYTHONPATH=tests python -m wheels

Without an extra and with each, the package is imported, what the extra is for is used, and every public name is loaded.
With ``cli`` the readme is followed from its first example to its last.
"""

import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from wheels.reading import ROOT

#: What is run with each extra; without any, everything that is not of an extra.
USES = {
    "": "import customs; [getattr(customs, name) for name in customs.__all__]; import customs.areas, customs.wire",
    "cli": "import customs.cli; from typer.testing import CliRunner",
    "pkcs11": "import customs.signing.keys.pkcs11 as keys; import pkcs11",
    "remote": "import customs.signing.keys.remote; import urllib3",
    "testing": "from customs.testing import parcels; from customs.testing import declarations; declarations()",
    "ukey": "import customs.signing.keys.ukey; import websockets",
    "xlsx": "import openpyxl; import customs.intake.workbooks",
}


def main() -> int:
    """Try the wheel with each extra; the exit code."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {"", *extras} == USES.keys(), "say what each extra is used for"
    (wheel,) = (ROOT / "dist").glob("*.whl")
    return max(tried(wheel, extra) for extra in USES)


def tried(wheel: Path, extra: str) -> int:
    """Install the wheel with an extra and use it; the exit code."""
    with TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        python = environment / "bin" / "python"
        wanted = f"{wheel}[{extra}]" if extra else str(wheel)
        install: list[Path | str] = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*install, "-c", ROOT / "constraints.txt", wanted], check=True)
        commands: list[list[Path | str]] = [[python, "-I", "-c", USES[extra]]]
        if extra == "cli":
            commands.append([python, Path(__file__).with_name("reading.py"), ROOT / "README.md"])
        codes = [subprocess.run(command, cwd=folder, check=False).returncode for command in commands]
        print("in order" if not any(codes) else "FAILED", extra or "without extras", flush=True)
        return max(codes)


if __name__ == "__main__":
    sys.exit(main())
