"""Rounding of amounts (金额), exact and independent of the caller's decimal context.

>>> to_cents(Decimal("2.345"))
Decimal('2.35')
"""

from collections.abc import Callable
from contextvars import ContextVar
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    getcontext,
    setcontext,
)
from functools import wraps
from typing import ParamSpec, TypeVar

#: An amount in CNY, exact.
Amount = Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0")
ONE = Decimal("1")

#: Digits enough for every product of two numbers N19,5 and three rates to be exact.
_PREC = 60

#: All of it is said here: what is left out would come from ``decimal.DefaultContext``, which a program may have changed.
EXACT = Context(
    prec=_PREC,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

P = ParamSpec("P")
R = TypeVar("R")


def exactly(computing: Callable[P, R]) -> Callable[P, R]:
    """Return a function that computes in ``EXACT``, whatever the decimal context of its caller.

    Called from another such function it goes on in that one's context, unless something in between has changed it. Not
    for generators, which would compute in it only until their first value.

    >>> from decimal import localcontext
    >>> with localcontext(Context(prec=5)):
    ...     Decimal("1674.53") + 0, exactly(lambda: Decimal("1674.53") + 0)()
    (Decimal('1674.5'), Decimal('1674.53'))
    """

    @wraps(computing)
    def computed(*args: P.args, **kwargs: P.kwargs) -> R:
        before = getcontext()
        if (
            before is _entered.get()
            and before.prec == _PREC
            and before.rounding == _ROUNDING
            and before.traps == _TRAPS
        ):
            return computing(*args, **kwargs)
        own = EXACT.copy()
        setcontext(own)
        _entered.set(own)  # and stays so: once left, it is the context of nobody
        try:
            return computing(*args, **kwargs)
        finally:
            setcontext(before)

    return computed


#: What a rate table or a clock of the caller may have changed meanwhile.
_PREC, _ROUNDING, _TRAPS = EXACT.prec, EXACT.rounding, EXACT.traps

#: The context that an exact function entered, so that those within need not enter one again.
_entered: ContextVar[Context | None] = ContextVar("entered", default=None)


def to_cents(amount: Amount) -> Amount:
    """Return the amount rounded half up to the fen (0.01 CNY)."""
    return amount.quantize(CENT, ROUND_HALF_UP, EXACT)


def product(one: Decimal, other: Decimal) -> Decimal:
    """Return the exact product."""
    return EXACT.multiply(one, other)


def plus(one: Decimal, other: Decimal) -> Decimal:
    """Return the exact sum."""
    return EXACT.add(one, other)
