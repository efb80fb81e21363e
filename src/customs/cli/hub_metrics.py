"""Metrics of the commands ``hub serve`` and ``hub worker`` (指标), served where the file of the hub or an option says."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Annotated

import typer

from customs.cli.app import misuse_of
from customs.fields.moments import Clock
from customs.hub.service.loops import Told, WorkEvent
from customs.hub.service.opening import OpenEnterprise
from customs.hub.settings.metrics import MetricsPlace
from customs.ledger.database import Ledger

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port", min=1, max=65535, help="Port on which to serve metrics for Prometheus; that of the file."
    ),
]


@contextmanager
def measured(
    place: MetricsPlace, port: int | None, told: Told, ledger: Ledger, asked: Iterable[OpenEnterprise], clock: Clock
) -> Iterator[Told]:
    """Serve metrics, if that is wanted; gives what tells a turn and notes it.

    The figures of the database are served for the enterprises that are asked for: one process of a hub does that.
    """
    place = replace(place, port=port or place.port)
    if place.port is None:
        yield told
        return
    try:
        from customs.hub.service.measuring import HubMetrics, metrics_served  # with its client, where it is wanted
    except ImportError:
        raise misuse_of(
            'metrics need the extra hub: pip install "cbec-customs[hub]"',
            '指标功能需要扩展 hub：pip install "cbec-customs[hub]"',
        ) from None
    metrics, enterprises = HubMetrics(), [each.hub for each in asked]
    if enterprises:
        metrics.ask(ledger, enterprises, clock)

    def noted(event: WorkEvent) -> None:
        metrics.note(event)
        told(event)

    with ExitStack() as serving:
        try:
            serving.enter_context(metrics_served(place, metrics))
        except OSError as error:
            raise misuse_of(
                f"--metrics-port, [metrics]: {place.host} port {place.port} cannot be listened on: {error.strerror}",
                f"--metrics-port、[metrics]：无法监听 {place.host} 端口 {place.port}",
            ) from None
        yield noted
