"""Keys of an enterprise (密钥): where each is kept and how it is opened, never the key or its password itself.

An opener is a value that can be pickled: each process opens its own key. A password or PIN comes from an environment
variable or a file, and is read when the key is opened.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from customs.road.results import DOCUMENTS, DocumentName
from customs.signing import Signer, SigningError, load_signer

#: Bytes of a file that holds a password at most.
_LONGEST_SECRET = 4096


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password is kept (口令所在): an environment variable, or a file that holds nothing else."""

    env: str = ""
    file: Path | None = None

    def read(self) -> str:
        """Return the password. Raises ``SigningError`` where it is not there, and ``OSError`` for its file."""
        if self.file is None:
            if found := os.environ.get(self.env):
                return found
            raise SigningError(
                f"the environment variable {self.env} must hold the password or secret that the file names "
                f"环境变量 {self.env} 应含文件中指定的口令或密钥"
            )
        with self.file.open("rb") as file:
            content = file.read(_LONGEST_SECRET + 1).strip(b"\r\n")
        if not content or len(content) > _LONGEST_SECRET:
            raise SigningError(
                f"the file {self.file.name} must hold the password or secret and nothing else "
                f"文件 {self.file.name} 应只含口令或密钥"
            )
        return content.decode("utf-8-sig")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInFile:
    """A key in a file: PEM or DER with its certificate, or one file of both."""

    key: Path
    cert: Path | None = None
    password: Secret | None = None

    def __call__(self) -> Signer:
        """Open the key. Raises ``SigningError``, ``CertificateError`` and ``OSError``."""
        password = self.password.read().encode() if self.password else None
        return load_signer(self.key.read_bytes(), self.cert.read_bytes() if self.cert else None, password)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInToken:
    """An RSA key in a token or crypto machine that speaks PKCS#11 (密码设备)."""

    module: Path
    token: str
    pin: Secret
    label: str | None = None
    id: str | None = None
    """In hexadecimal."""
    cert: Path | None = None

    def __call__(self) -> Signer:
        """Open the key, as ``KeyInFile`` does."""
        from customs.signing.keys.pkcs11 import Pkcs11Signer

        key_id = bytes.fromhex(self.id) if self.id else None
        certificate = self.cert.read_bytes() if self.cert else None
        return Pkcs11Signer(
            self.module, self.token, self.pin.read(), key=self.label, key_id=key_id, certificate=certificate
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInUkey:
    """A U-key or card of the e-port, behind the client control (电子口岸 U-key) at ``ukey``, its address."""

    ukey: str
    pin: Secret

    def __call__(self) -> Signer:
        """Open the key, as ``KeyInFile`` does."""
        from customs.signing.keys.ukey import UkeySigner

        return UkeySigner(pin=self.pin.read(), url=self.ukey)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOfService:
    """The key of a signing service (远程加签服务) at ``service``, its URL; ``form`` is cainiao or pinduoduo."""

    service: str
    form: str
    cert: Path
    fixed: Mapping[str, str] = field(default_factory=dict, hash=False)
    headers: Mapping[str, Secret] = field(default_factory=dict, hash=False)

    def __call__(self) -> Signer:
        """Open the key, as ``KeyInFile`` does."""
        from customs.signing.keys.remote import CAINIAO, PINDUODUO, RemoteService, RemoteSigner

        forms = {"cainiao": CAINIAO, "pinduoduo": PINDUODUO}
        headers = {name: secret.read() for name, secret in self.headers.items()}
        try:
            service = RemoteService(self.service, forms[self.form].filled(**self.fixed), headers=headers or None)
        except ValueError as error:
            raise SigningError(str(error)) from None
        return RemoteSigner(service, self.cert.read_bytes())


#: A way to open one key.
Opener = KeyInFile | KeyInToken | KeyInUkey | KeyOfService


@dataclass(frozen=True, slots=True)
class EnterpriseKeys:
    """The keys of a profile: one for all documents, and those of single documents over it. Calling it opens them."""

    whole: Opener | None = None
    by_document: Mapping[DocumentName, Opener] = field(default_factory=dict, hash=False)

    def __call__(self) -> Mapping[DocumentName, Signer]:
        """Open every key once. Raises ``SigningError``, ``CertificateError`` and ``OSError``."""
        missing: list[DocumentName] = [name for name in DOCUMENTS if name not in self.by_document]
        whole = self.whole() if self.whole is not None and missing else None
        signers: dict[DocumentName, Signer] = dict.fromkeys(missing, whole) if whole else {}
        for name, opener in self.by_document.items():
            signers[name] = opener()
        return signers
