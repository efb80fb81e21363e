"""Tax over HTTP (计税接口): what is due on parcels by the law of the day, with the reasons; nothing is kept."""

from fastapi import APIRouter

from customs.hub.api.answering import finding_answer
from customs.hub.api.callers import Caller, HubService, caller_with
from customs.hub.api.named import profiled
from customs.hub.api.orders import OrdersGiven
from customs.hub.api.problems import READS, may_answer
from customs.hub.api.tax_answers import OrderTax, OrderTaxes, TaxAmounts, TaxLine, TaxReason
from customs.hub.enterprises.tokens import TokenScope
from customs.road import Prepared
from customs.tax import TaxAssessment, Taxes, explain


def tax_paths(service: HubService) -> APIRouter:
    """Return the paths of tax."""
    paths = APIRouter(prefix="/v1", tags=["tax 计税"])
    asker = caller_with(service, TokenScope.ORDERS)

    @paths.post("/tax", responses=may_answer(*READS, 404))
    def assess(given: OrdersGiven, caller: Caller = asker) -> OrderTaxes:
        """计税: Return the tax of parcels by the law of today, line by line, with the reasons; nothing is kept of them."""
        run = profiled(caller, given.profile).run(given.profile, service.clock().date())
        return OrderTaxes(orders=[_tax(place, each) for place, each in enumerate(run.examine(given.orders))])

    return paths


def _tax(place: int, parcel: Prepared) -> OrderTax:
    assessed = parcel.assessment
    return OrderTax(
        place=place,
        order_no=parcel.order_no,
        day=assessed.law.day if assessed else None,
        regime=str(assessed.regime) if assessed else None,
        dutiable_value=f"{assessed.dutiable_value:f}" if assessed else None,
        taxes=_amounts(assessed.taxes, assessed) if assessed else None,
        lines=_lines(assessed) if assessed else [],
        reasons=_reasons(assessed) if assessed else [],
        findings=[finding_answer(each) for each in parcel.findings],
    )


def _lines(assessed: TaxAssessment) -> list[TaxLine]:
    return [
        TaxLine(
            line=each.gnum,
            hs_code=each.hs_code,
            dutiable_value=f"{each.dutiable_value:f}",
            tariff_rate=f"{each.tariff_rate:f}",
            consumption_rate=f"{each.consumption_rate:f}",
            vat_rate=f"{each.vat_rate:f}",
            taxes=_amounts(each.taxes, assessed),
        )
        for each in assessed.lines
    ]


def _reasons(assessed: TaxAssessment) -> list[TaxReason]:
    return [
        TaxReason(
            code=each.code,
            line=each.line.gnum if each.line else None,
            zh=each.zh,
            en=each.en,
            source=each.source,
        )
        for each in explain(assessed)
    ]


def _amounts(taxes: Taxes, assessed: TaxAssessment) -> TaxAmounts:
    if not assessed.computed:
        return TaxAmounts(tariff=None, consumption_tax=None, vat=None, due=None)
    return TaxAmounts(
        tariff=f"{taxes.tariff:.2f}",
        consumption_tax=f"{taxes.consumption:.2f}",
        vat=f"{taxes.vat:.2f}",
        due=f"{taxes.total:.2f}",
    )
