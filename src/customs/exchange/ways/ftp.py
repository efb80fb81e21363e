"""The FTP way (FTP 通道): files into a directory of the platform, receipts out of another, over FTP with TLS.

Promised: a message is written under a temporary name in binary mode, its size is compared, and the rename is the commit
point: until the rename was asked for nothing is sent, once its answer is lost the outcome is ``unknown``. Where a platform
takes files as they are put (Pingtan), the outcome is ``unknown`` from the first byte of the file on. A file that lies there
already with the same size is the message of an earlier attempt. A receipt is deleted only after it is stored, and only if it
still has the size that was read. Half-written files are left to the next ``fetch``. TLS (explicit, ``AUTH TLS``) is checked
as everywhere; a server without it needs ``plain = true``. Source: sections 2.6, 4.1, 4.3 and 7.1 of the facts on the exchange.

>>> FtpSettings(host="ftp.example.com", credentials={"user": "TEST", "password": "a word"}, layout="guangzhou")
FtpSettings(host='ftp.example.com', layout='guangzhou', port=21, ca_file=None, plain=False, encoding='utf-8', ...)
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ftplib import Error as FtpError
from ftplib import error_perm, error_temp
from pathlib import Path
from typing import NamedTuple, TypeVar

from customs.exchange.contract import Again, Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.ways.calls import CallLimits, trusting
from customs.exchange.ways.ftp_link import FtpLink, NotGivenError
from customs.signing.keys.bounded_link import Allowance, TooMuchError, bounded, holding_to
from customs.signing.keys.deadline import Deadline

#: Names that a writer has not finished with, by their ends in lower case.
UNFINISHED = (".tmp", ".part", ".temp", ".filepart", ".writing")

#: Bytes of listings and replies in one call.
_MOST_SAID = 8 * 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpLayout:
    """The directories of a platform (目录布局): where messages go, by their type if it matters, and where receipts lie."""

    send: str
    receive: tuple[str, ...] = ()
    temporary: str | None = ""
    """The directory for the temporary name: empty for that of the message, None where files are put as they are."""
    by_type: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    """Types of messages with directories of their own: to send, to receive."""

    @property
    def all_received(self) -> tuple[str, ...]:
        """Every directory of receipts, once."""
        return tuple(dict.fromkeys([*self.receive, *(out for _, out in self.by_type.values())]))


_NANSHA = "/4200.IMPBA.SWBEBTRADE.REPORT", "/4200.IMPBA.SWBCARGOBACK.REPORT", "/PAY"

#: The directories that were seen, by the name that ``customs.toml`` gives.
FTP_LAYOUTS: Mapping[str, FtpLayout] = {
    "guangzhou": FtpLayout(send="cebin", receive=("cebout",)),
    "guangzhou-own-dxp": FtpLayout(send="in", receive=("out",)),
    "guangzhou-880020": FtpLayout(send="UPLOAD", receive=("DOWNLOAD",)),
    "nansha": FtpLayout(
        send=f"{_NANSHA[0]}/in",
        by_type={
            name: (f"{place}/in", f"{place}/out")
            for name, place in zip(("661101", "661105", "661107"), _NANSHA, strict=True)
        },
    ),
    "pingtan": FtpLayout(send="", temporary=None),
    "zhejiang": FtpLayout(send="send", temporary="temp"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpSettings:
    """A server as ``customs.toml`` gives it: each field is a key of the same name.

    Raises ``ValueError`` for a layout that is not known where no directories are given.
    """

    host: str
    credentials: Mapping[str, str] = field(repr=False, hash=False)
    """``user`` and ``password``."""
    layout: str | FtpLayout
    """A name of ``FTP_LAYOUTS``, or the directories themselves (``send``, ``receive``, ``temporary``)."""
    port: int = 21
    ca_file: str | Path | None = None
    plain: bool = False
    """True for a server without TLS on a private line."""
    encoding: str = "utf-8"
    """The encoding of file names."""
    limits: CallLimits = field(default_factory=CallLimits)

    def __post_init__(self) -> None:
        if isinstance(self.layout, str) and self.layout not in FTP_LAYOUTS:
            raise ValueError(f"no FTP layout is called {self.layout!r}; known: {', '.join(FTP_LAYOUTS)} 没有此目录布局")
        if not self.host or not self.credentials.get("user"):
            raise ValueError("an FTP server needs host and credentials.user FTP 需要 host 和 credentials.user")


class _Stored(NamedTuple):
    """A receipt as it lies on the server: where, and how many bytes of it were read."""

    path: str
    size: int


class _FtpCallError(Exception):
    """A failure of the server or the line, for people, and what may follow."""

    def __init__(self, said: str, again: Again = "later", *, refused: bool = False) -> None:
        super().__init__(said)
        self.again: Again = again
        self.refused = refused


class FtpWay:
    """The way to one server."""

    can_confirm = True
    can_lookup = True
    gives_parts = False

    def __init__(self, settings: FtpSettings) -> None:
        self._settings = settings
        self._layout = FTP_LAYOUTS[settings.layout] if isinstance(settings.layout, str) else settings.layout
        self._context = None if settings.plain else bounded(trusting(settings.ca_file))
        self._link: FtpLink | None = None

    def __repr__(self) -> str:
        return f"FtpWay({self._settings.host!r}, {self._layout!r})"

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Write a message under a temporary name and rename it, once."""
        final, temporary = self._paths(delivery)
        committing = False
        try:
            with self._bounded() as allowed:
                link = self._connected()
                lies = link.size_of(final)
                if lies is not None:
                    return self._lies_there(lies, delivery)
                line = link.writing(temporary or final)
                committing = temporary is None
                link.write(line, delivery.content, allowed)
                stored = link.size_of(temporary or final)
                if stored is not None and stored != len(delivery.content):
                    if temporary is None:
                        return HandedOver(
                            outcome="unknown", said=f"{self._host}: it lies there cut 服务器上的文件不完整"
                        )
                    return HandedOver(outcome="not sent", said=f"{self._host}: it was cut on its way 文件传输不完整")
                if temporary is not None:
                    link.renaming(temporary)
                    committing = True
                    link.renamed(final)
        except _FtpCallError as error:
            certain = not committing or (error.refused and temporary is not None)
            return HandedOver(outcome="not sent" if certain else "unknown", again=error.again, said=str(error))
        return HandedOver(outcome="sent", said="renamed 已改名提交" if temporary else "stored 已上传")

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield the files in the directories of receipts."""
        for directory in self._layout.all_received:
            with self._raising(), self._bounded():
                names = self._connected().names(directory)
            for name in names:
                with self._raising(), self._bounded() as allowed:
                    found = self._fetched(directory, name, allowed)
                if found is not None:
                    yield found

    def confirm(self, item: Item) -> None:
        """Delete a receipt that is stored, if it is still the one that was read."""
        stored = item.token
        assert isinstance(stored, _Stored), "an item of this way"
        with self._raising(), self._bounded():
            link = self._connected()
            size = link.size_of(stored.path)
            if size is not None and size != stored.size:
                raise WayError(f"{self._host}: {item.name} has changed since it was read 文件已变化，将重新读取")
            link.delete(stored.path)

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Look for a message: under its name it is sent, under its temporary name it is not."""
        final, temporary = self._paths(delivery)
        try:
            with self._bounded():
                link = self._connected()
                lies = link.size_of(final)
                if lies is not None:
                    return self._lies_there(lies, delivery)
                if temporary is not None and link.size_of(temporary) is not None:
                    return HandedOver(outcome="not sent", said="only its temporary file lies there 只有临时文件")
        except _FtpCallError as error:
            return HandedOver(outcome="unknown", said=str(error))
        return HandedOver(outcome="unknown", said="it does not lie there: it may have been taken 文件不在，可能已取走")

    def close(self) -> None:
        """Give the connection back."""
        if self._link is not None:
            self._link.close()
            self._link = None

    @property
    def _host(self) -> str:
        return self._settings.host

    def _paths(self, delivery: Delivery) -> tuple[str, str | None]:
        """The name under which a message is picked up, and its temporary one; None if files are put as they are."""
        directory = self._layout.by_type.get(delivery.name, (self._layout.send, ""))[0]
        if self._layout.temporary is None:
            return _below(directory, delivery.file_name), None
        aside = self._layout.temporary or directory
        return _below(directory, delivery.file_name), _below(aside, f"{delivery.file_name}.tmp")

    def _lies_there(self, size: int, delivery: Delivery) -> HandedOver:
        if size == len(delivery.content):
            return HandedOver(outcome="sent", said="it lies there already 文件已在服务器上")
        return HandedOver(outcome="unknown", said="a file of its name and another size lies there 同名文件大小不同")

    def _fetched(self, directory: str, name: str, allowed: Allowance) -> Item | SetAside | None:
        """A receipt, or why it is left; None if it is gone."""
        if name.startswith(".") or name.lower().endswith(UNFINISHED):
            return _waiting(name)
        try:
            name.encode()
        except UnicodeEncodeError:
            shown = ascii(name)[1:-1]
            return SetAside(
                name=shown, reason_zh="文件名编码不符，请设 encoding", reason="its name is in another encoding"
            )
        link, path, most = self._connected(), _below(directory, name), self._settings.limits.most_bytes
        before = link.size_of(path)
        if before == 0:
            return _waiting(name)
        if before is not None and before > most:
            return SetAside(name=name, reason_zh=f"超过 {most} 字节", reason=f"larger than {most} bytes")
        try:
            content = link.retrieve(path, most, allowed)
        except NotGivenError:
            if before is None or link.size_of(path) is None:
                return None
            return SetAside(name=name, reason_zh="服务器不许读取", reason="the server does not let it be read")
        if content is None:
            self.close()
            return SetAside(name=name, reason_zh=f"超过 {most} 字节", reason=f"larger than {most} bytes")
        if before != link.size_of(path) or (before is not None and len(content) != before) or not content:
            return _waiting(name)
        return Item(name=name, content=content, token=_Stored(path, len(content)))

    def _connected(self) -> FtpLink:
        """The connection kept open, or a new one."""
        if self._link is not None:
            with suppress(OSError, EOFError, FtpError):
                self._link.voidcmd("NOOP")
                return self._link
            self.close()
        settings = self._settings
        link = FtpLink(self._context, settings.encoding)
        try:
            link.open(settings.host, settings.port)
            link.identify(settings.credentials["user"], settings.credentials.get("password", ""))
        except BaseException:
            link.close()
            raise
        self._link = link
        return link

    @contextmanager
    def _bounded(self) -> Iterator[Allowance]:
        """Hold the connection to the limits of one call. Raises ``_FtpCallError`` for whatever fails."""
        limits = self._settings.limits
        allowed = Allowance(Deadline.after(limits.deadline), limits.part, _MOST_SAID)
        try:
            with holding_to(allowed):
                yield allowed
        except (OSError, EOFError, FtpError, ValueError) as error:  # ValueError: a name with a line break
            if not isinstance(error, error_perm | error_temp):
                self.close()
            raise _call_error(error, self._host) from None

    @contextmanager
    def _raising(self) -> Iterator[None]:
        try:
            yield
        except _FtpCallError as error:
            raise WayError(str(error)) from None


def _below(directory: str, name: str) -> str:
    return f"{directory.rstrip('/')}/{name}" if directory else name


def _waiting(name: str) -> SetAside:
    return SetAside(name=name, reason_zh="可能尚未写完", reason="it may still be written", wait=True)


#: The failures of a server by the kind of exception, the particular before the general: Chinese, English, what may follow.
_FAILURES: tuple[tuple[type[BaseException], str, str, Again], ...] = (
    (ssl.SSLCertVerificationError, "服务器证书不可信", "its certificate is not trusted", "after the outage"),
    (
        ssl.SSLError,
        "加密连接（TLS）失败，需要 TLS 1.2 或以上",
        "TLS failed: it must speak TLS 1.2 or later",
        "after the outage",
    ),
    (TooMuchError, "应答过长", "it says too much", "later"),
    (TimeoutError, "未在时限内完成", "it did not finish in time", "later"),
    (ConnectionRefusedError, "拒绝连接，请核对地址", "it takes no connection: check the address", "later"),
    (EOFError, "连接中断", "it broke off the connection", "later"),
    (OSError, "连接失败", "the connection failed", "later"),
)


def _call_error(error: BaseException, host: str) -> _FtpCallError:
    """The failure of a call. The words of a server may name files and are not shown, its three digits are."""
    if isinstance(error, FtpError):
        code = str(error)[:3] if str(error)[:3].isascii() and str(error)[:3].isdecimal() else "?"
        refused = isinstance(error, error_perm | error_temp)
        again: Again = "after the outage" if code in ("530", "532", "534", "421", "500", "502") else "later"
        return _FtpCallError(f"{host}: FTP {code}, it refuses 服务器拒绝", again, refused=refused)
    zh, en, again = next((told[1:] for told in _FAILURES if isinstance(error, told[0])), ("失败", "it failed", "later"))
    return _FtpCallError(f"{host}: {en} {zh}", again)
