"""The tables of the journal (登记簿的表) in their forms: each later one is led to from the one before, with what is in it."""

from customs.journal.state import Tables

_FIRST = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs(
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, folder TEXT NOT NULL, started TEXT NOT NULL, ended TEXT);
CREATE TABLE messages(
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, area TEXT NOT NULL, name TEXT NOT NULL,
    guid TEXT NOT NULL UNIQUE, number TEXT NOT NULL, serial INTEGER, file TEXT NOT NULL, at TEXT NOT NULL,
    placed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX messages_unplaced ON messages(placed) WHERE placed = 0;
CREATE TABLE parcels(
    id INTEGER PRIMARY KEY, order_key TEXT NOT NULL, content BLOB NOT NULL, app_type TEXT NOT NULL, order_no TEXT NOT NULL,
    waybill_no TEXT NOT NULL, payment_no TEXT NOT NULL, internal_no TEXT NOT NULL, tax TEXT, buyer BLOB NOT NULL);
CREATE INDEX parcels_order ON parcels(order_key);
CREATE INDEX parcels_order_no ON parcels(order_no);
CREATE INDEX parcels_waybill_no ON parcels(waybill_no);
CREATE INDEX parcels_payment_no ON parcels(payment_no);
CREATE INDEX parcels_internal_no ON parcels(internal_no);
CREATE TABLE carried(
    parcel INTEGER NOT NULL REFERENCES parcels, carrier TEXT NOT NULL, message INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY(parcel, carrier)) WITHOUT ROWID;
CREATE INDEX carried_message ON carried(message);
CREATE TABLE keys(key TEXT NOT NULL, parcel INTEGER NOT NULL REFERENCES parcels, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
CREATE TABLE releases(
    id INTEGER PRIMARY KEY, order_key TEXT NOT NULL, last_parcel INTEGER NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX releases_order ON releases(order_key);
CREATE TABLE serials(area TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
"""

#: The names of all messages, so that none is given twice, whichever folder they are written to.
_SECOND = """
CREATE TABLE names(name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO names SELECT lower(replace(file, rtrim(file, replace(file, '/', '')), '')) FROM messages;
"""

#: One table of numbers in place of a key and five indices of each parcel: a key begins with its number, so that parcels are
#: found by any of their numbers, and numbers that follow each other stand together. And streams, entered chunk by chunk.
_THIRD = """
CREATE TABLE IF NOT EXISTS numbers(
    key TEXT NOT NULL, parcel INTEGER NOT NULL REFERENCES parcels, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys(key TEXT NOT NULL, parcel INTEGER NOT NULL, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
INSERT OR IGNORE INTO numbers SELECT number_first(key), parcel FROM keys;
INSERT OR IGNORE INTO numbers SELECT order_no || char(31), id FROM parcels WHERE order_no <> '';
INSERT OR IGNORE INTO numbers SELECT waybill_no || char(31), id FROM parcels WHERE waybill_no <> '';
INSERT OR IGNORE INTO numbers SELECT payment_no || char(31), id FROM parcels WHERE payment_no <> '';
INSERT OR IGNORE INTO numbers SELECT internal_no || char(31), id FROM parcels WHERE internal_no <> '';
UPDATE parcels SET order_key = number_first(order_key);
UPDATE releases SET order_key = number_first(order_key);
DROP TABLE keys;
DROP INDEX IF EXISTS parcels_order;
DROP INDEX IF EXISTS parcels_order_no;
DROP INDEX IF EXISTS parcels_waybill_no;
DROP INDEX IF EXISTS parcels_payment_no;
DROP INDEX IF EXISTS parcels_internal_no;
CREATE TABLE IF NOT EXISTS streams(
    run INTEGER PRIMARY KEY REFERENCES runs, conditions TEXT NOT NULL, files TEXT NOT NULL,
    whole INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS chunks(
    run INTEGER NOT NULL REFERENCES runs, first INTEGER NOT NULL, digest BLOB NOT NULL, declared INTEGER NOT NULL,
    messages INTEGER NOT NULL, parcels_from INTEGER NOT NULL, positions BLOB NOT NULL, lengths TEXT NOT NULL,
    said TEXT NOT NULL, PRIMARY KEY(run, first));
CREATE INDEX IF NOT EXISTS chunks_parcels ON chunks(run, parcels_from);
CREATE TABLE IF NOT EXISTS used(
    run INTEGER NOT NULL, buyer BLOB NOT NULL, used TEXT NOT NULL, PRIMARY KEY(run, buyer)) WITHOUT ROWID;
"""

#: Messages of which a store that others share has yet to say that they count.
_FOURTH = """
CREATE TABLE IF NOT EXISTS awaited(message INTEGER PRIMARY KEY REFERENCES messages);
"""


def number_first(key: str) -> str:
    r"""Return a key of the earlier forms as it is now: its number, the message, and the rest.

    >>> number_first("CEB311\x1fa platform\x1fEX1")
    'EX1\x1fCEB311\x1fa platform'
    """
    message, *fields = key.split("\x1f")
    if len(fields) < 2 or not message.startswith("CEB"):
        return key
    code, number, *more = fields
    return "\x1f".join((number, message, code, *more))


#: The tables of the journal, in the folder ``journal`` of a state folder.
JOURNAL = Tables(
    home="journal",
    file="declared.db",
    forms=(_FIRST, _SECOND, _THIRD, _FOURTH),
    functions={"number_first": number_first},
    name=("journal", "登记簿"),
    doing="declaring",
)

#: The folder of the journal within a state folder, and its database.
HOME, DATABASE = JOURNAL.home, JOURNAL.database
