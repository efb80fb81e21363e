"""Messages that are awaited (待确认报文): entered in a state folder, of which a shared store has yet to say that they count.

The lines of a batch are on the disk of the state folder before the store commits, marked as awaited; the commit decides. A
process that is killed between the two leaves them, and whoever opens the folder next asks the store: what it knows counts and
gets its name, the rest is taken out again, as if it had never been decided.
"""

import sqlite3

from customs.journal.shared import SharedDeclarations
from customs.journal.state import JournalError, OpenState


def belong_to(state: OpenState, shared: SharedDeclarations | None) -> None:
    """Enter that a state folder belongs to a store. Raises ``JournalError`` if it belongs to another one, or to one that is not
    given: orders that others declared would not be recognised.
    """
    row = state.database.execute("SELECT text FROM marks WHERE name = 'shared'").fetchone()
    if shared is None:
        if row:
            raise JournalError(
                f"the state folder {state.folder} belongs to a ledger, in which others declare too: give it with --ledger and "
                f"--ledger-key, or in the enterprise file 状态目录 {state.folder} 已与账簿共用，请以 --ledger 与 --ledger-key "
                f"或在企业档案中指明该账簿"
            )
        return
    if row is None:
        with state.written():
            state.database.execute("INSERT INTO marks VALUES ('shared', ?)", (shared.mark,))
    elif row[0] != shared.mark:
        raise JournalError(
            f"the state folder {state.folder} belongs to another ledger: give that one, or another --state "
            f"状态目录 {state.folder} 属于另一账簿，请指明原账簿，或以 --state 另行指定"
        )


def await_message(database: sqlite3.Connection, number: int) -> None:
    """Enter that the store has yet to say whether a message counts."""
    database.execute("INSERT INTO awaited VALUES (?)", (number,))


def end_awaiting(database: sqlite3.Connection) -> None:
    """Enter that all messages count."""
    database.execute("DELETE FROM awaited")


def settle(state: OpenState, shared: SharedDeclarations) -> None:
    """Ask the store which of the awaited messages count, and take the others out."""
    database = state.database
    rows = database.execute("SELECT id, guid FROM awaited JOIN messages ON id = message ORDER BY id").fetchall()
    if not rows:
        return
    known = shared.known([guid for _, guid in rows])
    with state.written():
        end_awaiting(database)
        for number, guid in rows:
            if guid not in known:
                _take_out(database, number)


def _take_out(database: sqlite3.Connection, message: int) -> None:
    """Take a message out, with the parcels that no other message carries."""
    parcels = database.execute("SELECT parcel FROM carried WHERE message = ?", (message,)).fetchall()
    database.execute("DELETE FROM carried WHERE message = ?", (message,))
    database.execute("DELETE FROM messages WHERE id = ?", (message,))
    for (parcel,) in parcels:
        if database.execute("SELECT 1 FROM carried WHERE parcel = ?", (parcel,)).fetchone() is None:
            database.execute("DELETE FROM numbers WHERE parcel = ?", (parcel,))
            database.execute("DELETE FROM parcels WHERE id = ?", (parcel,))
