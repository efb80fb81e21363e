"""The comparisons of customs when it processes a list (三单比对、限额、担保), once order, payment and waybill are there.

``CUSTOMS`` gives the code inside the brackets of a rejection (100), the receipts that carry it, and the comparison.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from customs.office.case import OfficeCase, when
from customs.office.duty import dutiable_value, duty_of, limits, number
from customs.office.store import Held

#: What two lines of goods have to share; names may differ, since an order names what it sold.
_SAME = ("unit", "country")
_EQUAL = ("qty", "price", "totalPrice")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Joined(NamedTuple):
    """A list with the documents that it joins."""

    case: OfficeCase
    order: Held
    payment: Held
    waybill: Held


class CustomsCheck(NamedTuple):
    """A comparison of customs: code, the receipts that tell it, and a function that returns what is wrong."""

    code: str
    receipts: tuple[str, ...]
    broken: Callable[[Joined], str | None]


def _twice(joined: Joined) -> str | None:
    paper = joined.case.paper
    lists = joined.case.store.lists_of(paper["ebcCode"], paper["orderNo"])
    return when(any(each.paper.key != paper.key and "120" in each.statuses for each in lists))


def _other_count(joined: Joined) -> str | None:
    return when(len(joined.case.paper.lines) != len(joined.order.paper.lines))


def _other_goods(joined: Joined) -> str | None:
    sold = {line["gnum"]: line for line in joined.order.paper.lines}
    for line in joined.case.paper.lines:
        match = sold.get(line["gnum"])
        if match is None or any(line[each] != match[each] for each in _SAME):
            return ""
        if any(number(line[each]) != number(match[each]) for each in _EQUAL):
            return ""
    return None


def _other_payer(joined: Joined) -> str | None:
    order, payment = joined.order.paper, joined.payment.paper
    buyer, payer = (order["buyerName"], order["buyerIdNumber"]), (payment["payerName"], payment["payerIdNumber"])
    return when(buyer != payer)


def _other_buyer(joined: Joined) -> str | None:
    order, listed = joined.order.paper, joined.case.paper
    return when(any(order[each] != listed[each] for each in ("buyerName", "buyerIdType", "buyerIdNumber")))


def _other_telephone(joined: Joined) -> str | None:
    return when(joined.order.paper["buyerTelephone"] != joined.case.paper["buyerTelephone"])


def _other_amount(joined: Joined) -> str | None:
    order, paid = joined.order.paper, number(joined.payment.paper["amountPaid"])
    owed = number(order["acturalPaid"])
    parts = (
        number(order["goodsValue"]) + number(order["freight"]) + number(order["taxTotal"]) - number(order["discount"])
    )
    return when(
        paid != owed or owed != parts,
        f"OrderHead.acturalPaid:{owed};PaymentHead.amountPaid:{paid}",
    )


def _other_payment_company(joined: Joined) -> str | None:
    named = joined.order.paper["payCode"]
    return when(bool(named) and named != joined.payment.paper["payCode"])


def _bad_identity_number(joined: Joined) -> str | None:
    paper = joined.case.paper
    text = paper["buyerIdNumber"]
    if paper["buyerIdType"] != "1":
        return None
    if len(text) != 18 or not text[:17].isdigit():
        return "订购人身份证号码有误"
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False)) % 11
    return when("10X98765432"[rest] != text[17], "订购人身份证号码有误")


def _officer(joined: Joined) -> str | None:
    return joined.case.settings.refused.get(joined.case.paper["orderNo"])


def _over_yearly(joined: Joined) -> str | None:
    case, paper = joined.case, joined.case.paper
    elsewhere = case.settings.bought.get(paper["buyerIdNumber"], Decimal(0))
    person = case.store.person(paper["buyerIdType"], paper["buyerIdNumber"], case.now.year)
    whole = elsewhere + case.store.spent[person] + dutiable_value(paper)
    limit = limits(case.now.date())[1]
    return when(whole > limit, f"totalPrice：{whole:,.2f}，limitPrice：{limit:,.2f}")


def _guarantee_is_used_up(joined: Joined) -> str | None:
    case, known = joined.case, joined.case.settings.guarantees
    if known is None:
        return None
    guarantor = case.paper["assureCode"]
    left = known.get(guarantor, Decimal(0)) - case.store.secured[guarantor]
    return when(duty_of(case.paper, case.now.date(), case.settings).total > left)


_BOTH = ("CEB312", "CEB622")

AT_CUSTOMS = (
    CustomsCheck("", ("CEB622",), _twice),
    CustomsCheck("1320", _BOTH, _other_count),
    CustomsCheck("1322", ("CEB622",), _other_goods),
    CustomsCheck("1332", _BOTH, _other_amount),
    CustomsCheck("13035", ("CEB312", "CEB622"), _other_payment_company),
    CustomsCheck("13127", _BOTH, _other_buyer),
    CustomsCheck("130126", ("CEB622",), _other_telephone),
    CustomsCheck("1327", ("CEB622",), _other_payer),
    CustomsCheck("1300", ("CEB622",), _bad_identity_number),
    CustomsCheck("1300", ("CEB622",), _officer),
    CustomsCheck("1313", ("CEB622",), _over_yearly),
    CustomsCheck("1311", ("CEB622",), _guarantee_is_used_up),
)
