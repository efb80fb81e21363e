"""Checks of the export side at the e-port (出口单证校验). Its business checks are not published: few, and certain ones."""

from decimal import Decimal

from customs.office.case import OfficeCase, OfficeCheck, when
from customs.office.checks.trade import same_number_twice
from customs.office.duty import number
from customs.office.papers import EXPORTED, KINDS


def _other_sum(case: OfficeCase) -> str | None:
    whole = sum((number(line["totalPrice"]) for line in case.paper.lines), Decimal(0))
    return when(abs(whole - number(case.paper["goodsValue"])) >= Decimal("0.01"), "商品总额与表体合计不一致")


def _no_such_list(case: OfficeCase) -> str | None:
    return when(case.store.list_numbered(case.paper["invtNo"]) is None, "出口清单不存在")


def _net_over_gross(case: OfficeCase) -> str | None:
    return when(number(case.paper["netWeight"]) > number(case.paper["grossWeight"]), "净重大于毛重")


def _lists_not_released(case: OfficeCase) -> str | None:
    for line in case.paper.lines:
        found = case.store.list_numbered(line.get("invtNo", ""))
        if found is None or not found.released:
            return "出口清单不存在或未放行"
    return None


def _order_missing(case: OfficeCase) -> str | None:
    key = ("CEB303", case.paper["ebpCode"], case.paper["orderNo"])
    return when(case.store.standing(*key) is None, "电子订单不存在")


EXPORTED_CHECKS = (
    *(OfficeCheck(KINDS[each].form, (each,), same_number_twice) for each in sorted(EXPORTED) if KINDS[each].form),
    OfficeCheck("-303001", ("CEB303",), _other_sum),
    OfficeCheck("-403001", ("CEB403",), _order_missing),
    OfficeCheck("-603001", ("CEB603",), _net_over_gross),
    OfficeCheck("-603001", ("CEB603",), _order_missing),
    OfficeCheck("-607001", ("CEB605",), _no_such_list),
    OfficeCheck("-703001", ("CEB701",), _lists_not_released),
)
