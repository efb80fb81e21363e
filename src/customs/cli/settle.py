"""The commands ``settle`` (对账): bills of payment companies, carriers and warehouses against what was declared and shipped."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, clock_of
from customs.cli.language import label, words
from customs.cli.ledgers import ConfigOfLedger, LedgerKeyFile, LedgerUrl, ledger_opened
from customs.cli.parcels import echo
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.ledger.causes import EntryCause
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.settlements.answers import answer, answered, difference_of
from customs.ledger.settlements.bills_kept import TakenBill, take_bill
from customs.ledger.settlements.charges_kept import compared_charges, enter_own_figures, file_digest, take_charges
from customs.ledger.settlements.own_messages import payments_in_messages
from customs.ledger.settlements.own_payments import (
    enter_payments,
    enter_refund_states,
    payments_in_table,
    refunds_in_table,
)
from customs.ledger.settlements.payment_bills import open_payment_bills
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.payments_compared import Days, compared_bookings, compared_orders
from customs.ledger.settlements.provider_profiles import ProviderProfile, provider_profile
from customs.ledger.settlements.settlement_days import (
    DayNotClosedError,
    SettlementDay,
    close_day,
    days_of_bills,
    file_findings,
)
from customs.ledger.settlements.settlement_terms import load_terms
from customs.rules.finding import Finding

commands = typer.Typer(help="Bills of payment companies, carriers and warehouses: read, compare, close days. 对账")
app.add_typer(commands, name="settle")

Now = Annotated[
    str | None, typer.Option("--now", metavar="TIME", help="Time in China to judge by, such as 2026-11-11T08:00:00.")
]
Out = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the differences as XLSX.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="First day of payment to compare.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day of payment to compare.")]
TermsFile = Annotated[
    Path | None,
    typer.Option(
        "--terms", exists=True, dir_okay=False, help="TOML with merchants, rates and times; see the guide on settling."
    ),
]
ProviderName = Annotated[
    str,
    typer.Option("--profile", metavar="NAME", help="How the provider's bill is read: a TOML file, or a shipped name."),
]
OwnFigures = Annotated[
    list[Path] | None,
    typer.Option("--own", exists=True, dir_okay=False, help="Your own figures, CSV or XLSX; may be repeated."),
]
PeriodEnd = Annotated[
    str | None,
    typer.Option("--period-end", metavar="DAY", help="Last day that the bills cover; all are due if left out."),
]

#: How outcomes are shown.
OUTCOMES = {
    "matched": "matched 相符",
    "explained": "explained 已说明",
    "answered": "answered 已答复",
    "waiting": "waiting 待定",
    "noticed": "to look at 请留意",
    "different": "different 有差异",
    "agrees": "agrees 相符",
    "differs": "differs 有差异",
}


@commands.callback()
def settle() -> None:
    """Bills of payment companies, carriers and warehouses: read, compare, close days. 对账"""


@commands.command()
def pay(
    bills: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="BILLS",
            help="Bills of WeChat Pay and Alipay as downloaded: CSV, GZIP, ZIP.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    declared: Annotated[
        list[Path] | None,
        typer.Option(
            "--declared", exists=True, dir_okay=False, help="Declared payments, CSV or XLSX; may be repeated."
        ),
    ] = None,
    messages: Annotated[
        list[Path] | None,
        typer.Option(
            "--messages", exists=True, file_okay=False, help="Folder of messages and receipts; may be repeated."
        ),
    ] = None,
    refunds: Annotated[
        Path | None, typer.Option("--refunds", exists=True, dir_okay=False, help="How refunds ended, CSV or XLSX.")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DAY", help="Day of a bill without rows, which does not say it.")
    ] = None,
    sha1: Annotated[
        str,
        typer.Option("--sha1", metavar="HASH", help="Hash with which WeChat Pay announced the one bill that is given."),
    ] = "",
    terms: TermsFile = None,
    since: Since = None,
    until: Until = None,
    out: Out = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Read bills of payment companies into the ledger and compare them with what was declared."""
    at, agreed, days = _at(now), _terms(terms), _days(since, until)
    _refuse_other_kinds(out)
    with ledger_opened(config, ledger, ledger_key) as opened:
        for path in bills or ():
            for taken in _taken(opened, path, at, _day_of("--day", day), sha1):
                _tell_taken(taken)
        for path in declared or ():
            _enter_declared(opened, path, at)
        if messages:
            _enter_messages(opened, messages, at)
        if refunds:
            with opened.begin() as connection, _readable():
                enter_refund_states(connection, refunds_in_table(refunds), cause=_file_cause(refunds), at=at)
        with opened.read() as connection:
            found, counts = _pay_findings(connection, agreed, at, days)
            said = answered(connection, found)
    _show(found, {key: each.words for key, each in said.items()}, counts, out=out, json=json)


def _pay_findings(
    connection: LedgerConnection, terms: SettlementTerms, at: datetime, days: Days | None
) -> tuple[list[Finding], Counter[str]]:
    found, counts = list[Finding](), Counter[str]()
    for order in compared_orders(connection, terms, at, days):
        counts[order.outcome] += 1
        found += order.findings
    found += [finding for _, _, finding in compared_bookings(connection, days)]
    found += [finding for _, _, finding in file_findings(connection, days)]
    return found, counts


def _taken(ledger: Ledger, path: Path, at: datetime, day: date | None, sha1: str) -> Iterator[TakenBill]:
    """Take the bills of a file, all or none of them."""
    with _readable(), ledger.begin() as connection, open_payment_bills(path, sha1=sha1) as found:
        taken = [take_bill(connection, bill, at=at, day=day) for bill in found]
    yield from taken


def _tell_taken(taken: TakenBill) -> None:
    if not taken.is_new:
        tell(f"{taken.file}: read before, nothing changed", f"{taken.file}：此前已导入，未作改动")
        return
    days = ", ".join(map(str, taken.days)) or "-"
    tell(
        f"{taken.file}: {taken.rows:,} rows of {days}, {taken.repeated:,} of them known",
        f"{taken.file}：{taken.rows} 行（{days}），其中 {taken.repeated} 行此前已有",
    )


@contextmanager
def _readable() -> Iterator[None]:
    """Tell why a file cannot be read; the exit code is 2."""
    try:
        yield
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None


def _enter_declared(ledger: Ledger, path: Path, at: datetime) -> None:
    with _readable(), ledger.begin() as connection:
        count = enter_payments(connection, payments_in_table(path), cause=_file_cause(path), at=at)
    tell(f"{path.name}: {count:,} declared payments are new", f"{path.name}：新增 {count} 笔已申报支付")


def _enter_messages(ledger: Ledger, folders: Sequence[Path], at: datetime) -> None:
    cause = EntryCause("message", ",".join(each.name for each in folders)[:100])
    with ledger.begin() as connection:
        count = enter_payments(connection, payments_in_messages(folders), cause=cause, at=at)
    tell(f"{count:,} declared payments are new", f"新增 {count} 笔已申报支付")


def _file_cause(path: Path) -> EntryCause:
    return EntryCause("file", file_digest(path))


@commands.command("freight")
def freight_bills(
    bills: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BILLS", help="Bills of a carrier, CSV or XLSX.", exists=True, dir_okay=False),
    ] = None,
    profile: ProviderName = "carrier_halves",
    own: OwnFigures = None,
    period_end: PeriodEnd = None,
    out: Out = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Read freight bills of a carrier and compare them with weights, gate passages and the contract."""
    place = (config, ledger, ledger_key)
    _charged(
        ("freight",), profile, bills or [], own or [], place, _at(now), _day_of("--period-end", period_end), out, json
    )


@commands.command("storage")
def storage_bills(
    bills: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BILLS", help="Bills of a warehouse, CSV or XLSX.", exists=True, dir_okay=False),
    ] = None,
    profile: ProviderName = "storage",
    own: OwnFigures = None,
    period_end: PeriodEnd = None,
    out: Out = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Read a warehouse's bills of storage, work or packaging and compare them with your own figures."""
    place = (config, ledger, ledger_key)
    kinds = ("storage", "work", "packaging")
    _charged(kinds, profile, bills or [], own or [], place, _at(now), _day_of("--period-end", period_end), out, json)


def _charged(
    kinds: tuple[str, ...],
    name: str,
    bills: list[Path],
    own: list[Path],
    place: tuple[Path | None, str | None, Path | None],
    at: datetime,
    period_end: date | None,
    out: Path | None,
    json: bool,
) -> None:
    _refuse_other_kinds(out)
    profile = _profile(name, kinds)
    with ledger_opened(*place) as opened:
        for path in bills:
            with _readable(), opened.begin() as connection:
                count = take_charges(connection, path, profile, cause=_file_cause(path), at=at)
            if count is None:
                tell(f"{path.name}: read before, nothing changed", f"{path.name}：此前已导入，未作改动")
            else:
                tell(f"{path.name}: {count:,} lines", f"{path.name}：{count} 行")
        for path in own:
            with _readable(), opened.begin() as connection:
                enter_own_figures(connection, path, profile, cause=_file_cause(path), at=at)
        found, counts = list[Finding](), Counter[str]()
        with opened.read() as connection:
            for each in compared_charges(connection, profile, period_end):
                counts[each.outcome] += 1
                found += each.findings
            said = answered(connection, found)
    _show(found, {key: each.words for key, each in said.items()}, counts, out=out, json=json)


def _profile(name: str, kinds: tuple[str, ...]) -> ProviderProfile:
    with _readable():
        profile = provider_profile(name)
    if profile.kind not in kinds:
        raise misuse(f"--profile: {name} is of {profile.kind}, not of {', '.join(kinds)} 配置的账单种类不符")
    return profile


@commands.command("days")
def show_days(
    since: Since = None,
    until: Until = None,
    terms: TermsFile = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show the days of the payment companies: rows, orders by outcome, what is open. Exits 1 while anything is."""
    agreed = _terms(terms)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        found = days_of_bills(connection, agreed, _at(now), _days(since, until))
    if json:
        for each in found:
            echo(files.to_json(_day_row(each)))
    else:
        screen.print(_days_table(found))
    raise typer.Exit(1 if any(each.open for each in found) else 0)


def _day_row(day: SettlementDay) -> dict[str, Any]:
    return {
        "company": day.company,
        "day": str(day.day),
        "rows": day.rows,
        "outcomes": day.outcomes,
        "open": day.open,
        "state": day.state,
    }


def _days_table(found: list[SettlementDay]) -> Table:
    table = Table(box=SIMPLE, title=label("days of bills 对账日"))
    for title in ("day 日期", "company 支付企业", "rows 行数", "orders 订单", "open 未处理", "state 状态"):
        table.add_column(label(title), overflow="fold")
    for each in found:
        outcomes = ", ".join(f"{count} {label(OUTCOMES[name])}" for name, count in each.outcomes.items())
        state = label("closed 已关闭" if each.state == "closed" else "open 未关闭")
        left = Text(f"{each.open:,}", style="red" if each.open else "")
        table.add_row(str(each.day), each.company, f"{each.rows:,}", outcomes, left, state)
    return table


@commands.command("close")
def close(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="wechat or alipay.")],
    day: Annotated[str, typer.Argument(metavar="DAY", help="Day of the bill, YYYY-MM-DD.")],
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides; it is entered.")],
    terms: TermsFile = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Close a day of a payment company on which nothing is open; exits 1 if something is."""
    at, agreed = _at(now), _terms(terms)
    closed = _day_of("DAY", day)
    assert closed is not None, "an argument is given"
    cause = EntryCause("ticket", f"close {company} {day}", by)
    with ledger_opened(config, ledger, ledger_key) as opened:
        try:
            with opened.begin() as connection:
                close_day(connection, company, closed, agreed, cause=cause, at=at)
        except LookupError as error:
            raise misuse(str(error)) from None
        except DayNotClosedError as error:
            screen.print(label(str(error)), soft_wrap=True)
            raise typer.Exit(1) from None
    tell(f"{company} {day} is closed", f"{company} {day} 已关闭")


@commands.command("answer")
def answer_differences(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Order, waybill or file with the difference.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code of the difference, such as PAY03.")],
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides; it is entered.")],
    explanation: Annotated[
        str, typer.Option("--explanation", metavar="WORDS", help="Why it is in order, without personal data.")
    ] = "",
    ticket: Annotated[
        str, typer.Option("--ticket", metavar="NO", help="Number of the ticket that goes after it.")
    ] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Profile of the provider, for a code FRT.")
    ] = "",
    terms: TermsFile = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Enter an explanation or a ticket for the differences of a number; they are open again when their figures change."""
    if bool(explanation) == bool(ticket):
        raise misuse("give either --explanation or --ticket 请给出 --explanation 或 --ticket 之一")
    at, agreed = _at(now), _terms(terms)
    kind: Literal["explanation", "ticket"] = "explanation" if explanation else "ticket"
    cause = EntryCause("ticket", (ticket or f"explained {code} {number}")[:100], by)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.begin() as connection:
        if code.upper().startswith("FRT"):
            chosen = _profile(profile or "carrier_halves", ("freight", "storage", "work", "packaging"))
            found = [each for charge in compared_charges(connection, chosen) for each in charge.findings]
        else:
            found, _ = _pay_findings(connection, agreed, at, None)
        meant = [each for each in found if each.code == code.upper() and each.path == number]
        for each in meant:
            answer(connection, each, kind, explanation or ticket, cause=cause, at=at)
    if not meant:
        raise misuse(f"{number} has no difference {code} 没有该差异")
    tell(f"{len(meant)} answered", f"已登记 {len(meant)} 项")


def _show(found: list[Finding], said: dict[str, str], counts: Counter[str], *, out: Path | None, json: bool) -> None:
    """Show the differences and end with 0 if none of them is open, or else 1."""
    rows = [_row(each, said.get(difference_of(each), "")) for each in found]
    if out:
        _write(out, rows)
    if json:
        for row in rows:
            echo(files.to_json(row))
        echo(files.to_json({"outcomes": dict(sorted(counts.items()))}))
    else:
        screen.print(_findings_table(rows))
        told = ", ".join(f"{counts[each]:,} {label(name)}" for each, name in OUTCOMES.items() if counts[each])
        screen.print(Text(told), soft_wrap=True)
    raise typer.Exit(1 if any(row["outcome"] in ("waiting", "noticed", "different") for row in rows) else 0)


_SHOWN = {"error": "different", "warning": "waiting", "note": "explained"}


def _row(finding: Finding, said: str) -> dict[str, Any]:
    return {
        "number": finding.path,
        "code": finding.code,
        "outcome": "answered" if said else _outcome_of(finding),
        "en": finding.en,
        "zh": finding.zh,
        "advice_en": finding.advice_en,
        "advice_zh": finding.advice_zh,
        "answer": said,
    }


def _outcome_of(finding: Finding) -> str:
    """Return how a finding is shown: a warning of a payment waits for more, one of a bill of freight waits for nothing."""
    outcome = _SHOWN[finding.severity.value]
    return "noticed" if outcome == "waiting" and finding.code.startswith("FRT") else outcome


def _findings_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE, title=label("differences 对账差异"))
    for title in ("number 编号", "code 代码", "outcome 结果", "what it is 说明"):
        table.add_column(label(title), overflow="fold")
    for row in rows:
        style = {"different": "red", "waiting": "yellow", "noticed": "yellow"}.get(row["outcome"], "")
        outcome = Text(label(OUTCOMES[row["outcome"]]), style=style)
        table.add_row(Text(row["number"]), row["code"], outcome, Text(row["answer"] or words(row["en"], row["zh"])))
    return table


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    """Write the differences as a workbook, in both languages."""
    with _readable():
        book = openpyxl().Workbook()
    titles = ("number", "code", "outcome", "en", "zh", "advice_en", "advice_zh", "answer")
    book.active.append(titles)
    for row in rows:
        book.active.append([row[title] for title in titles])
    write_whole(out, bytes_of(book))


def _refuse_other_kinds(out: Path | None) -> None:
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")


def _terms(path: Path | None) -> SettlementTerms:
    if path is None:
        return SettlementTerms()
    with _readable():
        return load_terms(path)


def _at(now: str | None) -> datetime:
    return clock_of(now, "--now")().replace(tzinfo=None)


def _days(since: str | None, until: str | None) -> Days | None:
    if since is None and until is None:
        return None
    first, last = _day_of("--since", since or until), _day_of("--until", until or since)
    assert first is not None, "one of them is given"
    assert last is not None, "one of them is given"
    return first, last


def _day_of(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None
