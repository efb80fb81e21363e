"""The way of Shandong's e-port (山东电子口岸): zips by SOAP, a list of what waits, and a confirmation after storing.

A message is uploaded in a zip of one file, with the MD5 of its base64 text and a signature over that; ``respCode`` 0000
takes it, 9999 is maintenance: nothing is sent until it is over. A ``ResponseMessage`` says of each file if the platform took
it, ACK 0, by the file's name alone, which must be unique for ever. What waits stays in the list until
``notifySdeportDownloadSuccess``, which is called once every receipt of a zip is stored. The list may be asked for every 10
seconds at most. The same message always gives the same zip. Source: section 4.4 of the facts on the exchange; the algorithm of
the signature was not seen, and is a setting.

>>> zipped("a.xml", b"<a/>") == zipped("a.xml", b"<a/>")
True
"""

import hashlib
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from customs.exchange.contract import Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.ways.calls import NO_ACTION, CallError, CallLimits, GatewayLine, not_answered
from customs.exchange.ways.gateway_answers import AnswerForm, GatewayCode
from customs.exchange.ways.soap import MEDIA, Arguments, answered, envelope, handed_to
from customs.wire.parsing import ReadError, parse

#: Bytes within which a word on a file says that it is one.
_BEGINNING = 1000

_REFUSED = (
    "the platform refused the file (ResponseMessage): its words are in the inbox, correct the message and send it anew "
    "平台拒收该文件（ResponseMessage），原因见收件箱，请更正后重新申报"
)

_NAMESPACE = "http://entetransportfiles.ws.service.transmit.sdeport.com"

#: The operations and the services that have them.
_SENDING = "/IEnteTransportSendFilesService"
_RECEIVING = "/IEnteTransportRecvFilesService"

#: Files of one zip that are looked at, and entries of one list.
_MOST_FILES = 1_000

#: The path of the code in every answer, below the response of the operation.
_CODES: Mapping[str, GatewayCode] = {
    "0001": GatewayCode("after the outage", "登录错误，请核对账号和私钥", "login failed: check name, password and key"),
    "0002": GatewayCode("never", "参数有误", "a parameter is wrong"),
    "9999": GatewayCode("after the outage", "系统维护中", "it is in maintenance"),
}

_HASHES: Mapping[str, type[hashes.SHA1 | hashes.MD5 | hashes.SHA256]] = {
    "sha1": hashes.SHA1,
    "md5": hashes.MD5,
    "sha256": hashes.SHA256,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShandongSettings:
    """The e-port as ``customs.toml`` gives it: each field is a key of the same name.

    Raises ``ValueError`` for a missing credential.
    """

    address: str
    """``https://`` with the host, and the path below which both services are."""
    credentials: Mapping[str, str] = field(repr=False, hash=False)
    """``name`` and ``password`` of the login."""
    key_file: Path
    """The enterprise's private RSA key, in PEM without a password."""
    digest: Literal["sha1", "md5", "sha256"] = "sha1"
    """The digest of the signature over the MD5 of an upload."""
    ca_file: str | Path | None = None
    plain: bool = False
    limits: CallLimits = field(default_factory=CallLimits)

    def __post_init__(self) -> None:
        missing = [name for name in ("name", "password") if not self.credentials.get(name)]
        if missing:
            raise ValueError(f"Shandong needs the credentials {', '.join(missing)} 山东缺少凭据 {', '.join(missing)}")
        if self.digest not in _HASHES:
            raise ValueError(f"digest is one of {', '.join(_HASHES)} digest 应为其一")


class ShandongWay:
    """The way to Shandong's e-port."""

    can_confirm = True
    can_lookup = False
    gives_parts = False

    def __init__(self, settings: ShandongSettings) -> None:
        self._settings = settings
        self._key = _key_in(settings.key_file)
        name, password = settings.credentials["name"], settings.credentials["password"]
        encrypted = b64encode(privately_encrypted(self._key, password.encode())).decode()
        self._login: Arguments = [("loginName", name), ("loginPassword", encrypted)]
        self._unconfirmed: dict[str, set[str]] = {}
        self._line = GatewayLine(
            settings.address, ca_file=settings.ca_file, plain=settings.plain, limits=settings.limits
        )

    def __repr__(self) -> str:
        return f"ShandongWay({self._line.host!r})"

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Upload a message in a zip, once."""
        body = envelope(_NAMESPACE, "uploadFiles", [("enteUploadFilesRequest", self._upload(delivery))])
        try:
            reply = self._line.post(_SENDING, body, MEDIA, headers=NO_ACTION)
        except CallError as error:
            return not_answered(error, self._line.host)
        response = answered(reply.content) if reply.status == 200 else None
        code = _first(response, "respCode")
        if response is None or code is None:
            return handed_to(AnswerForm(kind="xml"), reply, delivery.id)
        if code == "0000":
            return HandedOver(outcome="sent", said="accepted 网关已接收", answer=reply.content)
        known = _CODES.get(code, GatewayCode("never", "网关拒收", "it refuses the message"))
        shown = code if code.isascii() and code.isalnum() and len(code) <= 8 else ""
        said = f"({shown}) {known.en} {known.zh}（{shown}）" if shown else f"{known.en} {known.zh}"
        return HandedOver(outcome="not sent", again=known.again or "never", said=said, answer=reply.content)

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield the receipts of every zip in the list."""
        wanted: Arguments = [
            ("expandList", [("key", "projectEName"), ("value", "ECOMMERCE")]),
            ("expandList", [("key", "msgType"), ("value", "ECOMMERCE")]),
        ]
        listed = self._asked("waitDownloadList", [("expandAttribute", wanted)])
        numbers = [each.text.strip() for each in listed.iter() if _is(each, "fileTempID") and each.text]
        for number in numbers[:_MOST_FILES]:
            found = self._asked("downloadOneFile", [("fileTempID", number)])
            yield from self._unpacked(number, found)

    def confirm(self, item: Item) -> None:
        """Tell the e-port that a zip is stored, once this was the last of its receipts."""
        assert isinstance(item.token, str), "an item of this way"
        left = self._unconfirmed.setdefault(item.token, {item.name})
        if left - {item.name}:
            left.discard(item.name)
            return
        self._asked("notifySdeportDownloadSuccess", [("fileTempID", item.token)])
        del self._unconfirmed[item.token]

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Return ``unknown``: the e-port tells what it has by its receipts alone."""
        return HandedOver(outcome="unknown", said="the e-port cannot be asked for it 口岸不提供查询")

    def close(self) -> None:
        """Give the connections back."""
        self._line.close()

    def _upload(self, delivery: Delivery) -> Arguments:
        archive = zipped(delivery.file_name, delivery.content)
        text = b64encode(archive).decode()
        digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
        signature = self._key.sign(digest, padding.PKCS1v15(), _HASHES[self._settings.digest]())
        sealed: Arguments = [
            ("digestBase64", b64encode(digest).decode()),
            ("signBase64", b64encode(signature).decode()),
        ]
        info: Arguments = [
            ("fileFullName", f"{PurePosixPath(delivery.file_name).stem}.zip"),
            ("fileLength", str(len(archive))),
            ("fileMimeType", "application/zip"),
            ("textEncode", ""),
            ("projectEName", "ECOMMERCE"),
            ("msgType", "ECOMMERCE"),
            ("fileBase64", text),
            ("certificateSign", sealed),
        ]
        return [("enteLoginInfo", self._login), ("uploadFilesInfo", info)]

    def _asked(self, operation: str, arguments: Arguments) -> etree._Element:
        """The response of an operation of the receiving service. Raises ``WayError``."""
        body = envelope(_NAMESPACE, operation, [("enteLoginInfo", self._login), *arguments])
        try:
            reply = self._line.post(_RECEIVING, body, MEDIA, headers=NO_ACTION)
        except CallError as error:
            raise WayError(f"{self._line.host}: {error}") from None
        response = answered(reply.content) if reply.status == 200 else None
        code = _first(response, "respCode")
        if response is None or code != "0000":
            known = _CODES.get(code or "", GatewayCode(None, "无法完成", "it did not do it"))
            raise WayError(f"{self._line.host}: {operation}, {known.en} {known.zh}")
        return response

    def _unpacked(self, number: str, found: etree._Element) -> Iterator[Item | SetAside]:
        name, most = _first(found, "fileFullName") or number, self._settings.limits.most_bytes
        files = None
        with suppress(ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
            files = _files_in(b64decode("".join((_first(found, "fileBase64") or "").split()), validate=True), most)
        if not files:
            yield SetAside(
                name=name, reason_zh="压缩包无法解开或过大", reason="a zip that cannot be unpacked or is too large"
            )
            return
        items = [_item(f"{number}-{each}", content, number) for each, content in files]
        self._unconfirmed[number] = {each.name for each in items}
        yield from items


def _item(name: str, content: bytes, number: str) -> Item:
    """A file of a zip: the platform's word on a message (ResponseMessage), or a receipt."""
    root = None
    if b"ResponseMessage" in content[:_BEGINNING]:
        with suppress(ReadError):
            root = parse(content)
    about, ack = _first(root, "FILE_ORIGINAL_NAME"), _first(root, "ACK")
    if root is None or not _is(root, "ResponseMessage") or not about or not ack:
        return Item(name=name, content=content, token=number)
    if ack == "0":
        word = HandedOver(outcome="sent", said="ResponseMessage ACK 0")
    else:  # its own text may name persons: it is in the inbox
        word = HandedOver(outcome="not sent", again="never", said=_REFUSED)
    return Item(name=name, content=content, token=number, about=about, word=word)


def zipped(name: str, content: bytes) -> bytes:
    """Return a zip of one file; the same file gives the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files_in(packed: bytes, most: int) -> list[tuple[str, bytes]] | None:
    """The files of a zip, without their folders; None if there are too many bytes."""
    found = []
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        entries = [each for each in archive.infolist() if not each.is_dir()]
        if len(entries) > _MOST_FILES:
            return None
        for at, entry in enumerate(entries):
            with archive.open(entry) as file:
                content = file.read(most + 1)
            most -= len(content)
            if most < 0:
                return None
            found.append((PurePosixPath(entry.filename).name or str(at), content))
    return found


def privately_encrypted(key: RSAPrivateKey, content: bytes) -> bytes:
    """Return what only the private key can make of a short text (PKCS#1 v1.5, block type 1): proof, not secrecy.

    Raises ``ValueError`` for a text that is too long for the key.
    """
    numbers, size = key.private_numbers(), key.key_size // 8
    if len(content) > size - 11:
        raise ValueError("the password is too long for the key 口令过长")
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(content)) + b"\x00" + content
    return pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(size, "big")


def _key_in(file: Path) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(Path(file).read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise WayError(
            "key_file cannot be read: an RSA key in PEM is expected 无法读取 key_file，应为 PEM 格式 RSA 私钥"
        )
    return key


def _is(element: etree._Element, name: str) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name


def _first(element: etree._Element | None, name: str) -> str | None:
    """The text of the first element of a name, at any depth; None if there is none."""
    if element is None:
        return None
    return next(((each.text or "").strip() for each in element.iter() if _is(each, name)), None)
