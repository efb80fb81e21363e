"""The commands ``parties`` (参与企业): lists entered and written, who may appear together, parcels checked, what ends soon."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, On, clock_of, day_of
from customs.cli.goods import refused_list
from customs.cli.language import label, words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.ledger.causes import EntryCause
from customs.ledger.parties import (
    PARTY_PAPER_WORDS,
    ROLES,
    PartiesError,
    PartyFact,
    PartyPaper,
    PartyRegistration,
    PartyRole,
    agreements_of,
    enter_changed,
    may_appear,
    papers_of,
    parties_in,
    parties_list,
    party_history,
    registrations_of,
)

commands = typer.Typer(help="Parties: registrations, licences and agreements with their days; check parcels. 参与企业")
app.add_typer(commands, name="parties")

PartyCodes = Annotated[
    list[str] | None, typer.Argument(metavar="CODE...", help="Codes of enterprises; all if left out.")
]

_MOVES = {"new": "新增", "changed": "变更", "same": "不变"}


@commands.callback()
def parties() -> None:
    """Parties: registrations, licences and agreements with their days; check parcels. 参与企业"""


@commands.command("import")
@over_ledger
def import_list(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="List of parties or of agreements, CSV or XLSX.", exists=True, dir_okay=False
        ),
    ],
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger, so no personal data.")] = "",
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Enter a list of registrations, licences and certificates, or of agreements: all of it, or nothing. Can be run again."""
    try:
        facts = parties_in(file, sheet)
    except PartiesError as error:
        raise refused_list(error.problems, json=json) from None
    at = clock_of(now, "--now")()
    cause = EntryCause("file", f"{sha256(file.read_bytes()).hexdigest()[:16]}/{at:%Y%m%d%H%M%S}", by=by, why=reason)
    with ledger.begin() as connection:
        counts = Counter(enter_changed(connection, each, cause, at=at) for each in facts)
    if json:
        echo(files.to_json({each: counts[each] for each in _MOVES}))
    else:
        en = ", ".join(f"{each} {counts[each]}" for each in _MOVES)
        zh = "，".join(f"{chinese} {counts[each]}" for each, chinese in _MOVES.items())
        screen.print(words(en, zh), highlight=False, soft_wrap=True)


@commands.command("show")
@over_ledger
def show(
    code: PartyCodes = None,
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show registrations, licences and certificates as they stand on a day. Exits 1 if a code is unknown or something does not hold."""
    day = day_of(on)
    with ledger.read() as connection:
        registered = [
            each for each in registrations_of(connection) if not code or {each.code, each.credit_code} & {*code}
        ]
        own = {each.code for each in registered}
        papers = [each for each in papers_of(connection) if not code or each.code in {*own, *code}]
    facts: list[PartyRegistration | PartyPaper] = [*registered, *papers]
    names = {(each.role, each.code): each.name for each in registered}
    table = parties_table(
        "parties 参与企业", "role 角色", "code 代码", "name 名称", "paper 证照", "until 有效期至", "holds 有效"
    )
    for each in sorted(facts, key=lambda fact: (fact.role, fact.code, isinstance(fact, PartyPaper))):
        paper = each.paper if isinstance(each, PartyPaper) else "registration"
        holds = each.holds(day)
        if json:
            echo(files.to_json(_values(each) | {"paper": paper, "holds": holds}))
        name = names.get((each.role, each.code), "")
        until = str(each.valid_until or "-")
        told = (
            role_words(each.role),
            each.code,
            name,
            words(PARTY_PAPER_WORDS[paper].en, PARTY_PAPER_WORDS[paper].zh),
            until,
        )
        table.add_row(*map(Text, told), words("yes", "是") if holds else Text(words("no", "否"), style="red"))
    if not json:
        screen.print(table)
    known = {value for each in facts for value in (each.code, getattr(each, "credit_code", None))}
    missing = sorted({*(code or ())} - known)
    if missing:
        tell(f"the ledger does not know {', '.join(missing)}", f"账簿中没有 {'、'.join(missing)}")
    raise typer.Exit(1 if missing or not all(each.holds(day) for each in facts) else 0)


@commands.command("history")
@over_ledger
def history(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code of an enterprise.")],
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what was entered about an enterprise, with causes. Exits 1 if nothing was."""
    with ledger.read() as connection:
        entries = list(party_history(connection, code))
    for each in entries:
        values, cause = _values(each.fact), each.cause
        told = {
            "at": f"{each.at:%Y-%m-%d %H:%M:%S}",
            "cause": f"{cause.kind} {cause.id}",
            "by": cause.by,
            "why": cause.why,
        }
        if json:
            echo(files.to_json(values | told))
        else:
            shown = "  ".join(str(value) for value in (*told.values(), *values.values()) if value not in (None, ""))
            screen.print(shown, highlight=False, soft_wrap=True, markup=False)
    if not entries:
        tell(f"nothing was entered about {code}", f"没有 {code} 的登记")
    raise typer.Exit(0 if entries else 1)


@commands.command("together")
@over_ledger
def together(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM", help="Code of the platform.")],
    merchant: Annotated[str, typer.Argument(metavar="MERCHANT", help="Code of the merchant.")],
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show who may appear in each role for a platform and a merchant on a day. Exits 1 if nobody may in a role."""
    with ledger.read() as connection:
        found = may_appear(connection, platform, merchant, on=day_of(on))
    if json:
        echo(files.to_json({role: sorted(codes) for role, codes in found.items()}))
    elif found:
        table = parties_table("who may appear together 可同时出现的企业", "role 角色", "codes 代码")
        for role, codes in found.items():
            table.add_row(role_words(role), ", ".join(sorted(codes)) or words("nobody", "无"))
        screen.print(table)
    else:
        tell("nothing was agreed for them, so nothing is checked", "没有二者的约定，不作核对")
    raise typer.Exit(0 if all(found.values()) else 1)


@commands.command("export")
@over_ledger
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write, .xlsx or .csv.", dir_okay=False)],
    agreements: Annotated[bool, typer.Option("--agreements", help="The agreements instead.")] = False,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Write the parties as a list that can be entered again, XLSX or CSV; of an empty ledger a list to fill in."""
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise misuse(f"{out.name} is neither .csv nor .xlsx 输出文件应为 .csv 或 .xlsx")
    with ledger.read() as connection:
        chosen: tuple[PartyFact, ...] = (
            agreements_of(connection) if agreements else (*registrations_of(connection), *papers_of(connection))
        )
    try:
        written = parties_list(chosen, agreements=agreements, workbook=out.suffix.lower() == ".xlsx")
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    write_whole(out, written)
    tell(f"{len(chosen)} rows in {out.name}", f"{len(chosen)} 行已写入 {out.name}")


def _values(fact: PartyFact) -> dict[str, Any]:
    values = {name: getattr(fact, name) for name in type(fact).__dataclass_fields__}
    return {name: str(value) if name.startswith("valid_") and value else value for name, value in values.items()}


def role_words(role: PartyRole) -> str:
    """Return the name of a role in the language chosen."""
    return words(ROLES[role].en, ROLES[role].zh)


def parties_table(title: str, *headings: str) -> Table:
    """Return a table with headings in the language chosen."""
    table = Table(box=SIMPLE, title=label(title))
    for each in headings:
        table.add_column(label(each), overflow="fold")
    return table
