r"""Where the metrics of a hub are served (指标监听地址, table ``[metrics]``): a listener of its own, beside the interface.

Metrics speak of all enterprises of the hub, and a token is of one enterprise: so they stand under an address of their own,
which only the inner network reaches, and need no token. Without a port they are not served.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customs.intake.enterprise_reading import Reading, Steps

_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsPlace:
    """Where metrics are served: this machine alone unless another address is named; nowhere without a port."""

    host: str = _HERE
    port: int | None = None


def read_metrics(reading: Reading, table: Mapping[str, Any], steps: Steps) -> MetricsPlace:
    """Read the table ``[metrics]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, ("host", "port"), steps)
    port = table.get("port")
    if port is not None and (not isinstance(port, int) or isinstance(port, bool) or not 0 < port <= 65535):
        reading.wrong((*steps, "port"), "a port is a number from 1 to 65535", "端口为 1 至 65535 的整数")
        port = None
    return MetricsPlace(host=reading.text_at(table, "host", steps) or _HERE, port=port)
