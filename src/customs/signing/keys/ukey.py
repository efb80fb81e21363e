"""U-keys and cards of the e-port (电子口岸 U-key、IC 卡) behind their client control (中国电子口岸客户端控件).

The control runs on the machine that the key is plugged into and offers a local WebSocket. The key signs there and never
reveals its secret. Source: the control's own JavaScript client and three public clients; assumptions are marked.
Needs ``pip install "cbec-customs[ukey]"``.

This example uses a simulated service; with a real key, leave ``url`` out:

>>> from datetime import datetime
>>> from customs.testing import issue_test_key
>>> from customs.testing.ukey import SimulatedUkey
>>> keys = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1))
>>> with SimulatedUkey(keys, pin="12345678") as ukey, UkeySigner(url=ukey.url, pin="12345678") as signer:
...     len(signer.sign(b"<ds:SignedInfo></ds:SignedInfo>").value), signer.algorithm.name
(256, 'RSA_SHA1')
"""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import Self

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import CertificateError, SigningError
from customs.signing.keys.deadline import Deadline
from customs.signing.keys.ukey_answer import Pin, Secrets, UkeyAnswer
from customs.signing.keys.ukey_connection import LOCAL, NOT_SENT_AGAIN, SINGLE_WINDOW, Connection, address_of
from customs.signing.signer import OpenKey, Signature, algorithm_for, checked_signature
from customs.wire.parsing import BLANK

__all__ = ["LOCAL", "SINGLE_WINDOW", "UkeySigner"]

#: The control takes larger requests than 120 KiB in blocks, which no signature needs: SignedInfo has about 1,000 bytes.
#: Written as JSON, text may double.
_LARGEST_DATA = 60 * 1024
#: Takes out the line breaks of base64.
_NO_BLANK = str.maketrans(dict.fromkeys(BLANK))

_PIN_REFUSED = (
    "the key refused the PIN: it is not tried again by this signer, since a key locks after a few wrong ones. Try the PIN "
    "in the client control's own window, then make a new signer"
)
_PIN_DOUBTED = (
    "the key refused to sign for a reason that is not known, and has not yet accepted this PIN: the PIN is not tried again by this "
    "signer, since a key locks after a few wrong ones. Try it in the client control's own window, then make a new signer"
)


class UkeySigner(OpenKey):
    """A U-key or card in this machine's reader. It signs through the e-port's client control.

    ``pin`` opens the key. ``url`` is where the control listens: ``LOCAL``, or ``SINGLE_WINDOW`` for the same over TLS.
    Over ``ws`` the PIN travels in plain text, so that the control should be on the same machine. ``timeout`` is the most
    seconds that one signature takes in all, from the connection to the end of the reply, whatever the control sends or
    leaves out; waiting for other threads comes before it. ``algorithm`` is needed only for a gateway that wants
    ``Algorithm.SM2_FIELD``; else the certificate's kind of key says it.

    The certificate is read once, here. Threads may share a signer: their requests wait for each other, since a key does
    one thing at a time. Every signature is proven against the certificate before it is returned. A request that was
    sent is never repeated, and a PIN that was refused is never tried again: a failure that speaks of the PIN counts as
    a refusal, and so does any failure that is not known as long as the key has not accepted the PIN once. Neither PIN
    nor data appear in errors.

    Raises ``SigningError`` that says what to do. Close it, or use it as a context manager: ``close`` overwrites the PIN
    that the signer holds. The text that the caller gave, and what Python made of it on the way to the control, stay in
    memory until that is used for something else.
    """

    certificate: Certificate
    algorithm: Algorithm

    def __init__(
        self, *, pin: str, url: str = LOCAL, timeout: float = 10.0, algorithm: Algorithm | None = None
    ) -> None:
        if not (pin and pin.isascii() and pin.isprintable()):
            raise SigningError("give the key's PIN: letters, digits and signs of ASCII")
        if not timeout > 0:
            raise SigningError("give a timeout above zero, in seconds")
        self._pin, self._address, self._timeout = Pin(pin), address_of(url), timeout
        self._pin_accepted, self._useless = False, ""
        self._line: Connection | None = None
        self._lock, self._numbers = Lock(), count(1)
        with self._turn():
            self.certificate = self._read_certificate()
            self.algorithm = algorithm_for(self.certificate, algorithm)

    def __repr__(self) -> str:
        known = getattr(self, "certificate", None)  # absent while it is being read, when an error may show this
        return f"UkeySigner(key_name={known.key_name if known else None!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and forget the PIN; the signer cannot be used any more."""
        with self._lock:
            self._hang_up()
            self._useless = "the signer is closed: make a new one"
            self._pin.wipe()

    def sign(self, data: bytes) -> Signature:
        """Sign bytes, which must be UTF-8 text: the control takes nothing else. Raises ``SigningError``."""
        text = _text(data)
        if text is None:
            raise SigningError("the client control signs text only, and these bytes are not UTF-8")
        if len(data) > _LARGEST_DATA:
            raise SigningError(
                f"the data are too large for the client control: it signs up to {_LARGEST_DATA // 1024} KiB"
            )
        with self._turn():
            answer = self._ask("SpcSignDataAsPEM", inData=text, passwd=self._pin)
            if not answer.holds:
                raise self._refusal(answer, text)
            signature = self._proven(answer, data)
            self._pin_accepted = True
        return signature

    def _refusal(self, answer: "UkeyAnswer", text: str) -> SigningError:
        """The error of a signature that was refused; remembers that the PIN must not be tried again."""
        said = answer.said(self._secrets(text))
        if answer.is_about_pin or not (answer.advice or self._pin_accepted):
            self._useless = _PIN_REFUSED if answer.is_about_pin else _PIN_DOUBTED
            return SigningError(f"{self._useless}{said}")
        advice = answer.advice or f"the reason is not known, restart the client control{said}"
        return SigningError(f"the key did not sign: {advice}")

    def _secrets(self, text: str) -> "Secrets":
        """Return the texts that a message of the control must not repeat."""
        from cryptography.x509 import NameOID

        names = (str(each.value) for each in self.certificate.x509.subject if each.oid != NameOID.COUNTRY_NAME)
        return Secrets(self._pin, text, tuple(name for name in names if name))

    def _proven(self, answer: "UkeyAnswer", data: bytes) -> Signature:
        """The signature of an answer, once it is proven to be this key's, over this data."""
        if len(answer.data) < 2:
            raise SigningError(f"the client control answered without a signature: restart it. {NOT_SENT_AGAIN}")
        value, number = _from_base64(answer.data[0]), answer.data[1].strip().lower().lstrip("0")
        if number != self.certificate.key_name.lstrip("0"):
            raise SigningError(
                f"another card is in the reader: this signer is for certificate {self.certificate.key_name}. Put that card "
                "in, or make a new signer for the other"
            )
        if value is None:
            raise SigningError(
                f"the client control answered with a signature that is not base64: restart it. {NOT_SENT_AGAIN}"
            )
        return checked_signature(value, data, self.certificate)

    def _read_certificate(self) -> Certificate:
        answer = self._ask("SpcGetSignCertAsPEM")
        if not answer.holds:
            advice = answer.advice or f"plug the key in, and restart the client control{answer.said(None)}"
            raise SigningError(f"the client control does not give the key's certificate: {advice}")
        certificate = _certificate(answer.data[0]) if answer.data else None
        if certificate is None:
            raise SigningError(
                "the certificate that the client control gave cannot be used: check the key in the control's window"
            )
        return certificate

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A turn at the key, alone. After any failure the connection is closed, so that a late reply is never read."""
        with self._lock:
            if self._useless:
                raise SigningError(self._useless)
            try:
                yield
            except BaseException:
                self._hang_up()
                raise

    def _ask(self, method: str, **args: str | Pin) -> "UkeyAnswer":
        """One request and its answer.

        Numbers rise for the signer's whole life, so that no earlier reply has this one's.
        """
        end = Deadline.after(self._timeout)
        if self._line is None or not self._line.is_open:
            self._hang_up()
            self._line = Connection(self._address, end)
        return self._line.ask(next(self._numbers), f"cus-sec_{method}", args, end)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _from_base64(text: str) -> bytes | None:
    try:
        return b64decode(text.translate(_NO_BLANK), validate=True)
    except ValueError:
        return None


def _certificate(text: str) -> Certificate | None:
    """The certificate in base64, None if it is none or its key cannot be used."""
    try:
        found = Certificate.load(_from_base64(text) or b"")
        found.public_key  # noqa: B018  read now, so that a bad key is found before the first signature
    except CertificateError:
        return None
    return found
