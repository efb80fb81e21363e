"""A mailbox on this machine over a real socket with TLS, as IMAP has it, with the mails that a test puts into it."""

import re
import shlex
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509

from support.authority import Authority

USER, PASSWORD = "support@example.com", "fictitious password"


@dataclass
class ImapBox:
    """What is in the mailbox, with the flags of each mail, and how the server behaves."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    """Sizes that are told instead of the true ones."""
    promised: int = 0
    """The bytes that an answer with a mail promises; those that it has for 0."""
    port: int = 0
    ca_file: str = ""
    said: list[str] = field(default_factory=list)
    """The commands that came, without their values."""
    cut_at: str = ""
    """The command at which the server breaks off, once."""

    def put(self, *contents: bytes) -> None:
        for content in contents:
            number = len(self.mails) + 1
            self.mails[number], self.flags[number] = content, set()

    def answers(self, command: str, given: list[str]) -> Iterator[bytes]:
        """The untagged answers to a command; nothing for one that is refused."""
        match command, given:
            case "CAPABILITY", _:
                yield b"CAPABILITY IMAP4rev1 ID"
            case "LOGIN", [user, password] if (user, password) == (USER, PASSWORD):
                yield b"OK"
            case "SELECT", ["INBOX"]:
                yield b"%d EXISTS" % len(self.mails)
            case "UID SEARCH", _:
                unread = [str(each).encode() for each, flags in self.flags.items() if r"\Seen" not in flags]
                yield b"SEARCH " + b" ".join(unread)
            case "UID FETCH", [number, "(RFC822.SIZE)"]:
                size = self.sizes.get(int(number), len(self.mails[int(number)]))
                yield b"%d FETCH (UID %d RFC822.SIZE %d)" % (int(number), int(number), size)
            case "UID FETCH", [number, "(BODY.PEEK[])"]:
                content = self.mails[int(number)]
                size = self.promised or len(content)
                yield b"%d FETCH (UID %d BODY[] {%d}\r\n%s)" % (int(number), int(number), size, content)
            case "UID STORE", [number, _, *flags]:
                self.flags[int(number)] |= set(re.findall(r"\\\w+", " ".join(flags)))
                yield b"OK"
            case (("ID" | "LOGOUT"), _):
                yield b"BYE" if command == "LOGOUT" else b"ID NIL"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, box: ImapBox, context: ssl.SSLContext) -> None:
        self.box, self.context = box, context
        super().__init__(("127.0.0.1", 0), _Talk)


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        """Begin TLS."""
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """End TLS: the server closes the line below it alone."""
        with suppress(OSError):
            super().finish()
        self.request.close()

    def handle(self) -> None:
        """Answer commands until the client goes."""
        box = self.server.box
        self.wfile.write(b"* OK here\r\n")
        with suppress(OSError, ssl.SSLError):
            for line in self.rfile:
                tag, command, given = _parts(line.decode())
                box.said.append(command)
                if command == box.cut_at:
                    box.cut_at = ""
                    return
                answers = list(box.answers(command, given))
                for each in answers:
                    self.wfile.write(b"* " + each + b"\r\n" if each != b"OK" else b"")
                self.wfile.write(f"{tag} {'OK' if answers else 'NO'} done\r\n".encode())
                if command == "LOGOUT":
                    return


def _parts(line: str) -> tuple[str, str, list[str]]:
    tag, _, rest = line.strip().partition(" ")
    words = shlex.split(re.sub(r"\\", r"\\\\", rest)) if "LOGIN" in rest or "SELECT" in rest else _listed(rest)
    command = words.pop(0).upper()
    return (tag, f"UID {words.pop(0).upper()}", words) if command == "UID" else (tag, command, words)


def _listed(text: str) -> list[str]:
    return re.findall(r"\([^)]*\)|\S+", text)


@contextmanager
def imap_server(folder: Path, name: str = "localhost") -> Iterator[ImapBox]:
    """A mailbox whose server has a certificate of ``name``."""
    authority = Authority(folder)
    box = ImapBox(ca_file=str(authority.file))
    server: Any = _Server(box, authority.server(x509.DNSName(name)))
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
