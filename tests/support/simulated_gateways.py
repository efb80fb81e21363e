"""A desk behind the office's gateways that does what a test tells it, and remembers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from customs.office.gateway_calls import GatewayAnswer, GatewayCall, GatewayDesk
from customs.office.gateways import GATEWAYS
from support import MORNING
from support.gateway_server import Answered, Asked

#: What a desk says of a message: empty if it is taken, else the code of the gateway.
Judge = Callable[[bytes], str]

Door = Callable[[Asked, "Desk"], Answered]


@dataclass
class Desk:
    """Who judges messages, what was taken, what waits to be fetched, and the shared secrets."""

    judge: Judge = lambda content: ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    waiting: dict[str, bytes] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)
    now: datetime = MORNING

    def take(self, content: bytes, name: str = "") -> str:
        code = self.judge(content)
        if not code:
            self.taken.append(content)
            if b"<OrderNo>" in content:
                number = content.partition(b"<OrderNo>")[2].partition(b"<")[0].decode()
                self.orders.setdefault(number, f"3105{len(self.orders):014}")
        return code

    def confirm(self, number: str) -> bool:
        return self.waiting.pop(number, None) is not None

    def noted_since(self, instant: datetime, kind: str) -> Sequence[str]:
        assert instant.tzinfo is None
        return self.noted if kind in ("Mft", "CEB312") else []


def private_and_public(key: RSAPrivateKey) -> dict[str, str]:
    """A platform's private key and an enterprise's public one, as desks have them."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {"platform_key": private.decode(), "enterprise_key": public.decode()}


def door(name: str) -> Door:
    """The office's gateway of a dialect."""
    gateway: Callable[[GatewayCall, GatewayDesk], GatewayAnswer] = GATEWAYS[name]

    def answer(asked: Asked, desk: Desk) -> Answered:
        found = gateway(GatewayCall(asked.method, asked.path, asked.query, asked.headers, asked.body), desk)
        return Answered(found.content, found.status)

    return answer


changsha, chongqing, guangzhou, hainan, ningbo, shanghai, zhengzhou = map(
    door, ("changsha", "chongqing", "guangzhou", "hainan", "ningbo", "shanghai", "zhengzhou")
)
shandong, zhejiang, zhengzhou_airport = map(door, ("shandong", "zhejiang", "zhengzhou_airport"))
