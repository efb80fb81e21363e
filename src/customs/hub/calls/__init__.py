"""Calls (回调): each change of an order told to the systems of its enterprise, and as they are shown."""
