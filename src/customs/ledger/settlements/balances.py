"""The chain of balances (余额链): each movement of an account leads from the balance before to the one after.

Bills have the oldest movement first, old ones of Alipay the newest: the direction is the one in which the chain breaks
less often.

>>> chain = BalanceChain()
>>> for line, amount, balance in ((2, "10", "110"), (3, "-5", "105"), (4, "20", "126")):
...     chain.add(line, Decimal(amount), Decimal(balance))
>>> [each.line for each in chain.faults()]
[4]
"""

from decimal import Decimal

from customs.fields.money import EXACT, plus
from customs.ledger.settlements.bill_rows import BillFault

#: Breaks of a chain that are told one by one.
MOST_TOLD = 20


class BalanceChain:
    """The balances of an account under way, looked at in both directions."""

    def __init__(self) -> None:
        self._last: tuple[Decimal, Decimal] | None = None
        self._forward: list[BillFault] = []
        self._backward: list[BillFault] = []
        self._counts = [0, 0]

    def add(self, line: int, amount: Decimal, balance: Decimal) -> None:
        """Add a movement, negative where money goes out, and the balance after it."""
        if self._last is not None:
            before, after = self._last[1], plus(self._last[1], amount)
            if after != balance:
                self._note(0, line, before, amount, balance)
            if EXACT.subtract(before, self._last[0]) != balance:
                self._note(1, line, balance, self._last[0], before)
        self._last = amount, balance

    def _note(self, way: int, line: int, before: Decimal, amount: Decimal, after: Decimal) -> None:
        self._counts[way] += 1
        found = (self._forward, self._backward)[way]
        if len(found) < MOST_TOLD:
            en = f"the balance {after} does not follow from {before} and {amount}: a row is missing or was changed"
            found.append(
                BillFault(line, en, f"账户余额 {after} 与上期余额 {before} 加本笔 {amount} 不符，有明细缺失或被改动")
            )

    def faults(self) -> list[BillFault]:
        """Return where the chain breaks, in the direction that the bill has."""
        return self._backward if self._counts[1] < self._counts[0] else self._forward
