"""Texts typed into forms (表单录入): amounts, days and words, each refused in words where it is none."""

import re
from datetime import date
from decimal import Decimal
from http import HTTPStatus

from customs.hub.web.acting import Act
from customs.hub.web.catalogue import console_text
from customs.hub.web.visits import PageError


def amount_in(act: Act, name: str) -> Decimal:
    """Return an amount in CNY of a field, also one below 0. Raises ``PageError``."""
    text = act.value(name, most=20).replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,2})?", text):
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.amount"))
    return Decimal(text)


def day_in(act: Act, name: str) -> date | None:
    """Return a day of a field, None for an empty one. Raises ``PageError``."""
    return day_of_text(act.value(name, most=20))


def day_of_text(text: str) -> date | None:
    """Return the day of a text such as 2026-11-11, None for an empty one. Raises ``PageError``."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.day")) from None


def words_in(act: Act, name: str, *, most: int) -> str:
    """Return words of a field that has to be filled in. Raises ``PageError``."""
    text = act.value(name, most=most)
    if not text or not text.isprintable():
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.needed"))
    return text
