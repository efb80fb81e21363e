"""The hub (申报枢纽): one running service from order to release, on one database.

Orders are taken in, declared, sent, followed by their receipts, and told to shop and warehouse. Everything that happens to
an order is one transaction with its cause, with the message that it sends and with the calls that tell it; so whatever is
killed, cut or repeated, no parcel is lost and none is declared twice.
"""
