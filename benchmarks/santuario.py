"""Apache Santuario, a Java process that signs and verifies the same message when it is told to.

It takes turns with the other works, since it waits for its next order in between. Absent without a JDK or without
Debian's libxml-security-java.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from benchmarks.measure import Work
from customs.testing.keys import KeyPair

PROGRAM = Path(__file__).with_name("SantuarioRates.java")
JARS = [Path("/usr/share/java") / name for name in ("xmlsec.jar", "slf4j-api.jar", "slf4j-nop.jar")]

#: How often it does each work before anything is measured, so that Java has compiled what is used.
WARM = 3000


@contextmanager
def santuario(
    message: bytes, signed: bytes, pair: KeyPair, count: int
) -> Iterator[dict[Literal["sign", "verify"], Work]]:
    """Yield the two works of Santuario on a message, ``count`` times each; none where it is absent."""
    java, javac = shutil.which("java"), shutil.which("javac")
    if not java or not javac or not all(jar.exists() for jar in JARS):
        yield {}
        return
    with TemporaryDirectory() as folder:
        jars = ":".join(map(str, JARS))
        subprocess.run([javac, "-cp", jars, "-d", folder, str(PROGRAM)], check=True)  # noqa: S603
        files = [Path(folder) / name for name in ("unsigned.xml", "signed.xml", "key.der", "certificate.der")]
        key = load_pem_private_key(pair.key, None)
        contents = (
            message,
            signed,
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            load_pem_x509_certificate(pair.certificate).public_bytes(Encoding.DER),
        )
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        command = [java, "-XX:+UseSerialGC", "-cp", f"{jars}:{folder}", PROGRAM.stem, *map(str, files)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            try:
                for order in ("sign", "verify"):
                    _told(process, order, WARM)
                yield {"sign": lambda: _told(process, "sign", count), "verify": lambda: _told(process, "verify", count)}
            finally:
                assert process.stdin
                process.stdin.close()


def _told(process: "subprocess.Popen[str]", order: str, count: int) -> int:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{order} {count}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n", "Santuario has failed"
    return count
