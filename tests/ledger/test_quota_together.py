"""The quota of many orders together: what is reserved, refused and taken is what it would be one by one."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from sqlalchemy import event

from customs.ledger import Ledger
from customs.ledger.causes import EntryCause
from customs.ledger.quota import (
    QuotaOrder,
    order_standing,
    order_standings,
    quota_of,
    reserve,
    reserve_all,
    take,
    take_all,
)
from support import exactly, some

AT = datetime(2026, 11, 11, 9)


def orders(chance: Random, prefix: str, count: int) -> list[QuotaOrder]:
    """Orders of few buyers for large amounts, so that some do not fit; one of them paid by another."""
    found = []
    for number in range(count):
        buyer = ("1", f"{prefix}{chance.randrange(3)}")
        payer = ("1", f"{prefix}9") if number == count // 2 else buyer
        amount = Decimal(chance.randrange(100, 900_000)) / 100
        pieces = Decimal(chance.randrange(1, 3))
        found.append(QuotaOrder(order=f"{prefix}/{number}", buyer=buyer, amount=amount, pieces=pieces, payer=payer))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_orders_reserved_together_get_the_answers_and_holds_of_orders_one_by_one(ledger: Ledger, seed: int) -> None:
    together, alone = orders(Random(seed), "T", 20), orders(Random(seed), "A", 20)  # noqa: S311  drawn by seed
    with ledger.begin() as connection:
        found = reserve_all(connection, together, at=AT)
        expected = [reserve(connection, each, at=AT) for each in alone]
        assert [(each.verdict, each.new, each.used, each.held) for each in found] == [
            (each.verdict, each.new, each.used, each.held) for each in expected
        ]
        assert {each.allowed for each in found} == {True, False}
        causes = {each.order: EntryCause("receipt", each.order) for each in together[::2]}
        taken = take_all(connection, causes, known=order_standings(connection, causes), at=AT)
        known = order_standings(connection, [each.order for each in alone])
        for each in some(alone[::2]):
            held = each.order in known and take(connection, each.order, EntryCause("receipt", each.order), at=AT)
            assert held == (each.order.replace("A", "T") in taken)
        for number in exactly(3, range(3)):
            ours, theirs = (quota_of(connection, ("1", f"{each}{number}"), on=AT.date()) for each in ("T", "A"))
            assert (ours.used, ours.held, ours.left) == (theirs.used, theirs.held, theirs.left)


def test_what_was_taken_together_is_not_taken_twice(ledger: Ledger) -> None:
    asked = [QuotaOrder(order="P/1", buyer=("1", "A"), amount=Decimal(100))]
    with ledger.begin() as connection:
        reserve_all(connection, asked, at=AT)
        causes = {"P/1": EntryCause("receipt", "1"), "P/2": EntryCause("receipt", "1")}
        assert take_all(connection, causes, known=order_standings(connection, causes), at=AT) == {"P/1"}
        assert take_all(connection, causes, known=order_standings(connection, causes), at=AT) == set()
        assert order_standing(connection, "P/1").used == {2026: Decimal(100)}
        with pytest.raises(ValueError, match="the quota knows P/1"):
            reserve_all(connection, asked, at=AT)


def _noted(statements: list[object], *given: object) -> None:
    statements.append(given[2])


def test_the_questions_do_not_grow_with_the_orders(ledger: Ledger) -> None:
    counts = []
    for count in exactly(2, (5, 200)):
        asked = orders(Random(count), f"Q{count}-", count)  # noqa: S311  drawn by seed
        statements: list[object] = []
        with ledger.begin() as connection:
            noted = partial(_noted, statements)
            event.listen(connection.sql, "before_cursor_execute", noted)
            reserve_all(connection, asked, at=AT)
            causes = {each.order: EntryCause("receipt", "1") for each in asked}
            take_all(connection, causes, known=order_standings(connection, causes), at=AT)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 20
