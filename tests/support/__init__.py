"""What several tests name or use: places, days, and the command openssl as a judge of SM2 signatures."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

T = TypeVar("T")

ROOT = Path(__file__).parent.parent.parent

#: The night whose law applies to the fictitious parcels.
SINGLES_DAY = date(2026, 11, 11)

#: When the fictitious parcels are submitted, in China.
MORNING = datetime(2026, 11, 11, 8)


def exactly(count: int, found: Iterable[T]) -> list[T]:
    """What was found, once it is seen to be that many: a loop over it does not pass for want of cases."""
    held = list(found)
    assert len(held) == count
    return held


def some(found: Iterable[T]) -> list[T]:
    """What was found, once it is seen to be anything at all."""
    held = list(found)
    assert held, "nothing to test"
    return held


def absent(reason: str) -> None:
    """Skip for a missing component, visibly; fail where all of them are demanded."""
    if os.environ.get("CUSTOMS_REQUIRE_COMPONENTS") == "1":
        pytest.fail(f"{reason}, although CUSTOMS_REQUIRE_COMPONENTS demands every component")
    pytest.skip(reason)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace", timeout=120)


def openssl_of_the_machine() -> str:
    """The command openssl, version 3 or later, which knows SM2."""
    found = shutil.which("openssl")
    version = run(found, "version").stdout if found else ""
    if not found or not version.startswith("OpenSSL ") or int(version.split()[1].partition(".")[0]) < 3:
        absent("the command openssl of OpenSSL 3 is not installed")
    assert found
    return found


class Openssl:
    """The command openssl, judging SM2 signatures of one public key with the user id of the trade."""

    def __init__(self, command: str, public_key: Path, folder: Path) -> None:
        self.command, self.public_key, self.folder = command, public_key, folder

    def accepts(self, der: bytes, data: bytes) -> bool:
        """Whether a signature over the data holds. Anything but a plain yes or no fails the test."""
        (self.folder / "signature.der").write_bytes(der)
        (self.folder / "data").write_bytes(data)
        found = run(
            self.command,
            "dgst",
            "-sm3",
            "-sigopt",
            "distid:1234567812345678",
            "-verify",
            str(self.public_key),
            "-signature",
            str(self.folder / "signature.der"),
            str(self.folder / "data"),
        )
        assert found.stdout.strip() in ("Verified OK", "Verification failure"), found.stderr
        return found.stdout.strip() == "Verified OK"

    def sm3(self, data: bytes) -> bytes:
        (self.folder / "data").write_bytes(data)
        found = run(self.command, "dgst", "-sm3", "-r", str(self.folder / "data"))
        assert found.returncode == 0, found.stderr
        return bytes.fromhex(found.stdout.split()[0])


def flipped(data: bytes, place: int) -> bytes:
    """The data with one bit turned over, in the byte at a place."""
    place %= len(data)
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def der_of(raw: bytes) -> bytes:
    """An SM2 signature, r and s of 32 bytes each, as DER, which OpenSSL wants."""
    assert len(raw) == 64
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
