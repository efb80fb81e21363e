"""What goes wrong with keys and certificates, in words that show neither key nor password nor person."""


class SigningError(Exception):
    """A key, a certificate or a signature cannot be made or used. Never shows key material."""


class CertificateError(ValueError):
    """A certificate cannot be read."""
