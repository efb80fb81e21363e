"""Signing and verifying messages (加签与验签).

Import tokens, U-keys, signing services, key pools and the declarant's check from their own modules.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand
from customs.signing.algorithm import STANDARD, Algorithm
from customs.signing.errors import CertificateError, SigningError

if TYPE_CHECKING:
    from customs.signing.certificate import Certificate
    from customs.signing.keys.files import RsaSigner, Sm2Signer, load_signer
    from customs.signing.keys.key_file import KeyFile
    from customs.signing.public_key import PublicKey, RsaPublicKey, Sm2PublicKey, load_public_key
    from customs.signing.signer import Signature, Signer
    from customs.signing.trust import chain_to, check_signing
    from customs.signing.verification import Verification, verify
    from customs.signing.xmldsig import sign, sign_envelope
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "certificate": "Certificate",
            "keys.files": "RsaSigner Sm2Signer load_signer",
            "keys.key_file": "KeyFile",
            "public_key": "PublicKey RsaPublicKey Sm2PublicKey load_public_key",
            "signer": "Signature Signer",
            "trust": "chain_to check_signing",
            "verification": "Verification verify",
            "xmldsig": "sign sign_envelope",
        },
    )


__all__ = [
    "STANDARD",
    "Algorithm",
    "Certificate",
    "CertificateError",
    "KeyFile",
    "PublicKey",
    "RsaPublicKey",
    "RsaSigner",
    "Signature",
    "Signer",
    "SigningError",
    "Sm2PublicKey",
    "Sm2Signer",
    "Verification",
    "chain_to",
    "check_signing",
    "load_public_key",
    "load_signer",
    "sign",
    "sign_envelope",
    "verify",
]
