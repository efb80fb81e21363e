"""Keys in tokens and crypto machines that speak PKCS#11 (密码设备): USB tokens, network HSMs, SoftHSM2.

The vendor gives a module, a shared library; it reaches tokens, each with a label and a PIN, and a token holds a key and
mostly its certificate. The key never leaves the token. PKCS#11 has RSA, but no SM2 among its standard mechanisms: its
ECDSA over a key on the SM2 curve is another signature, which customs refuses, so that SM2 keys are refused here.

Needs ``pip install "cbec-customs[pkcs11]"``. Source of the algorithm: unified edition 2022-05, chapter 6; of the
mechanism SHA1_RSA_PKCS: PKCS#11 2.40, mechanisms, section 2.1.

>>> Pkcs11Signer("/opt/vendor/absent.so", "e-port", "a PIN", key="signing")
Traceback (most recent call last):
customs.signing.errors.SigningError: there is no PKCS#11 module at /opt/vendor/absent.so: give the path of the vendor's library
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.public_key import RsaPublicKey
from customs.signing.signer import OpenKey, Signature, algorithm_for, checked_signature

if TYPE_CHECKING:
    from pkcs11 import Attribute, Object, Session
from customs.signing.keys.pkcs11_module import FORKED, Login, Module, explained, name_of, python_pkcs11

#: The SM2 curve, in the parameters of a key on an elliptic curve.
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")

_NO_SM2 = (
    "the key is an SM2 key, and PKCS#11 has no SM2 among its standard mechanisms (its ECDSA is another signature): "
    "sign with it through the vendor's signing service or as a key file"
)
_GONE = "the token was removed or its session has ended: put it back in and make the signer anew"


class Pkcs11Signer(OpenKey):
    """An RSA key in a token. It signs with RSA-SHA1 and stays logged in until ``close``; also a context manager.

    ``module`` is the path of the vendor's library, ``token`` the token's label. ``key`` is the key's label, ``key_id``
    its id; one of them is enough where it fits one key only. ``certificate``, PEM or DER, is needed where the token
    holds none with the key's id or label. Raises ``SigningError`` that says what is wrong, ``CertificateError`` for a
    certificate that cannot be read.

    Signers of one token share one login in a process, whatever key they use. A PIN goes to the token once and is not
    kept, so that a signer whose token was removed does not come back to life: make it anew. A login does not outlive a
    fork.
    """

    algorithm = Algorithm.RSA_SHA1

    def __init__(
        self,
        module: str | Path,
        token: str,
        pin: str,
        *,
        key: str | None = None,
        key_id: bytes | None = None,
        certificate: bytes | None = None,
    ) -> None:
        if key is None and key_id is None:
            raise ValueError("which key of the token is meant? Give its label (key) or its id (key_id)")
        python_pkcs11()
        given = Certificate.load(certificate) if certificate is not None else None
        self._module = Module.at(Path(module))
        with self._module.lock:
            self._login: Login | None = self._module.enter(token, pin)
            self._key: Any = None
            try:
                with explained("reading the key"):
                    self._key = _rsa_key(self._login.session, key, key_id)
                    self.certificate = _certificate(self._login.session, self._key, given)
            except BaseException:
                self.close()
                raise
            self._login.witness = self._key

    def __repr__(self) -> str:
        return f"Pkcs11Signer(key_name={self.certificate.key_name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out of the token, once no other signer of this process uses it."""
        if self._module.is_foreign:
            return
        with self._module.lock:
            if self._login is not None:
                self._module.leave(self._login)
                self._login = self._key = None

    def sign(self, data: bytes) -> Signature:
        """Sign bytes, one thread after the other. Raises ``SigningError``."""
        from pkcs11 import Mechanism
        from pkcs11.exceptions import PKCS11Error

        if self._module.is_foreign:
            raise SigningError(FORKED)
        with self._module.lock:
            if self._login is None:
                raise SigningError("the signer is closed: make it anew")
            try:
                value = self._key.sign(data, mechanism=Mechanism.SHA1_RSA_PKCS)
            except PKCS11Error as error:
                told = (
                    _GONE
                    if not self._login.is_alive
                    else f"the token failed while signing ({name_of(error)}): try again"
                )
                raise SigningError(told) from None
        return checked_signature(value, data, self.certificate)


def _rsa_key(session: "Session", label: str | None, key_id: bytes | None) -> "Object":
    """The one private key of that label and id, if it is an RSA key that may sign."""
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted = {Attribute.LABEL: label, Attribute.ID: key_id}
    template = {name: value for name, value in wanted.items() if value is not None}
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, **template}))
    asked = " and ".join(each for each in (label and f"label {label!r}", key_id and f"id {key_id.hex()}") if each)
    if not found:
        # only the ids are told: a label may name a person
        every = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        there = ", ".join(_id(key).hex() or "without id" for key in every) or "none"
        raise SigningError(f"the token has no private key of {asked}: give the id of one that it has ({there})")
    if len(found) > 1:
        raise SigningError(f"the token has {len(found)} private keys of {asked}: give label and id, so that one fits")
    (key,) = found
    if _attribute(key, Attribute.KEY_TYPE) != KeyType.RSA:
        raise SigningError(
            _NO_SM2 if _attribute(key, Attribute.EC_PARAMS) == _SM2_CURVE else "the key is not an RSA key"
        )
    if not _attribute(key, Attribute.SIGN):
        raise SigningError(f"the key of {asked} may not sign, says the token: give the one for signatures")
    return key


def _certificate(session: "Session", key: "Object", given: Certificate | None) -> Certificate:
    """Return the certificate given, or the one in the token, if it belongs to the key."""
    from pkcs11 import Attribute

    found = [given] if given else _certificates(session, key)
    if not found:
        raise SigningError("the token has no certificate with the id or label of the key: give it as certificate")
    modulus = int.from_bytes(_attribute(key, Attribute.MODULUS) or b"")
    # a token that hides the modulus is held to its certificate by each signature
    own = [
        each
        for each in found
        if not modulus or (isinstance(each.public_key, RsaPublicKey) and each.public_key.modulus == modulus)
    ]
    if not own:
        raise SigningError("the certificate belongs to another key: give the certificate that was issued for this one")
    algorithm_for(own[0], Algorithm.RSA_SHA1)
    return own[0]


def _certificates(session: "Session", key: "Object") -> list[Certificate]:
    """Return the token's certificates with the key's id or, if there are none, with its label."""
    from pkcs11 import Attribute, ObjectClass

    for name, value in ((Attribute.ID, _id(key)), (Attribute.LABEL, _attribute(key, Attribute.LABEL))):
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, name: value})) if value else []
        if found:
            return [Certificate.load(each[Attribute.VALUE]) for each in found]
    return []


def _id(key: "Object") -> bytes:
    from pkcs11 import Attribute

    return bytes(_attribute(key, Attribute.ID) or b"")


def _attribute(key: "Object", name: "Attribute") -> Any:
    """An attribute of an object; None where the token does not tell it, or tells what no standard names."""
    from pkcs11.exceptions import PKCS11Error

    try:
        return key[name]
    except (PKCS11Error, ValueError):
        return None
