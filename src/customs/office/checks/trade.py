"""Checks of order, payment, waybill and its status at the e-port (三单校验)."""

from customs.office.case import OfficeCase, OfficeCheck, when
from customs.office.duty import number


def same_number_twice(case: OfficeCase) -> str | None:
    """Refuse lines that share a number."""
    numbers = [line.get("gnum", "") for line in case.paper.lines]
    return when(len(set(numbers)) < len(numbers))


def _not_in_yuan(case: OfficeCase) -> str | None:
    places = (case.paper.head, *case.paper.lines)
    return when(any(each.get("currency", "142") != "142" for each in places), "currency应为142")


def _blank(case: OfficeCase) -> str | None:
    blank = next((name for name, text in case.paper.head.items() if not text.strip()), None)
    return when(blank is not None, f"{blank}不能为空")


def _not_one_parcel(case: OfficeCase) -> str | None:
    return when(number(case.paper["packNo"]) != 1, "packNo应为1")


def _no_amount(case: OfficeCase) -> str | None:
    return when(number(case.paper["amountPaid"]) < 0, "amountPaid不能为负数")


TRADE = (
    OfficeCheck("-301008", ("CEB311",), _blank),
    OfficeCheck("-301002", ("CEB311",), same_number_twice),
    OfficeCheck("-301008", ("CEB311",), _not_in_yuan),
    OfficeCheck("-401009", ("CEB411",), _blank),
    OfficeCheck("-401009", ("CEB411",), _not_in_yuan),
    OfficeCheck("-401009", ("CEB411",), _no_amount),
    OfficeCheck("-504011", ("CEB511",), _blank),
    OfficeCheck("-504011", ("CEB511",), _not_in_yuan),
    OfficeCheck("-504011", ("CEB511",), _not_one_parcel),
    OfficeCheck("-505011", ("CEB513",), _blank),
)
