"""Start-up (启动耗时), in one run: `make bench`.

``from customs import prepare`` and the first parcel of a process, unsigned and signed, beside the import of what that
needs of the dependencies; and ``customs --help`` beside the help of a program of as many commands that typer and rich
show. Each is timed within processes of its own that take turns, from after Python's own start. All modules are compiled
before, as installed ones are.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import in_turns, ratio, save
from benchmarks.yardstick import Parcels
from customs.cli.listed import COMMANDS

ROUNDS = 15

#: What is timed; the parcel and its key are read before.
BEFORE = """
import io, sys, time
from contextlib import redirect_stdout, suppress
text, key, certificate = [open(each, "rb").read() for each in sys.argv[1:4]]
sys.argv[1:] = ["--help"]
start = time.process_time()
"""
AFTER = """
print(time.process_time() - start)
"""

DEPENDENCIES = """
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_core import SchemaValidator
from lxml import etree
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from stdnum.cn import ric, uscc
"""

IMPORTED = """
from customs import prepare
"""

FIRST_PARCEL = """
from datetime import date, datetime
import customs
from customs import prepare
prepared = prepare(text, on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
    guids=customs.random_guids)
assert len(prepared.messages) == 3  # the list is not written unsigned
"""

SIGNED_PARCEL = """
from datetime import date, datetime
import customs
from customs import prepare
from customs.signing import load_signer
prepared = prepare(text, on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
    guids=customs.random_guids, signer=load_signer(key, certificate))
assert len(prepared.messages) == 4
"""

TYPER_AND_RICH = f"""
import rich, typer
app = typer.Typer()
for name, text in {[(each.name, each.text) for each in COMMANDS]}:
    @app.command(name, help=text)
    def one(name: str = typer.Option("", help="A name.")) -> None:
        pass
with redirect_stdout(io.StringIO()), suppress(SystemExit):
    app()
"""

HELP = """
from customs.cli import main
with redirect_stdout(io.StringIO()), suppress(SystemExit):
    main()
"""

STARTS = {
    "the dependencies' own import": DEPENDENCIES,
    "from customs import prepare": IMPORTED,
    "and a first parcel": FIRST_PARCEL,
    "and a first parcel, its key opened, signed": SIGNED_PARCEL,
    "help by typer and rich": TYPER_AND_RICH,
    "customs --help": HELP,
}


def main() -> None:
    parcels = Parcels(1)
    with TemporaryDirectory() as name:
        files = [Path(name) / each for each in ("parcel.json", "own.key", "own.crt")]
        for file, content in zip(files, (parcels.texts[0], parcels.pair.key, parcels.pair.certificate), strict=True):
            file.write_bytes(content)

        clock = _Clock()
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": name}

        def started(code: str) -> int:
            command = [sys.executable, "-c", BEFORE + code + AFTER, *map(str, files)]
            done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)  # noqa: S603  our own code
            clock.now += float(done.stdout.splitlines()[-1])
            return 1

        spent = in_turns({name: partial(started, code) for name, code in STARTS.items()}, ROUNDS, clock)
    dependencies, imported, parcel, signed, alone, help_ = spent.values()
    print()
    for name, figures in spent.items():
        print(f"{name:44}{1000 * min(figures):10.0f} milliseconds")
    found = {
        "from customs import prepare and a first parcel, to its dependencies": ratio(parcel, dependencies),
        "the same with its key opened and the parcel signed": ratio(signed, dependencies),
        "from customs import prepare, to its dependencies": ratio(imported, dependencies),
        "customs --help, to typer and rich": ratio(help_, alone),
    }
    for name, figure in found.items():
        print(f"{name:72}{figure:8.2f}")
    save(
        "startup",
        ("pydantic", "lxml", "cryptography", "typer", "rich"),
        milliseconds={name: round(1000 * min(figures), 1) for name, figures in spent.items()},
        ratios={name: round(figure, 3) for name, figure in found.items()},
    )


class _Clock:
    """A clock that shows what the processes have told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


if __name__ == "__main__":
    main()
