"""Other engines of XML signatures that judge beside ours: the command xmlsec1."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from support import MORNING, run

#: Files that one call takes.
BATCH = 500


class Xmlsec1:
    """The command xmlsec1, told whom to trust."""

    def __init__(self, command: str, folder: Path, *options: str) -> None:
        self.folder = folder
        self.command = [command, "--verify", "--enabled-reference-uris", "empty", *options]

    @classmethod
    def of_root(cls, command: str, trusted: bytes, folder: Path) -> "Xmlsec1":
        """Trust what a certificate issued, or that certificate, on the morning of the declaration."""
        (folder / "trusted.pem").write_bytes(trusted)
        morning = f"{MORNING:%Y-%m-%d %H:%M:%S}"
        trust = (
            "--enabled-key-data",
            "x509",
            "--verification-time",
            morning,
            "--trusted-pem",
            str(folder / "trusted.pem"),
        )
        return cls(command, folder, *trust)

    @classmethod
    def of_key(cls, command: str, certificate: bytes, name: str, folder: Path) -> "Xmlsec1":
        """Trust one key, that of a certificate, by its name."""
        (folder / "key.pem").write_bytes(certificate)
        return cls(
            command, folder, "--enabled-key-data", "key-name", f"--pubkey-cert-pem:{name}", str(folder / "key.pem")
        )

    def says(self, message: bytes) -> str:
        """Empty for a message that it accepts, else why it does not."""
        (self.folder / "message.xml").write_bytes(message)
        found = run(*self.command, str(self.folder / "message.xml"))
        return (found.stderr or "refused") if found.returncode else ""

    def refused(self, messages: Iterable[bytes]) -> Iterator[int]:
        """Yield the places of the messages that it refuses. A call takes many and ends at the first that is refused."""
        given = list(messages)
        for start in range(0, len(given), BATCH):
            batch = given[start : start + BATCH]
            paths = [self.folder / f"{place}.xml" for place in range(len(batch))]
            for path, message in zip(paths, batch, strict=True):
                path.write_bytes(message)
            yield from (start + place for place in self._refused(paths))

    def _refused(self, paths: list[Path]) -> Iterator[int]:
        place = 0
        while place < len(paths):
            found = run(*self.command, *map(str, paths[place:]))
            if found.returncode == 0:
                return
            told = re.findall(r'failed to verify file ".*/(\d+)\.xml"', found.stderr)
            assert told, found.stderr
            place = int(told[-1]) + 1
            yield place - 1
