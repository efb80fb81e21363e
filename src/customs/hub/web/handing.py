"""Things handed on (表单暂存值): what a page gives to its own next form, sealed, so that it says nothing and is not made up.

What is handed on opens in the session that got it, in the enterprise and for the purpose of its form, and nowhere else.
"""

import base64
import binascii
from http import HTTPStatus

from customs.hub.web.catalogue import console_text
from customs.hub.web.visits import PageError, Visit
from customs.ledger.keys import KEY_BYTES, LedgerKeyError

#: The length of what is handed on at most, sealed.
_MOST = 2000


def handed_on(visit: Visit, purpose: str, text: str) -> str:
    """Return a text as a hidden field of a form carries it; ``purpose`` names the form."""
    salt = visit.console.randomness(KEY_BYTES)
    sealed = visit.console.ledger.keys.seal(salt, f"{_place(visit, purpose)}\x1f{text}".encode())
    return base64.urlsafe_b64encode(salt + sealed).decode()


def handed_back(visit: Visit, purpose: str, field: str) -> str:
    """Return the text that ``handed_on`` gave to a form. Raises ``PageError`` for anything else."""
    try:
        kept = base64.urlsafe_b64decode(field[:_MOST].encode())
        opened = visit.console.ledger.keys.open(kept[:KEY_BYTES], kept[KEY_BYTES:]).decode()
    except (binascii.Error, LedgerKeyError, ValueError):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.form_old")) from None
    place, _, text = opened.partition("\x1f")
    if place != _place(visit, purpose):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.form_old"))
    return text


def _place(visit: Visit, purpose: str) -> str:
    assert visit.session is not None, "a form has a person"
    return f"{visit.session.id} {visit.shop.name} {purpose}"
