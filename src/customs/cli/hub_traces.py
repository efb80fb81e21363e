"""Traces of the commands ``hub serve`` and ``hub worker`` (链路追踪), sent where the file of the hub says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from customs.cli.app import misuse_of
from customs.hub.service.works import Lane
from customs.hub.settings.traces import TracesPlace


def _same(given: Any) -> Any:
    return given


@dataclass(frozen=True, slots=True)
class Tracing:
    """Gives lanes and an application their spans; without traces both stay as they are."""

    lanes: Callable[[list[Lane]], list[Lane]] = _same
    application: Callable[[Any], Any] = _same


@contextmanager
def traced(place: TracesPlace) -> Iterator[Tracing]:
    """Send spans while something is done, if that is wanted."""
    if not place.endpoint:
        yield Tracing()
        return
    try:
        from customs.hub.service.spans import SpanApplication, spans_sent, traced_lanes  # where it is wanted
    except ImportError:
        raise misuse_of(
            'traces need the extra otel: pip install "cbec-customs[otel]"',
            '链路追踪需要扩展 otel：pip install "cbec-customs[otel]"',
        ) from None
    with spans_sent(place) as tracer:
        yield Tracing(
            lambda lanes: traced_lanes(lanes, tracer), lambda application: SpanApplication(application, tracer)
        )
