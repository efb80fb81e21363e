"""Whatever stands in the fields of a message, the office answers it and goes on: each message is answered."""

import os
import random
import re
from functools import cache

import pytest

from customs.testing import office
from customs.testing.provoking import Stage
from customs.testing.provoking.stage import filled, sample
from support import MORNING, some

#: Changes of each kind of message; ``make faults`` tries thirty times as many.
CHANGES = 60 * int(os.environ.get("CUSTOMS_FAULTS", "1"))

_FIELD = re.compile(rb"<ceb:(\w+)>([^<]*)</ceb:\1>")

#: Contents that fit nowhere, or somewhere else.
_VALUES = (
    b"", b" ", b"0", b"-1", b"1e5", b"abc", b"9" * 30, b"20261111", "示".encode(), b"1.123456", b"&#1;", b"142", b"1" * 18
)  # fmt: skip

#: The kinds of messages that are filled in, and all that are changed.
FILLED = (711, 513, 213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701)
KINDS = [*(f"CEB{number}" for number in (311, 411, 511, 621, 623, 625, *FILLED)), "signed"]


@cache
def good_messages() -> dict[str, bytes]:
    """An unsigned message of each kind, and a signed list."""
    stage = Stage.of(sample())
    stage.declare()
    documents = [*stage.four, stage.cancellation(), stage.goods_return()]
    documents += [filled(f"CEB{number}") for number in FILLED]
    found = {each.message: stage.message(each, signed=False) for each in documents}
    found["signed"] = stage.message(stage.documents.declaration_list)
    assert sorted(found) == sorted(KINDS)
    return found


def changed(content: bytes, chance: random.Random) -> bytes:
    """A message with another value in a field, or a field that is missing or stands twice."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        field = chance.choice(list(_FIELD.finditer(content)))
        value = chance.choice((chance.choice(_VALUES), None, field[0] + field[0]))
        if value is None:
            content = content[: field.start()] + content[field.end() :]
        elif value.startswith(b"<ceb:"):
            content = content[: field.start()] + value + content[field.end() :]
        else:
            content = content[: field.start(2)] + value + content[field.end(2) :]
    return content


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.long
def test_a_changed_message_is_answered_and_the_office_goes_on(name: str) -> None:
    chance = random.Random(name)  # noqa: S311  not for secrets
    at_customs = office(MORNING, seed=1)
    for number in some(range(1, CHANGES + 1)):
        at_customs.send(changed(good_messages()[name], chance))
        at_customs.wait(minutes=1)
        assert at_customs.answers, f"change {number} was not answered"
        at_customs.receipts()
        at_customs.answers.clear()
