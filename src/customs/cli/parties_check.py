"""The commands ``parties`` that judge (参与企业核对与到期): parcels checked against the ledger, and what ends soon."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.areas import area_of
from customs.cli.common import AsJson, On, day_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import ParcelFile, RateFile, echo, examined, show_texts
from customs.cli.parties import commands, parties_table, role_words
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.ledger.parties import PARTY_PAPER_WORDS, LedgerParties, credit_codes, ending_parties
from customs.receipts.foresight import codes_avoided
from customs.rules import Finding
from customs.rules.signer import compare_declarant
from customs.signing import Certificate, CertificateError

OutWorkbook = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Workbook to write as well, .xlsx.")]


@commands.command("check")
@over_ledger
def check_file(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    cert: Annotated[
        Path | None,
        typer.Option(
            "--cert",
            exists=True,
            dir_okay=False,
            help="Certificate that signs the lists; the declarant is compared with it.",
        ),
    ] = None,
    out: OutWorkbook = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Check the parties of a file of parcels: registered, with papers that hold, and agreed; with the codes customs would answer."""
    refuse_other_files(out)
    holder, day, count = _certificate(cert), day_of(on), 0
    rows: list[dict[str, Any]] = []
    with ledger.read() as connection:
        answers, registrations = LedgerParties(connection), credit_codes(connection)
        for parcel in examined(file, area_of(None, None), on, rates):
            count += 1
            order = parcel.order_no or "?"
            if parcel.declaration is None:
                rows.append({"order_no": order, "code": "not-read", "severity": "error"})
                tell(
                    f"order {order}: it cannot be read, see customs check",
                    f"订单 {order}：无法读取，请用 customs check 查看",
                )
                continue
            found: list[Finding] = [*answers.objections(parcel.declaration, on=day)]
            if holder:
                given, signs = parcel.declaration.parties, (holder.credit_code, holder.organisation)
                declarant = (given.declarant_code, given.declarant_name)
                found += compare_declarant(declarant, signs, registrations, path="parties")
            for each in found:
                row = {"order_no": order, **each.as_dict(), "codes": list(codes_avoided(each))}
                rows.append(row)
                if json:
                    echo(files.to_json(row))
                else:
                    show_texts(each, " ".join((order, each.path, each.code, *row["codes"])))
    errors = sum(row["severity"] == "error" for row in rows)
    if out:
        _write(out, ("order_no", "path", "code", "severity", "zh", "en", "advice_zh", "advice_en", "codes"), rows)
    if json:
        echo(files.to_json({"parcels": count, "errors": errors}))
    else:
        tell(f"{count} parcels, {errors} errors", f"{count} 票，{errors} 处错误")
    raise typer.Exit(1 if errors else 0)


@commands.command("expiring")
@over_ledger
def expiring(
    within: Annotated[int, typer.Option("--within", min=0, help="So many days before the end at most.")] = 60,
    on: On = None,
    out: OutWorkbook = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show registrations, licences, certificates and agreements that end soon or have ended. Exits 1 if there is one."""
    refuse_other_files(out)
    with ledger.read() as connection:
        found = ending_parties(connection, on=day_of(on), within=within)
    rows = [{name: getattr(each, name) for name in each.__slots__} for each in found]
    if out:
        _write(out, ("role", "code", "name", "paper", "number", "valid_until", "left"), rows)
    table = parties_table(
        "what ends 即将到期",
        "role 角色",
        "code 代码",
        "name 名称",
        "paper 证照",
        "until 有效期至",
        "days left 剩余天数",
    )
    for each, row in zip(found, rows, strict=True):
        if json:
            echo(files.to_json(row | {"valid_until": str(each.valid_until)}))
        paper = PARTY_PAPER_WORDS[each.paper]
        told = (role_words(each.role), each.code, each.name, words(paper.en, paper.zh), str(each.valid_until))
        table.add_row(*map(Text, told), Text(str(each.left), style="red" if each.left < 0 else "yellow"))
    if not json:
        screen.print(table)
    raise typer.Exit(1 if found else 0)


def refuse_other_files(out: Path | None) -> None:
    """Refuse a file for the result that is no workbook."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")


def _certificate(file: Path | None) -> Certificate | None:
    if file is None:
        return None
    try:
        return Certificate.load(file.read_bytes())
    except CertificateError as error:
        raise misuse(f"--cert: {file.name}: {error}") from None


def _write(out: Path, titles: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    try:
        book = openpyxl().Workbook()
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    book.active.append(titles)
    for row in rows:
        values = [row.get(title, "") for title in titles]
        book.active.append([", ".join(each) if isinstance(each, list) else each for each in values])
    write_whole(out, bytes_of(book))
