"""The turns of the alarms over a hub at work: one outage is one alarm, a calm day has none, and each text says what to do."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from customs.declaration import Declaration
from customs.exchange.contract import Delivery, HandedOver
from customs.hub.alarms import turn
from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.condition import AlarmCondition, Looking
from customs.hub.alarms.conditions import CONDITIONS
from customs.hub.alarms.kept import UnknownAlarmError, list_alarms, set_silence, take_on
from customs.hub.alarms.rules import alarm_rules
from customs.hub.alarms.settings import AlarmRoute, AlarmScope, AlarmSettings, AlarmSilence
from customs.hub.alarms.tables import HUB_ALARMS
from customs.hub.alarms.turn import AlarmsReport, alarms_turn
from customs.hub.channels.notices import Notice, read_notice
from customs.hub.channels.tables import HUB_NOTICES
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.taking_in import take_in
from customs.ledger import Ledger
from customs.office import OfficeSettings
from customs.signing import Signer
from customs.testing import sample_parcels
from support import exactly, some
from support.alarm_rows import alarm_of_another_release, change, shop, stand, with_settings
from support.hub_office import HubAtWork, hub_at_work
from support.ledger_fixtures import in_sqlite
from support.ledgers import LedgerDatabases

EIGHT = datetime(2026, 11, 11, 8)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEAM = with_settings(routes=(AlarmRoute(tell=("team",)),))
STATES = tuple(AlarmState)


@pytest.fixture
def hub(sqlite_databases: LedgerDatabases, signer: Signer) -> Iterator[HubAtWork]:
    """A hub in SQLite, for hours of which each turn is that of any database."""
    with sqlite_databases.ledger() as ledger:
        yield hub_at_work(ledger, EIGHT, signer)


def parcels(count: int, seed: int = 7) -> list[Declaration]:
    return list(sample_parcels(count, seed=seed, mode="1210"))


def given(hub: HubAtWork, orders: list[Declaration]) -> None:
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", orders, at=hub.now)


def watch(hub: HubAtWork, minutes: int, settings: AlarmSettings = TEAM) -> None:
    """Let time pass by steps of five minutes; the hub works, and the alarms look."""
    for _ in range(0, minutes, 5):
        hub.rehearsal.now += 5 * MINUTE
        hub.turn()
        alarms_turn(hub.ledger, hub.enterprise, settings, now=hub.now)


def alarms(ledger: Ledger, *states: AlarmState) -> list[HubAlarm]:
    with ledger.read() as connection:
        return list_alarms(connection, "shop", states=states or STATES)


def notices(ledger: Ledger, channel: str = "team") -> list[Notice]:
    with ledger.read() as connection:
        wanted = select(HUB_NOTICES.c.body).where(HUB_NOTICES.c.channel == channel).order_by(HUB_NOTICES.c.id)
        return [read_notice(bytes(each)) for each in connection.sql.execute(wanted).scalars()]


@pytest.mark.long
def test_calm_hours_have_no_alarm(hub: HubAtWork) -> None:
    for hour in range(3):
        given(hub, parcels(5, seed=hour + 1))
        watch(hub, 60)
    assert alarms(hub.ledger) == []
    assert notices(hub.ledger) == []


@pytest.mark.long
def test_an_outage_is_one_alarm_that_says_what_it_explains_and_one_recovery(
    hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(hub, parcels(12))
    hub.turn()
    with monkeypatch.context() as silent:
        silent.setattr(hub.way, "fetch", lambda: iter(()))
        watch(hub, 180)
        (open_one,) = alarms(hub.ledger, AlarmState.OPEN)
        assert (open_one.place.rule, open_one.place.district, open_one.count) == (
            "silent_gateway",
            parcels(1)[0].clearance.customs_code,
            12,
        )
        behind = {each.place.rule: each for each in alarms(hub.ledger, AlarmState.PENDING)}
        assert behind["unanswered"].explained_by == "silent_gateway"
        (told,) = notices(hub.ledger)
    watch(hub, 120)
    assert [each.place.rule for each in alarms(hub.ledger)] == ["silent_gateway"], "and nothing else was kept"
    (_, over) = notices(hub.ledger)
    assert told.severity == "serious"
    for text in (told.text_zh, told.text_en):
        assert "12" in text
        assert parcels(1)[0].order.order_no in text
    assert "关区 " + open_one.place.district in told.subject_zh
    assert "起始时间：11-11 08:00" in told.text_zh
    assert alarm_rules()["silent_gateway"].todo.zh in told.text_zh
    assert "what to do: " + alarm_rules()["silent_gateway"].todo.en in told.text_en
    assert over.subject_zh.startswith("【已恢复】回执静默")
    assert "峰值 12" in over.text_zh
    assert over.key != told.key


def test_the_effects_of_a_cause_are_named_in_its_alarm(ledger: Ledger) -> None:
    stand(ledger, 6, EIGHT)
    stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
    for minutes in range(245, 300, 5):
        alarms_turn(ledger, shop(), TEAM, now=EIGHT + minutes * MINUTE)
    (told,) = notices(ledger)
    assert "由此引起：3 单超时停留在：海关已入库（关区 4600" in told.text_zh
    assert "this explains: 6 orders were declared and nobody has answered" in told.text_en


@pytest.mark.long
def test_a_closed_destination_is_one_alarm_and_explains_all_behind_it(
    hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(delivery: Delivery) -> HandedOver:
        return HandedOver(outcome="not sent", again="after the outage", said="closed 关闭")

    with monkeypatch.context() as outage:
        outage.setattr(hub.way, "hand_over", closed)
        given(hub, parcels(12))
        watch(hub, 240)
        assert [each.place.rule for each in alarms(hub.ledger, AlarmState.OPEN)] == ["circuit_open"]
    watch(hub, 120)
    assert [each.subject_zh for each in notices(hub.ledger)] == ["【严重】接入点故障", "【已恢复】接入点故障"]


@pytest.mark.long
@in_sqlite
def test_refusals_for_one_cause_are_told_with_their_share(ledger: Ledger, signer: Signer) -> None:
    orders = parcels(12)
    refused = {each.order.order_no: "商品备案信息不符" for each in orders[:6]}
    hub = hub_at_work(ledger, EIGHT, signer, settings=OfficeSettings(refused=refused))
    given(hub, orders)
    watch(hub, 30)
    (alarm,) = alarms(ledger, AlarmState.OPEN)
    assert (alarm.place.rule, alarm.count, alarm.figures["decided"]) == ("rejections", 6, "12")
    (told,) = notices(ledger)
    assert "12 单已有结果，其中 6 单因同一原因退单" in told.text_zh
    assert "（50%）" in told.text_zh


def test_a_provider_gets_its_own_numbers_and_nothing_of_others(ledger: Ledger) -> None:
    def released(operator: str, count: int) -> list[int]:
        return stand(
            ledger, count, EIGHT, node="released", node_at=EIGHT, goods="released", goods_at=EIGHT,
            area_operator_code=operator,
        )  # fmt: skip

    orders = released("A1", 4)
    for operator in ("A1", "A2"):
        events = [NodeEvent(order=each, node=HubNode.PACKED, at=EIGHT) for each in released(operator, 1)]
        with ledger.begin() as connection:
            enter_nodes(connection, events, arrived=EIGHT, hooks={})
    released("A2", 5)
    settings = with_settings(
        routes=(AlarmRoute(tell=("team",)),), providers={"warehouse:A1": ("packing",), "warehouse:A2": ("other",)}
    )
    for minutes in (0, 30):
        alarms_turn(ledger, shop(), settings, now=EIGHT + 24 * HOUR + minutes * MINUTE)
    (own,), (others,) = notices(ledger, "packing"), notices(ledger, "other")
    assert "4 单放行后仍未：打包" in own.text_zh
    assert [number in own.text_zh for number in ("O0", "O1", "O2", "O3")] == [True] * 4
    assert "5 单" in others.text_zh
    assert "customs hub" not in own.text_zh + own.text_en
    assert len(notices(ledger)) == 2, "the team has both"
    change(ledger, orders, goods="packed")
    for minutes in (60, 90, 120):
        alarms_turn(ledger, shop(), settings, now=EIGHT + 24 * HOUR + minutes * MINUTE)
    assert notices(ledger, "packing")[-1].text_zh == "上述异常已恢复，谢谢。"


@in_sqlite
def test_what_orders_say_of_themselves_adds_no_line_to_a_notice_and_stops_none(ledger: Ledger) -> None:
    said = {"customs_code": "46\n0", "area_operator_code": "A\u20281", "trade_mode": "\u202e12"}
    orders = stand(
        ledger, 1, EIGHT, node="accepted", node_at=EIGHT, lacks="CEB411", payment_company_code="Z\n1", **said
    )
    change(ledger, orders, order_no="O1\nwhat to do: ship")
    stand(ledger, 1, EIGHT, node="accepted", node_at=EIGHT, **said)
    for minutes in (0, 30):
        alarms_turn(ledger, shop(), TEAM, now=EIGHT + 24 * HOUR + minutes * MINUTE)
    for told in some(notices(ledger)):
        lines = told.text_en.splitlines()
        assert [line.partition(":")[0] for line in lines[1:]] == [
            *("where", "since", "orders such as", "what to do", "to take it on"),
        ]


def overdue(ledger: Ledger, minutes: range, settings: AlarmSettings = TEAM) -> Iterator[datetime]:
    """Orders that are overdue from noon on; yields the time of each turn."""
    stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
    for minute in minutes:
        now = EIGHT + 4 * HOUR + minute * MINUTE
        alarms_turn(ledger, shop(), settings, now=now)
        yield now


@pytest.mark.long
@in_sqlite
def test_an_alarm_that_is_taken_on_is_not_repeated_and_one_that_is_not_is(ledger: Ledger) -> None:
    *_, now = overdue(ledger, range(0, 30, 15))
    (alarm,) = alarms(ledger, AlarmState.OPEN)
    with ledger.begin() as connection:
        taken = take_on(connection, "shop", alarm.id, "li", now=now, note="已联系关区")
        again = take_on(connection, "shop", alarm.id, "wang", now=now)
    assert (taken.acked_by, again.acked_by, again.note) == ("li", "li", "已联系关区")
    for hours in range(1, 12):
        alarms_turn(ledger, shop(), TEAM, now=now + hours * HOUR)
    assert len(notices(ledger)) == 1
    with ledger.begin() as connection, pytest.raises(UnknownAlarmError, match="没有告警 99"):
        take_on(connection, "shop", 99, "li", now=now)
    with ledger.begin() as connection, pytest.raises(UnknownAlarmError):
        take_on(connection, "another", alarm.id, "li", now=now)


@pytest.mark.long
@in_sqlite
def test_an_alarm_that_stays_is_told_again_after_hours(ledger: Ledger) -> None:
    *_, now = overdue(ledger, range(0, 30, 15))
    for hours in range(1, 13):
        alarms_turn(ledger, shop(), TEAM, now=now + hours * HOUR)
    told = notices(ledger)
    assert len(told) == 4, "after 4, 8 and 12 hours"
    assert len({each.key for each in told}) == 4


@pytest.mark.long
@in_sqlite
def test_a_silence_that_a_person_set_holds_back_its_alarms(ledger: Ledger) -> None:
    silence = AlarmSilence(
        begins=EIGHT, ends=EIGHT + 6 * HOUR, scope=AlarmScope(rules=("overdue",), districts=("4600",)), why="系统维护"
    )
    with ledger.begin() as connection:
        assert set_silence(connection, "shop", silence, "li")
    seen = {now: len(notices(ledger)) for now in overdue(ledger, range(0, 180, 15))}
    assert {now for now, count in seen.items() if count} == {now for now in seen if now >= silence.ends}
    assert [each.state for each in alarms(ledger)] == [AlarmState.OPEN]


def test_a_rule_that_is_switched_off_opens_nothing_and_closes_what_is_open(ledger: Ledger) -> None:
    *_, now = overdue(ledger, range(0, 30, 15))
    rules = {**TEAM.rules, "overdue": replace(TEAM.rules["overdue"], on=False)}
    for minutes in (5, 20):
        alarms_turn(ledger, shop(), replace(TEAM, rules=rules), now=now + minutes * MINUTE)
    assert [each.state for each in alarms(ledger)] == [AlarmState.CLOSED]


def test_turns_between_two_looks_at_a_rule_leave_its_alarm_as_it_stands(ledger: Ledger) -> None:
    *_, now = overdue(ledger, range(0, 30, 15))
    rules = {**TEAM.rules, "overdue": replace(TEAM.rules["overdue"], every=HOUR)}
    for minutes in (5, 30, 55):
        alarms_turn(ledger, shop(), replace(TEAM, rules=rules), now=now + minutes * MINUTE)
    assert [each.state for each in alarms(ledger)] == [AlarmState.OPEN]


def test_a_rule_is_looked_at_as_often_as_it_says(ledger: Ledger) -> None:
    rules = some(alarm_rules().values())
    always = sum(not each.every for each in rules)
    first = alarms_turn(ledger, shop(), TEAM, now=EIGHT)
    second = alarms_turn(ledger, shop(), TEAM, now=EIGHT + MINUTE)
    hourly = alarms_turn(ledger, shop(), TEAM, now=EIGHT + HOUR)
    assert first
    assert second
    assert hourly
    assert (first.looked, second.looked) == (len(rules), always)
    assert hourly.looked == sum(each.every <= HOUR for each in rules)


def test_two_workers_tell_an_alarm_once(ledger: Ledger) -> None:
    stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
    for minutes in (0, 15, 30):
        now, together = EIGHT + 4 * HOUR + minutes * MINUTE, threading.Barrier(4)

        def work(now: datetime = now, together: threading.Barrier = together) -> None:
            together.wait()
            alarms_turn(ledger, shop(), TEAM, now=now)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    assert len(notices(ledger)) == 1
    with ledger.read() as connection:
        assert len(connection.sql.execute(select(HUB_ALARMS)).all()) == 1


def test_a_look_that_another_workers_turn_overtook_changes_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = stand(ledger, 3, EIGHT, node="accepted", node_at=EIGHT)
    now, others = EIGHT + 5 * HOUR, list[AlarmsReport | None]()
    look = CONDITIONS["overdue"]

    def overtaken(looking: Looking) -> list[AlarmCondition]:
        found = list(look(looking))
        with monkeypatch.context() as another:
            another.setattr(turn, "CONDITIONS", CONDITIONS)
            change(ledger, orders, node="released")
            others.append(alarms_turn(ledger, shop(), TEAM, now=now + MINUTE))
        return found

    monkeypatch.setattr(turn, "CONDITIONS", {**CONDITIONS, "overdue": overtaken})
    assert alarms_turn(ledger, shop(), TEAM, now=now) is None
    assert others != [None]
    assert alarms(ledger) == [], "the orders were released meanwhile"


@pytest.mark.long
def test_notices_hold_nothing_personal(hub: HubAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = parcels(12)
    given(hub, orders)
    hub.turn()
    monkeypatch.setattr(hub.way, "fetch", lambda: iter(()))
    watch(hub, 180)
    with hub.ledger.read() as connection:
        kept = str(connection.sql.execute(select(HUB_ALARMS)).all())
    texts = "".join(each.text_zh + each.text_en + each.subject_zh for each in some(notices(hub.ledger))) + kept
    for each in exactly(12, orders):
        for secret in (each.order.buyer_name, each.order.buyer_id_number, each.order.consignee_address):
            assert secret not in texts


def test_an_alarm_of_a_rule_that_only_a_newer_worker_knows_is_left_to_it_and_ends_a_day_after_its_last_look(
    ledger: Ledger,
) -> None:
    alarm_of_another_release(ledger, EIGHT)
    assert alarms_turn(ledger, shop(), TEAM, now=EIGHT + 23 * HOUR) == AlarmsReport(looked=len(alarm_rules()), open=1)
    assert notices(ledger) == []
    done = alarms_turn(ledger, shop(), TEAM, now=EIGHT + 24 * HOUR)
    assert done is not None
    assert (done.open, done.closed, done.told) == (0, 1, 0)
    (over,) = alarms(ledger)
    assert (over.state, over.settled) == (AlarmState.CLOSED, True)
