"""The shares of fulfilment health (履约健康度指标) as a table: each with its formula in words and as the database counts it.

A cohort is counted over the orders taken in within the window, followed until now; events over what came to its end within
it. An order whose step is not due yet is in no denominator. The numerator is always a part of the denominator.

>>> HEALTH_SHARES["first_pass"].zh, HEALTH_SHARES["first_pass"].cohort_en
('一次通过率', 'released with the first declaration / declared')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, case, func, or_

from customs.fields.frozen import FrozenDict
from customs.hub.reports.order_facts import HealthBasis, is_within, seconds_from
from customs.hub.reports.share_terms import ShareTerms

#: The numerator and the denominator, each a condition on an order or a count of it.
PartAndWhole: TypeAlias = tuple[ColumnElement[Any], ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """A share: its name, its formula both ways in words, and how it is counted."""

    zh: str
    en: str
    cohort_zh: str
    cohort_en: str
    event_zh: str
    event_en: str
    cohort: Callable[[ShareTerms], PartAndWhole]
    event: Callable[[ShareTerms], PartAndWhole]
    higher_is_better: bool = True

    def counted(self, terms: ShareTerms, basis: HealthBasis) -> PartAndWhole:
        """Return the numerator and denominator of each order, as numbers."""
        part, whole = (self.cohort if basis == "cohort" else self.event)(terms)
        return _number(and_(part, whole) if _is_condition(part) else part), _number(whole)


def _is_condition(term: ColumnElement[Any]) -> bool:
    return isinstance(term.type.python_type, type) and term.type.python_type is bool


def _number(term: ColumnElement[Any]) -> ColumnElement[int]:
    return case((term, 1), else_=0) if _is_condition(term) else term


def _there(terms: ShareTerms, name: str) -> ColumnElement[bool]:
    return terms.facts.c[name].is_not(None)


def _released_first(terms: ShareTerms) -> ColumnElement[bool]:
    return and_(_there(terms, "released"), terms.facts.c.attempts <= 1)


def _decided(terms: ShareTerms) -> ColumnElement[int]:
    return case((terms.within("released"), 1), else_=0) + terms.facts.c.rejections_within


def _step_due(begin: str, end: str, limit: str) -> Callable[[ShareTerms], PartAndWhole]:
    """Return how a step with a limit is counted of the orders for which it is due."""

    def counted(terms: ShareTerms) -> PartAndWhole:
        lasts: timedelta = getattr(terms.limits, limit)
        return terms.in_time(begin, end, lasts), terms.is_due(begin, end, lasts)

    return counted


def _step_done(begin: str, end: str, limit: str) -> Callable[[ShareTerms], PartAndWhole]:
    """Return how a step with a limit is counted of the orders that ended it within the window."""

    def counted(terms: ShareTerms) -> PartAndWhole:
        return terms.in_time(begin, end, getattr(terms.limits, limit)), and_(terms.within(end), _there(terms, begin))

    return counted


def _ended(terms: ShareTerms) -> ColumnElement[Any]:
    """When an order was delivered, or else returned."""
    return func.coalesce(terms.facts.c.signed, terms.facts.c.returned)


def _fulfilled(terms: ShareTerms) -> ColumnElement[bool]:
    seconds = seconds_from(terms.facts.c.paid, _ended(terms))
    return seconds <= int(terms.limits.fulfilled.total_seconds())


def _fulfilled_cohort(terms: ShareTerms) -> PartAndWhole:
    late = terms.facts.c.paid <= terms.now - terms.limits.fulfilled
    return _fulfilled(terms), and_(_there(terms, "paid"), or_(_ended(terms).is_not(None), late))


def _fulfilled_event(terms: ShareTerms) -> PartAndWhole:
    return _fulfilled(terms), and_(_there(terms, "paid"), is_within(_ended(terms), terms.window))


#: The shares by name, in the order in which they are shown.
HEALTH_SHARES: Mapping[str, ShareRule] = FrozenDict(
    {
        "received_in_time": ShareRule(
            zh="接单及时率",
            en="taken in on time",
            cohort_zh="支付后限时内接单的订单 / 有支付时间的订单",
            cohort_en="taken in within the limit after the payment / orders with a time of payment",
            event_zh="同左，按接单时间",
            event_en="the same, by the time of intake",
            cohort=lambda terms: (
                terms.in_time("paid", "received", terms.limits.received),
                _there(terms, "paid"),
            ),
            event=lambda terms: (
                terms.in_time("paid", "received", terms.limits.received),
                and_(_there(terms, "paid"), terms.within("received")),
            ),
        ),
        "declared_in_time": ShareRule(
            zh="推单及时率",
            en="declared on time",
            cohort_zh="接单后限时内首次申报的订单 / 已申报或已到时限的订单",
            cohort_en="first declared within the limit after the intake / declared, or beyond the limit",
            event_zh="其中限时内申报的 / 时段内首次申报的订单",
            event_en="of these, within the limit / first declared in the window",
            cohort=_step_due("received", "declared", "declared"),
            event=_step_done("received", "declared", "declared"),
        ),
        "checked": ShareRule(
            zh="自检通过率",
            en="passed the own checks",
            cohort_zh="从未被本地校验拦下的订单 / 已申报或被拦下的订单",
            cohort_en="never stopped by the own checks / declared or stopped",
            event_zh="其中从未被拦下的 / 时段内首次申报或被拦下的订单",
            event_en="of these, never stopped / first declared or stopped in the window",
            cohort=lambda terms: (
                terms.facts.c.refused.is_(None),
                or_(_there(terms, "declared"), _there(terms, "refused")),
            ),
            event=lambda terms: (
                terms.facts.c.refused.is_(None),
                or_(terms.within("declared"), terms.within("refused")),
            ),
        ),
        "released": ShareRule(
            zh="申报成功率",
            en="declaration success",
            cohort_zh="已放行的订单 / 已申报的订单",
            cohort_en="released / declared",
            event_zh="时段内放行 / 时段内海关作出的决定（放行与退单）",
            event_en="released in the window / decisions of customs in it (releases and refusals)",
            cohort=lambda terms: (_there(terms, "released"), _there(terms, "declared")),
            event=lambda terms: (case((terms.within("released"), 1), else_=0), _decided(terms)),
        ),
        "first_pass": ShareRule(
            zh="一次通过率",
            en="first-pass rate",
            cohort_zh="首次申报即放行的订单 / 已申报的订单",
            cohort_en="released with the first declaration / declared",
            event_zh="其中首次申报即放行的 / 时段内放行的订单",
            event_en="of these, with the first declaration / released in the window",
            cohort=lambda terms: (_released_first(terms), _there(terms, "declared")),
            event=lambda terms: (_released_first(terms), terms.within("released")),
        ),
        "rejected": ShareRule(
            zh="退单率",
            en="rejection rate",
            cohort_zh="被海关退单的申报次数 / 申报次数",
            cohort_en="declarations that customs refused / declarations, each attempt by itself",
            event_zh="时段内退单 / 时段内海关作出的决定（放行与退单）",
            event_en="refusals in the window / decisions of customs in it (releases and refusals)",
            cohort=lambda terms: (terms.facts.c.rejections, terms.facts.c.attempts),
            event=lambda terms: (terms.facts.c.rejections_within, _decided(terms)),
            higher_is_better=False,
        ),
        "inspected": ShareRule(
            zh="查验率",
            en="examination rate",
            cohort_zh="被查验的订单 / 已申报的订单",
            cohort_en="examined / declared",
            event_zh="其中被查验过的 / 时段内放行的订单",
            event_en="of these, examined before / released in the window",
            cohort=lambda terms: (_there(terms, "inspected"), _there(terms, "declared")),
            event=lambda terms: (_there(terms, "inspected"), terms.within("released")),
            higher_is_better=False,
        ),
        "packed_in_time": ShareRule(
            zh="打包及时率",
            en="packed on time",
            cohort_zh="放行后限时内打包的订单 / 已打包或已到时限的放行订单",
            cohort_en="packed within the limit after the release / released and packed, or beyond the limit",
            event_zh="其中限时内的 / 时段内打包的订单",
            event_en="of these, within the limit / packed in the window",
            cohort=_step_due("released", "packed", "packed"),
            event=_step_done("released", "packed", "packed"),
        ),
        "left_in_time": ShareRule(
            zh="出库及时率",
            en="out of the zone on time",
            cohort_zh="放行后限时内出区的订单 / 已出区或已到时限的放行订单",
            cohort_en="out of the zone within the limit after the release / released and out, or beyond the limit",
            event_zh="其中限时内的 / 时段内出区的订单",
            event_en="of these, within the limit / out of the zone in the window",
            cohort=_step_due("released", "left_zone", "left"),
            event=_step_done("released", "left_zone", "left"),
        ),
        "collected_in_time": ShareRule(
            zh="揽收及时率",
            en="collected on time",
            cohort_zh="出区后限时内揽收的订单 / 已揽收或已到时限的出区订单",
            cohort_en="collected within the limit after leaving the zone / out and collected, or beyond the limit",
            event_zh="其中限时内的 / 时段内揽收的订单",
            event_en="of these, within the limit / collected in the window",
            cohort=_step_due("left_zone", "collected", "collected"),
            event=_step_done("left_zone", "collected", "collected"),
        ),
        "signed_in_time": ShareRule(
            zh="签收及时率",
            en="delivered on time",
            cohort_zh="揽收后限时内签收的订单 / 已签收或已到时限的揽收订单",
            cohort_en="delivered within the limit after the collection / collected and delivered, or beyond the limit",
            event_zh="其中限时内的 / 时段内签收的订单",
            event_en="of these, within the limit / delivered in the window",
            cohort=_step_due("collected", "signed", "signed"),
            event=_step_done("collected", "signed", "signed"),
        ),
        "fulfilled": ShareRule(
            zh="履约率",
            en="fulfilment rate",
            cohort_zh="支付后承诺期内签收或退货的订单 / 已签收、已退货或承诺期已过的已支付订单",
            cohort_en="delivered or returned within the promise / paid, and delivered, returned or beyond the promise",
            event_zh="其中承诺期内的 / 时段内签收或退货的已支付订单",
            event_en="of these, within the promise / paid orders delivered or returned in the window",
            cohort=_fulfilled_cohort,
            event=_fulfilled_event,
        ),
        "cancelled": ShareRule(
            zh="撤单成功率",
            en="cancellations granted",
            cohort_zh="海关已准予撤单的订单 / 已申请撤单的订单",
            cohort_en="granted / cancellations asked of customs",
            event_zh="其中现已准予的 / 时段内申请撤单的订单",
            event_en="of these, granted by now / asked for in the window",
            cohort=lambda terms: (_there(terms, "withdrawn"), _there(terms, "cancel_asked")),
            event=lambda terms: (_there(terms, "withdrawn"), terms.within("cancel_asked")),
        ),
        "returned": ShareRule(
            zh="退货成功率",
            en="returns granted",
            cohort_zh="海关已准予退货的订单 / 已申请退货的订单",
            cohort_en="granted / returns asked of customs",
            event_zh="其中现已准予的 / 时段内申请退货的订单",
            event_en="of these, granted by now / asked for in the window",
            cohort=lambda terms: (_there(terms, "returned"), _there(terms, "return_asked")),
            event=lambda terms: (_there(terms, "returned"), terms.within("return_asked")),
        ),
        "returned_in_time": ShareRule(
            zh="退货申请合规率",
            en="returns applied for on time",
            cohort_zh="放行后 30 日内申请退货的订单 / 已申请退货的放行订单",
            cohort_en="applied for within 30 days of the release / released, and a return asked for",
            event_zh="其中 30 日内的 / 时段内申请退货的放行订单",
            event_en="of these, within 30 days / released, and a return asked for in the window",
            cohort=lambda terms: (
                terms.in_time("released", "return_asked", terms.limits.returned),
                and_(_there(terms, "released"), _there(terms, "return_asked")),
            ),
            event=lambda terms: (
                terms.in_time("released", "return_asked", terms.limits.returned),
                and_(_there(terms, "released"), terms.within("return_asked")),
            ),
        ),
    }
)
