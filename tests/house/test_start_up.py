"""What starts quickly loads little: rooms that a first use does not need are not loaded with it."""

import json
import subprocess
import sys

import pytest

#: The rooms and libraries that each start leaves alone, by what is started.
LEFT_ALONE = {
    "import customs": ("customs.fields", "lxml", "pydantic"),
    "from customs import prepare": (
        "customs.areas.gateway.rendering",
        "customs.areas.messages.checks",
        "customs.areas.profile.fields",
        "customs.areas.profile.loading",
        "customs.cli",
        "customs.documents.answer",
        "customs.documents.exports.order",
        "customs.documents.imports.cancellation",
        "customs.documents.messages",
        "customs.intake",
        "customs.journal",
        "customs.payments",
        "customs.receipts",
        "customs.reconciliation",
        "customs.signing.certificate",
        "customs.signing.verification",
        "customs.testing",
        "customs.wire.envelope",
        "customs.wire.reader",
        "difflib",
        "importlib.metadata",
        "importlib.resources",
        "openpyxl",
        "rich",
        "sqlite3",
        "tempfile",
        "typer",
        "websockets",
    ),
    "from customs.cli.listed import program; program()": (
        "cryptography",
        "customs.codes",
        "customs.documents",
        "customs.fields",
        "customs.intake",
        "customs.journal",
        "lxml",
        "openpyxl",
        "pydantic",
        "sqlite3",
        "websockets",
    ),
    "import customs.cli.explain": ("customs.intake", "customs.journal", "openpyxl", "sqlite3", "websockets"),
    "import customs.cli.codes": ("customs.intake", "customs.journal", "openpyxl", "sqlite3", "websockets"),
}


@pytest.mark.parametrize("start", LEFT_ALONE)
def test_a_start_loads_no_more_than_it_needs(start: str) -> None:
    code = f"import sys; {start}; import json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "customs" in loaded
    assert sorted(loaded & set(LEFT_ALONE[start])) == []


@pytest.mark.parametrize("start", LEFT_ALONE)
def test_what_a_start_leaves_alone_is_there(start: str) -> None:
    """A room that moved, and so would pass unseen, is named here anew."""
    code = (
        f"from importlib.util import find_spec; print([each for each in {LEFT_ALONE[start]!r} if not find_spec(each)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    missing = set(LEFT_ALONE[start]) & {"openpyxl", "websockets"}
    assert set(json.loads(done.stdout.replace("'", '"'))) <= missing
