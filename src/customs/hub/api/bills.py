"""Tax bills over HTTP (税单接口): bills of the caller's merchants, by order and month, and the reconciliation of a month."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_with
from customs.hub.api.ledger_answers import TaxBillAnswer, TaxBillPage, TaxCause, TaxMonth, TaxTotals
from customs.hub.api.named import profiled
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger.bills import KeptBill, find_bill, reconciled, surroundings_of
from customs.ledger.bills.paging import bills_page, parcels_in_month
from customs.reconciliation.three_way import BillSummary
from customs.reconciliation.three_way.month import BillTotals

#: Parcels of a month that are reconciled in one answer at most; larger months go by the command.
MOST_PARCELS = 20_000

_Number = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
_BillNo = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
_Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


def bill_paths(service: HubService) -> APIRouter:
    """Return the paths of tax bills."""
    paths = APIRouter(prefix="/v1/bills", tags=["bills 税单"])
    keeper = caller_with(service, TokenScope.BILLS)

    @paths.get("", responses=may_answer(*READS))
    def list_(
        order_no: _Number = "",
        month: Annotated[str, Query(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")] = "",
        after: _Number = "",
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = keeper,
    ) -> TaxBillPage:
        """税单: Return tax bills, of an order or made in a month."""
        merchants = caller.enterprise.belongings.only_merchants
        with service.ledger.read() as connection:
            found = bills_page(connection, merchants=merchants, order_no=order_no, month=month, after=after, most=limit)
        last = found[-1].bill.tax_bill_no if len(found) == limit else None
        asked = {"order_no": order_no, "month": month, "limit": limit}
        return TaxBillPage(bills=[_answer(each) for each in found], next=next_page("/v1/bills", last, asked))

    @paths.get("/{tax_bill_no}", responses=may_answer(*READS, 404))
    def show(tax_bill_no: _BillNo, caller: Caller = keeper) -> TaxBillAnswer:
        """税单详情: Return a tax bill."""
        with service.ledger.read() as connection:
            found = find_bill(connection, tax_bill_no)
        if found is None or not caller.enterprise.belongings.has_merchant(found.bill.merchant_code):
            raise ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such tax bill", "没有该税单")
        return _answer(found)

    @paths.get("/months/{month}", responses=may_answer(*READS, 404, 409))
    def reconciliation(month: _Month, caller: Caller = keeper) -> TaxMonth:
        """按月关税对账: Return the totals of a month, of own assessments against bills and charges, and the causes."""
        merchants, today = caller.enterprise.belongings.only_merchants, service.clock().date()
        rates = profiled(caller, "").run("", today).rates
        summary = BillSummary()
        with service.ledger.read() as connection:
            if parcels_in_month(connection, month, merchants, most=MOST_PARCELS) > MOST_PARCELS:
                raise ApiProblemError(
                    HTTPStatus.CONFLICT,
                    f"the month has more than {MOST_PARCELS:,} parcels: reconcile it with customs bills summary",
                    f"该月超过 {MOST_PARCELS:,} 票，请使用命令 customs bills summary 对账",
                )
            around = surroundings_of(connection, today, rates=rates)
            for line in reconciled(connection, month, around, merchants=merchants):
                summary.add(month, line)
        return _month(month, summary)

    return paths


def _answer(kept: KeptBill) -> TaxBillAnswer:
    bill = kept.bill
    tariff, consumption, vat = bill.head
    return TaxBillAnswer(
        tax_bill_no=bill.tax_bill_no,
        order_no=bill.order_no,
        list_no=bill.list_no,
        waybill_no=bill.waybill_no,
        merchant_code=bill.merchant_code,
        guarantor_code=bill.guarantor_code,
        payment_form_no=bill.payment_form_no,
        status=bill.status,
        made_at=in_china(bill.made_at),
        tariff=f"{tariff:.2f}",
        consumption_tax=f"{consumption:.2f}",
        vat=f"{vat:.2f}",
        total=f"{bill.total:.2f}",
        paid=kept.paid,
    )


def _month(month: str, summary: BillSummary) -> TaxMonth:
    return TaxMonth(
        month=month,
        all=_totals(summary.all),
        by_merchant={merchant: _totals(each) for merchant, each in sorted(summary.by_merchant.items())},
        causes=[
            TaxCause(
                cause=code,
                group=each.group,
                parcels=each.lines,
                billed_more=f"{each.billed_more:.2f}",
                charged_more=f"{each.charged_more:.2f}",
            )
            for code, each in summary.causes()
        ],
    )


def _totals(totals: BillTotals) -> TaxTotals:
    return TaxTotals(
        parcels=totals.parcels,
        bills=totals.bills,
        in_order=totals.in_order,
        explained=totals.explained,
        unknown=totals.unknown,
        assessed=f"{totals.assessed:.2f}",
        billed=f"{totals.billed:.2f}",
        charged=f"{totals.charged:.2f}",
        billed_more=f"{totals.billed_more:.2f}",
        charged_more=f"{totals.charged_more:.2f}",
    )
