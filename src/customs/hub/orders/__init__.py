"""Orders (订单): taken in once, each with its stage, nodes, history and requests, until its personal data is erased.

Nothing is declared here: what moves an order is in ``customs.hub.turns``.
"""
