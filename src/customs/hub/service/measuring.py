"""Measuring a hub (枢纽计量): its turns as they are taken, and the figures of its database when they are asked for.

The form is that of Prometheus, by its own client. Needs the extra ``hub``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from customs.fields.moments import Clock
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.service.figures import figures_of
from customs.hub.service.loops import WorkEvent
from customs.hub.settings.metrics import MetricsPlace
from customs.ledger.database import Ledger
from customs.ledger.engines import LedgerError

try:
    from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
    from prometheus_client.core import GaugeMetricFamily
    from prometheus_client.exposition import generate_latest
    from prometheus_client.registry import Collector
except ImportError:
    raise ImportError("metrics need the extra hub: pip install 'cbec-customs[hub]' 指标功能需先安装 hub 组件") from None

#: Upper bounds of the durations that are told apart, in seconds.
SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0)


class HubMetrics:
    """The metrics of one process of a hub: the turns that it told, and what it is given besides."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._done = Counter(
            "customs_hub_done",
            "Things that turns did, by name. 各轮次完成的事项数",
            ("work", "enterprise", "thing"),
            registry=self.registry,
        )
        self._failed = Counter(
            "customs_hub_turns_failed",
            "Turns that failed, by the kind of error. 失败的轮次数，按错误类型",
            ("work", "enterprise", "error"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "customs_hub_turn_seconds",
            "Duration of turns that did something or failed. 有结果或失败的轮次的用时（秒）",
            ("work",),
            buckets=SECONDS,
            registry=self.registry,
        )

    def note(self, event: WorkEvent) -> None:
        """Note a turn."""
        self._seconds.labels(event.kind).observe(event.seconds)
        for name, count in event.counts.items():
            self._done.labels(event.kind, event.enterprise, name).inc(count)
        if event.error:
            self._failed.labels(event.kind, event.enterprise, event.error_kind or "outage").inc()

    def ask(self, ledger: Ledger, enterprises: Iterable[HubEnterprise], clock: Clock) -> None:
        """Add the figures of the database, which are asked for whenever the metrics are."""
        self.registry.register(_Asked(ledger, tuple(enterprises), clock))

    def text(self) -> str:
        """Return the metrics as they are served."""
        return generate_latest(self.registry).decode()


# the registry tells collectors apart by what they are, not by what they hold: so eq=False
@dataclass(frozen=True, slots=True, eq=False)
class _Asked(Collector):
    """The figures of a database; where it does not answer that is the only one."""

    ledger: Ledger = field(repr=False)
    enterprises: tuple[HubEnterprise, ...]
    clock: Clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = GaugeMetricFamily("customs_hub_database_answers", "1 if the database answers. 数据库有应答为 1")
        try:
            with self.ledger.read() as connection:
                found = list(figures_of(connection, self.enterprises, now=self.clock()))
        except LedgerError:
            answers.add_metric((), 0)
            yield answers
            return
        answers.add_metric((), 1)
        yield answers
        for each in found:
            family = GaugeMetricFamily(each.name, each.meaning, labels=each.labels)
            for labels, value in each.values:
                family.add_metric(labels, value)
            yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked when it is registered."""
        yield from ()


@contextmanager
def metrics_served(place: MetricsPlace, metrics: HubMetrics) -> Iterator[None]:
    """Serve metrics at ``/metrics`` while something is done; not at all without a port. Raises ``OSError``."""
    if place.port is None:
        yield
        return
    server, thread = start_http_server(place.port, place.host, metrics.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
