"""Amounts are computed exactly whatever decimal context a program has set, also by functions within functions."""

from decimal import ROUND_DOWN, Context, Decimal, getcontext, localcontext

import pytest

from customs.fields.money import EXACT, exactly


@exactly
def twice(amount: Decimal) -> Decimal:
    return amount + amount


@exactly
def twice_within_another_context(amount: Decimal) -> Decimal:
    with localcontext(Context(prec=3, rounding=ROUND_DOWN)):
        return twice(amount)


@exactly
def precision_within() -> tuple[int, int]:
    return getcontext().prec, exactly(lambda: getcontext().prec)()


def test_an_exact_function_within_another_is_exact_even_where_the_context_was_changed_in_between() -> None:
    assert twice_within_another_context(Decimal("1234.5678")) == Decimal("2469.1356")
    assert precision_within() == (EXACT.prec, EXACT.prec)


def test_the_caller_keeps_its_context_also_when_it_fails() -> None:
    with localcontext(Context(prec=5)) as own:
        with pytest.raises(ArithmeticError):
            exactly(lambda: Decimal("no number"))()
        assert getcontext() is own
        assert twice(Decimal("1234.5678")) == Decimal("2469.1356")
        assert getcontext() is own
