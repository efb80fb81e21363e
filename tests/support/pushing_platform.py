"""A platform that pushes receipts to an enterprise of a hub (Guangzhou), as the file of the enterprise has it."""

from pathlib import Path

#: The key that it sends with what it pushes.
PUSH_KEY = "fictitious key"

_CALLBACK = """
[callbacks.gz]
kind = "guangzhou"
path = "/push"
client_id = "C1"
key = { file = "gz.key" }
"""


def let_push(file: Path) -> None:
    """Let it push to the enterprise of a file."""
    before = file.read_text("utf-8") if file.is_file() else ""
    file.write_text(before + _CALLBACK, "utf-8")


def give_push_key(file: Path) -> None:
    """Put its key beside the file of the enterprise."""
    (file.parent / "gz.key").write_text(f"{PUSH_KEY}\n", "utf-8")
