"""The HTTPS gateways of areas as they answer a request (网关应答模拟), written from the facts: a second opinion of our dialects.

A door takes a request apart, hands the message inside to its desk, and answers in the gateway's words. It is a function of
the request and the desk alone.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from html import escape
from io import BytesIO
from urllib.parse import quote_plus, unquote_plus
from zipfile import ZipFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from support.gateway_server import Answered, Asked

#: What a desk says of a message: empty if it is taken, else the code of the gateway.
Judge = Callable[[bytes], str]


@dataclass
class Desk:
    """What is behind a door: who judges messages, what was taken, what waits to be fetched, and the shared secrets."""

    judge: Judge = lambda content: ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    private: RSAPrivateKey | None = None
    taken: list[bytes] = field(default_factory=list)
    waiting: dict[str, bytes] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)

    def take(self, content: bytes) -> str:
        code = self.judge(content)
        if not code:
            self.taken.append(content)
        return code


Door = Callable[[Asked, Desk], Answered]


def guangzhou(asked: Asked, desk: Desk) -> Answered:
    """Guangzhou's and Shenzhen's ``sendMessage`` family."""
    told = {**asked.query, **(asked.form if asked.method == "POST" else {})}
    if told.get("key") != desk.secrets.get("key"):
        return _result("0.3")
    answer = _SEND_MESSAGE.get(asked.path.rpartition("/")[2])
    return answer(told, desk) if answer else Answered(status=404)


def _send_message(told: Mapping[str, str], desk: Desk) -> Answered:
    missing = [name for name in ("clientid", "messageType", "messageText") if not told.get(name)]
    if missing:
        return _result("0.1")
    text = told["messageText"].encode()
    inside = re.search(rb"<(?:\w+:)?Data>([^<]*)</", text)
    try:
        return _result(desk.take(b64decode(inside[1]) if inside else text))
    except Base64Error:
        return _result("0.8")


def _receive_message(told: Mapping[str, str], desk: Desk) -> Answered:
    receipts = [
        {"receiptId": number, "messageType": "KJDOCREC", "messageText": content.decode(), "messageFileSuffix": ".xml"}
        for number, content in desk.waiting.items()
    ]
    return _json({"result": True, "receiptList": receipts, "errorCode": ""})


def _receipt_received(told: Mapping[str, str], desk: Desk) -> Answered:
    for each in json.loads(told["receiptList"]):
        desk.waiting.pop(each["receiptId"], None)
    return _result("")


def _query_message(told: Mapping[str, str], desk: Desk) -> Answered:
    return _json({"result": True, "content": [{"orderNO": no, "state": state} for no, state in desk.orders.items()]})


_SEND_MESSAGE = {
    "sendMessage.action": _send_message,
    "receiveMessage.action": _receive_message,
    "sendReceiptReceived.action": _receipt_received,
    "queryMessage.action": _query_message,
}


def _result(code: str) -> Answered:
    return _json({"result": not code, "description": "张三的订单", "errorCode": code})


def ningbo(asked: Asked, desk: Desk) -> Answered:
    """Ningbo: the sign covers user, password and time; one order, one declaration number."""
    told = asked.form
    made = md5(f"{told['userid']}{desk.secrets['password']}{told['timestamp']}".encode()).hexdigest()  # noqa: S324
    if made != told["sign"]:
        return _header(Result="F", ResultMsg="签名错误")
    root = etree.fromstring(told["xmlstr"].encode())
    number = root.findtext(".//OrderNo") or ""
    if told["msgtype"] == "cnec_get_mftno":
        known = desk.orders.get(number)
        return _header(Result="T", MftNo=known) if known else _header(Result="F", ResultMsg="订单不存在")
    if told["msgtype"] == "cnec_jh_decl_byupdatetime":
        page = int(root.findtext(".//Page") or "1")
        more = "T" if page < len(desk.noted) else "F"
        shown = desk.noted[page - 1] if desk.noted else ""
        return Answered(
            f"<Message><Header><Result>T</Result><NextPage>{more}</NextPage></Header><Body>{shown}</Body></Message>".encode()
        )
    if number in desk.orders:
        return _header(Result="F", ResultMsg="该订单编号已存在")
    code = desk.take(told["xmlstr"].encode())
    if code:
        return _header(Result="F", ResultMsg=code)
    desk.orders[number] = f"3105{len(desk.orders):014}"
    return _header(Result="T", ResultMsg="", MftNo=desk.orders[number])


def _header(**told: str) -> Answered:
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    return Answered(f'<?xml version="1.0" encoding="UTF-8"?><Message><Header>{inside}</Header></Message>'.encode())


def shanghai(asked: Asked, desk: Desk) -> Answered:
    """Shanghai: the digest covers the text and the key; the answer is percent-encoded JSON."""
    content = unquote_plus(asked.form["EData"])
    made = md5((content + desk.secrets["key"]).encode()).hexdigest().upper()  # noqa: S324  the platform's rule
    code = desk.take(content.encode()) if made == asked.form["SignMsg"] else "ILLEGAL_SIGN"
    return Answered(quote_plus(json.dumps({"retCode": code or "SUCCESS", "retMsg": "张三"})).encode())


def chongqing(asked: Asked, desk: Desk) -> Answered:
    """Chongqing: base64 of the message; a password in its head."""
    code = desk.take(b64decode(asked.form["data"], validate=True))
    return _json({"isSuccess": not code, "body": code})


def changsha(asked: Asked, desk: Desk) -> Answered:
    """Changsha: how it answers is not known; this one says ``1``."""
    told = asked.form
    made = md5((told["Request"] + desk.secrets["key"]).encode()).hexdigest()  # noqa: S324  the platform's rule
    return Answered(b"0" if made != told["Signed"] or desk.take(b64decode(told["Request"])) else b"1")


def zhengzhou(asked: Asked, desk: Desk) -> Answered:
    """Zhengzhou E-trade: blocks encrypted for the platform inside an envelope."""
    envelope = etree.fromstring(asked.form["xml"].encode())
    assert desk.private is not None
    packed, size = b64decode(envelope.findtext("DataInfo") or ""), desk.private.key_size // 8
    blocks = [packed[at : at + size] for at in range(0, len(packed), size)]
    code = desk.take(b"".join(desk.private.decrypt(block, padding.PKCS1v15()) for block in blocks))
    return Answered(f"<Root><Status>{code or 0}</Status><Detail>张三</Detail></Root>".encode())


def hainan(asked: Asked, desk: Desk) -> Answered:
    """Hainan: JSON in, the text OK out; receipts by time, in a text that only looks like JSON."""
    if asked.method == "GET":
        assert len(asked.query["qryid"]) == 14
        assert asked.query["dxpid"]
        shown = ",\n  ".join(desk.noted if asked.path == "/ceb312msg" else [])
        return Answered(f"[\n  {shown}\n]".encode())
    body = json.loads(asked.body)["Message"]
    code = desk.take(b64decode(body["MessageBody"]["data"], validate=True))
    return Answered((code or "OK").encode())


def opened_jkf(told: Mapping[str, str], desk: Desk) -> bytes:
    """The message in an encrypted form of Zhejiang."""
    deciphering = Cipher(algorithms.AES(desk.secrets["aes_key"].encode()), modes.ECB()).decryptor()  # noqa: S305
    padded = deciphering.update(b64decode(told["content"], validate=True)) + deciphering.finalize()
    return padded[: -padded[-1]]


def _json(told: object) -> Answered:
    return Answered(json.dumps(told).encode())


def zhejiang(asked: Asked, desk: Desk) -> Answered:
    """Zhejiang and Jiangxi: an encrypted form or a DxpMsg as text; the answer is XML as text in the envelope."""
    operation = _operation(asked)
    told = {str(each.tag): each.text or "" for each in operation}
    content = opened_jkf(told, desk) if "dataDigest" in told else told["content"].encode()
    code = desk.take(content)
    detail = f"<resultList><jkfResultDetail><resultInfo>{code}:张三</resultInfo></jkfResultDetail></resultList>" * bool(
        code
    )
    result = f"<jkfResult><businessNo>A1</businessNo><chkMark>{2 if code else 1}</chkMark>{detail}</jkfResult>"
    return _soap(
        "receive",
        f'<?xml version="1.0" encoding="UTF-8"?><mo version="1.0.0"><head><businessType>RESULT</businessType></head>'
        f"<body><list>{result}</list></body></mo>",
    )


def zhengzhou_airport(asked: Asked, desk: Desk) -> Answered:
    """The airport zone of Zhengzhou: one text, and a CBECMESSAGE with its flag."""
    code = desk.take((_operation(asked).findtext("xmlStr") or "").encode())
    master = f"<NUMBER>A1</NUMBER><FLAG>{code or 'SUCCESS'}</FLAG><COMMENTS>张三</COMMENTS>"
    return _soap("x", f"<CBECMESSAGE><MESSAGEBODY><BODYMASTER>{master}</BODYMASTER></MESSAGEBODY></CBECMESSAGE>")


def shandong(asked: Asked, desk: Desk) -> Answered:
    """Shandong's e-port: uploads in zips, and zips that wait until they are confirmed."""
    call = _operation(asked)
    name, told = etree.QName(call).localname, {str(each.tag): each.text or "" for each in call.iter()}
    if not _holds(told["loginPassword"], desk):
        return _response("0001")
    if name == "uploadFiles":
        return _response(_uploaded(told, desk))
    if name == "waitDownloadList":
        listed = "".join(f"<fileInfo><fileTempID>{number}</fileTempID></fileInfo>" for number in desk.waiting)
        return _response("0000", f"<filesList>{listed}</filesList>")
    number = told["fileTempID"]
    if name == "notifySdeportDownloadSuccess":
        return _response("0000" if desk.waiting.pop(number, None) else "7020")
    content = b64encode(desk.waiting[number]).decode()
    info = f"<fileFullName>{number}.zip</fileFullName><fileMimeType>application/zip</fileMimeType>"
    return _response("0000", f"<downloadFileInfo>{info}<fileBase64>{content}</fileBase64></downloadFileInfo>")


def _uploaded(told: Mapping[str, str], desk: Desk) -> str:
    assert desk.private is not None
    text = told["fileBase64"].encode()
    digest = md5(text).digest()  # noqa: S324  the platform's rule
    if b64decode(told["digestBase64"]) != digest or len(b64decode(text)) != int(told["fileLength"]):
        return "0002"
    try:
        desk.private.public_key().verify(b64decode(told["signBase64"]), digest, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature:
        return "0001"
    with ZipFile(BytesIO(b64decode(text))) as archive:
        codes = [desk.take(archive.read(each)) for each in archive.namelist()]
    return next(filter(None, codes), "0000")


def _holds(encrypted: str, desk: Desk) -> bool:
    assert desk.private is not None
    numbers = desk.private.public_key().public_numbers()
    opened = pow(int.from_bytes(b64decode(encrypted), "big"), numbers.e, numbers.n)
    padded = opened.to_bytes(desk.private.key_size // 8, "big")
    return re.fullmatch(rb"\x00\x01\xff{8,}\x00(.*)", padded, re.DOTALL) is not None and padded.endswith(
        b"\x00" + desk.secrets["password"].encode()
    )


def _operation(asked: Asked) -> etree._Element:
    assert asked.headers["soapaction"] == '""'
    assert asked.headers["content-type"].startswith("text/xml")
    return etree.fromstring(asked.body)[0][0]


def _soap(operation: str, text: str) -> Answered:
    return _enveloped(f'<o:{operation}Response xmlns:o="urn:o"><return>{escape(text)}</return></o:{operation}Response>')


def _response(code: str, more: str = "") -> Answered:
    default = f"<defaultResponse><respCode>{code}</respCode><procMessage>张三</procMessage></defaultResponse>"
    return _enveloped(f'<o:response xmlns:o="urn:o"><inner>{default}{more}</inner></o:response>')


def _enveloped(inside: str) -> Answered:
    body = f"<s:Body>{inside}</s:Body>"
    return Answered(f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{body}</s:Envelope>'.encode())
