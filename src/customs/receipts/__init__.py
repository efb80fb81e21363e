"""Receipts (回执): the life of a parcel folded from what was sent and answered, explained, and what to send next.

Everything here is a pure function of values: nothing is stored, sent or logged, and time is given.
"""
