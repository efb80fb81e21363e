"""Connections to FTP servers (FTP 连接): ftplib with checked replies, binary mode, TLS on both lines, and a deadline.

ftplib limits each step by itself and takes most replies for success. Here a transfer ends with 226 or 250, a rename with
250, every step ends at the deadline of the allowance, and data go to the host of the control line alone.
"""

import socket
import ssl
from contextlib import suppress
from ftplib import FTP, error_perm, error_reply
from typing import Any

from customs.signing.keys.bounded_link import Allowance, PlainLink, TooMuchError, allowance
from customs.signing.keys.deadline import connected

#: Bytes that go or come in one step.
_STEP = 64 * 1024

#: Names of one directory that are looked at.
MOST_NAMES = 20_000

#: Replies of a server that does not know a command, and those of one that has nothing under a name as well.
_NO_COMMAND = ("500", "502", "504")
_NOT_KNOWN = (*_NO_COMMAND, "501", "550")


class NotUnderstoodError(error_reply):
    """A reply that is none to what was asked."""


class NotGivenError(error_reply):
    """A file that the server does not give: it is gone, or may not be read."""


class FtpLink(FTP):
    """A control line, with TLS if there is a context. Its steps are held to the allowance of the thread."""

    def __init__(self, context: ssl.SSLContext | None, encoding: str) -> None:
        super().__init__(encoding=encoding)
        self._context = context

    def open(self, host: str, port: int) -> None:
        """Connect and, with a context, begin TLS before anything is said."""
        allowed = allowance()
        link = connected(host, port, allowed.end, allowed.part)
        self.host, self.port, self.af = host, port, link.family
        self.sock = PlainLink(link.family, link.type, link.proto, fileno=link.detach())
        self._read_from_here()
        self.welcome = self.getresp()
        if self._context is not None:
            self._expect(self.voidcmd("AUTH TLS"), "234")
            self.sock = self._context.wrap_socket(self.sock, server_hostname=host)
            self._read_from_here()

    def _read_from_here(self) -> None:
        assert self.sock is not None
        self.file = self.sock.makefile("r", encoding=self.encoding)

    def identify(self, user: str, password: str) -> None:
        """Log in, and keep the data lines secret with TLS."""
        self.login(user, password)
        if self._context is not None:
            self.voidcmd("PBSZ 0")
            self.voidcmd("PROT P")

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Open a data line; servers may ask that it resumes the session of the control line."""
        self.timeout = allowance().seconds
        line, size = super().ntransfercmd(cmd, rest)
        if self._context is None:
            return line, size
        assert isinstance(self.sock, ssl.SSLSocket)
        line.settimeout(allowance().seconds)
        return self._context.wrap_socket(line, server_hostname=self.host, session=self.sock.session), size

    def size_of(self, path: str) -> int | None:
        """Return the bytes of a file; None if it is not there, or if the server cannot tell."""
        self.voidcmd("TYPE I")
        try:
            return self.size(path)
        except error_perm as error:
            if str(error)[:3] in _NOT_KNOWN:
                return None
            raise

    def writing(self, path: str) -> socket.socket:
        """Open the data line for a file, of which nothing is written yet."""
        self.voidcmd("TYPE I")
        return self.transfercmd(f"STOR {path}")

    def write(self, line: socket.socket, content: bytes, allowed: Allowance) -> None:
        """Write a file whole. Raises ``ftplib.Error`` unless the server says that it has it."""
        with line:
            for at in range(0, len(content), _STEP):
                line.settimeout(allowed.seconds)
                line.sendall(content[at : at + _STEP])
            _end(line, allowed)
        self._expect(self.voidresp(), "226", "250")

    def retrieve(self, path: str, most: int, allowed: Allowance) -> bytes | None:
        """Return the content of a file; None if it has more bytes than ``most``, and the line is then broken off.

        Raises ``NotGivenError`` if the server does not give it.
        """
        self.voidcmd("TYPE I")
        try:
            line = self.transfercmd(f"RETR {path}")
        except error_perm as error:
            raise NotGivenError("the file is not given") from error
        got: list[bytes] = []
        left = most + 1
        with line:
            while left > 0:
                line.settimeout(allowed.seconds)
                part = line.recv(min(_STEP, left))
                if not part:
                    break
                got.append(part)
                left -= len(part)
            if left == 0:
                return None
            _end(line, allowed)
        self._expect(self.voidresp(), "226", "250")
        return b"".join(got)

    def renaming(self, old: str) -> None:
        """Name a file that is to be renamed, which changes nothing yet."""
        self._expect(self.sendcmd(f"RNFR {old}"), "350")

    def renamed(self, new: str) -> None:
        """Rename the file. Raises ``ftplib.Error`` unless the server says that it did."""
        self._expect(self.voidcmd(f"RNTO {new}"), "250")

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in a directory, oldest name first."""
        found: list[str] = []

        def take(line: str) -> None:
            if len(found) >= MOST_NAMES:
                raise TooMuchError("more names than are looked at")
            found.append(line)

        try:
            self._listed(f"MLSD {directory}".rstrip(), take)
        except error_perm as error:
            if str(error)[:3] not in _NO_COMMAND:
                raise
        else:
            return sorted(_files(found))
        try:
            self._listed(f"NLST {directory}".rstrip(), take)
        except error_perm as error:
            if str(error)[:3] != "550":
                raise
            self._seen(directory)  # an empty directory is refused by many servers, as one that is not there
        return sorted(name for line in found if (name := line.rpartition("/")[2]) not in ("", ".", ".."))

    def _seen(self, directory: str) -> None:
        """Go to a directory and back. Raises ``ftplib.Error`` if it is not there."""
        home = self.pwd()
        self.cwd(directory or home)
        self.cwd(home)

    def _listed(self, command: str, take: Any) -> None:
        self.voidcmd("TYPE A")
        allowed = allowance()
        left, held = allowed.bytes_left, b""
        with self.transfercmd(command) as line:
            while True:
                line.settimeout(allowed.seconds)
                part = line.recv(_STEP)
                left -= len(part)
                if left < 0:
                    raise TooMuchError("the listing is too long")
                held += part
                *lines, held = held.split(b"\n")
                for each in [*lines, *([held] if not part and held else [])]:
                    take(each.decode(self.encoding, "surrogateescape").rstrip("\r"))
                if not part:
                    break
            _end(line, allowed)
        self._expect(self.voidresp(), "226", "250")

    def delete(self, path: str) -> None:  # type: ignore[override]
        """Delete a file; one that is gone already is no failure."""
        try:
            self._expect(self.voidcmd(f"DELE {path}"), "250")
        except error_perm:
            if self.size_of(path) is not None:
                raise

    @staticmethod
    def _expect(reply: str, *codes: str) -> None:
        if reply[:3] not in codes:
            raise NotUnderstoodError(reply[:3])


def _end(line: socket.socket, allowed: Allowance) -> None:
    """End TLS on a data line, as far as the server takes part in it."""
    if isinstance(line, ssl.SSLSocket):
        line.settimeout(allowed.seconds)
        with suppress(OSError, ValueError):
            line.unwrap()


def _files(lines: list[str]) -> list[str]:
    """The names of the files in a listing of facts."""
    found = []
    for line in lines:
        facts, _, name = line.partition(" ")
        kind = next((each[5:] for each in facts.lower().split(";") if each.startswith("type=")), "file")
        if kind == "file" and name and "/" not in name:
            found.append(name)
    return found
