"""Signing and verifying messages (加签与验签)."""

from customs.signing.certificate import Certificate, CertificateError
from customs.signing.signer import Algorithm, RsaSigner, Signature, Signer, SigningError
from customs.signing.verification import Verification, verify
from customs.signing.xmldsig import sign

__all__ = [
    "Algorithm", "Certificate", "CertificateError", "RsaSigner", "Signature", "Signer", "SigningError",
    "Verification", "sign", "verify",
]
