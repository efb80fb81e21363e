"""Mutations of signed messages: changes of every kind that XML, its signatures and base64 allow, drawn by a seed.

Some change what was signed, some its form alone, some nothing at all. A verifier has to tell them apart, as another
verifier does.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from random import Random

from lxml import etree

Mutation = Callable[[Random, bytes], bytes]

DS = b"http://www.w3.org/2000/09/xmldsig#"
START_TAG = re.compile(rb"<[A-Za-z_][^<>]*?(?=/?>)")
ANY_TAG = re.compile(rb"</?[A-Za-z_][^<>]*>")
TEXT = re.compile(rb"(?<=>)[^<>]+(?=</)")
BASE64 = re.compile(rb"(?<=Value>)[^<>]+(?=<)|(?<=X509Certificate>)[^<>]+(?=<)")
KEY_NAME = re.compile(rb"(?<=KeyName>)[^<>]*(?=<)")
CERTIFICATE = re.compile(rb"(?<=X509Certificate>)[^<>]+")
SIGNED_VALUE = re.compile(rb"(?<=SignatureValue>)[^<>]+(?=<)")
ATTRIBUTE = re.compile(rb' [\w:]+="[^"<>]*"')
OF_SIGNATURE = re.compile(rb"<(?:ds:)?(?:Sign|Key|X509|Ref|Trans|Dig|Canon)[^<>]*?(?=/?>)")
KEY_INFO = re.compile(rb"<(ds:)?KeyInfo>.*</\1KeyInfo>", re.DOTALL)
SIGNATURE = re.compile(rb"<(ds:)?Signature [^<>]*>.*</\1Signature>", re.DOTALL)

BLANKS = (b" ", b"\n", b"\t", b"\r\n", b"&#13;", b"&#10;", b"&#32;")
OTHER_BLANKS = tuple(each.encode() for each in ("\u3000", "\xa0", "\x85", "\u2028", "\u200b", "\ufeff"))
URIS = (
    DS + b"sha1", DS + b"rsa-sha1", DS + b"hmac-sha1", DS + b"dsa-sha1", DS + b"base64", DS + b"enveloped-signature",
    DS + b"manifest", b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    b"http://www.w3.org/2001/04/xmldsig-more#rsa-md5", b"http://www.w3.org/2001/04/xmldsig-more#md5",
    b"http://www.w3.org/2001/10/xml-exc-c14n#", b"http://www.w3.org/2006/12/xml-c14n11",
    b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    b"http://www.w3.org/TR/1999/REC-xpath-19991116", b"http://www.w3.org/TR/1999/REC-xslt-19991116", b"",
)  # fmt: skip
REFERENCES = (
    b"#x",
    b"#xpointer(/)",
    b"#xpointer(id('x'))",
    b"#",
    b"message.xml",
    b" ",
    b"http://127.0.0.1/",
    b"?",
    b"./",
)
NAMESPACES = (
    b"urn:x",
    b"http://x.example/",
    b"x",
    b"../x",
    b"#x",
    b"",
    DS,
    b"urn:x y",
    b"http://x.example/%zz",
    b":x",
    b"http:",
)


def placed(random: Random, message: bytes, pattern: re.Pattern[bytes]) -> tuple[int, int]:
    """A place that fits a pattern; the end of the message where none does."""
    found = [each.span() for each in pattern.finditer(message)]
    return random.choice(found) if found else (len(message), len(message))


def put(text: bytes, message: bytes, place: int) -> bytes:
    return message[:place] + text + message[place:]


def with_text(pattern: re.Pattern[bytes], change: Callable[[Random, bytes], bytes]) -> Mutation:
    """Change a piece of text that fits a pattern."""

    def mutation(random: Random, message: bytes) -> bytes:
        start, end = placed(random, message, pattern)
        return message[:start] + change(random, message[start:end]) + message[end:]

    return mutation


def inside(random: Random, text: bytes, *pieces: bytes) -> bytes:
    """Put one of some pieces somewhere into a text."""
    return put(random.choice(pieces), text, random.choice((0, len(text), random.randint(0, len(text)))))


def at_the_end(random: Random, text: bytes, *pieces: bytes) -> bytes:
    return text + random.choice(pieces)


# Bytes


def flip(random: Random, message: bytes) -> bytes:
    place = random.randrange(len(message) or 1)
    if not message:
        return message
    return message[:place] + bytes([message[place] ^ 1 << random.randrange(8)]) + message[place + 1 :]


def byte(random: Random, message: bytes) -> bytes:
    place = random.randrange(len(message))
    return (
        message[:place]
        + random.choice((b"", random.randbytes(1), message[place : place + 1] * 2))
        + message[place + 1 :]
    )


def span(random: Random, message: bytes) -> bytes:
    """Leave a piece out, or say it twice."""
    start = random.randrange(len(message))
    end = start + random.randint(1, 40)
    return message[:start] + message[start:end] * random.choice((0, 2)) + message[end:]


def decoded(change: Mutation) -> Mutation:
    """Change the bytes that stand in base64."""

    def mutation(random: Random, text: bytes) -> bytes:
        try:
            return b64encode(change(random, b64decode(text)))
        except ValueError:
            return text

    return mutation


def outside_the_signed_part(random: Random, der: bytes) -> bytes:
    """Flip a bit of a certificate behind what its issuer signed: its algorithm, or the head of the signature."""
    place = len(der) - 256 - random.randint(1, 22)
    return der[:place] + bytes([der[place] ^ 1 << random.randrange(8)]) + der[place + 1 :] if place > 0 else der


# Elements


def tree(change: Callable[[Random, etree._Element, etree._Element], None]) -> Mutation:
    """Change the tree of a message, at any of its elements but the root."""

    def mutation(random: Random, message: bytes) -> bytes:
        try:
            root = etree.fromstring(message)
            change(random, root, random.choice(list(root.iter("*"))[1:]))
        except (etree.LxmlError, ValueError, IndexError, TypeError):
            return message
        return b'<?xml version="1.0" encoding="UTF-8"?>' + etree.tostring(root)

    return mutation


def moved(random: Random, root: etree._Element, element: etree._Element) -> None:
    target = random.choice([each for each in root.iter("*") if element not in (each, *each.iterancestors())])
    target.insert(random.randint(0, len(target)), element)


def doubled(random: Random, root: etree._Element, element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.insert(
        random.choice((0, len(parent), parent.index(element))),
        etree.fromstring(etree.tostring(element, with_tail=False)),
    )


def removed(random: Random, root: etree._Element, element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def emptied(random: Random, root: etree._Element, element: etree._Element) -> None:
    element.clear(keep_tail=True)


def exchanged(random: Random, root: etree._Element, element: etree._Element) -> None:
    beside = element.getprevious()
    if beside is not None:
        beside.addprevious(element)


def wrapped(random: Random, root: etree._Element, element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    around = etree.Element(
        random.choice((element.tag, "x", f"{{{DS.decode()}}}Object", f"{{{DS.decode()}}}SignatureProperties"))
    )
    parent.replace(element, around)
    around.append(element)


def renamed(random: Random, root: etree._Element, element: etree._Element) -> None:
    element.tag = random.choice([each.tag for each in root.iter("*")] + ["x"])


def given_text(random: Random, root: etree._Element, element: etree._Element) -> None:
    other = random.choice([each for each in root.iter("*") if each.text])
    element.text = other.text


# Attributes, namespaces


def attribute(*texts: bytes) -> Mutation:
    """Put an attribute into a start tag."""
    return with_text(START_TAG, lambda random, tag: put(b" " + random.choice(texts), tag, len(tag)))


def of_signature(*texts: bytes) -> Mutation:
    """Put an attribute into a start tag of the signature."""
    return with_text(OF_SIGNATURE, lambda random, tag: put(b" " + random.choice(texts), tag, len(tag)))


def swapped(random: Random, tag: bytes) -> bytes:
    """Change the order of the attributes of a tag."""
    name, *attributes = re.split(rb' (?=[\w:]+=")', tag)
    random.shuffle(attributes)
    return b" ".join([name, *attributes])


def namespace(random: Random, tag: bytes) -> bytes:
    name = random.choice((b"xmlns:n", b"xmlns:ds", b"xmlns:ceb", b"xmlns", b"xmlns:xsi"))
    return tag + b" " + name + b'="' + random.choice(NAMESPACES) + b'"'


def other_prefix(random: Random, message: bytes) -> bytes:
    return message.replace(b"ds:", random.choice((b"", b"sig:", b"d:"))).replace(b"xmlns:=", b"xmlns=")


def uri(pattern: bytes, uris: tuple[bytes, ...]) -> Mutation:
    return with_text(re.compile(pattern), lambda random, _: random.choice(uris))


# Entities and documents


def as_reference(random: Random, text: bytes) -> bytes:
    place = random.randrange(len(text)) if text else 0
    piece = text[place : place + 1]
    return (
        text
        if not piece.isalnum()
        else text[:place] + random.choice((b"&#%d;", b"&#x%x;", b"&#x00%X;")) % piece[0] + text[place + 1 :]
    )


def as_data(random: Random, text: bytes) -> bytes:
    start, end = sorted(random.randint(0, len(text)) for _ in range(2))
    return text[:start] + b"<![CDATA[" + text[start:end] + b"]]>" + text[end:]


TYPES = (
    b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY e "1">]>', b'<!DOCTYPE x SYSTEM "x.dtd">',
    b'<!DOCTYPE x [<!ATTLIST x Id ID #IMPLIED>]>', b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
)  # fmt: skip


def document_type(random: Random, message: bytes) -> bytes:
    return put(random.choice(TYPES), message, message.find(b"?>") + 2)


DECLARATIONS = (
    b"", b"<?xml version='1.0'?>", b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>', b'<?xml version="1.1" encoding="UTF-8"?>',
    b'<?xml version="1.0" encoding="ISO-8859-1"?>', b'<?xml version="1.0" encoding="US-ASCII"?>', b'<?xml version="1.0" encoding="UTF-7"?>',
    b'\n<?xml version="1.0" encoding="UTF-8"?>', b'<?xml version="1.0" encoding="UTF-8"?>\n', b'<?xml version="2.0"?>',
)  # fmt: skip


def declaration(random: Random, message: bytes) -> bytes:
    return random.choice(DECLARATIONS) + message[message.find(b"?>") + 2 :]


ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "utf-8-sig", "big5", "utf-32", "cp037")


def encoded(random: Random, message: bytes) -> bytes:
    """Write the message in another encoding, which the declaration says or not."""
    encoding = random.choice(ENCODINGS)
    family = "UTF-16" if "16" in encoding else "GBK" if encoding.startswith("gb") else encoding
    said = random.choice((encoding, encoding.upper(), family, "UTF-8"))
    try:
        return message.decode().replace('encoding="UTF-8"', f'encoding="{said}"', 1).encode(encoding)
    except UnicodeError:
        return message


# Ids, keys, signatures


def referred(random: Random, message: bytes) -> bytes:
    """Give elements an id and refer to it."""
    name = random.choice((b"Id", b"ID", b"id", b"xml:id"))
    for _ in range(random.choice((1, 1, 2))):
        _, end = placed(random, message, START_TAG)
        message = put(b" " + name + b'="x"', message, end)
    return message.replace(b'URI=""', b'URI="' + random.choice((b"#x", b"", b"#xpointer(id('x'))")) + b'"')


KEY_INFOS = (
    b"", b"<ds:KeyInfo/>", b"<ds:KeyInfo><ds:KeyName>0001</ds:KeyName></ds:KeyInfo>",
    b'<ds:KeyInfo><ds:RetrievalMethod URI="#x"/></ds:KeyInfo>',
    b"<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>",
    b"<ds:KeyInfo><ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName></ds:X509Data></ds:KeyInfo>",
)  # fmt: skip


def key_info(random: Random, message: bytes) -> bytes:
    other = random.choice(KEY_INFOS)
    return KEY_INFO.sub(lambda found: random.choice((other, found[0] + other, other + found[0])), message)


KEY_NAMES = (b"", b"0001", b"1", b"0000", b"unknown", b"0178B6B7")


def wrapped_message(random: Random, message: bytes) -> bytes:
    """Put the signed message into another one, with the signature where it was or lifted out of it."""
    declared = message.find(b"?>") + 2
    inner, found = message[declared:], SIGNATURE.search(message)
    if not found or inner[:1] != b"<":
        return message
    name = re.match(rb"<([\w:]+)", inner)
    lifted = random.choice((b"", found[0]))
    within = inner.replace(found[0], b"") if lifted else inner
    opening = b'<%s xmlns:ceb="http://www.chinaport.gov.cn/ceb">' % (name[1] if name else b"x")
    return message[:declared] + opening + within + lifted + b"</%s>" % (name[1] if name else b"x")


def enveloping(random: Random, message: bytes) -> bytes:
    declared, found = message.find(b"?>") + 2, SIGNATURE.search(message)
    if not found:
        return message
    prefix = found[1] or b""
    content = message[declared:].replace(found[0], b"")
    return found[0].replace(
        b"</%sSignature>" % prefix, b"<%sObject Id='x'>%s</%sObject></%sSignature>" % (prefix, content, prefix, prefix)
    )


def extra_transform(random: Random, message: bytes) -> bytes:
    one = b'<ds:Transform Algorithm="' + random.choice(URIS) + b'"/>'
    return (
        message.replace(b"</ds:Transforms>", one + b"</ds:Transforms>")
        if random.random() < 0.5
        else message.replace(b"<ds:Transforms>", b"<ds:Transforms>" + one)
    )


def other_padding(random: Random, text: bytes) -> bytes:
    """Change the end of base64: no padding, more of it, or bits that nothing reads."""
    bare = text.rstrip(b"=")
    if len(bare) % 4 and random.random() < 0.5:
        alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = alphabet.find(bare[-1:])
        return bare[:-1] + alphabet[last ^ 1 : (last ^ 1) + 1] + text[len(bare) :]
    return random.choice((bare, text + b"=", text + b"====", bare + b"=" * random.randint(1, 4), text + b"QUJD"))


def other_signs(random: Random, text: bytes) -> bytes:
    return random.choice(
        (text.replace(b"+", b"-").replace(b"/", b"_"), b"=" + text, text + b"!", text.swapcase(), b64encode(text))
    )


def within_tag(random: Random, tag: bytes) -> bytes:
    """Put blanks into a tag where XML allows them, and where it does not."""
    place = random.choice([each.start() for each in re.finditer(rb'[ =>"/]', tag)] or [len(tag) - 1])
    return put(random.choice((b" ", b"\n", b"\t", b"  ")), tag, place)


def other_quotes(random: Random, text: bytes) -> bytes:
    return text.replace(b'"', b"'")


def closed(random: Random, message: bytes) -> bytes:
    """Write an empty element in one tag, or in two."""
    return random.choice(
        (
            re.sub(rb"<([\w:]+)([^<>]*)></\1>", rb"<\1\2/>", message, count=random.randint(1, 4)),
            re.sub(rb"<([\w:]+)([^<>]*)/>", rb"<\1\2></\1>", message, count=random.randint(1, 4)),
        )
    )


def at_the_edges(random: Random, message: bytes) -> bytes:
    piece = random.choice((b" ", b"\n", b"<!-- c -->", b"<?x y?>", b"x", b"\0", b"\xef\xbb\xbf"))
    return put(piece, message, random.choice((0, message.find(b"?>") + 2, len(message))))


def shortened(random: Random, message: bytes) -> bytes:
    length = b"<ds:HMACOutputLength>8</ds:HMACOutputLength>"
    return message.replace(b"</ds:SignatureMethod>", length + b"</ds:SignatureMethod>")


#: Every mutation by the family that it belongs to.
MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "bytes": (flip, byte, span, with_text(TEXT, flip), with_text(BASE64, flip)),
    "elements": tuple(map(tree, (moved, doubled, removed, emptied, exchanged, wrapped, renamed, given_text))),
    "attributes": (
        attribute(b'a="1"', b'xml:lang="zh"', b'xml:space="preserve"', b'xml:base="http://x.example/"', b'xsi:type="x"'),
        of_signature(b'Id="x"', b'a="1"', b'Type="x"', b'Encoding="base64"', b'MimeType="x"', b'Target="x"'),
        with_text(ATTRIBUTE, lambda random, _: b""),
        with_text(ATTRIBUTE, lambda random, text: text * 2),
        with_text(ATTRIBUTE, other_quotes),
        with_text(START_TAG, swapped),
    ),
    "namespaces": (
        with_text(START_TAG, namespace),
        with_text(OF_SIGNATURE, namespace),
        with_text(re.compile(rb"<(?:ds:)?(?:Key|X509|SignatureValue)[^<>]*"), namespace),
        with_text(re.compile(rb' xmlns(:\w+)?="[^"]*"'), lambda random, _: b""),
        with_text(re.compile(rb'(?<=xmlns:xsi=")[^"]*'), lambda random, _: random.choice(NAMESPACES)),
        other_prefix,
    ),
    "blanks": (
        with_text(ANY_TAG, lambda random, tag: tag + random.choice(BLANKS)),
        with_text(TEXT, lambda random, text: inside(random, text, *BLANKS)),
        with_text(TEXT, lambda random, text: inside(random, text, *OTHER_BLANKS)),
        with_text(ANY_TAG, within_tag),
        lambda random, message: message.replace(b"\n", b"\r\n"),
        closed,
        at_the_edges,
    ),
    "entities": (
        with_text(TEXT, as_reference),
        with_text(BASE64, as_reference),
        with_text(TEXT, as_data),
        with_text(BASE64, as_data),
        with_text(TEXT, lambda random, text: inside(random, text, b"<!-- c -->", b"<?x y?>", b"&e;", b"&amp;", b"&#0;")),
        with_text(ANY_TAG, lambda random, tag: tag + random.choice((b"<!-- c -->", b"<?x y?>", b"<![CDATA[]]>"))),
        document_type,
        declaration,
        encoded,
    ),
    "ids": (referred, uri(rb'(?<=URI=")[^"]*', REFERENCES), lambda random, message: message.replace(b' URI=""', b"")),
    "base64": (
        with_text(BASE64, lambda random, text: inside(random, text, *BLANKS)),
        with_text(SIGNED_VALUE, lambda random, text: inside(random, text, *BLANKS)),
        with_text(BASE64, lambda random, text: inside(random, text, *OTHER_BLANKS)),
        with_text(BASE64, lambda random, text: b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))),
        with_text(BASE64, other_padding),
        with_text(SIGNED_VALUE, other_padding),
        with_text(BASE64, other_signs),
    ),
    "algorithms": (
        uri(rb'(?<=Algorithm=")[^"]*', URIS),
        with_text(re.compile(rb'(?<=Algorithm=")[^"]*'), lambda random, text: inside(random, text, b" ", b"&#10;", b"%20")),
        extra_transform,
        shortened,
    ),
    "keys": (
        key_info,
        with_text(KEY_NAME, lambda random, _: random.choice(KEY_NAMES)),
        with_text(KEY_NAME, lambda random, text: random.choice((text.upper(), b"00" + text, inside(random, text, *BLANKS)))),
        with_text(CERTIFICATE, flip),
        *(with_text(CERTIFICATE, decoded(each)) for each in (flip, byte, span, outside_the_signed_part)),
        with_text(SIGNED_VALUE, decoded(byte)),
    ),
    "places": (wrapped_message, enveloping),
}  # fmt: skip


def mutated(random: Random, message: bytes) -> tuple[str, bytes]:
    """A message changed once, sometimes twice or three times, and the families of the changes."""
    families = random.choices(list(MUTATIONS), k=random.choice((1, 1, 1, 2, 3)))
    for family in families:
        message = random.choice(MUTATIONS[family])(random, message or b" ")
    return " and ".join(families), message


def mutations(seed: str, messages: Sequence[bytes], count: int) -> Iterator[tuple[str, bytes, bytes]]:
    """So many mutations of some messages: their families, the message that each was made of, and another one."""
    random = Random(seed)  # noqa: S311  drawn again by its seed
    while count:
        message = random.choice(messages)
        family, content = mutated(random, message)
        if content != message:
            count -= 1
            yield family, message, content
