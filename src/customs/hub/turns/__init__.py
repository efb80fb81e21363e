"""Turns (轮次): what moves an order. What is due is declared, answers are laid to their orders, the next step is taken.

What is done together is one transaction: the state of orders, their messages in the outbox, and the calls that tell of them.
Refunds and returns are asked for here and go out by the next turn. An order or a receipt that fails is set aside, and the
others go on.
"""
