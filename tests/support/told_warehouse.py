"""A warehouse that is told of orders (被通知的仓库) in a test, over a socket of its own; it takes some calls only when they come again."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Told:
    """What the warehouse was told of each order, in the order in which it came, each call once."""

    calls: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, number: str, body: dict[str, Any]) -> None:
        self.calls.setdefault(f"{body['platform_code']}/{body['order_no']}", {}).setdefault(number, body["node"])


@contextmanager
def warehouse(told: Told) -> Iterator[int]:
    """A warehouse that takes every other call only when it comes again; gives its port."""
    refused = set[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):  # the worker was killed meanwhile
                return
            number = self.headers["webhook-id"]
            again = number in refused or int(number.removeprefix("call-")) % 7
            refused.add(number)
            if again:
                told.take(number, json.loads(body))
            self.send_response(204 if again else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the name of the library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
