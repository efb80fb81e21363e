"""The commands ``bills`` (税单与担保): assessments, bills, receipts, returns and payments entered in the ledger."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import misuse_of, tell
from customs.cli.areas import area_of
from customs.cli.common import AsJson, Folders, Now, On, clock_of, day_of
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, echo, examined, exchange_of
from customs.cli.tax_bill_inputs import (
    currency_of,
    exchange_rates,
    receipts_in,
)
from customs.cli.tax_bill_options import ENTERED, ExchangeFile, commands, in_batches, show_counts
from customs.intake.sheets import SheetError
from customs.ledger.bills import (
    enter_assessments,
    follow_taxed_parcel,
    import_bills,
)
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.receipts.streams import track_all
from customs.reconciliation.three_way import ConvertedPrices, OwnSide, ParcelCourse, own_key
from customs.road import Prepared

_CHANGES = {
    "new": "新增",
    "same": "已登记",
    "changed": "金额有变",
    "gathered": "已汇总",
    "void": "已作废",
    "late": "迟到",
    "refused": "拒收",
}

_MOVES = {"released": "放行", "cancelled": "撤单", "returned": "退货", "unchanged": "不变", "unknown": "账簿中没有"}


@commands.command("import")
@over_ledger
def imported(
    bills: Annotated[
        list[Path],
        typer.Argument(
            metavar="BILLS", help="Folders with receipts, messages CEB816 and CEB818, or tables of bills.", exists=True
        ),
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Enter tax bills and their status. Running it again changes nothing; a bill with other figures is named, and exits 1."""
    unread: list[str] = []
    with ledger.opened() as opened:
        found = import_bills(opened, receipts_in(bills, unread.append), clock_of(now, "--now")())
    counts = {name: found.changes[name] for name in _CHANGES}
    if json:
        echo(files.to_json({**counts, "changed_bills": found.changed, "unread": unread}))
    else:
        for number in found.changed:
            tell(f"{number}: came again with other figures", f"{number}：再次收到，金额有变")
        for reason in (*found.refused, *unread):
            tell(*halves(reason))
        show_counts(counts, _CHANGES)
    raise typer.Exit(1 if found.changed or found.refused or unread else 0)


@commands.command("assess")
@over_ledger
def assessed(
    file: ParcelFile,
    currency: Annotated[
        str | None,
        typer.Option(
            "--currency",
            metavar="CODE",
            help="Currency in which the goods were sold, such as USD, if their prices were converted; needs --exchange.",
        ),
    ] = None,
    exchange: ExchangeFile = None,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter the own assessment and the charge of the parcels of a file; nothing personal is kept. Exits 1 if one has no tax."""
    day, at = day_of(on), clock_of(now, "--now")()
    counts = {"entered": 0, "unchanged": 0, "not assessed": 0}
    converted = _converted(currency, exchange, day)
    with ledger.opened() as opened:
        parcels = examined(file, area_of(None, None), on, rates, exchange=exchange_of(usd_rate))
        for batch in in_batches(parcels):
            own = [each for parcel in batch if (each := _own_side(parcel, converted))]
            counts["not assessed"] += len(batch) - len(own)
            caused = [(each, EntryCause("order", f"{each.order_no}/{day}/{_content_of(each)}")) for each in own]
            with opened.begin() as connection:
                outcomes = enter_assessments(connection, caused, at)
            for (each, cause), outcome in zip(caused, outcomes, strict=True):
                if outcome == "refused":
                    tell(*halves(str(CauseUsedError(each.course.value, cause))))
                counts["not assessed" if outcome == "refused" else outcome] += 1
    show_counts(counts, {**ENTERED, "not assessed": "未能登记"})
    raise typer.Exit(1 if counts["not assessed"] else 0)


def _content_of(own: OwnSide) -> str:
    """Return a short text of what is assessed, so that a correction of the same day is another cause than the first."""
    numbers = own.list_no, own.waybill_no, own.merchant_code, own.guarantor_code
    stated = own_key(own), str(own.charged), str(own.converted), *numbers
    return hashlib.sha256("|".join(stated).encode()).hexdigest()[:16]


def _converted(currency: str | None, exchange: Path | None, day: date) -> ConvertedPrices | None:
    """Return the currency and the rate of the month by which prices were converted, if they were."""
    if currency is None:
        return None
    code = currency_of(currency)
    try:
        rate = exchange_rates(exchange).get(code, {}).get(f"{day:%Y-%m}") if exchange else None
    except SheetError as error:
        raise misuse_of(f"--exchange: {error.en}", f"--exchange：{error.zh}") from None
    if not code or rate is None:
        raise misuse_of(
            f"--currency: --exchange has no rate of {currency} for {day:%Y-%m}",
            f"--currency：--exchange 文件中没有 {currency} 在 {day:%Y-%m} 的汇率",
        )
    return ConvertedPrices(code, rate)


@commands.command("follow")
@over_ledger
def follow(
    folders: Folders,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Enter which parcels were released, cancelled or returned, as the receipts in folders say. Running it again changes nothing."""
    at, counts = clock_of(now, "--now")(), dict.fromkeys(_MOVES, 0)
    with ledger.opened() as opened:
        for batch in in_batches(track_all(folders).parcels):
            with opened.begin() as connection:
                moves = [
                    follow_taxed_parcel(connection, dict(each.numbers).get("order_no", ""), each.state, at=at)
                    for each in batch
                ]
            for move in moves:
                counts[move] += 1
    show_counts(counts, _MOVES)


def _own_side(parcel: Prepared, converted: ConvertedPrices | None) -> OwnSide | None:
    """Return what a parcel's declarant knows of it; None, and so told, if it has no tax."""
    declaration, assessment = parcel.declaration, parcel.assessment
    if declaration is None or assessment is None or not assessment.computed:
        tell(
            f"order {parcel.order_no or '?'}: it cannot be assessed, see customs check",
            f"订单 {parcel.order_no or '?'}：无法计税，请用 customs check 查看",
        )
        return None
    order, parties = declaration.order, declaration.parties
    return OwnSide(
        order_no=order.order_no,
        list_no=declaration.clearance.list_no or "",
        waybill_no=declaration.waybill.waybill_no or "",
        merchant_code=parties.merchant_code,
        guarantor_code=parties.guarantor_code,
        assessment=assessment,
        charged=order.tax_total,
        course=ParcelCourse.IN_FLIGHT,
        converted=converted,
    )
