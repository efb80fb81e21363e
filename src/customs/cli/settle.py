"""The commands ``settle`` (对账): bills of payment companies, carriers and warehouses against what was declared and shipped."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files, settle_charges
from customs.cli.app import misuse, screen, tell
from customs.cli.common import AsJson, Now
from customs.cli.language import label
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.cli.settle_options import (
    Out,
    Since,
    TermsFile,
    Until,
    commands,
    day_given,
    days_given,
    file_cause,
    profile_of,
    readable,
    terms_in,
    time_given,
)
from customs.cli.settle_shown import OUTCOMES, refuse_other_kinds, show_differences
from customs.ledger.causes import EntryCause
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.settlements.answers import answer, answered
from customs.ledger.settlements.bills_kept import TakenBill, take_bill
from customs.ledger.settlements.charges_kept import compared_charges
from customs.ledger.settlements.own_messages import payments_in_messages
from customs.ledger.settlements.own_payments import (
    enter_payments,
    enter_refund_states,
    payments_in_table,
    refunds_in_table,
)
from customs.ledger.settlements.payment_bills import open_payment_bills
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.payments_compared import compared_bookings, compared_orders
from customs.ledger.settlements.settlement_days import (
    DayNotClosedError,
    SettlementDay,
    close_day,
    days_of_bills,
    file_findings,
)
from customs.ledger.settlements.settlement_parts import Days
from customs.rules.finding import Finding


@commands.command()
@over_ledger
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
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Read bills of payment companies into the ledger and compare them with what was declared."""
    at, agreed, days = time_given(now), terms_in(terms), days_given(since, until)
    refuse_other_kinds(out)
    with ledger.opened() as opened:
        for path in bills or ():
            for taken in _taken(opened, path, at, day_given("--day", day), sha1):
                _tell_taken(taken)
        for path in declared or ():
            _enter_declared(opened, path, at)
        if messages:
            _enter_messages(opened, messages, at)
        if refunds:
            with opened.begin() as connection, readable():
                enter_refund_states(connection, refunds_in_table(refunds), cause=file_cause(refunds), at=at)
        with opened.read() as connection:
            found, counts = _pay_findings(connection, agreed, at, days)
            said = answered(connection, found)
    show_differences(found, {key: each.words for key, each in said.items()}, counts, out=out, json=json)


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
    with readable(), ledger.begin() as connection, open_payment_bills(path, sha1=sha1) as found:
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


def _enter_declared(ledger: Ledger, path: Path, at: datetime) -> None:
    with readable(), ledger.begin() as connection:
        count = enter_payments(connection, payments_in_table(path), cause=file_cause(path), at=at)
    tell(f"{path.name}: {count:,} declared payments are new", f"{path.name}：新增 {count} 笔已申报支付")


def _enter_messages(ledger: Ledger, folders: Sequence[Path], at: datetime) -> None:
    cause = EntryCause("message", ",".join(each.name for each in folders)[:100])
    with ledger.begin() as connection:
        count = enter_payments(connection, payments_in_messages(folders), cause=cause, at=at)
    tell(f"{count:,} declared payments are new", f"新增 {count} 笔已申报支付")


@commands.command("days")
@over_ledger
def show_days(
    since: Since = None,
    until: Until = None,
    terms: TermsFile = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show the days of the payment companies: rows, orders by outcome, what is open. Exits 1 while anything is."""
    agreed = terms_in(terms)
    with ledger.read() as connection:
        found = days_of_bills(connection, agreed, time_given(now), days_given(since, until))
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
@over_ledger
def close(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="wechat or alipay.")],
    day: Annotated[str, typer.Argument(metavar="DAY", help="Day of the bill, YYYY-MM-DD.")],
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides; it is entered.")],
    terms: TermsFile = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Close a day of a payment company on which nothing is open; exits 1 if something is."""
    at, agreed = time_given(now), terms_in(terms)
    closed = day_given("DAY", day)
    assert closed is not None, "an argument is given"
    cause = EntryCause("ticket", f"close {company} {day}", by)
    with ledger.opened() as opened:
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
@over_ledger
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
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter an explanation or a ticket for the differences of a number; they are open again when their figures change."""
    if bool(explanation) == bool(ticket):
        raise misuse("give either --explanation or --ticket 请给出 --explanation 或 --ticket 之一")
    at, agreed = time_given(now), terms_in(terms)
    kind: Literal["explanation", "ticket"] = "explanation" if explanation else "ticket"
    cause = EntryCause("ticket", (ticket or f"explained {code} {number}")[:100], by)
    with ledger.begin() as connection:
        if code.upper().startswith("FRT"):
            chosen = profile_of(profile or "carrier_halves", ("freight", "storage", "work", "packaging"))
            found = [each for charge in compared_charges(connection, chosen) for each in charge.findings]
        else:
            found, _ = _pay_findings(connection, agreed, at, None)
        meant = [each for each in found if each.code == code.upper() and each.path == number]
        for each in meant:
            answer(connection, each, kind, explanation or ticket, cause=cause, at=at)
    if not meant:
        raise misuse(f"{number} has no difference {code} 没有该差异")
    tell(f"{len(meant)} answered", f"已登记 {len(meant)} 项")


__all__ = ["answer_differences", "close", "pay", "settle_charges", "show_days"]
