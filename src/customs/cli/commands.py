"""The commands: ``sample``, ``declare``, ``check``, ``tax``, ``verify``, ``keygen``, ``schema``.

Exit codes: 0 nothing was refused, 1 something was, 2 the command was used wrongly.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn
from rich.text import Text

from customs import __version__
from customs.areas import UnknownAreaError
from customs.cli import files
from customs.cli.summary import Summary
from customs.cli.tax import tax_of, tax_table
from customs.road import (
    Clock,
    Guids,
    Prepared,
    examine,
    fixed_clock,
    prepare_many,
    random_guids,
    seeded_guids,
    system_clock,
)
from customs.rules import Finding
from customs.signing import CertificateError, RsaSigner, SigningError, verify
from customs.tax import RateTable, from_rows
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.json_schema import json_schemas
from customs.wire.schema import schemas

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables, and so personal data
    help="Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报",
)
screen = Console()
side = Console(stderr=True)

#: Where the password of a key is read from; it never stands on the command line.
PASSWORD_VARIABLE = "CUSTOMS_KEY_PASSWORD"  # noqa: S105


class Mode(StrEnum):
    """Trade modes of retail import."""

    BONDED = "1210"
    DIRECT = "9610"


ParcelFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Parcels as JSON lines.", exists=True, dir_okay=False, readable=True)
]
Area = Annotated[str, typer.Option("--area", help="Customs area; 'unified' is the national edition.")]
Key = Annotated[
    Path | None, typer.Option("--key", exists=True, dir_okay=False, help="RSA key: PEM, or PKCS#12 (.p12, .pfx).")
]
Cert = Annotated[
    Path | None, typer.Option("--cert", exists=True, dir_okay=False, help="Certificate, PEM or DER; not for PKCS#12.")
]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="Declaration day, YYYY-MM-DD; today if left out.")]
ClockOption = Annotated[
    str | None,
    typer.Option("--clock", metavar="TIME", help="Time of submission in China, such as 2026-11-11T08:00:00."),
]
RateFile = Annotated[
    Path | None,
    typer.Option("--rates", exists=True, dir_okay=False, help="Your own rates as CSV, instead of the shipped example."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def misuse(message: str) -> typer.Exit:
    """Say what was used wrongly; the exit code is 2."""
    side.print(f"[bold]customs:[/bold] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(2)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报"""
    if show:
        screen.print(__version__)
        raise typer.Exit


@app.command()
def sample(
    count: Annotated[int, typer.Option(min=1, help="How many parcels.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same parcels.")] = 1,
    mode: Annotated[Mode, typer.Option(help="Trade mode.")] = Mode.BONDED,
) -> None:
    """Print fictitious parcels as JSON lines, to try the library with."""
    trade_mode: Mode = mode
    for parcel in sample_parcels(count, seed=seed, mode="1210" if trade_mode is Mode.BONDED else "9610"):
        typer.echo(parcel.model_dump_json(exclude_none=True))


@app.command()
def declare(
    file: ParcelFile,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and refused.jsonl.")],
    area: Area = "unified",
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    guid_seed: Annotated[
        int | None, typer.Option("--guid-seed", help="Repeatable guids, for tests only; random ones if left out.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make signed messages of a file of parcels; what is refused goes to refused.jsonl with its reasons."""
    signer = _signer(key, cert)
    guids: Guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    try:
        lines = _progress(file, files.read_lines(file))
        batches = prepare_many(
            lines, area=area, signer=signer, on=_day(on), clock=_clock(clock), guids=guids, rates=_rates(rates)
        )
    except UnknownAreaError as error:
        raise misuse(str(error.args[0])) from None
    if earlier := len(list(out.glob("*.xml"))):
        side.print(f"{out} holds {earlier} messages of an earlier run: take care not to send them twice", soft_wrap=True)
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary()
    with files.whole_file(out / "refused.jsonl") as refused:
        for batch in batches:
            files.write_messages(batch, out)
            summary.add_batch(batch)
            for parcel in batch.parcels:
                if parcel.refused:
                    print(files.refusal(parcel), file=refused)
    if json:
        typer.echo(files.to_json(summary.as_dict()))
    else:
        screen.print(summary.table(f"Declared from {file.name} 申报结果"))
        if summary.refused:
            side.print(f"{summary.refused} refused, with reasons in {out / 'refused.jsonl'}", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if summary.refused else 0)


@app.command()
def check(
    file: ParcelFile, area: Area = "unified", on: On = None, rates: RateFile = None, json: AsJson = False
) -> None:
    """Check a file of parcels as customs will, and write nothing."""
    summary = Summary()
    for parcel in _examined(file, area, on, rates):
        summary.add(parcel)
        for finding in parcel.findings:
            if json:
                typer.echo(files.to_json({"parcel": parcel.position, **finding.as_dict()}))
            else:
                _show_finding(parcel, finding)
    if json:
        typer.echo(files.to_json({"summary": summary.as_dict()}))
    else:
        screen.print(summary.table(f"Checked {file.name} 检查结果", written=False))
    raise typer.Exit(1 if summary.refused else 0)


@app.command()
def tax(file: ParcelFile, on: On = None, rates: RateFile = None, json: AsJson = False) -> None:
    """Show the tax of each parcel of a file, line by line, by the law of the declaration day."""
    summary = Summary()
    for parcel in _examined(file, "unified", on, rates):
        summary.add(parcel)
        if json:
            typer.echo(files.to_json(tax_of(parcel)))
            continue
        if table := tax_table(parcel):
            screen.print(table)
        for finding in parcel.findings:
            _show_finding(parcel, finding)
    if not json:
        screen.print(summary.table(f"Tax of {file.name} 税款合计", written=False))
    raise typer.Exit(1 if summary.refused else 0)


@app.command("verify")
def verify_files(
    paths: Annotated[list[Path], typer.Argument(metavar="FILES", help="Signed messages.", exists=True, dir_okay=False)],
    json: AsJson = False,
) -> None:
    """Verify the signatures of messages with the certificate inside each, and show whose it is."""
    failed = 0
    for path in paths:
        found = verify(path.read_bytes())
        failed += not found.valid
        if json:
            row = {
                "file": path.name,
                "valid": found.valid,
                "digest_holds": found.digest_holds,
                "signature_holds": found.signature_holds,
                "key_name": found.key_name,
                "reasons": found.reasons,
            }
            typer.echo(files.to_json(row))
        else:
            verdict, style = ("holds 通过", "green") if found.valid else ("fails 未通过", "red")
            signer = f"signed by {found.key_name}" if found.key_name else "no certificate"
            screen.print(Text.assemble((verdict, style), f"  {path.name}, {signer}"), soft_wrap=True)
            for reason in found.reasons:
                screen.print(Text(f"    {reason}"), soft_wrap=True)
    if not json:
        screen.print(f"{len(paths) - failed} of {len(paths)} hold", highlight=False)
    raise typer.Exit(1 if failed else 0)


@app.command()
def keygen(
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for test.key and test.crt.")],
    company: Annotated[str, typer.Option(help="Enterprise in the certificate.")] = DECLARANT[0],
    code: Annotated[str, typer.Option(help="Its unified social credit code, 18 characters.")] = DECLARANT[1],
) -> None:
    """Make an RSA key and certificate for tests, for the declarant of the sample parcels unless told otherwise."""
    if len(code) != 18 or not code.isascii():
        raise misuse("--code: a unified social credit code has 18 characters, digits and capital letters")
    paths = out / "test.key", out / "test.crt"
    if existing := [str(path) for path in paths if path.exists()]:
        raise misuse(f"{' and '.join(existing)} would be overwritten: give another folder")
    out.mkdir(parents=True, exist_ok=True)
    pair = issue_test_key(company, code, since=system_clock())
    for path, content in zip(paths, (pair.key, pair.certificate), strict=True):
        path.touch(mode=0o600)
        path.write_bytes(content)
    screen.print(f"test key and certificate of {company} in {out}; customs accepts neither", highlight=False, soft_wrap=True)


@app.command()
def schema(out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files.")]) -> None:
    """Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in {**schemas(), **envelope_schemas()}.items():
        (out / name).write_text(text, encoding="utf-8")
    for name, schema_of in json_schemas().items():
        (out / name).write_text(files.to_json(schema_of, indent=1) + "\n", encoding="utf-8")


def _examined(file: Path, area: str, on: str | None, rates: Path | None) -> Iterator[Prepared]:
    lines = _progress(file, files.read_lines(file))
    try:
        return examine(
            lines, area=area, on=_day(on), clock=system_clock, guids=random_guids, rates=_rates(rates)
        )
    except UnknownAreaError as error:
        raise misuse(str(error.args[0])) from None


def _show_finding(parcel: Prepared, finding: Finding) -> None:
    style = "red" if finding.is_error else "yellow"
    where = f" {finding.path}" if finding.path else ""
    screen.print(Text(f"parcel {parcel.position}{where}: {finding.code}", style=style), soft_wrap=True)
    for wrong, mend in ((finding.en, finding.mend_en), (finding.zh, finding.mend_zh)):
        screen.print(Text(f"    {wrong} {mend}"), soft_wrap=True)


def _progress(file: Path, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Count the parcels read on the error stream, where that is a terminal."""
    columns = SpinnerColumn(), *Progress.get_default_columns()[:1], TimeElapsedColumn()
    with Progress(*columns, console=side, disable=not side.is_terminal, transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        for number, line in enumerate(lines, 1):
            if number % 100 == 0:
                bar.update(task, description=f"{file.name}: {number:,} parcels")
            yield line


def _signer(key: Path | None, cert: Path | None) -> RsaSigner | None:
    if key is None:
        if cert:
            raise misuse("--cert needs --key")
        return None
    password = os.environ.get(PASSWORD_VARIABLE, "").encode() or None
    try:
        if key.suffix.lower() in (".p12", ".pfx"):
            return RsaSigner.from_pkcs12(key.read_bytes(), password)
        if cert is None:
            raise misuse("--key in PEM needs --cert, its certificate")
        return RsaSigner.from_pem(key.read_bytes(), cert.read_bytes(), password)
    except (SigningError, CertificateError) as error:
        raise misuse(f"{error} (a password is read from {PASSWORD_VARIABLE})") from None


def _rates(path: Path | None) -> RateTable | None:
    """The table of rates in a CSV file with the columns of the shipped one; None for the shipped one itself."""
    if path is None:
        return None
    try:
        return from_rows(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except KeyError as error:
        raise misuse(f"--rates: {path.name} lacks the column {error.args[0]}") from None
    except ValueError as error:
        raise misuse(f"--rates: {path.name} cannot be read: {error}") from None


def _day(text: str | None) -> date:
    if text is None:
        return system_clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misuse(f"--on: {text!r} is not a day as YYYY-MM-DD") from None


def _clock(text: str | None) -> Clock:
    if text is None:
        return system_clock
    try:
        return fixed_clock(datetime.fromisoformat(text))
    except ValueError:
        raise misuse(f"--clock: {text!r} is not a time as 2026-11-11T08:00:00") from None
