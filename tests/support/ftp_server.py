"""An FTP server on this machine: pyftpdlib over a folder, and a small one with TLS that does what it is told to do wrong."""

import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

USER, PASSWORD = "TEST", "a-word-of-nobody"

#: What is said instead of doing a command; None breaks off the connection. A command that is not here is done.
Wrong = dict[str, Callable[["FtpDesk"], str | None]]


class FtpServer(ThreadingTCPServer):
    """A server over a folder, with explicit TLS if it has a context."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Path, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), FtpDesk)
        self.folder, self.context = folder, context
        self.wrong: Wrong = {}
        self.said: list[str] = []
        self.port: int = self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who breaks off is no news."""


class FtpDesk(BaseRequestHandler):
    """A control line."""

    server: FtpServer

    def handle(self) -> None:
        self.link: socket.socket = self.request
        self.link.settimeout(10)
        self.old, self.binary, self.secret = "", False, False
        self.waiting: socket.socket | None = None
        try:
            self.say("220 here")
            self.talk()
        finally:
            if self.waiting is not None:
                self.waiting.close()
            self.link.close()

    def talk(self) -> None:
        held = b""
        while True:
            while b"\r\n" not in held:
                got = self.link.recv(4096)
                if not got:
                    return
                held += got
            line, _, held = held.partition(b"\r\n")
            command, _, argument = line.decode().partition(" ")
            self.server.said.append(line.decode() if command != "PASS" else "PASS")
            wrong = self.server.wrong.get(command)
            reply = wrong(self) if wrong else self.do(command.upper(), argument)
            if reply is None:
                with suppress(OSError):
                    self.link.shutdown(socket.SHUT_RDWR)
                return
            if reply:
                self.say(reply)

    def say(self, reply: str) -> None:
        self.link.sendall(f"{reply}\r\n".encode())

    def do(self, command: str, argument: str) -> str | None:
        done = getattr(self, f"_{command.lower()}", None)
        if done is None:
            return "502 not known"
        try:
            reply: str | None = done(argument)
        except OSError:
            return "550 no"
        return reply

    def path(self, argument: str) -> Path:
        return self.server.folder / argument.lstrip("/")

    def _auth(self, argument: str) -> str:
        if self.server.context is None:
            return "502 no TLS"
        self.say("234 now")
        self.link = self.server.context.wrap_socket(self.link, server_side=True)
        return ""

    def _user(self, argument: str) -> str:
        return "331 and" if argument == USER else "530 no"

    def _pass(self, argument: str) -> str:
        return "230 in" if argument == PASSWORD else "530 no"

    def _noop(self, argument: str) -> str:
        return "200 ok"

    _pbsz = _noop

    def _prot(self, argument: str) -> str:
        self.secret = argument == "P"
        return "200 ok"

    def _type(self, argument: str) -> str:
        self.binary = argument == "I"
        return "200 ok"

    def _size(self, argument: str) -> str:
        return f"213 {self.path(argument).stat().st_size}"

    def _pasv(self, argument: str) -> str:
        if self.waiting is not None:
            self.waiting.close()
        self.waiting = socket.create_server(("127.0.0.1", 0))
        high, low = divmod(self.waiting.getsockname()[1], 256)
        # an address that is not ours: a client that goes there is led astray
        return f"227 here (10,9,8,7,{high},{low})"

    def data(self) -> socket.socket:
        assert self.waiting is not None
        self.say("150 go")
        line, _ = self.waiting.accept()
        self.waiting.close()
        line.settimeout(10)
        if self.secret:
            assert self.server.context is not None
            return self.server.context.wrap_socket(line, server_side=True)
        return line

    def _stor(self, argument: str) -> str:
        got = b""
        with self.data() as line:
            while part := line.recv(65_536):
                got += part
        self.path(argument).write_bytes(got if self.binary else got.replace(b"\r\n", b"\n"))
        return "226 have it"

    def _retr(self, argument: str) -> str:
        content = self.path(argument).read_bytes()
        return self.give(content if self.binary else content.replace(b"\n", b"\r\n"))

    def give(self, content: bytes) -> str:
        with self.data() as line:
            line.sendall(content)
        return "226 that is all"

    def _nlst(self, argument: str) -> str:
        return self.give("".join(f"{each.name}\r\n" for each in self.path(argument).iterdir()).encode())

    def _pwd(self, argument: str) -> str:
        return '257 "/"'

    def _cwd(self, argument: str) -> str:
        return "250 there" if self.path(argument).is_dir() else "550 no"

    def _rnfr(self, argument: str) -> str:
        self.old = argument
        return "350 and" if self.path(argument).exists() else "550 no"

    def _rnto(self, argument: str) -> str:
        self.path(self.old).rename(self.path(argument))
        return "250 done"

    def _dele(self, argument: str) -> str:
        self.path(argument).unlink()
        return "250 done"


@contextmanager
def ftp_serving(folder: Path, context: ssl.SSLContext | None = None) -> Iterator[FtpServer]:
    """The small server, running."""
    with FtpServer(folder, context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def pyftpd_serving(folder: Path) -> Iterator[int]:
    """The server of pyftpdlib over a folder; its port."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it stands on asyncore, which left Python with 3.12
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler
        from pyftpdlib.servers import FTPServer

    users = DummyAuthorizer()
    users.add_user(USER, PASSWORD, str(folder), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": users, "use_sendfile": False, "log_prefix": ""})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = FTPServer(listening, handler)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                server.serve_forever(timeout=0.02, blocking=False, handle_exit=False)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()
            server.close_all()
