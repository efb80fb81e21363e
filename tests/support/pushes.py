"""Calls of platforms and customs, made from what they post, and a store in memory."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import md5
from ipaddress import ip_network
from random import Random
from threading import Lock
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from customs import areas
from customs.areas import Area
from customs.exchange.receivers import (
    DataRequestPush,
    GuangzhouPush,
    NingboPush,
    PushDialect,
    PushedItem,
    PushedRequest,
    PushReceiver,
    Refusal,
    ZhejiangPush,
)

NOW = datetime(2026, 11, 11, 8)
FORM = "application/x-www-form-urlencoded"
PLATFORM = "203.0.113.7"
STRANGER = "198.51.100.1"
NETWORKS = (ip_network("203.0.113.0/24"),)
AES_KEY = "fictitious key 1"


@dataclass
class MemoryStore:
    """A store in memory; fails as often as it is told to, before or after it has stored."""

    items: dict[str, PushedItem] = field(default_factory=dict)
    failing: int = 0
    lost_answers: int = 0
    lock: Lock = field(default_factory=Lock)

    def take_in(self, item: PushedItem) -> bool:
        with self.lock:
            if self.failing:
                self.failing -= 1
                raise OSError(28, "No space left on device")
            new = item.identity not in self.items
            self.items.setdefault(item.identity, item)
            if self.lost_answers:
                self.lost_answers -= 1
                raise OSError(5, "Input/output error")
            return new


def request(fields: Mapping[str, str | bytes], **changed: object) -> PushedRequest:
    """A call with these fields."""
    values = {"body": urlencode(fields).encode(), "content_type": FORM, "caller": PLATFORM, "received": NOW}
    return PushedRequest(**(values | changed))  # type: ignore[arg-type]


def receipt(number: int) -> bytes:
    """A receipt of customs that differs by its number."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><CEB312Message guid="G{number:06}" version="1.0"><OrderReturn>'
        f"<guid>G{number:06}</guid><orderNo>订单{number}</orderNo><returnStatus>120</returnStatus></OrderReturn></CEB312Message>"
    ).encode()


# Guangzhou


def guangzhou_fields(number: int) -> dict[str, str | bytes]:
    return {"clientid": "C1", "key": "fictitious key", "messageType": "CEB312", "messageText": receipt(number)}


# announcement 179


def data_request_fields(number: int, time: datetime = NOW) -> dict[str, str | bytes]:
    milliseconds = 1794355200000 + int((time - NOW).total_seconds() * 1000)
    return {"openReq": json.dumps({"orderNo": f"A{number}", "sessionID": f"S-{number}", "serviceTime": milliseconds})}


# Ningbo


def ningbo_fields(number: int, time: datetime | None = None) -> dict[str, str | bytes]:
    stamp = {"timestamp": f"{time:%Y-%m-%d %H:%M:%S}"} if time else {}
    sign = md5(("U1" + "fictitious" + stamp.get("timestamp", "")).encode(), usedforsecurity=False).hexdigest()
    message = f"<kjOrder><externalNo>A{number}</externalNo><status>{number % 9}</status></kjOrder>"
    return {"msgtype": "cnec_wh_9", "msg": message, "userid": "U1", "sign": sign, **stamp}


# Zhejiang


@cache
def platform_key() -> rsa.RSAPrivateKey:
    """A key of the platform, made for this run; the digests of one key are all that is compared."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  a size that platforms issue


def public_key(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def zhejiang_area() -> Area:
    return areas.configure(
        areas.find("zhejiang_jkf"), parameters={"sender": "TESTSENDER"}, secrets={"aes_key": AES_KEY}
    )


def zhejiang_form(content: bytes, key: rsa.RSAPrivateKey | None = None, kind: str = "RESULT") -> dict[str, str | bytes]:
    padder, encryptor = PKCS7(128).padder(), Cipher(AES(AES_KEY.encode()), ECB()).encryptor()  # noqa: S305
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    digest = (key or platform_key()).sign(content, PKCS1v15(), SHA1())  # noqa: S303
    return {
        "content": b64encode(sealed).decode(),
        "msg_type": kind,
        "data_digest": b64encode(digest).decode(),
    }


def zhejiang_fields(number: int) -> dict[str, str | bytes]:
    return zhejiang_form(receipt(number))


# all of them


@dataclass(frozen=True)
class Platform:
    """A platform: how to make its dialect, what it posts, and what it has to hear."""

    dialect: Callable[[], PushDialect]
    fields: Callable[[int], dict[str, str | bytes]]
    success: bytes
    refused: Mapping[Refusal, tuple[int, bytes]]
    content: Callable[[int], bytes]
    """What is to be stored of a call."""
    proof: str
    """The field that proves who calls, empty if nothing does."""
    wrong_proof: Refusal

    def receiver(self, store: MemoryStore | None = None) -> PushReceiver:
        """A receiver of this platform that takes calls from its network."""
        return PushReceiver(
            name="here", dialect=self.dialect(), store=store if store is not None else MemoryStore(), networks=NETWORKS
        )


def _refused_xml(why: Refusal) -> bytes:
    told = f"<errorCode>{why.name}</errorCode><errorMsg>{why.zh}</errorMsg>"
    return f"<response><success>false</success>{told}</response>".encode()


def _refused_ningbo(why: Refusal) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kjResponse><success>false</success>'
        f"<reasons>{why.zh}</reasons></kjResponse>"
    ).encode()


def _code(code: str, message: str = "") -> bytes:
    return f'{{"code":"{code}","message":"{message}","serviceTime":1794355200000}}'.encode()


def _status(why: Refusal) -> int:
    return 503 if why in (Refusal.STORE, Refusal.SIGNING) else 403


PLATFORMS = {
    "Guangzhou": Platform(
        dialect=lambda: GuangzhouPush(client_id="C1", key="fictitious key"),
        fields=guangzhou_fields,
        success=b"success",
        refused={why: (_status(why), b"fail") for why in Refusal},
        content=receipt,
        proof="key",
        wrong_proof=Refusal.CALLER,
    ),
    "Zhejiang": Platform(
        dialect=lambda: ZhejiangPush(area=zhejiang_area(), platform_key=public_key(platform_key())),
        fields=zhejiang_fields,
        success=b"<response><success>true</success><errorCode/><errorMsg/></response>",
        refused={why: (_status(why), _refused_xml(why)) for why in Refusal},
        content=receipt,
        proof="data_digest",
        wrong_proof=Refusal.SIGNATURE,
    ),
    "Ningbo": Platform(
        dialect=lambda: NingboPush(user_id="U1", password="fictitious"),  # noqa: S106
        fields=lambda number: ningbo_fields(number, NOW - timedelta(minutes=number % 21)),
        success=(
            b'<?xml version="1.0" encoding="UTF-8"?><mftVerifyResponse><success>true</success><reasons></reasons>'
            b"</mftVerifyResponse>"
        ),
        refused={why: (_status(why), _refused_ningbo(why)) for why in Refusal},
        content=lambda number: str(ningbo_fields(number)["msg"]).encode(),
        proof="sign",
        wrong_proof=Refusal.SIGNATURE,
    ),
    "announcement 179": Platform(
        dialect=lambda: DataRequestPush(clock=lambda: NOW),
        fields=data_request_fields,
        success=_code("10000"),
        refused={
            why: (403 if why is Refusal.NETWORK else 200, _code("20000" if why is Refusal.STORE else "20001", why.en))
            for why in Refusal
        },
        content=lambda number: urlencode(data_request_fields(number)).encode(),
        proof="",
        wrong_proof=Refusal.NETWORK,
    ),
}


@dataclass(frozen=True)
class Post:
    """A call, and what becomes of it: the number of the true one that it is or repeats, or why it is refused."""

    request: PushedRequest
    number: int | None = None
    why: Refusal | None = None


def traffic(platform: Platform, seed: int, count: int, true: int) -> list[Post]:
    """``count`` calls: ``true`` true ones, their repetitions at later times, and tampered, replayed and foreign ones,
    in any order.
    """
    chance = Random(seed)  # noqa: S311
    fields = {number: platform.fields(number) for number in range(true)}
    posts = [Post(request(fields[number]), number) for number in range(true)]
    kinds = ["repeated"] * 5 + ["tampered", "stranger", "missing", "twice", "type", "empty"]
    while len(posts) < count:
        number, kind = chance.randrange(true), chance.choice(kinds)
        posts.append(_post(platform, kind, number, fields[number], chance))
    chance.shuffle(posts)
    return posts


def _post(platform: Platform, kind: str, number: int, fields: dict[str, str | bytes], chance: Random) -> Post:
    # what a dialect says of a form that lacks something
    form = Refusal.CONTENT if platform.proof == "" else Refusal.FORM
    match kind:
        case "tampered":
            return _tampered(platform, number, fields, chance)
        case "stranger":
            return Post(request(fields, caller=STRANGER), why=Refusal.NETWORK)
        case "missing":
            lacking = chance.choice(sorted(set(fields) - {"messageType", "timestamp"}))
            return Post(request({name: fields[name] for name in fields if name != lacking}), why=form)
        case "twice":
            name = chance.choice(sorted(fields))
            body = request(fields).body + b"&" + urlencode({name: fields[name]}).encode()
            return Post(request(fields, body=body), why=form)
        case "type":
            return Post(request(fields, content_type="application/json"), why=Refusal.CONTENT_TYPE)
        case "empty":
            return Post(request(fields, body=b""), why=form)
    return Post(request(fields), number)


def _tampered(platform: Platform, number: int, fields: dict[str, str | bytes], chance: Random) -> Post:
    """One character of what proves the caller is another one; where nothing does, the content is no longer a request."""
    if not platform.proof:
        return Post(
            request({"openReq": str(fields["openReq"]).replace('"sessionID"', '"session"')}), why=Refusal.CONTENT
        )
    text = str(fields[platform.proof])
    at = chance.randrange(len(text) - 8)  # not in the padding of base64
    other = text[:at] + ("B" if text[at] in "Aa" else "A") + text[at + 1 :]
    return Post(request(fields | {platform.proof: other}), why=platform.wrong_proof)
