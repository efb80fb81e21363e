r"""Signatures of WeChat Pay's API v3 (微信支付 APIv3 签名): the header of a request, and the proof of an answer.

The library's requests are those of v2, which are signed with MD5. Whoever asks for declarations by v3 (JSON, at the paths
of the global edition) can sign and verify here; the key stays with a function. Source: WeChat Pay's page on signatures
of v3 (five lines, each with its line feed; three for an answer), and clients for the form of the header.

>>> request_text("POST", "/v3/global/customs/orders", b"{}", timestamp=1794326400, nonce="N1")
b'POST\n/v3/global/customs/orders\n1794326400\nN1\n{}\n'
>>> key = V3Key("1900000000", "5F", lambda text: b"signature")
>>> print(authorization(key, "POST", "/v3/global/customs/orders", b"{}", timestamp=1794326400, nonce="N1"))
WECHATPAY2-SHA256-RSA2048 mchid="1900000000",nonce_str="N1",signature="c2lnbmF0dXJl",timestamp="1794326400",serial_no="5F"
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: The scheme of the header Authorization: SHA256withRSA with PKCS#1 v1.5 padding and a key of 2048 bits.
SCHEME = "WECHATPAY2-SHA256-RSA2048"

#: Seconds that the time of an answer may differ from the clock; a later one may be an old answer sent again.
LARGEST_DIFFERENCE = 300

_HEADERS = ("timestamp", "nonce", "signature", "serial")
_PLAIN = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True)
class V3Key:
    """The merchant's number at WeChat Pay, the serial number of its API certificate, and a function that signs with its
    key (SHA256withRSA).
    """

    merchant_id: str
    serial_no: str
    signs: Callable[[bytes], bytes] = field(repr=False)


def request_text(method: str, path: str, body: bytes, *, timestamp: int, nonce: str) -> bytes:
    """Return the text of a request that is signed; ``path`` has the query, not the host."""
    return f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def authorization(key: V3Key, method: str, path: str, body: bytes, *, timestamp: int, nonce: str) -> str:
    """Return the header Authorization of a request; ``timestamp`` is in seconds since 1970.

    Raises ``ValueError`` for a number or nonce that would break the header.
    """
    if not all(map(_PLAIN.fullmatch, (key.merchant_id, key.serial_no, nonce))):
        raise ValueError("merchant_id, serial_no and nonce are ASCII without blanks, quotation marks and backslashes")
    signature = key.signs(request_text(method, path, body, timestamp=timestamp, nonce=nonce))
    fields = {
        "mchid": key.merchant_id,
        "nonce_str": nonce,
        "signature": b64encode(signature).decode("ascii"),
        "timestamp": str(timestamp),
        "serial_no": key.serial_no,
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def answer_holds(
    headers: Mapping[str, str], body: bytes, verifies: Callable[[str, bytes, bytes], bool], now: int
) -> bool:
    """Return True if WeChat Pay signed an answer, and not long ago.

    ``headers`` are those of the answer, in any case of letters. ``verifies`` takes the serial number of WeChat Pay's
    certificate (or the id of its public key), the signature and the text; it says False for a number that it does not
    know. ``now`` is in seconds since 1970.
    """
    given = {name.lower(): text for name, text in headers.items()}
    time, nonce, signature, serial = (given.get(f"wechatpay-{each}", "") for each in _HEADERS)
    if not (time.isascii() and time.isdecimal()) or abs(int(time[:15]) - now) > LARGEST_DIFFERENCE:
        return False
    try:
        value = b64decode(signature, validate=True)
    except ValueError:
        return False
    return verifies(serial, value, f"{time}\n{nonce}\n".encode() + body + b"\n")
