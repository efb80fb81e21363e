"""A story of a night (一夜故事): two shops at a peak, with what goes wrong, who acts when, and everything that was told.

Wrong are: a goods record of one article, the payer's line, the gateway of one customs district, a warehouse that packs late.
What was given, told and said is kept as it was, so that tests count it without asking the hub.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from customs.declaration import Declaration
from customs.exchange.contract import Delivery, HandedOver, Item, SetAside
from customs.hub.alarms.kept import list_alarms, take_on
from customs.hub.alarms.turn import alarms_turn
from customs.hub.cases.alarm_cases import alarm_cases_turn
from customs.hub.channels.telling import tell_turn
from customs.hub.enterprises.belongings import Belongings
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.taking_in import take_in
from customs.hub.reports.report_turn import report_turn
from customs.hub.settings.hub_file import HubSettings
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger
from customs.office import GoodsOnRecord, OfficeSettings
from customs.office.office import OfficeAnswer
from customs.signing import Signer
from customs.testing import sample_parcels
from customs.testing.hub import HubRehearsal, OfficeWay, rehearse_hub
from support.night_parcels import PAYER, mended, parcels_of_the_night

EVENING, MORNING = datetime(2026, 11, 11, 20), datetime(2026, 11, 12, 8, 30)
STEP = timedelta(minutes=5)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the night: of the evening, or of the morning after it."""
    return datetime(2026, 11, 11 + (hour < 12), hour, minute)


#: What goes wrong, and until when.
PAYER_DOWN, GATEWAY_SILENT, NOBODY_PACKS = (at(22), at(22, 30)), (at(23), at(23, 50)), (at(23), at(4))
RECORD_MENDED = at(21, 30)

#: The refused orders that the desk forgets.
FORGOTTEN = 2

#: Orders for which the truck of the brand's warehouse has no room, and those that come while the report is written.
LEFT_BEHIND, AFTERWARDS = 5, 3


@dataclass
class StoryWay(OfficeWay):
    """The way to customs, with a payer that holds documents back for a while, and a gateway that is silent for another."""

    held: list[bytes] = field(default_factory=list)
    silent: list[OfficeAnswer] = field(default_factory=list)
    said: list[OfficeAnswer] = field(default_factory=list)
    """Everything that arrived."""
    last: dict[str, datetime] = field(default_factory=dict)
    """When something arrived by each door last."""

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Give customs a message, each by the door of its district."""
        if delivery.name == "CEB411" and _is(PAYER_DOWN, self._now) and PAYER.encode() in delivery.content:
            self.held.append(delivery.content)
            return HandedOver(outcome="sent")
        self._take(delivery.content)
        return HandedOver(outcome="sent")

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what has come: the silent gateway gives all of it afterwards."""
        office = self.rehearsal.office
        if self.held and not _is(PAYER_DOWN, self._now):
            for content in self.held:
                self._take(content)
            self.held.clear()
        came = [*self.silent, *office.due()]
        self.silent = [each for each in came if each.via == "9610" and _is(GATEWAY_SILENT, self._now)]
        arrived = [each for each in came if each not in self.silent]
        self.said += arrived
        self.last |= {each.via: self._now for each in arrived}
        self.arrived([(each.name, each.content) for each in arrived])
        yield from list(self.waiting.values())

    def _take(self, content: bytes) -> None:
        self.rehearsal.office.take(content, via="9610" if b"EX9610" in content or b"SF9610" in content else "1210")

    @property
    def _now(self) -> datetime:
        return self.rehearsal.now


def _is(times: tuple[datetime, datetime], now: datetime) -> bool:
    return times[0] <= now < times[1]


@dataclass(frozen=True, kw_only=True)
class ToldStory:
    """Something that was told to somebody: when, by which channel, and the words."""

    at: datetime
    channel: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DoneNode:
    """What platform, warehouse or carrier told of an order: the node, and when it was."""

    order_no: str
    node: str
    at: datetime


@dataclass
class NightStory:
    """The night, and everything that was given, done and told in it."""

    ledger: Ledger
    settings: HubSettings
    shop: HubRehearsal
    brand: HubRehearsal
    now: datetime = EVENING
    given: list[tuple[datetime, str, Declaration]] = field(default_factory=list)
    """When which enterprise gave which parcel, amended ones again."""
    done: list[DoneNode] = field(default_factory=list)
    told: list[ToldStory] = field(default_factory=list)

    @property
    def hubs(self) -> tuple[HubRehearsal, HubRehearsal]:
        return self.shop, self.brand

    def first_given(self) -> dict[str, tuple[datetime, str, Declaration]]:
        """Each order as it was first given, in the order in which they came."""
        found = dict[str, tuple[datetime, str, Declaration]]()
        for when, name, parcel in self.given:
            found.setdefault(parcel.order.order_no, (when, name, parcel))
        return found

    def give(self, hub: HubRehearsal, parcels: list[Declaration], profile: str = "bonded") -> None:
        with self.ledger.begin() as connection:
            take_in(connection, hub.enterprise.name, parcels, at=self.now, profile=profile)
        self.given += [(self.now, hub.enterprise.name, each) for each in parcels]

    def tell_node(self, hub: HubRehearsal, orders: dict[str, int], node: HubNode, at: datetime | None = None) -> None:
        when = at or self.now
        events = [NodeEvent(order=each, node=node, at=when, source="told") for each in orders.values()]
        with self.ledger.begin() as connection:
            enter_nodes(connection, events, arrived=self.now, hooks={})
        self.done += [DoneNode(order_no=each, node=node.value, at=when) for each in orders]

    def with_goods(self, hub: HubRehearsal, goods: str, before: datetime, warehouse: str = "") -> dict[str, int]:
        """The orders of an enterprise whose goods have been somewhere since a time; of one warehouse if it is named."""
        orders = HUB_ORDERS.c
        wanted = select(orders.order_no, orders.id).where(
            orders.enterprise == hub.enterprise.name, orders.goods == goods, orders.goods_at <= before
        )
        if warehouse:
            wanted = wanted.where(orders.area_operator_code == warehouse)
        with self.ledger.read() as connection:
            return dict(connection.sql.execute(wanted.order_by(orders.id)).all())

    def numbers(self, parcels: list[Declaration]) -> dict[str, int]:
        """The rows of parcels by their order numbers."""
        orders = HUB_ORDERS.c
        wanted = select(orders.order_no, orders.id).where(
            orders.order_no.in_([each.order.order_no for each in parcels])
        )
        with self.ledger.read() as connection:
            return dict(connection.sql.execute(wanted.order_by(orders.id)).all())

    def rejected(self) -> list[str]:
        """The orders of the shop that customs refused, the oldest first."""
        orders = HUB_ORDERS.c
        wanted = select(orders.order_no).where(orders.enterprise == "shop", orders.node == "rejected")
        with self.ledger.read() as connection:
            return list(connection.sql.execute(wanted.order_by(orders.id)).scalars())

    def take_on(self, rule: str, by: str) -> None:
        """Somebody takes an alarm on."""
        with self.ledger.begin() as connection:
            (alarm,) = [each for each in list_alarms(connection, "shop") if each.place.rule == rule]
            take_on(connection, "shop", alarm.id, by, now=self.now)

    def watch(self) -> None:
        """The workers of the hub do what is due, and those who are told hear it."""
        for hub in self.hubs:
            hub.rehearsal.now = self.now
            hub.turn()
        self.work()
        for hub in self.hubs:
            alarms_turn(self.ledger, hub.enterprise, self.settings.alarms, now=self.now)
            alarm_cases_turn(self.ledger, hub.enterprise.name, self.settings.cases.alarms, now=self.now)
            report_turn(self.ledger, hub.enterprise, self.settings.reports, now=self.now)
        for seconds in range(0, 60, 5):
            tell_turn(self.ledger, self.settings.channels, now=self.now + timedelta(seconds=seconds))

    def work(self) -> None:
        """Warehouses pack half an hour after the release, but one of them; the truck of that one is too small. Trucks go at
        five, the carrier has all by six.
        """
        for hub in self.hubs:
            if hub is self.shop or not _is(NOBODY_PACKS, self.now):
                self.tell_node(hub, self.with_goods(hub, "released", self.now - 6 * STEP), HubNode.PACKED)
            if self.now == at(5):
                left = self.with_goods(hub, "packed", self.now)
                self.tell_node(
                    hub, dict(list(left.items())[: None if hub is self.shop else -LEFT_BEHIND]), HubNode.LEFT_ZONE
                )
            if self.now == at(6):
                self.tell_node(hub, self.with_goods(hub, "left_zone", self.now), HubNode.COLLECTED)


def shares_of_the_peak() -> Iterator[tuple[datetime, float]]:
    """When orders come: from eight to two, twice as many from ten to twelve; how many of all have come by then."""
    minutes, passed = 15, 0.0
    now = EVENING
    while now < at(2):
        passed += (2 if at(22) <= now < datetime(2026, 11, 12) else 1) * minutes / (8 * 60)
        yield now, passed
        now += 3 * STEP


def hub_of(ledger: Ledger, signer: Signer, name: str, merchant: str) -> HubRehearsal:
    """An enterprise of the story; its account books at customs hold every article under its right record."""
    goods = {
        line.record_no: GoodsOnRecord(hs_code=line.hs_code)
        for parcel in sample_parcels(60, seed=11, mode="1210")
        for line in parcel.order.lines
        if line.record_no
    }
    settings = OfficeSettings(account_books={"T2991W000001": goods, "T4600W000001": goods})
    own = Belongings(merchants=frozenset({merchant}))
    conditions: dict[str, Any] = {"name": name, "profiles": ("bonded", "direct"), "belongings": own}
    hub = rehearse_hub(ledger, EVENING, signer, settings=settings, **conditions)
    hub.way = StoryWay(hub.rehearsal)
    return hub


def noted(story: NightStory) -> Callable[[str, bytes], None]:
    """Return what notes the body that a channel was posted."""

    def note(channel: str, body: bytes) -> None:
        said = json.loads(body)
        story.told.append(ToldStory(at=story.now, channel=channel, subject=said["subject"], text=said["text"]))

    return note


def night_passes(story: NightStory, *, before_the_report: Callable[[NightStory], object]) -> None:
    """Let the night pass from the first order until the reports of the morning are read."""
    parcels = parcels_of_the_night()
    afterwards, went = parcels["direct"][-AFTERWARDS:], dict.fromkeys(parcels, 0)
    parcels["direct"] = parcels["direct"][:-AFTERWARDS]
    peak = list(shares_of_the_peak())
    while story.now <= MORNING:
        for name, each in parcels.items():
            upto = round(max(share for when, share in peak if when <= story.now) * len(each))
            part, went[name] = each[went[name] : upto], upto
            give_and_pay(story, name, [mended(one) for one in part] if story.now >= RECORD_MENDED else part)
        if story.now == RECORD_MENDED:
            known = story.first_given()
            story.give(story.shop, [mended(known[each][2]) for each in story.rejected()[FORGOTTEN:]])
        if story.now == at(7, 45):
            before_the_report(story)
        if story.now == MORNING:
            give_and_pay(story, "direct", afterwards)
        story.watch()
        if story.now == at(22, 20):
            story.take_on("lacking", "li")
        story.now += STEP if at(22) <= story.now < at(0) else 3 * STEP
    story.now = MORNING


def give_and_pay(story: NightStory, name: str, parcels: list[Declaration]) -> None:
    """Give orders of one kind, and tell when each was paid: a minute ago, or some more."""
    hub = story.brand if name == "brand" else story.shop
    story.give(hub, parcels, "direct" if name == "direct" else "bonded")
    for place, order in enumerate(story.numbers(parcels).items()):
        story.tell_node(hub, dict([order]), HubNode.PAID, story.now - timedelta(minutes=1 + place * 7))
