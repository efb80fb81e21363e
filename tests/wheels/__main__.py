"""Install the wheel of ``dist/`` into a clean environment for each extra, and use it there.

    PYTHONPATH=tests python -m wheels

Without an extra and with each, the package is imported, what the extra is for is used, and every public name is loaded.
With the extras that the readme installs, it is followed from its first example to its last. With those that a hub is
installed with, every module of the hub is imported, and a small night passes.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from wheels.reading import ROOT

README = ROOT / "README.md"

#: The page that installs a hub, and how a page names the extras that it installs.
HUB_PAGE = ROOT / "docs" / "howto" / "run-the-hub.md"
INSTALLED = re.compile(r'pip install "(?:\.|cbec-customs)\[([a-z0-9,]+)\]"')

#: What is run with each extra; without any, everything that is not of an extra.
USES = {
    "": "import customs; [getattr(customs, name) for name in customs.__all__]; import customs.areas, customs.wire",
    "amqp": "import pika; import customs.exchange.ways.amqp",
    "apprise": "import apprise",
    "arrow": "import pyarrow.parquet; import customs.bulk.parquet",
    "cli": "import customs.cli; from typer.testing import CliRunner",
    "hub": "import argon2, fastapi, jinja2, prometheus_client, python_multipart, starlette, sqlalchemy, urllib3, uvicorn",
    "ledger": "import sqlalchemy, alembic; import customs.ledger.people, customs.ledger.upgrading",
    "oidc": "import joserfc.jwt, authlib.oidc.core, authlib.oauth2.rfc7636",
    "otel": "import opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "pkcs11": "import customs.signing.keys.pkcs11 as keys; import pkcs11",
    "postgresql": "import psycopg",
    "ray": "import ray.data; import customs.bulk.ray",
    "remote": "import customs.signing.keys.remote, customs.exchange.ways.https; import urllib3",
    "testing": "from customs.testing import parcels; from customs.testing import declarations; declarations()",
    "serve": "import uvicorn; import customs.exchange.receivers.serving",
    "ukey": "import customs.signing.keys.ukey; import websockets",
    "xlsx": "import openpyxl; import customs.intake.workbooks",
}


def main() -> int:
    """Try the wheel with each extra, and follow the readme with those that it installs; the exit code."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {"", *extras} == USES.keys(), "say what each extra is used for"
    (wheel,) = (ROOT / "dist").glob("*.whl")
    pages = {"night.py": HUB_PAGE, "reading.py": README}
    codes = [tried(wheel, extra, ["-I", "-c", use], extra or "without extras") for extra, use in USES.items()]
    for program, page in pages.items():
        installed = INSTALLED.search(page.read_text(encoding="utf-8"))
        assert installed, f"{page.name} says how to install"
        what = f"{page.name}, with {installed[1]}"
        codes.append(tried(wheel, installed[1], [Path(__file__).with_name(program), page], what))
    return max(codes)


def tried(wheel: Path, extras: str, use: list[Path | str], what: str) -> int:
    """Install the wheel with extras and use it; the exit code."""
    with TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        python = environment / "bin" / "python"
        wanted = f"{wheel}[{extras}]" if extras else str(wheel)
        install: list[Path | str] = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*install, "-c", ROOT / "constraints.txt", wanted], check=True)
        code = subprocess.run([python, *use], cwd=folder, check=False).returncode
        print("FAILED" if code else "in order", what, flush=True)
        return code


if __name__ == "__main__":
    sys.exit(main())
