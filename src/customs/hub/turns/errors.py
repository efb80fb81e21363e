"""Errors of turns (轮次错误): those that keep every order of an enterprise waiting, and those of a single order or receipt."""

from customs.hub.enterprises.enterprise import NoDestinationError, NoProfileError
from customs.intake.problems import IntakeError
from customs.ledger.engines import LedgerError, LedgerRefusedError
from customs.signing import CertificateError, SigningError

#: Errors of the database, the files of an enterprise, its keys.
_OF_ALL = (LedgerError, NoDestinationError, NoProfileError, IntakeError, SigningError, CertificateError, OSError)


def is_of_all(error: Exception) -> bool:
    """True if an error says nothing of a single order or receipt; a value that the database refuses is of one.

    >>> is_of_all(OSError()), is_of_all(LedgerError()), is_of_all(LedgerRefusedError()), is_of_all(KeyError())
    (True, True, False, False)
    """
    return isinstance(error, _OF_ALL) and not isinstance(error, LedgerRefusedError)
