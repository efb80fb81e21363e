"""Spans of a hub (链路追踪): one for each request and for each turn that did something or failed, by OpenTelemetry.

A span holds names of the hub's file, kinds, counts, the pattern of a path and a status: never an address, a number of an
order, a text of an error or anybody's data. The caller's ``traceparent`` is the parent of the request's span, and that span
the parent of what the webhooks of its orders tell. Needs the extra ``otel``.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from customs.hub.service.works import Lane, Work, WorkDone
from customs.hub.settings.traces import TracesPlace
from customs.ledger.holding import LedgerHeldError

try:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:
    raise ImportError(
        "traces need the extra otel: pip install 'cbec-customs[otel]' 链路追踪需先安装 otel 组件"
    ) from None

_PROPAGATOR = TraceContextTextMapPropagator()

_HEADER = b"traceparent"


@contextmanager
def spans_sent(place: TracesPlace) -> Iterator[Tracer]:
    """Give what makes spans, which are sent to the collector of a place; the last ones at the end."""
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(place.share)), resource=Resource.create({"service.name": place.service})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=place.endpoint)))
    try:
        yield provider.get_tracer("customs.hub")
    finally:
        provider.shutdown()


def traced_lanes(lanes: Iterable[Lane], tracer: Tracer) -> list[Lane]:
    """Return lanes whose turns have spans."""
    return [tuple(replace(each, turn=partial(_turn, each, tracer)) for each in lane) for lane in lanes]


def _turn(work: Work, tracer: Tracer) -> WorkDone:
    """Take a turn; its span is ended, and so sent, if it did something or failed."""
    span = tracer.start_span(f"turn {work.kind}", attributes=_names(work))
    try:
        done = work.turn()
    except LedgerHeldError:
        raise
    except Exception as error:
        _ended(span, type(error).__name__)
        raise
    counts = {name: count for name, count in done.counts.items() if count}
    if counts or done.failed:
        span.set_attributes({f"customs.count.{name}": count for name, count in counts.items()})
        _ended(span, "outage" if done.failed else "")
    return done


def _names(work: Work) -> dict[str, str]:
    named = {"customs.work": work.kind, "customs.enterprise": work.enterprise, "customs.source": work.source}
    return {name: value for name, value in named.items() if value}


def _ended(span: Span, error: str) -> None:
    if error:
        span.set_attribute("error.type", error)
        span.set_status(Status(StatusCode.ERROR))
    span.end()


class SpanApplication:
    """An application (ASGI) whose requests have spans; it sees the span's ``traceparent`` in the place of the caller's."""

    def __init__(self, application: Callable[..., Awaitable[None]], tracer: Tracer) -> None:
        self._application, self._tracer = application, tracer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one call."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER), "")
        span = self._tracer.start_span(
            scope["method"],
            context=_PROPAGATOR.extract({"traceparent": given}),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"]},
        )
        inner = {**scope, "headers": [*_others(scope), (_HEADER, traceparent_of(span).encode())]}

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
            await send(message)

        error = "unended"
        try:
            await self._application(inner, receive, sending)
            error = ""
        except Exception as raised:
            error = type(raised).__name__
            raise
        finally:
            route = getattr(inner.get("route"), "path", "")
            if route:
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.route", route)
            _ended(span, error)


def _others(scope: Any) -> list[tuple[bytes, bytes]]:
    return [each for each in scope["headers"] if each[0] != _HEADER]


def traceparent_of(span: Span) -> str:
    """Return the ``traceparent`` of a span."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
