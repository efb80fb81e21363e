"""The commands ``risk`` (申报合规风险): observe declared orders, follow their receipts, report patterns with their reasons."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.areas import area_of
from customs.cli.common import AsJson, Folders, Now, On, clock_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, echo, examined, exchange_of
from customs.cli.risk_shown import RiskWorkbook, hit_values, rules_table, show_hits
from customs.cli.settle_shown import refuse_other_kinds
from customs.fields.moments import system_clock
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import order_key
from customs.ledger.risk import (
    RiskHit,
    RiskNumbersError,
    RiskRule,
    is_comparable,
    load_risk_numbers,
    observe_course,
    observe_order,
    observed_platforms,
    orders_of,
    risk_hits,
    risk_rules,
)
from customs.receipts.streams import TrackedParcel, track_all

T = TypeVar("T")

#: Parcels of a transaction, and days of a report if none are given.
_AT_ONCE, _DAYS = 200, 30

RiskNumbers = Annotated[
    Path | None,
    typer.Option(
        "--numbers",
        exists=True,
        dir_okay=False,
        help="TOML with your own numbers for the rules; see the guide on risk.",
    ),
]

commands = typer.Typer(
    help="Patterns that customs' risk control looks at: observe orders, report and explain. 风险模式"
)


@commands.command("load")
@over_ledger
def load(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Observe the declared orders of a file of parcels. Exits 1 if one cannot be assessed; running it again changes nothing."""
    at, counts = clock_of(now, "--now")(), Counter[str]()
    with ledger.opened() as opened:
        parcels = examined(file, area_of(None, None), on, rates, exchange=exchange_of(usd_rate))
        for some in _in_batches(parcels):
            with opened.begin() as connection:
                for each in some:
                    if each.assessment is None or each.declaration is None:
                        tell(
                            f"order {each.order_no or '?'}: it cannot be assessed, see customs check",
                            f"订单 {each.order_no or '?'}：无法计税，请用 customs check 查看",
                        )
                        counts["failed"] += 1
                        continue
                    counts["new"] += observe_order(connection, each.declaration, each.assessment, at=at)
                    counts["all"] += 1
    tell(f"{counts['all']} orders, {counts['new']} new", f"{counts['all']} 单，其中新登记 {counts['new']} 单")
    raise typer.Exit(1 if counts["failed"] else 0)


@commands.command("follow")
@over_ledger
def follow(
    folders: Folders,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Note what became of observed orders by the receipts in folders. Running it again changes nothing."""
    clock, new = clock_of(now, "--now"), 0
    with ledger.opened() as opened:
        with opened.read() as connection:
            platforms = observed_platforms(connection)
        for some in _in_batches(track_all(folders).parcels):
            with opened.begin() as connection:
                for parcel in some:
                    keys = _keys_of(parcel, platforms)
                    new += sum(observe_course(connection, key, parcel.state, at=clock()) is not None for key in keys)
    tell(f"{new} orders changed", f"{new} 单状态有变")


@commands.command("report")
@over_ledger
def report(
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First day of payment; 30 days before the last if left out."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="Last day of payment; today if left out.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="NAME", help="Only this pattern; may be repeated.")
    ] = None,
    numbers: RiskNumbers = None,
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Write all patterns with all their orders as XLSX.")
    ] = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show the patterns that are seen in observed orders, each with its reasons and who should look. Nothing is stopped."""
    until = _day("--to", last) or system_clock().date()
    since = _day("--from", first) or until - timedelta(days=_DAYS - 1)
    if since > until:
        raise misuse(f"--from: {since} is after {until} 起始日晚于截止日")
    rules = _rules(numbers, rule)
    refuse_other_kinds(out)
    with ledger.read() as connection:
        if not is_comparable(connection):
            tell(
                "telephones and addresses are hashed under two keys, so equal ones are not all found: run customs ledger rotate",
                "电话与地址的哈希分属新旧两个密钥，相同者未必都能找到：请执行 customs ledger rotate",
            )
        found = risk_hits(connection, since=since, until=until, rules=rules)
        workbook = RiskWorkbook(rules) if out else None
        counts = _shown(connection, found, workbook, json=json)
        if workbook and out:
            workbook.write(out)
    if json:
        days = {"since": since.isoformat(), "until": until.isoformat()}
        echo(files.to_json({**days, "hits": {name: counts[name] for name in rules}}))
        return
    patterns = sum(counts[each] > 0 for each in rules)
    screen.print(
        words(
            f"{since} to {until}: {counts.total()} hits of {patterns} patterns. A hit is a reason to ask, not a verdict; "
            "nothing is stopped by it. Persons, telephones and addresses have numbers of the ledger; the orders lead to the "
            "customer. Customs sees more than your own orders: an empty report proves nothing.",
            f"{since} 至 {until}：{patterns} 种模式，共 {counts.total()} 处。所列仅供核实，并非结论，也不拦截任何订单；"
            "人员、电话、地址均为账簿内部编号，可凭订单查到客户。海关掌握的信息多于自家订单，无记录不代表无风险。",
        ),
        highlight=False,
        soft_wrap=True,
    )


@commands.command("rules")
def rules_shown(numbers: RiskNumbers = None, json: AsJson = False) -> None:
    """Show the patterns with their reasons, sources and numbers."""
    rules = _rules(numbers, None)
    if not json:
        screen.print(rules_table(rules))
        return
    for each in rules.values():
        texts = {name: getattr(each, name)._asdict() for name in ("title", "why", "everyday", "look", "source")}
        echo(files.to_json({"rule": each.name, **texts, "numbers": dict(each.numbers)}))


def _shown(
    connection: LedgerConnection, found: Iterable[RiskHit], workbook: RiskWorkbook | None, *, json: bool
) -> Counter[str]:
    """Show hits as they come; return how many there are of each rule."""
    counts = Counter[str]()

    def counted() -> Iterable[RiskHit]:
        for hit in found:
            counts[hit.rule.name] += 1
            if workbook:
                workbook.add(hit, orders_of(connection, hit))
            yield hit

    if json:
        for hit in counted():
            echo(files.to_json(hit_values(hit)))
    else:
        show_hits(counted())
    return counts


def _rules(numbers: Path | None, names: list[str] | None) -> Mapping[str, RiskRule]:
    """Return the rules that are asked for; a name or number that is not known is misuse."""
    try:
        rules = load_risk_numbers(numbers) if numbers else risk_rules()
    except RiskNumbersError as error:
        raise misuse(str(error)) from None
    if unknown := sorted({*(names or ())} - rules.keys()):
        raise misuse(f"--rule: there is no pattern {unknown[0]}, see customs risk rules 没有此模式")
    return {name: each for name, each in rules.items() if not names or name in names}


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None


def _in_batches(every: Iterable[T]) -> Iterator[list[T]]:
    """Yield what one transaction takes."""
    left = iter(every)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _keys_of(parcel: TrackedParcel, platforms: Iterable[str]) -> list[str]:
    """Return the keys that the order of a parcel may have: of its platform, or of any where receipts alone are there."""
    order_no = dict(parcel.numbers).get("order_no")
    if not order_no:
        return []
    fields = (dict(each.key.fields) for each in parcel.state.history)
    own = {each["platform_code"] for each in fields if "platform_code" in each}
    return [order_key(each, order_no) for each in sorted(own or platforms)]


app.add_typer(commands, name="risk")
