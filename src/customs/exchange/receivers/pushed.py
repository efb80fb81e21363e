"""Pushes to an enterprise (推送接收), and the one course that every call takes: store, then answer.

Platforms and customs post receipts, states and requests to an address of the enterprise. A *dialect* says how one of them
posts and what it wants to hear; a *receiver* is a dialect with a store. What a receiver promises, whoever calls:

1. **Stored, then answered.** The caller hears of success only after ``take_in`` has returned: the bytes, the time, the
   address of the caller and the identity are on the disk. A store that fails is answered as a failure, so that the caller
   repeats.
2. **Once.** A repetition is answered like the first call and stored once, by an identity that the store keeps in the same
   transaction as the bytes. Order means nothing, and nothing need have been sent before.
3. **Nothing is judged but who calls.** What an entitled caller posts is kept as it is, readable or not; it is read later.
4. **Nothing is signed while the caller waits**, but where the caller waits for the signature: that has a time limit.
5. **Refused without a trace of its content.** Refusals are counted by their reason; no text of them quotes the call.
   Identifiers, keys and signatures are compared in constant time.

Source: practice of the public clients (EXCHANGE sections 4.2 to 4.7, and failures 8 to 13 of section 6).

>>> from datetime import datetime
>>> from customs.exchange.receivers.guangzhou import GuangzhouPush
>>> class Kept(dict[str, PushedItem]):
...     def take_in(self, item: PushedItem) -> bool:
...         return self.setdefault(item.identity, item) is item
>>> receiver = PushReceiver(name="guangzhou", dialect=GuangzhouPush(client_id="C1", key="fictitious"), store=Kept())
>>> call = PushedRequest(
...     body=b"clientid=C1&key=fictitious&messageType=CEB312&messageText=%3CCEB312Message%2F%3E",
...     content_type="application/x-www-form-urlencoded", caller="203.0.113.7", received=datetime(2026, 11, 11, 8))
>>> first, again = receiver.answer(call), receiver.answer(call)
>>> first.content, first.outcome, again.content, again.outcome
(b'success', 'stored', b'success', 'known')
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal, Protocol, TypeAlias

#: Networks from which calls are taken.
Network: TypeAlias = IPv4Network | IPv6Network

#: What became of a call: stored, stored before, refused, or not stored because something here failed.
PushOutcome: TypeAlias = Literal["stored", "known", "refused", "failed"]


class Refusal(Enum):
    """Why a call is refused, or failed; with ``zh`` and ``en`` in words. The name is stable."""

    NETWORK = "来源地址不在允许范围内", "the address of the caller is not among those that may call"
    CONTENT_TYPE = "内容类型不是表单", "the content type is not that of a form"
    TOO_LARGE = "请求超过大小上限", "the call is larger than is read"
    TOO_SLOW = "请求未在时限内发完", "the call was not sent within the time limit"
    BUSY = "同时处理的请求过多", "too many calls at the same time"
    FORM = "不是规范的表单，或字段缺失、重复", "not a proper form, or a field is missing or given twice"
    CALLER = "调用方标识或密钥不符", "the identifier or key of the caller is wrong"
    SIGNATURE = "签名或加密不符", "the signature or encryption is wrong"
    TIME = "时间戳超出允许范围", "the time of the call is outside the window"
    CONTENT = "内容不是该接口的请求", "the content is not a request of this service"
    NOT_OURS = "内容与本企业申报不一致，不予加签", "the content is not what was declared here: it is not signed"
    STORE = "未能存储", "it could not be stored"
    SIGNING = "未能在时限内加签", "it could not be signed within the time limit"

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en


class PushRefusedError(Exception):
    """A call that is refused; it holds nothing of the call."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(f"{why.en} {why.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """A call (推送请求) as it came: the body whole, within the bound of its dialect."""

    body: bytes = field(repr=False)
    content_type: str
    caller: str
    """The address from which it came."""
    received: datetime
    query: bytes = field(default=b"", repr=False)
    """The query of the address, still encoded."""

    def brought(self, source: str, name: str, content: bytes, same: Sequence[bytes] = ()) -> "PushedItem":
        """Return what the call brought: ``same`` are the parts that are equal in repetitions, by default the content."""
        return PushedItem(
            source=source,
            name=name,
            identity=identity_of(*(same or (content,))),
            content=content,
            received=self.received,
            caller=self.caller,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedItem:
    """The content of a call (推送内容): the bytes to keep, without the credentials that came with them."""

    source: str
    """The name of the receiver."""
    name: str
    """The type of the message as the caller names it; empty if it names none that is fit to be shown."""
    identity: str
    """Equal for repetitions, within one source: hexadecimal SHA-256."""
    content: bytes = field(repr=False)
    received: datetime
    caller: str


class PushStore(Protocol):
    """Where calls are kept. Its function is called by several threads at a time."""

    def take_in(self, item: PushedItem) -> bool:
        """Store an item for good; return True if it is new, False if its identity is stored already.

        Identity and bytes are stored together or not at all. Whatever is raised means that nothing is certain.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedAnswer:
    """The answer to a call (推送应答), and what became of the call."""

    content: bytes
    content_type: str
    status: int = 200
    outcome: PushOutcome
    why: Refusal | None = None

    @classmethod
    def saying(cls, content: bytes, content_type: str, outcome: PushOutcome, why: Refusal | None) -> "PushedAnswer":
        """Return an answer whose status says the same as its content."""
        status = 200 if why is None else 403 if outcome == "refused" else 503
        return cls(content=content, content_type=content_type, status=status, outcome=outcome, why=why)


class PushDialect(Protocol):
    """How one platform posts, and what it wants to hear. It keeps nothing."""

    @property
    def most_bytes(self) -> int:
        """Bytes of a body at most."""
        ...

    def read(self, request: PushedRequest, source: str) -> PushedItem:
        """Return what an entitled caller brought. Raises ``PushRefusedError``."""
        ...

    def say(self, outcome: PushOutcome, why: Refusal | None, item: PushedItem | None) -> PushedAnswer:
        """Return the answer in the words of the platform; ``item`` is there if it is stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReceiver:
    """A receiver (推送接收器): takes the calls of one platform into a store."""

    name: str
    dialect: PushDialect
    store: PushStore
    networks: Sequence[Network] = ()
    """From where calls are taken; from everywhere if it is empty."""

    def answer(self, request: PushedRequest) -> PushedAnswer:
        """Return the answer to a call, after it is stored. Never raises for what is called."""
        try:
            if not self.admits(request.caller):
                raise PushRefusedError(Refusal.NETWORK)
            if len(request.body) > self.dialect.most_bytes:
                raise PushRefusedError(Refusal.TOO_LARGE)
            item = self.dialect.read(request, self.name)
        except PushRefusedError as refused:
            return self.dialect.say("refused", refused.why, None)
        try:
            new = self.store.take_in(item)
        except Exception:
            return self.dialect.say("failed", Refusal.STORE, None)
        return self.dialect.say("stored" if new else "known", None, item)

    def admits(self, caller: str) -> bool:
        """Return True if calls from this address are taken.

        >>> from ipaddress import ip_network
        >>> office = PushReceiver(name="", dialect=..., store=..., networks=[ip_network("203.0.113.0/24")])
        >>> office.admits("203.0.113.9"), office.admits("::ffff:203.0.113.9"), office.admits("198.51.100.1")
        (True, True, False)
        """
        if not self.networks:
            return True
        try:
            address = ip_address(caller)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self.networks)


def identity_of(*parts: bytes) -> str:
    """Return the identity of what was pushed, from the parts that are equal in repetitions.

    >>> identity_of(b"ab", b"c") == identity_of(b"a", b"bc")
    False
    """
    digest = sha256()
    for each in parts:
        digest.update(len(each).to_bytes(8))
        digest.update(each)
    return digest.hexdigest()
