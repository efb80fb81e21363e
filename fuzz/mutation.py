"""Changes of an input along its own tokens: elements, texts, members of JSON, lines of TOML.

>>> import random
>>> found = {mutated(b"<a>1</a>", [b"<b/>"], random.Random(seed)) for seed in range(500)}
>>> b"1</a>" in found and b"<a><b/></a>" in found
True
"""

import random
import re
from collections.abc import Sequence

_TOKEN = re.compile(rb"<[^<>]*>|\"(?:[^\"\\]|\\.)*\"|[0-9]+|[A-Za-z_][\w:.-]*|[\x80-\xff]+|\s+|.", re.DOTALL)

#: What readers of XML, JSON and TOML stumble over.
NASTY = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"&#0;", b"&#x110000;", b"&lt;", b"]]>", b"<![CDATA[",
    b"<!-- -->", b"<?p?>", b"<!DOCTYPE a>", b' xmlns:a="u"', b' xmlns=""', b"\r", b"\xc2\xa0", b"\xe3\x80\x80", b"NaN",
    b"Infinity", b"-0", b"0E-7", b"1e999999", b"1e-99999999", b"0E-999999999999", b"1e99999900000",
    b"9" * 400, b"0." + b"0" * 40 + b"1", b"[" * 40, b"{}", b"[]", b"null", b"true",
    b'""', b"'''", b"inherits", b"unified", b"99999999999999", b"20261332256199", b"2026-02-30", b"(a+)+b", b"__proto__",
)  # fmt: skip


def mutated(data: bytes, words: Sequence[bytes], chance: random.Random) -> bytes:
    """Return an input with one to four changes; ``words`` are tokens of other inputs."""
    tokens = tokens_of(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens) + 1)
        to = min(len(tokens), at + chance.choice((1, 1, 2, 5, 20)))
        match chance.randrange(6):
            case 0:
                tokens[at:to] = []
            case 1:
                tokens[at:at] = tokens[at:to] * chance.choice((1, 1, 2, 30))
            case 2:
                tokens[at:to] = [chance.choice(NASTY)]
            case 3:
                tokens[at:at] = [chance.choice(words) if words else b""]
            case 4:
                tokens[at:to] = [chance.choice(words) if words else b""]
            case _:
                other = chance.randrange(len(tokens) + 1)
                tokens[at:at] = tokens[other : other + to - at]
    return b"".join(tokens)


def tokens_of(data: bytes) -> list[bytes]:
    """Return an input in pieces."""
    return _TOKEN.findall(data)
