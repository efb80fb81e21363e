"""Trace parents (链路追踪标识, header ``traceparent``): that of the request by which an order came goes on to its webhooks.

Source of the form: W3C Trace Context, section 3.2. It is no personal data.

>>> valid_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
>>> valid_traceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), valid_traceparent("王小明")
('', '')
"""

import re
from collections.abc import Sequence

from sqlalchemy import select

from customs.hub.store.tables import HUB_TRACES
from customs.ledger.accounts import upserting
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection

_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)

_PARENTS = select(HUB_TRACES.c.order, HUB_TRACES.c.parent).where(among(HUB_TRACES.c.order, "orders"))


def valid_traceparent(text: str) -> str:
    """Return a trace parent, an empty text for anything that is none."""
    return text if _FORM.fullmatch(text) else ""


def keep_traceparent(connection: LedgerConnection, orders: Sequence[int], text: str) -> None:
    """Keep the trace parent of the request by which orders came, the last one of each; nothing for what is none."""
    parent = valid_traceparent(text)
    if not parent or not orders:
        return
    adding = upserting(connection, HUB_TRACES)
    keeping = adding.on_conflict_do_update(index_elements=["order"], set_={"parent": adding.excluded.parent})
    connection.sql.execute(keeping, [{"order": order, "parent": parent} for order in sorted(set(orders))])


def traceparents_of(connection: LedgerConnection, orders: Sequence[int]) -> dict[int, str]:
    """Return the trace parents of the orders that have one."""
    asked = sorted(set(orders))
    return {row.order: row.parent for row in connection.sql.execute(_PARENTS, {"orders": asked})} if asked else {}
