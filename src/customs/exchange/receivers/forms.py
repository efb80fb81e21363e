r"""Posted forms (推送表单), read to the byte: values are never decoded to text, so that a message in any encoding stays as it
came; and none is decoded before it is asked for, so that a stranger cannot have large ones decoded.

>>> from datetime import datetime
>>> call = PushedRequest(
...     body=b"msgtype=cnec_wh_9&msg=%D6%D0", content_type="application/x-www-form-urlencoded; charset=GBK",
...     caller="203.0.113.7", received=datetime(2026, 11, 11, 8))
>>> fields = fields_of(call)
>>> value_of(fields, "msgtype"), content_of(fields, "msg")
(b'cnec_wh_9', b'\xd6\xd0')
"""

import re
from collections.abc import Mapping
from hmac import compare_digest
from urllib.parse import unquote_to_bytes

from customs.exchange.receivers.pushed import PushedRequest, PushRefusedError, Refusal

#: Bytes of a body at most. The largest receipts have some 300 kB, and platforms compress what is above 1 MB; the share of
#: a message in its form is two thirds in base64, and a third of Chinese text that is percent-encoded.
LARGEST_PUSH = 16 * 1024 * 1024

FORM = "application/x-www-form-urlencoded"

#: Fields of a form: more are refused before they are taken apart; the platforms post four to six.
MOST_FIELDS = 20

#: Bytes of the name of a field and of an identifier, key or digest, encoded: a digest of RSA has some 700.
LONGEST_VALUE = 4096

#: Names of message types that are fit to be shown and to be part of a file's name.
_SHOWN = re.compile(rb"[A-Za-z0-9_.-]{1,60}")


def fields_of(request: PushedRequest) -> dict[str, bytes]:
    """Return the fields of a form and of the query before it, each given once, their values still encoded.

    Raises ``PushRefusedError``.
    """
    if request.content_type.partition(";")[0].strip().lower() != FORM:
        raise PushRefusedError(Refusal.CONTENT_TYPE)
    fields: dict[str, bytes] = {}
    for encoded in (request.query, request.body):
        if encoded.count(b"&") >= MOST_FIELDS:
            raise PushRefusedError(Refusal.FORM)
        for each in encoded.split(b"&"):
            name, _, value = each.partition(b"=")
            key = _decoded(name[:LONGEST_VALUE]).decode("ascii", "replace")
            if key in fields:
                raise PushRefusedError(Refusal.FORM)
            if key:
                fields[key] = value
    return fields


def value_of(fields: Mapping[str, bytes], *names: str) -> bytes:
    """Return the value of a short field that is spelled in one of several ways and not empty.

    Raises ``PushRefusedError``.
    """
    found = [fields[name] for name in names if fields.get(name)]
    if len(found) != 1 or len(found[0]) > LONGEST_VALUE:
        raise PushRefusedError(Refusal.FORM)
    return _decoded(found[0])


def content_of(fields: Mapping[str, bytes], name: str) -> bytes:
    """Return the value of the field with the message, which is not empty. Raises ``PushRefusedError``."""
    if not fields.get(name):
        raise PushRefusedError(Refusal.FORM)
    return _decoded(fields[name])


def _decoded(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def shown(name: bytes) -> str:
    """Return the name of a message type, an empty one if it is not fit to be shown."""
    return name.decode() if _SHOWN.fullmatch(name) else ""


def all_equal(*pairs: tuple[bytes, bytes]) -> bool:
    """Return True if both of every pair are equal; all are compared, in constant time."""
    equal = [compare_digest(given, expected) for given, expected in pairs]
    return all(equal)
