"""Locations of key files (密钥文件位置): they open a key but do not hold it, so each worker process can open its own.

>>> from customs.testing import issue_test_key
>>> from datetime import datetime
>>> from tempfile import mkdtemp
>>> made, folder = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)), Path(mkdtemp())
>>> _ = (folder / "a.key").write_bytes(made.key), (folder / "a.crt").write_bytes(made.certificate)
>>> KeyFile(folder / "a.key", folder / "a.crt")().algorithm.name
'RSA_SHA1'
"""

import os
from dataclasses import dataclass
from pathlib import Path

from customs.signing.errors import SigningError
from customs.signing.keys.files import RsaSigner, Sm2Signer, load_signer


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The files of a key and its certificate, each in PEM or DER, or one file of both; calling it opens the key.

    It holds paths and the name of an environment variable, never a key or a password.
    """

    path: Path | str
    certificate: Path | str | None = None
    """None for a file that holds the certificate as well: PKCS#12, or PEM with both."""
    password_from: str | None = None
    """The environment variable that holds the password of the key."""

    def __call__(self) -> RsaSigner | Sm2Signer:
        """Open the key. Raises ``SigningError``, ``CertificateError`` and ``OSError``."""
        certificate = None if self.certificate is None else Path(self.certificate).read_bytes()
        return load_signer(Path(self.path).read_bytes(), certificate, self._password())

    def _password(self) -> bytes | None:
        if self.password_from is None:
            return None
        password = os.environ.get(self.password_from)
        if not password:
            raise SigningError(f"the environment variable {self.password_from} must hold the password of the key")
        return password.encode()
