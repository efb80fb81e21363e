"""After a bad night nobody's data stands anywhere but sealed: not in the database, its dump, logs, metrics, notices or calls."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from customs.cli.hub import tell_event
from customs.declaration import Declaration
from customs.hub.alarms.settings import AlarmRoute
from customs.hub.alarms.turn import alarms_turn
from customs.hub.calls.making import CallOutcome, Hook, HubCall, make_calls
from customs.hub.channels.mail import MailChannel
from customs.hub.channels.robot_bodies import RobotText, dingtalk_body, feishu_body, wecom_body
from customs.hub.channels.smtp import MailServer
from customs.hub.channels.telling import QueuedNotice, Telling, tell_turn
from customs.hub.orders.taking_in import take_in
from customs.hub.reports.health_report import ReportScope, health_report
from customs.hub.reports.page import page_of
from customs.hub.reports.plain_report import lines_of
from customs.hub.service.logs import logged
from customs.hub.service.loops import run_lane
from customs.hub.service.measuring import HubMetrics
from customs.hub.service.spans import traced_lanes
from customs.hub.service.works import Work, WorkDone
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from customs.testing.hub import HubRehearsal, rehearse_hub
from customs.testing.night import WAREHOUSE, NightPlan, rehearse_night, trouble_of
from support import exactly, some
from support.alarm_rows import with_settings
from support.hub_callers import Caller, calling
from support.ledgers import KEYS, LedgerDatabases

MIDNIGHT = datetime(2026, 11, 11)

SECRET = "fictitious secret of a test"  # noqa: S105  of nobody


@dataclass
class Heard:
    """What left the hub for people and systems, as text."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def hear(self, where: str, text: str | bytes) -> None:
        self.texts.setdefault(where, []).append(text if isinstance(text, str) else text.decode())

    @property
    def rate(self) -> float:
        """It is a channel too: each notice is written as each of them would."""
        return 60_000

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        mail = MailChannel(
            server=MailServer(host="mail.example", port=587), sender="hub@example.com", to=("a@example.com",)
        )
        message = mail.message(queued)
        for part in message.walk():
            if part.get_content_maintype() == "text":
                self.hear("mail", str(part.get_content()))
        text = RobotText(subject=queued.notice.subject_zh, lines=queued.notice.text_zh.splitlines(), severity="warning")
        for body in (dingtalk_body(text), wecom_body(text), feishu_body(text)):
            self.hear("robot", json.dumps(body, ensure_ascii=False))
        return Telling(result="told")

    def call(self, call: HubCall, hook: Hook) -> CallOutcome:
        self.hear("webhook", call.body)
        return CallOutcome(call=call, taken=False, said="busy 繁忙")


def personal(parcels: list[Declaration]) -> list[str]:
    """The data of the people of parcels, as they were given."""
    orders = [each.order for each in parcels]
    return sorted(
        {
            text
            for each in orders
            for text in (
                each.buyer_name,
                each.buyer_id_number,
                each.buyer_telephone,
                each.consignee,
                each.consignee_telephone,
                each.consignee_address,
            )
            if text
        }
    )


def found_in(text: str | bytes, values: list[str]) -> list[str]:
    """Those of the values that stand in a text, in any writing in which a database or a log may hold them."""
    content = text.encode() if isinstance(text, str) else text
    ways = ("utf-8", "utf-16-le", "gb18030")
    escaped = {each: json.dumps(each).strip('"').encode() for each in values}
    return [each for each in values if escaped[each] in content or any(each.encode(way) in content for way in ways)]


@pytest.fixture
def place(sqlite_databases: LedgerDatabases) -> Iterator[tuple[Ledger, Path]]:
    from customs.ledger import open_ledger, upgrade

    with sqlite_databases.empty() as url:
        upgrade(url)
        with open_ledger(url, KEYS) as ledger:
            yield ledger, Path(url.removeprefix("sqlite:///"))


def test_a_value_is_found_however_it_is_written() -> None:
    """The search of this file finds what it is for."""
    written: list[str | bytes] = [
        "王小明",
        json.dumps("王小明"),
        "王小明".encode("gb18030"),
        "王小明".encode("utf-16-le"),
    ]
    for text in written:
        assert found_in(text, ["王小明"]) == ["王小明"]
    assert found_in("王小", ["王小明"]) == []


@pytest.mark.long
def test_after_a_bad_night_nobody_s_data_stands_anywhere_but_sealed(place: tuple[Ledger, Path], signer: Signer) -> None:
    ledger, file = place
    heard = Heard()
    parcels = list(sample_parcels(16, seed=7, mode="1210"))
    people = some(personal(parcels))
    hub = rehearse_hub(ledger, MIDNIGHT, signer, trouble=trouble_of(MIDNIGHT), hooks=(WAREHOUSE.name,))
    refused = some(_with_wrong_number(each) for each in parcels[:2])
    found = rehearse_night(hub, [*refused, *parcels[2:]], NightPlan())
    assert sum(found.ended.values()) == len(parcels)
    _tell_all(hub, heard)
    with ledger.read() as connection:
        now = MIDNIGHT + timedelta(days=1)
        report = health_report(connection, "shop", MIDNIGHT, ReportScope(), merchants=None, now=now)
    for chinese in (True, False):
        heard.hear("report", page_of(report, chinese=chinese))
        heard.hear("report", lines_of(report, chinese=chinese))
    metrics = HubMetrics()
    metrics.ask(ledger, [hub.enterprise], lambda: hub.now)
    heard.hear("metrics", metrics.text())
    with sqlite3.connect(file) as database:
        heard.hear("dump", "\n".join(database.iterdump()))
    database.close()
    for where in exactly(6, ["mail", "robot", "webhook", "report", "metrics", "dump"]):
        assert found_in("\n".join(some(heard.texts[where])), people) == [], where
    beside = some(file.parent.glob(f"{file.name}*"))
    assert f"{file.name}-wal" in {each.name for each in beside}
    for each in beside:
        content = each.read_bytes()
        assert found_in(content, people) == [], each.name
        assert KEYS.master not in content


def test_no_log_of_turns_and_calls_that_fail_holds_anybody_s_data_or_a_secret(
    ledger: Ledger, signer: Signer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors whose texts hold what they were about, of the program and of libraries, and bodies that are wrong."""
    parcels = list(sample_parcels(3, seed=7, mode="1210"))
    people, said = some(personal(parcels)), StringIO()
    hub = rehearse_hub(ledger, MIDNIGHT, signer)
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))

    def fail(*_: object, **__: object) -> WorkDone:
        raise ValueError(f"no such: {' '.join(people)} {SECRET}")

    with logged(said, as_json=True), logged(said, as_json=False):
        (lane,) = traced_lanes([(Work("declare", "shop", "main", fail, 1.0),)], provider.get_tracer("test"))
        for as_json in (True, False):
            once = iter([False, True])
            run_lane(lane, partial(_said_by, once), partial(tell_event, json=as_json))
        logging.getLogger("some.library").warning("cannot read %s", people[0])
        with calling(hub) as caller:
            monkeypatch.setattr("customs.hub.api.orders.take_in", fail)
            statuses = _wrong_calls(caller, parcels[0])
    assert 500 in statuses
    assert min(statuses) >= 400
    logs = said.getvalue() + "".join(capsys.readouterr())
    assert logs.count("ValueError in fail:") >= 4  # both logs of the call, both tellings of the turn
    assert "cannot read %s" in logs
    assert found_in(logs, [*people, SECRET, caller.token]) == []
    traces = "\n".join(each.to_json() for each in exactly(2, spans.get_finished_spans()))
    assert found_in(traces, [*people, SECRET]) == []


def _said_by(turns: Iterator[bool], _: float) -> bool:
    return next(turns)


def _with_wrong_number(parcel: Declaration) -> Declaration:
    """A parcel that the checks refuse."""
    order = parcel.order.model_copy(update={"buyer_id_number": parcel.order.buyer_id_number[:-1] + "A"})
    return parcel.model_copy(update={"order": order})


def _tell_all(hub: HubRehearsal, heard: Heard) -> None:
    """Call the warehouse for orders that come now, and tell people the alarms that a silent customs brings."""
    late = list(sample_parcels(4, seed=7, mode="1210"))
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", [_numbered(each) for each in late], at=hub.now, hooks=hub.enterprise.hooks)
    hub.turn()
    make_calls(hub.ledger, {WAREHOUSE.name: WAREHOUSE}, heard.call, now=hub.now)
    settings = with_settings(routes=(AlarmRoute(tell=("duty",)),))
    for _ in range(4):
        hub.rehearsal.now += timedelta(hours=6)
        alarms_turn(hub.ledger, hub.enterprise, settings, now=hub.now)
    tell_turn(hub.ledger, {"duty": heard}, now=hub.now)


def _numbered(parcel: Declaration) -> Declaration:
    """The parcel of the same person under another number."""
    return parcel.model_copy(
        update={"order": parcel.order.model_copy(update={"order_no": f"{parcel.order.order_no}L"})}
    )


def _wrong_calls(caller: Caller, parcel: Declaration) -> list[int]:
    """Calls that fail in the program, and whose bodies are of another form with a person's data in the wrong place."""
    order: Any = json.loads(parcel.model_dump_json(exclude_none=True))
    wrong = {**order, "order": {**order["order"], "lines": parcel.order.buyer_name}}
    named = {parcel.order.buyer_name: parcel.order.buyer_id_number}
    bodies: list[Any] = [
        {"orders": [order]},
        [order],
        {"orders": [wrong]},
        named,
        parcel.order.buyer_name.encode("gb18030"),
    ]
    return [caller.call("POST", "/v1/orders", each)[0] for each in bodies]
