"""Where the traces of a hub go (链路追踪, table ``[traces]``): to a collector of OpenTelemetry, by OTLP over HTTP.

Without an endpoint there are none, and nothing of OpenTelemetry is imported. Needs the extra ``otel``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from customs.intake.enterprise_reading import Reading, Steps


@dataclass(frozen=True, kw_only=True)
class TracesPlace:
    """Where spans go, under which name of a service, and the share of requests and turns that are traced."""

    endpoint: str = ""
    service: str = "customs-hub"
    share: float = 1.0


def read_traces(reading: Reading, table: Mapping[str, Any], steps: Steps) -> TracesPlace:
    """Read the table ``[traces]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, ("endpoint", "service", "share"), steps)
    endpoint, share = reading.text_at(table, "endpoint", steps), table.get("share", 1.0)
    if table and (urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).netloc):
        reading.wrong(
            (*steps, "endpoint"),
            'this is the address of a collector, such as "http://127.0.0.1:4318/v1/traces"',
            '此处应为采集器地址，如 "http://127.0.0.1:4318/v1/traces"',
        )
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        reading.wrong((*steps, "share"), "a share is from 0 to 1", "比例为 0 至 1")
        share = 1.0
    service = reading.text_at(table, "service", steps) or TracesPlace.service
    return TracesPlace(endpoint=endpoint, service=service, share=float(share))
