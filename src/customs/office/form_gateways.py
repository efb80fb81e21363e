"""Gateways that take forms and JSON (表单网关), as the office answers there: Guangzhou, Shenzhen, Ningbo, Shanghai and others.

A gateway is a function of a call and the desk behind it: it takes the call apart, hands the message inside to the desk, and
answers in its own words. Written from the facts on the exchange, sections 4.1 to 4.6, as a second opinion of the ways.
"""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import md5
from urllib.parse import quote_plus, unquote_plus

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from customs.office.gateway_calls import GatewayAnswer, GatewayCall, GatewayDesk
from customs.wire.canonical import XML_DECLARATION, escape
from customs.wire.parsing import parse

#: How far the time of a call to Ningbo may be off.
_NINGBO_WINDOW = timedelta(minutes=20)

_DATA = re.compile(rb"<(?:\w+:)?Data>([^<]*)</")


def guangzhou(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Guangzhou and Shenzhen: the ``sendMessage`` family."""
    told = {**call.query, **(call.form if call.method == "POST" else {})}
    if desk.secrets.get("key", told.get("key")) != told.get("key"):
        return _result("0.3")
    answer = _SEND_MESSAGE.get(call.path.rpartition("/")[2])
    return answer(told, desk) if answer else GatewayAnswer(status=404)


def _send_message(told: Mapping[str, str], desk: GatewayDesk) -> GatewayAnswer:
    if any(not told.get(name) for name in ("clientid", "messageType", "messageText")):
        return _result("0.1")
    text = told["messageText"].encode()
    inside = _DATA.search(text) if b"GzeportTransfer" in text[:1000] else None
    try:
        return _result(desk.take(b64decode(inside[1]) if inside else text))
    except Base64Error:
        return _result("0.8")


def _receive_message(told: Mapping[str, str], desk: GatewayDesk) -> GatewayAnswer:
    receipts = [
        {"receiptId": number, "messageType": "KJDOCREC", "messageText": content.decode(), "messageFileSuffix": ".xml"}
        for number, content in desk.waiting.items()
    ]
    return _json({"result": True, "receiptList": receipts, "errorCode": ""})


def _receipt_received(told: Mapping[str, str], desk: GatewayDesk) -> GatewayAnswer:
    for each in json.loads(told["receiptList"]):
        desk.confirm(str(each["receiptId"]))
    return _result("")


def _query_message(told: Mapping[str, str], desk: GatewayDesk) -> GatewayAnswer:
    return _json({"result": True, "content": [{"orderNO": no, "state": state} for no, state in desk.orders.items()]})


_SEND_MESSAGE = {
    "sendMessage.action": _send_message,
    "receiveMessage.action": _receive_message,
    "sendReceiptReceived.action": _receipt_received,
    "queryMessage.action": _query_message,
}


def _result(refusal: str) -> GatewayAnswer:
    code, _, text = refusal.partition(":")
    return _json({"result": not code, "description": text, "errorCode": code})


def ningbo(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Ningbo: the sign covers user, password and time; an order that is there is refused as a repetition."""
    told = call.form
    if abs(datetime.fromisoformat(told["timestamp"]) - desk.now) > _NINGBO_WINDOW:
        return _header(Result="F", ResultMsg="时间戳已失效")
    password = desk.secrets.get("password")
    if password is not None and _md5(f"{told['userid']}{password}{told['timestamp']}") != told["sign"]:
        return _header(Result="F", ResultMsg="签名错误")
    root = parse(told["xmlstr"].encode())
    number = root.findtext(".//OrderNo") or ""
    if told["msgtype"] == "cnec_get_mftno":
        known = desk.orders.get(number)
        return _header(Result="T", MftNo=known) if known else _header(Result="F", ResultMsg="订单不存在")
    if told["msgtype"] == "cnec_jh_decl_byupdatetime":
        noted = desk.noted_since(datetime.fromisoformat(root.findtext(".//StartTime") or ""), "Mft")
        page = int(root.findtext(".//Page") or "1")
        more, shown = ("T" if page < len(noted) else "F"), "".join(noted[page - 1 : page])
        answer = f"<Header><Result>T</Result><NextPage>{more}</NextPage></Header><Body>{shown}</Body>"
        return GatewayAnswer(f"<Message>{answer}</Message>".encode())
    if number in desk.orders:
        return _header(Result="F", ResultMsg="该订单编号已存在")
    if code := desk.take(told["xmlstr"].encode()):
        return _header(Result="F", ResultMsg=code)
    return _header(Result="T", ResultMsg="", MftNo=desk.orders[number])


def _header(**told: str) -> GatewayAnswer:
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
    return GatewayAnswer(XML_DECLARATION + f"<Message><Header>{inside}</Header></Message>".encode())


def shanghai(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Shanghai: the digest covers the text and the key; percent-encoded JSON. Its word of acceptance is not
    published: ``SUCCESS`` is this office's.
    """
    content, key = unquote_plus(call.form["EData"]), desk.secrets.get("key")
    holds = key is None or _md5(content + key).upper() == call.form["SignMsg"]
    code, _, text = (desk.take(content.encode()) if holds else "ILLEGAL_SIGN").partition(":")
    return GatewayAnswer(quote_plus(json.dumps({"retCode": code or "SUCCESS", "retMsg": text})).encode())


def chongqing(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Chongqing: base64 of the message, which holds a password made of its number."""
    content, password = b64decode(call.form["data"], validate=True), desk.secrets.get("password")
    code = desk.take(content) if password is None or _has_password(content, password) else "E03"
    return _json({"isSuccess": not code, "body": code})


def _has_password(content: bytes, password: str) -> bool:
    head = parse(content).find("MessageHead")
    return head is not None and head.findtext("Password") == _md5(f"{head.findtext('MessageId')}{password}")


def changsha(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Changsha: how it does is not published; this one says ``1`` or ``0``."""
    told, key = call.form, desk.secrets.get("key")
    if key is not None and _md5(told["Request"] + key) != told["Signed"]:
        return GatewayAnswer(b"0")
    return GatewayAnswer(b"0" if desk.take(b64decode(told["Request"])) else b"1")


def zhengzhou(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Zhengzhou E-trade: blocks encrypted for the platform, whose private key the desk must have."""
    packed = b64decode(parse(call.form["xml"].encode()).findtext("DataInfo") or "")
    key = load_pem_private_key(desk.secrets["platform_key"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    size = key.key_size // 8
    blocks = [packed[at : at + size] for at in range(0, len(packed), size)]
    refusal = desk.take(b"".join(key.decrypt(block, padding.PKCS1v15()) for block in blocks))
    code, _, text = refusal.partition(":")
    return GatewayAnswer(f"<Root><Status>{code or 0}</Status><Detail>{escape(text)}</Detail></Root>".encode())


def hainan(call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Answer as Hainan: JSON in, the text OK out; receipts since an instant, in a text that only looks like JSON."""
    if call.method == "GET":
        since = datetime.strptime(call.query["qryid"], "%Y%m%d%H%M%S")
        kind = {"/ceb312msg": "CEB312", "/ceb622msg": "CEB622"}[call.path]
        shown = ",\n  ".join(desk.noted_since(since, kind))
        return GatewayAnswer(f"[\n  {shown}\n]".encode())
    body = json.loads(call.body)["Message"]
    return GatewayAnswer((desk.take(b64decode(body["MessageBody"]["data"], validate=True)) or "OK").encode())


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()  # noqa: S324  the platforms' rule


def _json(told: object) -> GatewayAnswer:
    return GatewayAnswer(json.dumps(told, ensure_ascii=False).encode())


#: The gateways by the name of their dialect.
FORM_GATEWAYS: Mapping[str, Callable[[GatewayCall, GatewayDesk], GatewayAnswer]] = {
    "changsha": changsha,
    "chongqing": chongqing,
    "guangzhou": guangzhou,
    "hainan": hainan,
    "ningbo": ningbo,
    "shanghai": shanghai,
    "shenzhen": guangzhou,
    "zhengzhou": zhengzhou,
}
