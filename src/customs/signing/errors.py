"""Errors of keys and certificates. Their texts show no key, password or person."""


class SigningError(Exception):
    """A key or signature that cannot be made or used; the text says what to do."""


class CertificateError(ValueError):
    """A certificate that cannot be read."""
