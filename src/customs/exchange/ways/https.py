"""The HTTPS way (HTTPS 通道): forms and JSON to a local gateway, its answer at once, receipts by polling.

Promised: each ``hand_over`` is one request; ``sent`` is said only after the whole answer holds the gateway's own word;
``not sent`` where no byte left (the connection was refused, the name was not found, the certificate is not trusted) or the
gateway refused; ``unknown`` in every other case. TLS is always checked, redirects are refused, an answer without end or
too slow is cut. The form is the one that the area made; only Ningbo's time stamp, which holds for 20 minutes, is made anew
with each attempt. Needs ``pip install "cbec-customs[remote]"``.

>>> settings = HttpsSettings(dialect="hainan", address="https://gateway.example.com", credentials={"dxpid": "DXPENT0000000001"})
>>> settings
HttpsSettings(dialect='hainan', address='https://gateway.example.com', accepted=(), ca_file=None, plain=False, ...)
>>> HttpsSettings(dialect="guangzhou", address="https://gateway.example.com")
Traceback (most recent call last):
ValueError: the dialect guangzhou needs the credentials clientid, key 网关 guangzhou 缺少凭据 clientid, key
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.ways.calls import CallError, CallLimits, GatewayLine, GatewayReply, not_answered
from customs.exchange.ways.gateway_answers import answer_to, texts_at, tree_of
from customs.exchange.ways.gateway_dialects import DIALECTS, HttpDialect, Receiving
from customs.exchange.ways.gateway_receipts import (
    GatewayQuestion,
    confirm_waiting,
    ningbo_form,
    ningbo_question,
    pages_since_an_instant,
    since_an_instant,
    waiting,
)
from customs.fields.moments import Clock, system_clock

_FETCHING: Mapping[Receiving, Callable[[GatewayQuestion], Iterator[Item | SetAside]]] = {
    "waiting list": waiting,
    "since an instant": since_an_instant,
    "pages since an instant": pages_since_an_instant,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsSettings:
    """A gateway as ``customs.toml`` gives it: each field is a key of the same name.

    Raises ``ValueError`` for a dialect that is not known, for a missing credential, and for limits of zero.
    """

    dialect: str
    """A name of ``DIALECTS``."""
    address: str
    """``https://`` with the host, and a path where the dialect has none."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    """The names and secrets that the gateway assigned: ``clientid`` and ``key`` (Guangzhou, Shenzhen; ``entno`` for queries), ``userid``,
    ``password`` and ``customs`` (Ningbo; ``customs_code``, ``org_name``, ``order_from`` for queries), ``dxpid`` (Hainan).
    """
    accepted: tuple[str, ...] = ()
    """The gateway's word of acceptance, where it was not published (Shanghai, Changsha)."""
    ca_file: str | Path | None = None
    plain: bool = False
    """True for a gateway without TLS on a private line."""
    limits: CallLimits = field(default_factory=CallLimits)
    look_back: float = 86_400.0
    """Seconds back from now that the first query by time asks for."""
    overlap: float = 120.0
    """Seconds by which a query by time overlaps the one before it."""

    def __post_init__(self) -> None:
        if self.dialect not in DIALECTS:
            raise ValueError(
                f"no gateway has the dialect {self.dialect!r}; known: {', '.join(DIALECTS)} 没有此网关方言"
            )
        missing = [name for name in DIALECTS[self.dialect].credentials if not self.credentials.get(name)]
        if missing:
            names = ", ".join(missing)
            raise ValueError(
                f"the dialect {self.dialect} needs the credentials {names} 网关 {self.dialect} 缺少凭据 {names}"
            )
        if self.look_back < 0 or self.overlap < 0:
            raise ValueError("look_back and overlap are seconds, zero or more 回溯与重叠时间不能为负")


class HttpsWay:
    """The way to one gateway. ``since`` returns when the inbox last fetched everything from here, None if never: queries
    by time ask from there, less ``overlap``.
    """

    def __init__(
        self,
        settings: HttpsSettings,
        *,
        clock: Clock = system_clock,
        since: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._settings, self._clock, self._since = settings, clock, since
        self._dialect = dialect_of(settings)
        self.can_confirm = self._dialect.receiving == "waiting list"
        self.can_lookup = bool(self._dialect.lookup_path)
        self.gives_parts = self.can_confirm
        self._line = GatewayLine(
            settings.address, ca_file=settings.ca_file, plain=settings.plain, limits=settings.limits
        )

    def __repr__(self) -> str:
        return f"HttpsWay({self._dialect.name!r}, {self._line.host!r})"

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Post a message, once."""
        parameters = self._parameters(delivery)
        if parameters is None:
            return HandedOver(
                outcome="not sent",
                again="never",
                said="the message has no form: give the area its settings and secrets 报文没有表单：请为关区配置参数和密钥",
            )
        try:
            reply = self._posted(delivery, parameters)
        except CallError as error:
            return not_answered(error, self._line.host)
        return self._with_receipts(answer_to(self._dialect.answer, reply), f"{delivery.id}-answer")

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield the receipts that the gateway has."""
        if self._dialect.receiving is None:
            return iter(())
        return _FETCHING[self._dialect.receiving](self._question())

    def confirm(self, item: Item) -> None:
        """Tell the gateway that a receipt is stored; nothing, where a receipt cannot be acknowledged."""
        if self.can_confirm:
            confirm_waiting(self._question(), item)

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Ask the gateway for the orders of a message."""
        numbers = [number for key in delivery.keys if (number := key.get("order_no"))]
        if not self.can_lookup or not numbers:
            return HandedOver(outcome="unknown", said="the gateway cannot be asked for it 网关无法查询此报文")
        try:
            replies = [self._asked_for(delivery, number) for number in numbers[:_MOST_LOOKED_UP]]
        except WayError as error:
            return HandedOver(outcome="unknown", said=str(error))
        if not all(has for has, _ in replies):
            return HandedOver(
                outcome="unknown", said="it does not name the order 网关未列出此单", answer=replies[-1][1]
            )
        items = tuple(
            Item(name=f"{delivery.id}-query-{at}", content=content) for at, (_, content) in enumerate(replies, 1)
        )
        return HandedOver(outcome="sent", said="it has the order 网关已有此单", answer=replies[-1][1], items=items)

    def close(self) -> None:
        """Give the connections back."""
        self._line.close()

    def _parameters(self, delivery: Delivery) -> dict[str, str] | None:
        """The parameters of a message; None if that cannot be made here."""
        dialect, credentials = self._dialect, self._settings.credentials
        if dialect.body == "content":
            return {}
        if delivery.form is None:
            if not dialect.fields:
                return None
            parts = {
                "content": lambda: delivery.content.decode(),
                "name": lambda: f"{delivery.name.removesuffix('Message')}Message",
                "id": lambda: delivery.id,
                "file_name": lambda: delivery.file_name,
            }
            try:
                own = {name: parts[part]() for name, part in dialect.fields.items()}
            except UnicodeDecodeError:
                return None
            return {name: credentials[name] for name in dialect.credentials} | own
        if dialect.name == "ningbo":
            return ningbo_form(credentials, delivery.form["msgtype"], delivery.form["xmlstr"], self._clock()) | {
                "customs": delivery.form["customs"]
            }
        return dict(delivery.form)

    def _posted(self, delivery: Delivery, parameters: Mapping[str, str]) -> GatewayReply:
        dialect = self._dialect
        query = {name: parameters[name] for name in dialect.query if name in parameters}
        if dialect.body == "content":
            body = delivery.content
        elif dialect.body == "json":
            body = parameters["body"].encode()
        else:
            body = urlencode({name: text for name, text in parameters.items() if name not in query}).encode()
        return self._line.post(dialect.paths.get(delivery.name, dialect.path), body, dialect.media, query=query)

    def _with_receipts(self, handed: HandedOver, name: str) -> HandedOver:
        """The outcome, with the answer as a receipt where it is one."""
        if not self._dialect.answer.receipts or not handed.answer or handed.outcome == "unknown":
            return handed
        return replace(handed, items=(Item(name=name, content=handed.answer),))

    def _question(self) -> GatewayQuestion:
        settings, now = self._settings, self._clock().replace(tzinfo=None)
        last = self._since()
        since = (
            now - timedelta(seconds=settings.look_back)
            if last is None
            else last.replace(tzinfo=None) - timedelta(seconds=settings.overlap)
        )
        return GatewayQuestion(self._line, self._dialect, settings.credentials, now, since, settings.limits.most_bytes)

    def _asked_for(self, delivery: Delivery, number: str) -> tuple[bool, bytes]:
        """True if the gateway has an order, and its answer. Raises ``WayError``."""
        asked, path = self._question(), self._dialect.lookup_path
        if self._dialect.name == "ningbo":
            question = ningbo_question({}, OrderFrom=asked.credentials.get("order_from", "0000"), OrderNo=number)
            content = asked.post(path, ningbo_form(asked.credentials, "cnec_get_mftno", question, asked.now)).content
            tree = tree_of("xml", content) or []
            return "T" in texts_at(tree, "Header/Result") and any(texts_at(tree, "Header/MftNo")), content
        asks = {name: asked.credentials[name] for name in self._dialect.credentials}
        asks["messageType"] = (delivery.form or {}).get("messageType", f"{delivery.name}Message")
        content = asked.get(path, **asks, entNo=asked.credentials.get("entno", "")).content
        return number in texts_at(tree_of("json", content) or [], "content/orderNO"), content


#: Orders of one message that are asked for, one by one.
_MOST_LOOKED_UP = 100


def dialect_of(settings: HttpsSettings) -> HttpDialect:
    """Return the dialect of a gateway, with the word of acceptance that the settings name."""
    dialect = DIALECTS[settings.dialect]
    if not settings.accepted:
        return dialect
    words = frozenset(settings.accepted)
    return replace(dialect, answer=replace(dialect.answer, accepted=words, words=words))
