"""The HTTP door (HTTP 收发): the ``sendMessage`` family, as the platforms of Guangzhou and Shenzhen have it.

``sendMessage`` takes a message in the form field ``messageText``, ``receiveMessage`` gives what waits for the client, and
``sendReceiptReceived`` takes off what the client has stored. A message can also be posted bare to ``/``; its receipts wait
for the client ``-``. Below the name of a dialect, such as ``/ningbo``, is the local gateway of that name. Promised:
``result: true``, and every gateway's own word, is said after the message is stored; bodies are bounded; nothing that comes
ends the server.
"""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from customs.files import NotWrittenError
from customs.office.gate import MOST_BYTES
from customs.office.gateway_calls import GatewayAnswer, GatewayCall
from customs.office.gateways import GATEWAYS, ServedDesk, answered
from customs.office.served import ServedOffice
from customs.office.trouble import OfficeClosedError

#: Seconds that a call may take to come.
_PATIENCE = 30

#: The longest body: a message, as the text of a form.
_MOST_BODY = 3 * MOST_BYTES

Fields = Mapping[str, str]
Called = tuple[int, Mapping[str, Any]]


def taken(office: ServedOffice, fields: Fields, body: bytes) -> Called:
    """Take a message and say so, or why it was not taken."""
    content = fields["messageText"].encode() if "messageText" in fields else body
    if not content:
        return 200, _said("0.1", "缺少参数 messageText")
    try:
        office.take(content, via=_client(fields))
    except OfficeClosedError as closed:
        return 503, _said("0.7", str(closed))
    except NotWrittenError:
        return 503, _said("0.7", "存储失败")
    return 200, {"result": True, "description": "", "errorCode": ""}


def given(office: ServedOffice, fields: Fields, _: bytes) -> Called:
    """Give what waits for a client."""
    receipts = [
        {
            "receiptId": number,
            "messageId": number,
            "messageType": answer.name,
            "messageText": answer.content.decode(),
            "messageFileSuffix": ".xml",
            "messageZiped": "false",
        }
        for number, answer in office.waiting(_client(fields), most=100)
    ]
    return 200, {"result": True, "receiptList": receipts, "errorCode": ""}


def confirmed(office: ServedOffice, fields: Fields, _: bytes) -> Called:
    """Take off what a client has stored."""
    try:
        numbers = [str(each["receiptId"]) for each in json.loads(fields.get("receiptList", ""))]
    except (ValueError, TypeError, KeyError):
        return 200, _said("0.2", "参数 receiptList 无法识别")
    try:
        office.confirm(_client(fields), numbers)
    except NotWrittenError:
        return 503, _said("0.7", "存储失败")
    return 200, {"result": True, "errorCode": ""}


def _client(fields: Fields) -> str:
    return f"http:{fields.get('clientid', '-')}"


def _said(code: str, text: str) -> Mapping[str, Any]:
    return {"result": False, "description": text, "errorCode": code}


PATHS: Mapping[str, Callable[[ServedOffice, Fields, bytes], Called]] = {
    "/": taken,
    "/client/declare/sendMessage.action": taken,
    "/client/declare/receiveMessage.action": given,
    "/client/declare/sendReceiptReceived.action": confirmed,
}


#: The shared secrets of gateways, by gateway and name.
GatewaySecrets = Mapping[str, Mapping[str, str]]


def at_gateway(office: ServedOffice, name: str, call: GatewayCall, secrets: GatewaySecrets) -> GatewayAnswer:
    """Return the answer of a local gateway; HTTP 503 where it has no word for an outage or a full disk.

    Calls are answered one after the other: of an order that comes twice at once, one is the repetition.
    """
    try:
        with office.alone():
            return answered(name, call, ServedDesk(name, office, secrets.get(name, {})))
    except (OfficeClosedError, NotWrittenError):
        return GatewayAnswer("系统维护".encode(), 503)


class _Door(BaseHTTPRequestHandler):
    office: ServedOffice
    secrets: GatewaySecrets
    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name, call = self._called(b"")
        if name not in GATEWAYS:
            self._answer(404, {"result": False})
        else:
            self._give(at_gateway(self.office, name, call, self.secrets))

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        gateway = url.path.removeprefix("/").partition("/")[0]
        answer = PATHS.get(url.path, GATEWAYS.get(gateway) and taken)
        length = self.headers.get("Content-Length", "")
        if answer is None or not length.isdecimal() or int(length) > _MOST_BODY:
            self._answer(404 if answer is None else 413 if length.isdecimal() else 411, {"result": False})
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # cut: nothing was taken
            return
        if gateway in GATEWAYS:
            self._give(at_gateway(self.office, *self._called(body), self.secrets))
            return
        self._answer(*answer(self.office, {**_form(url.query), **self._posted(body)}, body))

    def _called(self, body: bytes) -> tuple[str, GatewayCall]:
        """The name of a gateway, and the call as it arrives there."""
        url = urlsplit(self.path)
        name, _, below = url.path.removeprefix("/").partition("/")
        headers = {each.lower(): text for each, text in self.headers.items()}
        return name, GatewayCall(self.command, f"/{below}", _form(url.query), headers, body)

    def _give(self, answer: GatewayAnswer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def _posted(self, body: bytes) -> Fields:
        kind = self.headers.get("Content-Type", "")
        return _form(body.decode("utf-8", "replace")) if "form-urlencoded" in kind else {}

    def _answer(self, status: int, said: Mapping[str, Any]) -> None:
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
        """Keep quiet: what is posted names persons."""


def http_door(
    office: ServedOffice, host: str = "127.0.0.1", port: int = 0, *, secrets: GatewaySecrets | None = None
) -> ThreadingHTTPServer:
    """Return the server, bound and not yet serving. ``secrets`` are those that local gateways check; what is not there is
    not checked. Raises ``OSError`` for a port that is taken.
    """
    server = ThreadingHTTPServer((host, port), type("Door", (_Door,), {"office": office, "secrets": secrets or {}}))
    server.daemon_threads = True
    return server


def _form(text: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True, max_num_fields=50).items()}
    except ValueError:
        return {}
