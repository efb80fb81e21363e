"""Calls (回调): each change of an order told to the systems of its enterprise, signed, repeated until taken, in order.

Promised, under kill, cut and repeat: a call that was queued is made until the other side answers 2xx, and is never lost; a
later call of an order waits for the earlier ones of the same hook; the same call always has the same id, so that whoever
gets it twice knows it. A call is leased while it is made: who is killed meanwhile leaves it to be made again. A turn begins
no call that could outlast its lease: slow systems get fewer calls in a turn, and none twice for being slow.

The headers are those of the public scheme Standard Webhooks: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``,
HMAC-SHA256 over id, time and body. ``traceparent`` (W3C Trace Context) is that of the request by which the order came.
"""

import hmac
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import bindparam, func, select, update

from customs.exchange.ways.calls import CallError, CallLimits, GatewayLine
from customs.fields.moments import CHINA_TIME
from customs.hub.calls.traceparents import traceparents_of
from customs.hub.store.tables import HUB_CALLS
from customs.ledger.among import among
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.parts import in_parts

#: How long a call may take before another worker makes it.
LEASE = timedelta(seconds=60)

#: Time and size of an answer; its content says nothing.
LIMITS = CallLimits(part=10.0, deadline=20.0, most_bytes=64 * 1024)

#: How long a turn begins calls: the last one has its outcome entered before the lease ends.
MAKING = LEASE - timedelta(seconds=LIMITS.deadline + 10)

_FIRST, _LAST = timedelta(seconds=10), timedelta(hours=1)


#: How a secret begins that is written in base64.
_BASE64 = "whsec_"


class HookSettingError(ValueError):
    """A hook cannot be used; the text says why, in both languages."""


def hook_secret(text: str) -> bytes:
    """Return the bytes of a secret: base64 after ``whsec_``, as Standard Webhooks writes them; another text stands for itself.

    Raises ``HookSettingError``.
    """
    if not text.startswith(_BASE64):
        return text.encode()
    try:
        return b64decode(text.removeprefix(_BASE64), validate=True)
    except ValueError:
        raise HookSettingError(
            f"a secret that begins with {_BASE64} goes on in base64: make one with openssl rand -base64 32 "
            f"以 {_BASE64} 开头的密钥，其后须为 base64：可用 openssl rand -base64 32 生成"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A system that is told (回调接收方): its address, and the secret that signs what it is told.

    Addresses of the inner network are refused unless ``inner``. Raises ``HookSettingError``.
    """

    name: str
    url: str
    secret: bytes = field(repr=False)
    inner: bool = False
    ca_file: str | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            whole = (
                bool(parts.hostname) and parts.port != 0 and not (parts.username or parts.password or parts.fragment)
            )
        except ValueError:
            whole, parts = False, urlsplit("")
        if not whole or parts.scheme not in ("https", *("http",) * self.inner):
            raise HookSettingError(
                f"hook {self.name}: its address must be https:// with a host, without a user; http:// needs inner = true "
                f"回调 {self.name}：地址应为 https:// 加主机，不含用户名；内网 http:// 须设 inner = true"
            )
        if len(self.secret) < 24:
            raise HookSettingError(
                f"hook {self.name}: its secret has fewer than 24 bytes 回调 {self.name}：密钥不足 24 字节"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCall:
    """A call as it is made."""

    id: int
    hook: str
    body: bytes = field(repr=False)
    attempts: int
    traceparent: str = ""
    """That of the request by which its order came, if it had one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """The outcome of a call: taken by the other side, or why not."""

    call: HubCall
    taken: bool
    said: str = ""


_LEASING = (
    update(HUB_CALLS)
    .where(among(HUB_CALLS.c.id, "calls"))
    .values(due=bindparam("lease_ends"), attempts=HUB_CALLS.c.attempts + 1)
)

_ENTERING = (
    update(HUB_CALLS)
    .where(among(HUB_CALLS.c.id, "calls"), HUB_CALLS.c.state == "waiting")
    .values(state=bindparam("new_state"), due=bindparam("new_due"), said=bindparam("new_said"))
)


def lease_calls(connection: LedgerConnection, hooks: Sequence[str], *, now: datetime, most: int = 50) -> list[HubCall]:
    """Return calls whose turn it is, the first that waits of each order and hook, and lease them to the caller."""
    calls, earlier = HUB_CALLS.c, HUB_CALLS.alias().c
    own = (earlier.hook == calls.hook, earlier.order == calls.order, earlier.state == "waiting")
    first = select(func.min(earlier.id)).where(*own).scalar_subquery()  # by the index, however many calls wait
    wanted = (
        select(calls.id, calls.hook, calls.order, calls.body, calls.attempts)
        .where(calls.state == "waiting", calls.due <= now, calls.hook.in_(hooks), calls.id == first)
        .order_by(calls.due, calls.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = connection.sql.execute(wanted).all()
    if found:
        connection.sql.execute(_LEASING, {"calls": [row.id for row in found], "lease_ends": now + LEASE})
    parents = traceparents_of(connection, [row.order for row in found])
    return [
        HubCall(
            id=row.id,
            hook=row.hook,
            body=row.body.encode(),
            attempts=row.attempts + 1,
            traceparent=parents.get(row.order, ""),
        )
        for row in found
    ]


def enter_calls(connection: LedgerConnection, outcomes: Sequence[CallOutcome], *, now: datetime) -> None:
    """Enter what became of calls: what was not taken is due again, later each time."""
    alike = defaultdict[tuple[str, datetime | None, str], list[int]](list)
    for each in outcomes:
        due = None if each.taken else now + pause(each.call.attempts)
        alike["taken" if each.taken else "waiting", due, each.said[:400]].append(each.call.id)
    for (state, due, said), ids in alike.items():  # most are taken, and come to the same
        values = {"new_state": state, "new_due": due, "new_said": said}
        connection.sql.execute(_ENTERING, {"calls": ids, **values})


def pause(attempts: int) -> timedelta:
    """Return how long a call waits after so many attempts: 10 seconds, twice as long each time, an hour at most.

    >>> [pause(each).total_seconds() for each in (1, 2, 3, 20)]
    [10.0, 20.0, 40.0, 3600.0]
    """
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(_FIRST * doubled, _LAST)


def headers_of(call: HubCall, secret: bytes, now: datetime) -> dict[str, str]:
    """Return the headers by which the other side knows the call, and that it is ours.

    >>> call = HubCall(id=7, hook="wms", body=b"{}", attempts=1)
    >>> headers_of(call, b"0" * 24, datetime(2026, 11, 11, 8))["webhook-id"]
    'call-7'
    """
    at = now if now.tzinfo else now.replace(tzinfo=CHINA_TIME)
    number, stamp = f"call-{call.id}", str(int(at.timestamp()))
    signed = hmac.digest(secret, b".".join([number.encode(), stamp.encode(), call.body]), "sha256")
    return {
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
        **({"traceparent": call.traceparent} if call.traceparent else {}),
    }


def make_call(call: HubCall, hook: Hook, *, now: datetime) -> CallOutcome:
    """Make a call once. Never raises for what the other side or the network does."""
    parts = urlsplit(hook.url)
    host = parts.hostname or ""
    line = GatewayLine(
        f"{parts.scheme}://{parts.netloc}",
        ca_file=hook.ca_file,
        plain=parts.scheme == "http",
        limits=LIMITS,
        public_only=not hook.inner,
    )
    try:
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = headers_of(call, hook.secret, now)
        reply = line.post(parts.path, call.body, "application/json", query=asked, headers=headers)
    except CallError as error:
        return CallOutcome(call=call, taken=False, said=f"{host}: {error}")
    finally:
        line.close()
    taken = 200 <= reply.status < 300
    return CallOutcome(
        call=call, taken=taken, said="" if taken else f"{host} answered {reply.status} 返回状态码 {reply.status}"
    )


Calling = Callable[[HubCall, Hook], CallOutcome]


def make_calls(
    ledger: Ledger,
    hooks: Mapping[str, Hook],
    calling: Calling,
    *,
    now: datetime,
    most: int = 50,
    passed: Callable[[], float] = monotonic,
) -> int:
    """Make the calls whose turn it is; return how many were taken by the other side.

    ``passed`` counts seconds. Calls that are not begun within ``MAKING`` are given back, and are due at once.
    """
    begun = passed()
    with ledger.begin() as connection:
        calls = lease_calls(connection, list(hooks), now=now, most=most)
    outcomes = list[CallOutcome]()
    for each in calls:
        if passed() - begun >= MAKING.total_seconds():
            break
        outcomes.append(calling(each, hooks[each.hook]))
    if calls:
        with ledger.begin() as connection:
            enter_calls(connection, outcomes, now=now)
            _give_back(connection, calls[len(outcomes) :], now)
    return sum(each.taken for each in outcomes)


def _give_back(connection: LedgerConnection, calls: Sequence[HubCall], leased: datetime) -> None:
    """Give calls that were leased at a time and not made to whoever comes next, as if they had not been leased."""
    rows = HUB_CALLS.c
    for part in in_parts([each.id for each in calls]):
        own = (rows.id.in_(part), rows.state == "waiting", rows.due == leased + LEASE)
        connection.sql.execute(update(HUB_CALLS).where(*own).values(due=leased, attempts=rows.attempts - 1))
