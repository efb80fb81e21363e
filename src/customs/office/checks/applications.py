"""Checks of cancellations, returns and warehouse entries at the e-port (撤单、退货、入库校验)."""

from datetime import timedelta
from decimal import Decimal

from customs.office.case import OfficeCase, OfficeCheck, when
from customs.office.checks.common import other_name
from customs.office.checks.trade import same_number_twice
from customs.office.duty import number
from customs.office.store import Held
from customs.tax import RateMissingError, law

_CANCEL, _RETURN, _ENTRY = ("CEB623",), ("CEB625",), ("CEB711",)

#: What an application repeats of the list that it is about.
_REPEATED = ("orderNo", "ebpCode", "ebcCode", "logisticsNo", "logisticsCode", "buyerIdNumber", "agentCode")


def _list(case: OfficeCase) -> Held | None:
    return case.store.list_numbered(case.paper["invtNo"])


def _no_such_number(case: OfficeCase) -> str | None:
    return when(_list(case) is None)


def _another_list(case: OfficeCase) -> str | None:
    held = _list(case)
    return when(held is not None and any(case.paper[each] != held.paper[each] for each in _REPEATED))


def _already_applied(case: OfficeCase) -> str | None:
    held = _list(case)
    repeated = case.held is not None and case.paper["appType"] == "1"
    return when(repeated or (held is not None and held.withdrawn == "CEB623" and case.paper.kind.message == "CEB623"))


def _too_late_to_cancel(case: OfficeCase) -> str | None:
    held = _list(case)
    return when(held is not None and (not held.stands or "899" in held.statuses or held.withdrawn == "CEB625"))


def _not_permitted(case: OfficeCase) -> str | None:
    known = case.settings.registered
    return when(known is not None and "declarant" not in known.get(case.paper["agentCode"], ()))


def _no_reason(case: OfficeCase) -> str | None:
    return when(not case.paper["reason"].strip())


def _nothing_to_change(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] != "1" and case.held is None)


def _may_not_change(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] != "1" and case.held is not None and "399" in case.held.statuses)


def _own_number_given(case: OfficeCase) -> str | None:
    held = _list(case)
    return when(held is not None and case.paper["preNo"] not in ("", held.pre_no))


def _line_is_not_of_the_list(case: OfficeCase) -> str | None:
    held = _list(case)
    known = {(line["gnum"], line["gcode"]) for line in held.paper.lines} if held else set()
    for line in case.paper.lines:
        if (line["gnum"], line["gcode"]) not in known:
            return f"商品序号[{line['gnum']}]"
    return None


def _more_than_declared(case: OfficeCase) -> str | None:
    held = _list(case)
    declared = {line["gnum"]: number(line["qty"]) for line in held.paper.lines} if held else {}
    for line in case.paper.lines:
        before = held.returned.get(line["gnum"], Decimal(0)) if held else Decimal(0)
        if before + number(line["qty"]) > declared.get(line["gnum"], Decimal(0)):
            return f"商品序号[{line['gnum']}]退货数量大于原清单数量"
    return None


def _not_on_record(case: OfficeCase) -> str | None:
    held, books = _list(case), case.settings.account_books
    if held is None or books is None or held.paper["tradeMode"] != "1210":
        return None
    records = {line["gnum"]: line.get("itemRecordNo", "") for line in held.paper.lines}
    book = books.get(held.paper["emsNo"], {})
    for line in case.paper.lines:
        if records[line["gnum"]] not in book:
            return f"商品序号[{line['gnum']}]"
    return None


def _differs_from_record(case: OfficeCase) -> str | None:
    held, books = _list(case), case.settings.account_books
    if held is None or books is None or held.paper["tradeMode"] != "1210":
        return None
    records = {line["gnum"]: line.get("itemRecordNo", "") for line in held.paper.lines}
    for line in case.paper.lines:
        found = books[held.paper["emsNo"]][records[line["gnum"]]]
        if (found.name and found.name != line["gname"]) or (found.unit and found.unit != line["unit"]):
            return f"商品序号[{line['gnum']}]"
    return None


def _not_in_library(case: OfficeCase) -> str | None:
    for line in case.paper.lines:
        try:
            case.settings.rates.rate(line["gcode"], case.now.date())
        except RateMissingError:
            return f"商品序号[{line['gnum']}]"
    return None


def _not_released(case: OfficeCase) -> str | None:
    held = _list(case)
    return when(held is not None and not held.released, "清单未放行")


def _after_the_term(case: OfficeCase) -> str | None:
    held, terms = _list(case), law.on(case.now.date()).returns
    released = held.released_at if held else None
    return when(
        terms is not None and released is not None and case.now > released + timedelta(days=terms.apply_within),
        "超过退货申请期限",
    )


APPLICATIONS = (
    OfficeCheck("-623026", _CANCEL, _not_permitted),
    OfficeCheck("-623012", _CANCEL, _no_reason),
    OfficeCheck("-623003", _CANCEL, _no_such_number),
    OfficeCheck("-623004", _CANCEL, _another_list),
    OfficeCheck("-623009", _CANCEL, _already_applied),
    OfficeCheck("-623005", _CANCEL, _too_late_to_cancel),
    OfficeCheck("-625021", _RETURN, _not_permitted),
    OfficeCheck("-625013", _RETURN, other_name),
    OfficeCheck("-625032", _RETURN, _nothing_to_change),
    OfficeCheck("-625022", _RETURN, _may_not_change),
    OfficeCheck("-625033", _RETURN, _already_applied),
    OfficeCheck("-625016", _RETURN, _no_such_number),
    OfficeCheck("-625001", _RETURN, _another_list),
    OfficeCheck("-625008", _RETURN, _own_number_given),
    OfficeCheck("-625011", _RETURN, _not_in_library),
    OfficeCheck("-625209", _RETURN, _line_is_not_of_the_list),
    OfficeCheck("-625007", _RETURN, _not_on_record),
    OfficeCheck("-625010", _RETURN, _differs_from_record),
    OfficeCheck("-625004", _RETURN, _not_released),
    OfficeCheck("-625004", _RETURN, _after_the_term),
    OfficeCheck("-625001", _RETURN, _more_than_declared),
    OfficeCheck("-800001", _ENTRY, same_number_twice),
)
