"""The key of the journal's hashes (登记簿密钥): made with the journal, kept beside it, and never another one."""

import hmac
import secrets
from pathlib import Path

from customs.files import OWNER_ONLY, drop_parts, take_rights, write_whole
from customs.journal.forms import HOME
from customs.journal.state import JournalError, OpenState, unusable

#: The file of the key within a state folder.
KEY = f"{HOME}/hash.key"

#: Bytes of the key under which identity numbers and contents are hashed.
KEY_BYTES = 32


def key_of(state: OpenState, path: Path | None = None) -> bytes:
    """Return the key of the journal's hashes from its file, by default ``journal/hash.key``; a new journal makes one.

    Raises ``JournalError`` if the key of a journal is lost or is another one: its hashes would say nothing.
    """
    folder, own = state.folder, state.folder / KEY
    path = path or own
    known = state.database.execute("SELECT text FROM marks WHERE name = 'key'").fetchone()
    try:
        if not path.exists() and known is None:
            write_whole(path, secrets.token_bytes(KEY_BYTES), replacing=False)
        if path == own:
            take_rights(path, OWNER_ONLY)
        key = path.read_bytes()
    except FileNotFoundError:
        raise JournalError(
            f"the key of the journal is missing: put {path} back, it was made with the journal "
            f"登记簿密钥缺失：请恢复文件 {path}"
        ) from None
    except OSError as error:
        raise unusable(folder, error) from None
    mark = hmac.digest(key, b"customs journal", "sha256").hex()
    if known is None:
        with state.database:
            state.database.execute("INSERT INTO marks VALUES ('key', ?)", (mark,))
    elif len(key) != KEY_BYTES or not hmac.compare_digest(known[0], mark):
        raise JournalError(
            f"{path} is not the key of the journal in {folder}: put the right file back 该文件不是此登记簿的密钥，请恢复原文件"
        )
    drop_parts(own.parent)  # of a run that was killed while it made the key
    return key
