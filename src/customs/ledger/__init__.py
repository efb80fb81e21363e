"""The ledger (账簿): what must be remembered beyond one run, in SQLite or PostgreSQL.

Quota, goods records, account book, tax bills, guarantee and settlements are functions over a ``LedgerConnection``; every
change is an entry with its cause that is only ever appended. ``customs ledger upgrade`` makes the tables. Needs the extra
``ledger``, and ``postgresql`` for that database.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.accounts import Account, AccountKind, LedgerEntry, Posting
    from customs.ledger.causes import CauseUsedError, EntryCause
    from customs.ledger.database import Ledger, LedgerConnection, open_ledger
    from customs.ledger.engines import LedgerError
    from customs.ledger.keys import LedgerKeyError, LedgerKeys, add_hashing_key, load_keys, make_keys
    from customs.ledger.people import (
        PersonErasedError,
        erase_person,
        find_person,
        identity_of,
        person_of,
        rotate_people,
    )
    from customs.ledger.upgrading import LedgerFormError, downgrade, form_of, newest_form, upgrade
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "accounts": "Account AccountKind Posting LedgerEntry",
            "causes": "EntryCause CauseUsedError",
            "database": "Ledger LedgerConnection open_ledger",
            "engines": "LedgerError",
            "keys": "LedgerKeyError LedgerKeys add_hashing_key load_keys make_keys",
            "people": "PersonErasedError erase_person find_person identity_of person_of rotate_people",
            "upgrading": "LedgerFormError downgrade form_of newest_form upgrade",
        },
    )

__all__ = [
    "Account",
    "AccountKind",
    "EntryCause",
    "CauseUsedError",
    "Posting",
    "Ledger",
    "LedgerConnection",
    "LedgerEntry",
    "LedgerError",
    "LedgerFormError",
    "LedgerKeyError",
    "LedgerKeys",
    "PersonErasedError",
    "add_hashing_key",
    "downgrade",
    "erase_person",
    "find_person",
    "form_of",
    "identity_of",
    "load_keys",
    "make_keys",
    "newest_form",
    "open_ledger",
    "person_of",
    "rotate_people",
    "upgrade",
]
