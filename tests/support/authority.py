"""A certificate authority for the servers of tests on this machine."""

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass
class Authority:
    """A certificate authority for servers, whose certificates hold on any day."""

    folder: Path
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    name: x509.Name = field(
        default_factory=lambda: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST AUTHORITY")])
    )

    def __post_init__(self) -> None:
        self.file = self.folder / "authority.pem"
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        self.file.write_bytes(self._issued(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0), usage))

    def server(self, *names: x509.GeneralName) -> ssl.SSLContext:
        """The side of TLS of a server of these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_file(*names))
        return context

    def server_file(self, *names: x509.GeneralName) -> Path:
        """Key and certificate of a server of these names, in one file."""
        key = rsa.generate_private_key(65537, 2048)
        made = self._issued(x509.Name([]), key, x509.SubjectAlternativeName(names))
        file = self.folder / f"server-{id(key)}.pem"
        file.write_bytes(made + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return file

    def _issued(self, name: x509.Name, key: rsa.RSAPrivateKey, *extensions: x509.ExtensionType) -> bytes:
        builder = (
            x509.CertificateBuilder(self.name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(datetime(2000, 1, 1))
            .not_valid_after(datetime(2099, 1, 1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for each in extensions:
            builder = builder.add_extension(each, critical=not name.rdns or isinstance(each, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
