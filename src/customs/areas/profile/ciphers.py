"""The ciphers that a step of a gateway may name (加解密与编码方式), and the kind of key that each takes.

``customs.areas.gateway.ciphers`` holds what they do.

>>> CIPHER_KEYS["aes_ecb"], CIPHER_KEYS["md5"]
('aes', '')
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

#: The kind of key that a cipher takes; empty where it takes none.
KeyKind = Literal["", "aes", "rsa private", "rsa public"]

#: The kind of key of each cipher.
CIPHER_KEYS: Mapping[str, KeyKind] = MappingProxyType({
    "plain": "", "md5": "", "md5_upper": "", "base64": "", "gzip": "", "url": "",
    "aes_ecb": "aes", "rsa_sha1": "rsa private", "rsa_blocks": "rsa public",
    "xmldsig": "rsa private",
})  # fmt: skip
