"""A plain count of a night's raw events beside the report: what was given, sent, answered and told, order by order.

Nothing here asks the hub's nodes, tallies or orders: only what the tests gave and told, and the kept submissions and answers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from customs.codes.errors import ErrorCause
from customs.hub.orders.history import read_events
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import LastingTime
from customs.hub.reports.windows import ReportWindow
from customs.hub.store.sealed import opened
from customs.hub.store.tables import HUB_HISTORY, HUB_NUMBERS
from customs.receipts.explained import cause_words
from customs.receipts.state import Submitted
from support.health_events import Pairs, ToldNode, ToldOrder, inside, plain_shares
from support.night_story import NightStory

#: The statuses of lists that decide something.
_DECIDING = {"800": "released", "100": "rejected"}

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class RawOrder:
    """An order with everything that was sent, answered and told of it, and why customs refused it."""

    order_no: str
    told: ToldOrder
    refusals: tuple[tuple[str, str], ...]
    """Code and class of each."""

    @property
    def stands(self) -> tuple[str, datetime]:
        """Where it is and since when: the last thing that was told of it, apart from the payment."""
        last = max((each for each in self.told.told if each.node != "paid"), key=lambda each: (each.at, each.attempt))
        return last.node, last.at


def raw_orders(story: NightStory, enterprise: str) -> list[RawOrder]:
    """Return the orders of an enterprise from the raw events."""
    events = _events(story)
    done = defaultdict[str, list[ToldNode]](list)
    for each in story.done:
        done[each.order_no].append(ToldNode(each.node, 1, each.at, "told", ""))
    found = list[RawOrder]()
    for number, (received, name, parcel) in story.first_given().items():
        if name != enterprise:
            continue
        parties = parcel.parties
        nodes, refusals = _at_customs(events[number])
        told = ToldOrder(
            len(found), received, parcel.clearance.customs_code, parties.platform_code, parties.payment_company_code,
            parties.carrier_code, parties.area_operator_code or "", (*nodes, *done[number]),
        )  # fmt: skip
        found.append(RawOrder(number, told, refusals))
    return found


def _events(story: NightStory) -> dict[str, list[Any]]:
    """Return what was submitted and answered of each order, by its number, as it was kept."""
    numbers, found = HUB_NUMBERS.c, defaultdict[str, list[Any]](list)
    wanted = select(numbers.number, HUB_HISTORY.c.salt, HUB_HISTORY.c.sealed).join(
        HUB_HISTORY, HUB_HISTORY.c.order == numbers.order
    )
    with story.ledger.read() as connection:
        rows = connection.sql.execute(wanted.where(numbers.name == "order_no").order_by(HUB_HISTORY.c.id))
        for row in rows:
            content = opened(connection.keys, row)
            assert content is not None
            found[row.number] += read_events(content)
    return found


def _at_customs(events: Iterable[Any]) -> tuple[list[ToldNode], tuple[tuple[str, str], ...]]:
    """Return the declarations, releases and refusals of a list, each with the number of its attempt."""
    attempt, nodes, refusals = 0, list[ToldNode](), list[tuple[str, str]]()
    for each in events:
        if each.key.message != "CEB621":
            continue
        if isinstance(each, Submitted):
            attempt += 1
            nodes.append(ToldNode("declared", attempt, each.app_time, "hub", ""))
        elif node := _DECIDING.get(each.code, "rejected" if each.code.startswith("-") else ""):
            nodes.append(ToldNode(node, attempt, each.at, "customs", ""))
            if node == "rejected":
                refusals.append((each.code, each.cause.value if each.cause else ""))
    return nodes, tuple(refusals)


def plain(cell: object) -> object:
    """Return a cell of a report as a plain value: words in English, shares as pairs, times in seconds."""
    match cell:
        case ReportWords():
            return cell.en
        case HealthShare():
            return cell.part, cell.whole
        case LastingTime():
            return cell.seconds
        case _:
            return cell


def plain_rows(rows: Iterable[Iterable[object]]) -> Rows:
    """Return the rows of a table as plain values."""
    return [tuple(plain(each) for each in row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Recount:
    """The raw orders of an enterprise, counted by one order after the other."""

    orders: list[RawOrder]
    window: ReportWindow
    now: datetime
    limits: HealthLimits

    def shares(self, *, cohort: bool, only: Callable[[ToldOrder], bool] = lambda order: True) -> Pairs:
        told = [each.told for each in self.orders if only(each.told)]
        return plain_shares(told, self.window, self.now, cohort=cohort, limits=self.limits)

    @property
    def cohort(self) -> list[RawOrder]:
        return [each for each in self.orders if inside(each.told.received, self.window)]

    def share_rows(self, titles: dict[str, str]) -> Rows:
        """The table of shares, of those that are named, each with its title."""
        one, other = self.shares(cohort=True), self.shares(cohort=False)
        return [
            (title, one.get(name, (0, 0)), *one.get(name, (0, 0)), other.get(name, (0, 0)), *other.get(name, (0, 0)))
            for name, title in titles.items()
        ]

    def cause_rows(self) -> Rows:
        causes = Counter(each for order in self.cohort for each in order.refusals)
        whole = sum(causes.values())
        return [
            ("customs", code, cause_words(ErrorCause(cause))[1], count, (count, whole))
            for (code, cause), count in causes.most_common()
        ]

    def place_rows(self, district_title: Callable[[str], str]) -> Rows:
        causes = Counter(
            (district_title(order.told.district), order.told.platform, "", code)
            for order in self.cohort
            for code, _ in order.refusals
        )
        return [(*key, count) for key, count in causes.most_common()]

    def hour_rows(self) -> Rows:
        found = []
        for place in range(24):
            since = self.window.since + timedelta(hours=place)
            hour = ReportWindow(since, since + timedelta(hours=1))
            counts = [sum(inside(each.told.received, hour) for each in self.orders)]
            counts += [
                sum(inside(each.told.first(node), hour) for each in self.orders) for node in ("released", "left_zone")
            ]
            found.append((f"{since:%H:%M}", *counts))
        return found

    def waiting(self) -> dict[str, tuple[object, ...]]:
        """How many orders wait at each node: all, those overdue, the time that is allowed, and by their age."""
        ages = [timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3), timedelta(days=7)]
        stands = defaultdict[str, list[timedelta]](list)
        for each in self.orders:
            node, since = each.stands
            stands[node].append(self.now - since)
        found = dict[str, tuple[object, ...]]()
        for node, waits in stands.items():
            limit = self.limits.wait_of(node)
            assert limit
            by_age = [sum(wait < age for wait in waits) for age in ages] + [len(waits)]
            counts = [by_age[0], *(by_age[place] - by_age[place - 1] for place in range(1, 6))]
            overdue = sum(wait >= limit for wait in waits)
            found[node] = (len(waits), overdue, int(limit.total_seconds()), *counts)
        return found

    def overdue(self) -> list[tuple[str, datetime]]:
        """The orders that wait for too long, and since when."""
        late = []
        for each in self.orders:
            (node, since), order_no = each.stands, each.order_no
            limit = self.limits.wait_of(node)
            if limit and self.now - since >= limit:
                late.append((order_no, since))
        return sorted(late, key=lambda each: each[1])

    def times(self, begin: str, end: str, only: Callable[[ToldOrder], bool] = lambda order: True) -> tuple[object, ...]:
        """How often a step was done, and how long 50, 90 and 99 percent took at most, by clocks that show whole seconds."""
        lasted = sorted(
            int((ended.replace(microsecond=0) - max(begun).replace(microsecond=0)).total_seconds())
            for each in self.cohort
            if only(each.told) and (begun := each.told.times(begin)) and (ended := each.told.first(end))
        )
        ranks = [max(1, -(-len(lasted) * each // 100)) for each in (50, 90, 99)]
        return len(lasted), *(lasted[rank - 1] for rank in ranks)

    def group_row(self, names: Iterable[str], only: Callable[[ToldOrder], bool]) -> tuple[object, ...]:
        """A row by district or provider: its orders and shares, each with its counts in words."""
        pairs, cells = self.shares(cohort=True, only=only), list[object]()
        for name in names:
            part, whole = pairs.get(name, (0, 0))
            cells += [(part, whole), f"{part} / {whole}" if whole else ""]
        return sum(only(each.told) for each in self.cohort), *cells
