"""Traces of a hub: a span for each request and turn, and the caller's trace goes on to the warehouse; nothing personal in it."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from gzip import decompress
from pathlib import Path
from threading import Semaphore

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, Tracer

from customs.cli.hub_traces import Tracing, traced
from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.calls.making import CallOutcome, Hook, HubCall, headers_of, make_calls
from customs.hub.enterprises.tokens import TokenScope, make_token
from customs.hub.service.loops import run_lane
from customs.hub.service.spans import SpanApplication, spans_sent, traced_lanes
from customs.hub.service.works import Lane, Work, WorkDone
from customs.hub.settings.hub_file import load_hub
from customs.hub.settings.traces import TracesPlace
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger
from customs.ledger.holding import LedgerHeldError
from customs.signing import Signer
from support import exactly, some
from support.gateway_server import Answered, serving
from support.hub_callers import EIGHT, orders
from support.hub_office import hub_at_work
from support.ledgers import LedgerDatabases
from support.served import served

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

WMS = Hook(name="wms", url="https://wms.example.com/told", secret=b"a secret of the warehouse's own")


class Counted(SimpleSpanProcessor):
    """Keeps spans, and counts them for whoever waits: a request is answered before its span ends."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        super().__init__(exporter)
        self.ends = Semaphore(0)

    def on_end(self, span: ReadableSpan) -> None:
        super().on_end(span)
        self.ends.release()


@dataclass
class Spans:
    """What was sent to the collector."""

    exporter: InMemorySpanExporter
    processor: Counted
    tracer: Tracer
    heard: int = 0

    def ended(self, count: int) -> list[ReadableSpan]:
        """So many spans, once there are as many."""
        while self.heard < count:
            assert self.processor.ends.acquire(timeout=30)
            self.heard += 1
        found = list(self.exporter.get_finished_spans())
        assert len(found) == count
        return found

    def text(self) -> str:
        return "\n".join(each.to_json() for each in self.exporter.get_finished_spans())


@pytest.fixture
def spans() -> Iterator[Spans]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    processor = Counted(exporter)
    provider.add_span_processor(processor)
    yield Spans(exporter, processor, provider.get_tracer("test"))
    provider.shutdown()


@dataclass
class Caller:
    """A caller of the interface, whose requests may be of a trace."""

    port: int
    token: str

    def ask(self, method: str, path: str, body: object = None, traceparent: str = "") -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            given = headers | ({"traceparent": traceparent} if traceparent else {})
            link.request(method, path, json.dumps(body), given)
            return link.getresponse().status


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as ledger:
        yield ledger


@pytest.fixture
def caller(ledger: Ledger, signer: Signer, spans: Spans) -> Iterator[Caller]:
    hub = hub_at_work(ledger, EIGHT, signer, hooks=("wms",))
    service = HubService(ledger=ledger, enterprises={"shop": hub.enterprise}, clock=lambda: EIGHT)
    with ledger.begin() as connection:
        token = make_token(connection, "shop", "oms", list(TokenScope), at=EIGHT)
    with served(SpanApplication(hub_application(service), spans.tracer)) as port:  # type: ignore[arg-type]
        yield Caller(port, token)


def told(ledger: Ledger) -> list[dict[str, str]]:
    """The headers of the calls that wait for the warehouse."""
    found = list[dict[str, str]]()

    def calling(call: HubCall, hook: Hook) -> CallOutcome:
        found.append(headers_of(call, hook.secret, EIGHT))
        return CallOutcome(call=call, taken=True)

    make_calls(ledger, {"wms": WMS}, calling, now=EIGHT)
    return found


def test_the_trace_of_a_caller_goes_through_the_request_to_the_warehouse(
    ledger: Ledger, caller: Caller, spans: Spans
) -> None:
    first, second = orders(2)
    assert caller.ask("POST", "/v1/orders", {"orders": [first]}, f"00-{TRACE}-{PARENT}-01") == 200
    (span,) = spans.ended(1)
    assert (span.name, f"{span.context.trace_id:032x}") == ("POST /v1/orders", TRACE)
    assert span.parent
    assert f"{span.parent.span_id:016x}" == PARENT
    assert span.attributes
    assert span.attributes["http.response.status_code"] == 200
    (headers,) = told(ledger)
    assert headers["traceparent"] == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert caller.ask("POST", "/v1/orders", {"orders": [second]}, "no trace at all") == 200
    (headers,) = told(ledger)
    assert headers["traceparent"].split("-")[1] == f"{spans.ended(2)[1].context.trace_id:032x}" != TRACE


def test_a_trace_goes_to_the_warehouse_where_the_hub_itself_sends_none(ledger: Ledger, signer: Signer) -> None:
    hub = hub_at_work(ledger, EIGHT, signer, hooks=("wms",))
    service = HubService(ledger=ledger, enterprises={"shop": hub.enterprise}, clock=lambda: EIGHT)
    with ledger.begin() as connection:
        token = make_token(connection, "shop", "oms", list(TokenScope), at=EIGHT)
    given = f"00-{TRACE}-{PARENT}-00"
    with served(hub_application(service)) as port:  # type: ignore[arg-type]
        for place, each in enumerate(exactly(3, orders(3))):
            traceparent = ("", given, "00-" + "王".encode().hex())[place]
            assert Caller(port, token).ask("POST", "/v1/orders", {"orders": [each]}, traceparent) == 200
    assert [each.get("traceparent") for each in told(ledger)] == [None, given, None]


def test_no_span_of_a_request_holds_a_number_or_a_person(caller: Caller, spans: Spans) -> None:
    (order,) = orders(1)
    number, platform = order["order"]["order_no"], order["parties"]["platform_code"]
    caller.ask("POST", "/v1/orders", {"orders": [order]})
    caller.ask("GET", f"/v1/orders/{platform}/{number}")
    caller.ask("GET", f"/v1/orders?number={number}")
    caller.ask("GET", f"/v1/nothing/{number}")
    caller.ask("POST", "/v1/orders", {"orders": order})
    assert [each.name for each in spans.ended(5)] == [
        "POST /v1/orders",
        "GET /v1/orders/{platform_code}/{order_no}",
        "GET /v1/orders",
        "GET",
        "POST /v1/orders",
    ]
    for value in some(
        (number, platform, caller.token, order["order"]["buyer_name"], order["order"]["buyer_id_number"])
    ):
        assert value not in spans.text()


def test_a_request_that_fails_is_told_by_the_kind_of_error(
    caller: Caller, spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("王小明")

    monkeypatch.setattr("customs.hub.api.orders.take_in", fail)
    assert caller.ask("POST", "/v1/orders", {"orders": orders(1)}) == 500
    (span,) = spans.ended(1)
    assert span.attributes
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, "ZeroDivisionError")
    assert "王小明" not in spans.text()
    assert "\\u738b" not in spans.text()


def turn_once(spans: Spans, work: Work) -> None:
    once = iter([False, True])
    for lane in some(traced_lanes([(work,)], spans.tracer)):
        run_lane(lane, lambda _: next(once), lambda _: None)


def work(turn: object) -> Work:
    return Work("declare", "shop", "main", turn, 1.0)  # type: ignore[arg-type]


def test_a_turn_that_did_something_has_a_span_with_what_it_did_and_an_idle_one_has_none(spans: Spans) -> None:
    def held() -> WorkDone:
        raise LedgerHeldError("sending", "发送")

    turn_once(spans, work(lambda: WorkDone(counts={"declared": 0})))
    turn_once(spans, work(held))
    assert spans.ended(0) == []
    turn_once(spans, work(lambda: WorkDone(counts={"declared": 3, "refused": 0})))
    (span,) = spans.ended(1)
    assert (span.name, dict(span.attributes or {})) == (
        "turn declare",
        {
            "customs.work": "declare",
            "customs.enterprise": "shop",
            "customs.source": "main",
            "customs.count.declared": 3,
        },
    )


def test_a_turn_that_fails_is_told_by_the_kind_of_error_alone(spans: Spans) -> None:
    def failing() -> WorkDone:
        raise ValueError("110101180001010011")

    turn_once(spans, work(failing))
    turn_once(spans, work(lambda: WorkDone(failed="the destination 110101180001010011 is out of order")))
    found = spans.ended(2)
    assert [(each.status.status_code, (each.attributes or {})["error.type"]) for each in found] == [
        (StatusCode.ERROR, "ValueError"),
        (StatusCode.ERROR, "outage"),
    ]
    assert "110101180001010011" not in spans.text()


def test_spans_are_sent_to_the_collector_that_the_file_names() -> None:
    with serving() as gateway:
        gateway.answer = lambda asked: Answered()
        place = TracesPlace(endpoint=f"{gateway.address}/v1/traces", service="customs-hub-a")
        with spans_sent(place) as tracer:
            tracer.start_span("turn declare").end()
    (call,) = gateway.asked
    assert call.path == "/v1/traces"
    body = decompress(call.body) if call.headers.get("content-encoding") == "gzip" else call.body
    assert b"turn declare" in body
    assert b"customs-hub-a" in body


def test_without_traces_nothing_is_changed_or_imported() -> None:
    with traced(TracesPlace()) as tracing:
        assert tracing == Tracing()
        lanes: list[Lane] = [(work(WorkDone),)]
        assert tracing.lanes(lanes) is lanes


HUB = '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "customs.toml"\n[traces]\n'


@pytest.mark.parametrize(
    "wrong",
    ["share = 0.5", 'endpoint = "collector:4318"', 'endpoint = "http://c/v1/traces"\nshare = 2'],
)
def test_a_mistake_in_the_table_of_traces_is_told(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "hub.toml").write_text(HUB + wrong, "utf-8")
    with pytest.raises(EnterpriseError, match="traces"):
        load_hub(tmp_path / "hub.toml")


def test_traces_are_read_with_their_share(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(HUB + 'endpoint = "http://127.0.0.1:4318/v1/traces"\nshare = 0.1', "utf-8")
    found = load_hub(tmp_path / "hub.toml").traces
    assert found == TracesPlace(endpoint="http://127.0.0.1:4318/v1/traces", service="customs-hub", share=0.1)
