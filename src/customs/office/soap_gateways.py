"""Gateways that take SOAP (SOAP 网关), as the office answers there: Zhejiang, Jiangxi, the airport zone of Zhengzhou, Shandong.

Written from the facts on the exchange, sections 4.3 and 4.4, as a second opinion of the ways.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import md5
from html import escape
from io import BytesIO
from zipfile import ZipFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from lxml import etree

from customs.office.gate import MOST_BYTES
from customs.office.gateway_calls import GatewayAnswer, GatewayCall, GatewayDesk
from customs.wire.parsing import parse


def zhejiang(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Zhejiang and Jiangxi: an encrypted form or a DxpMsg as text; the answer is XML as text."""
    told = {str(each.tag): each.text or "" for each in _operation(call)}
    if "dataDigest" in told:
        content = opened_jkf(told["content"], desk.secrets["aes_key"])
        code = desk.take(content) if _digest_holds(content, told["dataDigest"], desk) else "S02"
    else:
        content = told["content"].encode()
        code = desk.take(content)
    about = "".join(
        f"<{name}>{found[1].decode()}</{name}>"
        for name in ("companyCode", "businessNo", "businessType")
        if (found := re.search(f"<{name}>([A-Za-z0-9_-]{{1,60}})</".encode(), content))
    )
    words = code if ":" in code else f"{code}:未接收"
    detail = f"<resultList><jkfResultDetail><resultInfo>{escape(words)}</resultInfo></jkfResultDetail></resultList>"
    result = f"<jkfResult>{about}<chkMark>{2 if code else 1}</chkMark>{detail * bool(code)}</jkfResult>"
    return _soap(
        "receive",
        f'<?xml version="1.0" encoding="UTF-8"?><mo version="1.0.0"><head><businessType>RESULT</businessType></head>'
        f"<body><list>{result}</list></body></mo>",
    )


def opened_jkf(content: str, key: str) -> bytes:
    """Return the message in an encrypted form of Zhejiang. Raises ``ValueError``."""
    deciphering = Cipher(algorithms.AES(key.encode()), modes.ECB()).decryptor()  # noqa: S305  the platform's rule
    padded = deciphering.update(b64decode(content, validate=True)) + deciphering.finalize()
    return padded[: -padded[-1]]


def sealed_jkf(content: bytes, key: str) -> str:
    """Return a message as Zhejiang encrypts it, in base64. Raises ``ValueError``."""
    missing = 16 - len(content) % 16
    enciphering = Cipher(algorithms.AES(key.encode()), modes.ECB()).encryptor()  # noqa: S305  the platform's rule
    return b64encode(enciphering.update(content + bytes([missing]) * missing) + enciphering.finalize()).decode()


def _digest_holds(content: bytes, digest: str, desk: GatewayDesk) -> bool:
    """True if the enterprise signed a message, or its public key is not known here."""
    if "enterprise_key" not in desk.secrets:
        return True
    try:
        _enterprise(desk).verify(b64decode(digest), content, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except (InvalidSignature, ValueError):
        return False
    return True


def zhengzhou_airport(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as the airport zone of Zhengzhou: a CBECMESSAGE with its flag. No word of refusal is published."""
    content = (_operation(call).findtext("xmlStr") or "").encode()
    code, _, text = desk.take(content).partition(":")
    number = re.search(rb"<ORDERID>([A-Za-z0-9-]{1,60})</", content)
    master = (
        f"<NUMBER>{number[1].decode() if number else ''}</NUMBER>"
        f"<FLAG>{code or 'SUCCESS'}</FLAG><COMMENTS>{escape(text)}</COMMENTS>"
    )
    return _soap("x", f"<CBECMESSAGE><MESSAGEBODY><BODYMASTER>{master}</BODYMASTER></MESSAGEBODY></CBECMESSAGE>")


def shandong(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Shandong's e-port: uploads in zips, and zips that wait until they are confirmed."""
    operation = _operation(call)
    name, told = etree.QName(operation).localname, {str(each.tag): each.text or "" for each in operation.iter()}
    if not _logged_in(told["loginPassword"], desk):
        return _response("0001")
    if name == "uploadFiles":
        return _response(_uploaded(told, desk))
    if name == "waitDownloadList":
        listed = "".join(f"<fileInfo><fileTempID>{number}</fileTempID></fileInfo>" for number in desk.waiting)
        return _response("0000", f"<filesList>{listed}</filesList>")
    number = told["fileTempID"]
    if name == "notifySdeportDownloadSuccess":
        return _response("0000" if desk.confirm(number) else "7020")
    found = desk.waiting.get(number)
    if found is None:
        return _response("7020")
    info = f"<fileFullName>{number}.zip</fileFullName><fileMimeType>application/zip</fileMimeType>"
    content = b64encode(found).decode()
    return _response("0000", f"<downloadFileInfo>{info}<fileBase64>{content}</fileBase64></downloadFileInfo>")


def _uploaded(told: Mapping[str, str], desk: GatewayDesk) -> str:
    text = told["fileBase64"].encode()
    digest = md5(text).digest()  # noqa: S324  the platform's rule
    packed = b64decode(text)
    if b64decode(told["digestBase64"]) != digest or len(packed) != int(told["fileLength"]):
        return "0002"
    if "enterprise_key" in desk.secrets:
        try:
            _enterprise(desk).verify(b64decode(told["signBase64"]), digest, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
        except InvalidSignature:
            return "0001"
    with ZipFile(BytesIO(packed)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
            return "0002"
        codes = [desk.take(archive.read(each), each) for each in archive.namelist()]
    return next(filter(None, codes), "0000")


def _logged_in(encrypted: str, desk: GatewayDesk) -> bool:
    """True if a password was encrypted with the enterprise's private key, or the desk knows none."""
    if not {"enterprise_key", "password"} <= desk.secrets.keys():
        return True
    key = _enterprise(desk)
    opened = pow(int.from_bytes(b64decode(encrypted), "big"), key.public_numbers().e, key.public_numbers().n)
    found = re.fullmatch(rb"\x00\x01\xff{8,}\x00(.*)", opened.to_bytes(key.key_size // 8, "big"), re.DOTALL)
    return found is not None and found[1] == desk.secrets["password"].encode()


def _enterprise(desk: GatewayDesk) -> RSAPublicKey:
    key = load_pem_public_key(desk.secrets["enterprise_key"].encode())
    assert isinstance(key, RSAPublicKey)
    return key


def _operation(call: GatewayCall) -> etree._Element:
    """The operation in the body of an envelope. Raises ``ValueError``."""
    if call.headers.get("soapaction") != '""' or not call.headers.get("content-type", "").startswith("text/xml"):
        raise ValueError("no call of SOAP 1.1")
    return parse(call.body)[0][0]


def _soap(operation: str, text: str) -> GatewayAnswer:
    return _enveloped(f'<o:{operation}Response xmlns:o="urn:o"><return>{escape(text)}</return></o:{operation}Response>')


def _response(refusal: str, more: str = "") -> GatewayAnswer:
    code, _, text = refusal.partition(":")
    told = f"<respCode>{code}</respCode><procMessage>{escape(text)}</procMessage>"
    default = f"<defaultResponse>{told}</defaultResponse>"
    return _enveloped(f'<o:response xmlns:o="urn:o"><inner>{default}{more}</inner></o:response>')


def _enveloped(inside: str) -> GatewayAnswer:
    body = f"<s:Body>{inside}</s:Body>"
    return GatewayAnswer(
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{body}</s:Envelope>'.encode()
    )


#: The gateways by the name of their dialect.
SOAP_GATEWAYS: Mapping[str, Callable[[GatewayCall, GatewayDesk], GatewayAnswer]] = {
    "jiangxi": zhejiang,
    "shandong": shandong,
    "zhejiang": zhejiang,
    "zhejiang_ceb": zhejiang,
    "zhengzhou_airport": zhengzhou_airport,
}
